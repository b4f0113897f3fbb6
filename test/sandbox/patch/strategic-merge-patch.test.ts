import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyStrategicMergePatch } from '../../../src/sandbox/patch/strategic-merge-patch.ts'
import type { JsonObject, JsonValue } from '../../../src/util/json.ts'

const SERVICE = 'io.k8s.api.core.v1.Service'

function ports(...list: readonly JsonObject[]): JsonObject {
  return { spec: { ports: list } }
}

function patched(before: JsonObject, patch: JsonObject): JsonValue {
  return applyStrategicMergePatch(before, patch, SERVICE)
}

test('default: a list with a merge key merges by it', () => {
  const before = ports({ port: 1, name: 'a' }, { port: 2, name: 'b' })
  assert.deepEqual(
    patched(before, ports({ port: 2, name: 'c' })),
    ports({ port: 1, name: 'a' }, { port: 2, name: 'c' }),
  )
})

test('behavior: other lists are replaced, maps merge, null removes', () => {
  const before = { spec: { externalIPs: ['1.1.1.1'], clusterIP: 'x' }, metadata: { labels: { a: '1', b: '2' } } }
  const patch = { spec: { externalIPs: ['2.2.2.2'], clusterIP: null }, metadata: { labels: { a: null, c: '3' } } }
  assert.deepEqual(patched(before, patch), {
    spec: { externalIPs: ['2.2.2.2'] },
    metadata: { labels: { b: '2', c: '3' } },
  })
})

test('behavior: finalizers are a set, which can be taken from', () => {
  const before = { metadata: { finalizers: ['a/1', 'b/2'] } }
  assert.deepEqual(patched(before, { metadata: { finalizers: ['b/2', 'c/3'] } }), {
    metadata: { finalizers: ['a/1', 'b/2', 'c/3'] },
  })
  const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/1'], '$setElementOrder/finalizers': ['b/2'] } }
  assert.deepEqual(patched(before, patch), { metadata: { finalizers: ['b/2'] } })
})

test('behavior: the order is what the patch says', () => {
  const before = ports({ port: 1 }, { port: 2 }, { port: 3 })
  const patch = { spec: { '$setElementOrder/ports': [{ port: 3 }, { port: 1 }], ports: [{ port: 3, name: 'x' }] } }
  assert.deepEqual(patched(before, patch), ports({ port: 2 }, { port: 3, name: 'x' }, { port: 1 }))
})

test('behavior: directives', () => {
  const before = { spec: { type: 'ClusterIP', ports: [{ port: 1 }, { port: 2 }] } }
  assert.deepEqual(patched(before, { spec: { ports: [{ port: 1, $patch: 'delete' }] } }), {
    spec: { type: 'ClusterIP', ports: [{ port: 2 }] },
  })
  assert.deepEqual(patched(before, { spec: { ports: [{ port: 9 }, { $patch: 'replace' }] } }), {
    spec: { type: 'ClusterIP', ports: [{ port: 9 }] },
  })
  assert.deepEqual(patched(before, { spec: { $patch: 'replace', type: 'NodePort' } }), { spec: { type: 'NodePort' } })
  assert.deepEqual(patched(before, { spec: { $retainKeys: ['ports'], externalName: 'x' } }), {
    spec: { ports: [{ port: 1 }, { port: 2 }], externalName: 'x' },
  })
  assert.deepEqual(patched(before, { spec: { $patch: 'delete' } }), { spec: {} })
})
