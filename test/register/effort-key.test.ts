import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effortKey, metadataKeyOf, ownerKey } from '../../src/register/effort-key.ts'
import { OTHER } from '../support/fake-chain.ts'
import { TARGET } from './factories.ts'

test('default: chain, registry, owner, op; in lower case', () => {
  const registry = '0x8004a818bfb912233c491871b3d84c89a494bd9e'
  const key = `31337/${registry}/0x1111111111111111111111111111111111111111/register`
  assert.equal(effortKey(TARGET, 'register'), key)
})

test('behavior: a metadata key keeps its case and may hold a slash', () => {
  const key = effortKey(TARGET, 'set-metadata', 'a/B')
  assert.equal(metadataKeyOf(key), 'a/B')
  assert.equal(metadataKeyOf(effortKey(TARGET, 'set-uri')), undefined)
})

test('behavior: another owner is another key', () => {
  assert.notEqual(ownerKey(TARGET), ownerKey({ ...TARGET, owner: OTHER }))
})
