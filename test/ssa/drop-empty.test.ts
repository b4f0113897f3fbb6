import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dropDependentFields } from '../../src/ssa/drop-dependent-fields.ts'
import { dropEmpty } from '../../src/ssa/drop-empty.ts'
import type { JsonObject } from '../../src/util/json.ts'

function service(spec: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec }
}

test('default: empty metadata is not stored, whatever the kind', () => {
  const spec = { limits: {}, list: [] }
  const offer = { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', spec }
  const metadata = { name: 'a', annotations: {}, labels: { team: '' }, finalizers: [] }
  assert.deepEqual(dropEmpty({ ...offer, metadata }), { ...offer, metadata: { name: 'a', labels: { team: '' } } })
})

test('behavior: optional fields of built-in kinds go when they are empty, values of maps and pointers stay', () => {
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
  assert.deepEqual(dropEmpty({ ...config, data: {} }), config)
  assert.deepEqual(dropEmpty({ ...config, data: { a: '' } }), { ...config, data: { a: '' } })
  const ports = [{ port: 80, name: '', appProtocol: '' }]
  const dropped = dropEmpty(service({ selector: {}, externalName: '', internalTrafficPolicy: '', ports }))
  assert.deepEqual(dropped, service({ internalTrafficPolicy: '', ports: [{ port: 80, appProtocol: '' }] }))
})

test('behavior: an object without anything empty comes back as it is', () => {
  const object = service({ ports: [{ port: 80 }] })
  assert.deepEqual(dropEmpty(object), object)
})

test('behavior: a Service that is no NodePort any more loses its node ports and its policy', () => {
  const ports = [{ port: 80, nodePort: 30080 }]
  const live = service({ type: 'NodePort', externalTrafficPolicy: 'Cluster', ports })
  const after = service({ type: 'ClusterIP', externalTrafficPolicy: 'Cluster', ports })
  assert.deepEqual(dropDependentFields(after, live), service({ type: 'ClusterIP', ports: [{ port: 80 }] }))
  assert.deepEqual(dropDependentFields(live, live), live)
})
