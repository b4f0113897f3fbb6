import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../src/util/nearest.ts'

const KEYS = ['perRequest', 'perMTok', 'perHour', 'perEpoch']

test('default', () => {
  assert.equal(nearest('perRequst', KEYS), 'perRequest')
  assert.equal(nearest('perMtok', KEYS), 'perMTok')
  assert.equal(nearest('base-seplia', ['base', 'base-sepolia']), 'base-sepolia')
})

test('behavior: two swapped letters are one mistake', () => {
  assert.equal(nearest('htpp', ['inference', 'http']), 'http')
})

test('behavior: an exact name wins over near ones, the first of equals wins', () => {
  assert.equal(nearest('perHour', KEYS), 'perHour')
  assert.equal(nearest('bat', ['cat', 'rat']), 'cat')
})

test('behavior: nothing is near enough', () => {
  assert.equal(nearest('colour', KEYS), undefined)
  assert.equal(nearest('x', []), undefined)
  assert.equal(nearest('p'.repeat(1_000_000), KEYS), undefined)
})
