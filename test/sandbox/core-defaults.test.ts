import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coreDefaults } from '../../src/ssa/core-defaults.ts'
import type { JsonObject } from '../../src/util/json.ts'

const service = (spec: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec })

test('default: a Service', () => {
  const { spec, status } = coreDefaults(service({ ports: [{ port: 80 }] }))
  assert.deepEqual(spec, {
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
  })
  assert.deepEqual(status, { loadBalancer: {} })
})

test('behavior: what is set stays, and a second time changes nothing', () => {
  const given = service({
    type: 'LoadBalancer',
    sessionAffinity: 'ClientIP',
    externalTrafficPolicy: 'Local',
    internalTrafficPolicy: 'Local',
    allocateLoadBalancerNodePorts: false,
    ports: [{ port: 80, protocol: 'UDP', targetPort: 'web', nodePort: 30000 }],
  })
  const once = coreDefaults(given)
  assert.deepEqual(once['spec'], {
    ...(given['spec'] as JsonObject),
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
  })
  assert.deepEqual(coreDefaults(once), once)
})

test('behavior: an ExternalName has no internal traffic policy', () => {
  const { spec } = coreDefaults(service({ type: 'ExternalName', externalName: 'example.org' }))
  assert.deepEqual(spec, { type: 'ExternalName', externalName: 'example.org', sessionAffinity: 'None' })
})

test('behavior: Endpoints, Secret, Namespace, CustomResourceDefinition', () => {
  const of = (kind: string, rest: JsonObject, apiVersion = 'v1'): JsonObject =>
    coreDefaults({ apiVersion, kind, metadata: { name: 'x' }, ...rest })
  const subsets = [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 1 }] }]
  assert.deepEqual(of('Endpoints', { subsets })['subsets'], [
    { addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 1, protocol: 'TCP' }] },
  ])
  assert.deepEqual(of('Secret', { stringData: { a: 'é' }, data: { a: 'eA==', b: 'eQ==' } }), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x' },
    data: { a: 'w6k=', b: 'eQ==' },
    type: 'Opaque',
  })
  assert.deepEqual(of('Namespace', {}), {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })
  const crd = of('CustomResourceDefinition', { spec: { names: { kind: 'Widget' } } }, 'apiextensions.k8s.io/v1')
  assert.deepEqual(crd['spec'], {
    names: { kind: 'Widget', listKind: 'WidgetList', singular: 'widget' },
    conversion: { strategy: 'None' },
  })
})

test('behavior: other kinds come back as they are', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', data: {} }
  assert.equal(coreDefaults(map), map)
  const foreign = { apiVersion: 'example.org/v1', kind: 'Service', spec: {} }
  assert.equal(coreDefaults(foreign), foreign)
})
