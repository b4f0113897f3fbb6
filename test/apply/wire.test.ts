import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guarded, resourceOf, transferPatch } from '../../src/apply/wire.ts'

const MANIFEST = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'b', labels: { c: 'd' } } }

test('default: an update names the version and the uid that it was planned from', () => {
  const { metadata } = guarded(MANIFEST, { uid: 'u-1', resourceVersion: '42' })
  assert.deepEqual(metadata, { ...MANIFEST.metadata, uid: 'u-1', resourceVersion: '42' })
})

test('default: a create names a version that no object can have', () => {
  const { metadata } = guarded(MANIFEST, undefined)
  assert.deepEqual(metadata, { ...MANIFEST.metadata, resourceVersion: '1' })
})

test('behavior: the manifest itself stays as it is', () => {
  const before = structuredClone(MANIFEST)
  guarded(MANIFEST, { uid: 'u-1', resourceVersion: '42' })
  assert.deepEqual(MANIFEST, before)
})

test('default: a transfer is guarded by the version and touches managedFields only', () => {
  assert.deepEqual(transferPatch([{ manager: 'obol' }], '42'), [
    { op: 'replace', path: '/metadata/resourceVersion', value: '42' },
    { op: 'add', path: '/metadata/managedFields', value: [{ manager: 'obol' }] },
  ])
})

test('default: a cluster-scoped object has no namespace in its place', () => {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: 'llm' }
  assert.deepEqual(resourceOf({ ref, plural: 'namespaces' }), { apiVersion: 'v1', plural: 'namespaces' })
  const inside = { apiVersion: 'v1', kind: 'Service', name: 'aeon', namespace: 'llm' }
  assert.deepEqual(resourceOf({ ref: inside, plural: 'services' }), {
    apiVersion: 'v1',
    plural: 'services',
    namespace: 'llm',
  })
})
