import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../src/util/json.ts'
import type { Step } from './exchange.ts'
import { WIDGET_CRD } from './sessions/widget-crd.ts'
import { WIDGETS, widget } from './sessions/widget-steps.ts'
import { CONFIG_MAPS, withSandbox } from './with-sandbox.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const SERVICES = '/api/v1/namespaces/default/services'

function crd(schema: JsonObject, version: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec: schema } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.test.example.org' },
    spec: {
      group: 'test.example.org',
      names: { kind: 'Gadget', plural: 'gadgets' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...version }],
      ...spec,
    },
  }
}

const V = (name: string, storage: boolean): JsonObject => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object' } },
})
const OBJECT = { type: 'object' }

function postCrd(body: JsonObject): Omit<Step, 'name'> {
  return { method: 'POST', path: CRDS, body }
}

function postService(spec: JsonObject): Omit<Step, 'name'> {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 1 }], ...spec } }
  return { method: 'POST', path: SERVICES, body }
}

/** What only a real cluster does: each is refused by name. */
const REFUSED: readonly (readonly [string, Omit<Step, 'name'>, RegExp])[] = [
  [
    'a group of a real cluster',
    { method: 'GET', path: '/apis/apps/v1/namespaces/default/deployments' },
    /API group apps/,
  ],
  ['a core resource of a real cluster', { method: 'GET', path: '/api/v1/namespaces/default/pods' }, /resource pods/],
  ['OpenAPI v2', { method: 'GET', path: '/openapi/v2' }, /OpenAPI v2/],
  ['the old watch paths', { method: 'GET', path: '/api/v1/watch/configmaps' }, /watch/],
  ['finalize', { method: 'PUT', path: '/api/v1/namespaces/default/finalize', body: {} }, /finalize/],
  [
    'CBOR',
    {
      method: 'PATCH',
      path: `${CONFIG_MAPS}/x?fieldManager=m`,
      contentType: 'application/apply-patch+cbor',
      body: 'x',
    },
    /CBOR/,
  ],
  [
    'an integer beyond 2^53',
    { method: 'POST', path: CONFIG_MAPS, body: '{"metadata":{"generation":9007199254740993}}' },
    /2\^53/,
  ],
  [
    'CEL rules',
    postCrd(crd({ ...OBJECT, 'x-kubernetes-validations': [{ rule: 'true' }] })),
    /x-kubernetes-validations \(at openAPIV3Schema\.spec\)/,
  ],
  [
    'embedded resources',
    postCrd(crd({ ...OBJECT, 'x-kubernetes-embedded-resource': true })),
    /x-kubernetes-embedded-resource/,
  ],
  ['a format it does not check', postCrd(crd({ type: 'string', format: 'email' })), /format "email"/],
  ['a pattern of Go only', postCrd(crd({ type: 'array', items: { type: 'string', pattern: '(?i)x' } })), /pattern/],
  ['a pattern that means another thing', postCrd(crd({ type: 'string', pattern: '\\Ax' })), /pattern/],
  ['two served versions', postCrd(crd(OBJECT, {}, { versions: [V('v1', true), V('v2', false)] })), /served version/],
  ['conversion webhooks', postCrd(crd(OBJECT, {}, { conversion: { strategy: 'Webhook' } })), /webhooks/],
  [
    'scale',
    postCrd(crd(OBJECT, { subresources: { scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status.a' } } })),
    /scale/,
  ],
  ['selectable fields', postCrd(crd(OBJECT, { selectableFields: [{ jsonPath: '.spec.a' }] })), /selectable/],
  [
    'names that are taken',
    postCrd(crd(OBJECT, {}, { names: { kind: 'Gadget', plural: 'gadgets', shortNames: ['wd'] } })),
    /wd, by widgets/,
  ],
  ['IPv6', postService({ ipFamilies: ['IPv6'] }), /dual-stack/],
  ['dual stack', postService({ ipFamilyPolicy: 'PreferDualStack' }), /dual-stack/],
  ['health check ports', postService({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }), /health check/],
  [
    'apply of a status',
    {
      method: 'PATCH',
      path: `${WIDGETS}/w/status?fieldManager=m`,
      contentType: 'application/apply-patch+yaml',
      body: widget('w', {}),
    },
    /status/,
  ],
]

test('default: nothing differs silently', async (t) => {
  const { request } = await withSandbox(t, { objects: [WIDGET_CRD] })
  for (const [name, step, words] of REFUSED) {
    const { code, body } = await request(step)
    assert.deepEqual([code, body['kind'], body['reason']], [501, 'Status', 'NotImplemented'], name)
    assert.match(String(body['message']), words, name)
    assert.match(String(body['message']), /^the obol sandbox does not support /, name)
  }
})

test('behavior: a group that a CRD brings is served', async (t) => {
  const annotations = { 'api-approved.kubernetes.io': 'https://example.org/1' }
  const base = crd(OBJECT, {}, { group: 'gateway.networking.k8s.io' })
  const body = { ...base, metadata: { name: 'gadgets.gateway.networking.k8s.io', annotations } }
  const { request } = await withSandbox(t)
  assert.equal((await request({ method: 'GET', path: '/apis/gateway.networking.k8s.io/v1' })).code, 501)
  assert.equal((await request(postCrd(body))).code, 201)
  assert.equal((await request({ method: 'GET', path: '/apis/gateway.networking.k8s.io/v1/gadgets' })).code, 200)
})
