import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskObject, maskPair, maskValue } from '../../src/plan/mask-object.ts'

test('default: data and stringData of a Secret are masked, the keys stay', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    data: { a: 'eA==' },
    stringData: { b: 'x' },
  }
  assert.deepEqual(maskObject(secret), { ...secret, data: { a: '***' }, stringData: { b: '***' } })
})

test('behavior: data of another kind is not secret', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { a: 'plain' } }
  assert.deepEqual(maskObject(map), map)
})

test('behavior: a secret that changes says before and after, one that does not says neither', () => {
  const field = { kind: 'Secret', path: 'data' }
  assert.deepEqual(maskPair(field, { a: 'one', b: 'same' }, { a: 'two', b: 'same' }), [
    { a: '*** (before)', b: '***' },
    { a: '*** (after)', b: '***' },
  ])
  assert.deepEqual(maskPair({ kind: 'Secret', path: 'data.a' }, undefined, 'two'), [undefined, '***'])
})

test('behavior: the last-applied annotation is masked, alone and within its object', () => {
  const name = 'kubectl.kubernetes.io/last-applied-configuration'
  const annotations = { [name]: '{"data":{"a":"b"}}', other: 'x' }
  assert.deepEqual(maskValue('Service', 'metadata.annotations', annotations), { [name]: '***', other: 'x' })
  assert.equal(maskValue('Service', `metadata.annotations["${name}"]`, '{}'), '***')
})

test('behavior: credentials in URLs are masked anywhere, also where only they differ', () => {
  const pair = maskPair({ kind: 'ConfigMap', path: 'data.url' }, 'https://u:old@host/x', 'https://u:new@host/x')
  assert.deepEqual(pair, ['https://***@host/x (before)', 'https://***@host/x (after)'])
  assert.deepEqual(maskValue('ConfigMap', 'spec', [{ url: 'https://token@host' }]), [{ url: 'https://***@host' }])
})

test('behavior: variables and keys named like a credential are masked', () => {
  const env = [
    { name: 'DB_PASSWORD', value: 'x' },
    { name: 'MODE', value: 'fast' },
  ]
  const masked = [
    { name: 'DB_PASSWORD', value: '***' },
    { name: 'MODE', value: 'fast' },
  ]
  assert.deepEqual(maskValue('Deployment', 'spec.env', env), masked)
  assert.equal(maskValue('Deployment', 'spec.env[name="API_KEY"].value', 'x'), '***')
  assert.deepEqual(maskValue('Widget', 'spec', { password: 'x', token: 'USDC' }), { password: '***', token: 'USDC' })
})
