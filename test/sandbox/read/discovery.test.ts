import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isJsonArray, type JsonObject, jsonAt } from '../../../src/util/json.ts'
import { WIDGET_CRD } from '../sessions/widget-crd.ts'
import { withSandbox } from '../with-sandbox.ts'

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

function listAt(object: JsonObject, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = jsonAt(object, path)
  return isJsonArray(value) ? value : []
}

test('default: legacy', async (t) => {
  const { sandbox, request } = await withSandbox(t, { objects: [WIDGET_CRD] })
  const api = await request({ method: 'GET', path: '/api' })
  assert.deepEqual(api.body['versions'], ['v1'])
  assert.deepEqual(jsonAt(api.body, ['serverAddressByClientCIDRs', 0, 'serverAddress']), `127.0.0.1:${sandbox.port}`)
  const groups = await request({ method: 'GET', path: '/apis' })
  assert.deepEqual(
    listAt(groups.body, 'groups').map((group) => (group as JsonObject)['name']),
    ['apiextensions.k8s.io', 'test.example.org'],
  )
  const core = await request({ method: 'GET', path: '/api/v1' })
  assert.deepEqual(
    listAt(core.body, 'resources').map((resource) => (resource as JsonObject)['name']),
    ['configmaps', 'endpoints', 'namespaces', 'namespaces/status', 'secrets', 'services', 'services/status'],
  )
  assert.equal((await request({ method: 'GET', path: '/apis/other.example.org' })).code, 404)
  assert.equal((await request({ method: 'GET', path: '/apis/test.example.org/v2' })).code, 404)
})

test('behavior: aggregated for who takes it', async (t) => {
  const { request } = await withSandbox(t, { objects: [WIDGET_CRD] })
  const accept = `${AGGREGATED},application/json`
  const groups = await request({ method: 'GET', path: '/apis', accept })
  assert.equal(groups.contentType, AGGREGATED)
  assert.deepEqual(jsonAt(groups.body, ['items', 1]), {
    metadata: { name: 'test.example.org' },
    versions: [
      {
        version: 'v1alpha1',
        resources: [
          {
            resource: 'widgets',
            responseKind: { group: 'test.example.org', version: 'v1alpha1', kind: 'Widget' },
            scope: 'Namespaced',
            singularResource: 'widget',
            verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
            shortNames: ['wd'],
            subresources: [
              {
                subresource: 'status',
                responseKind: { group: 'test.example.org', version: 'v1alpha1', kind: 'Widget' },
                verbs: ['get', 'patch', 'update'],
              },
            ],
          },
        ],
        freshness: 'Current',
      },
    ],
  })
  const core = await request({ method: 'GET', path: '/api', accept })
  assert.equal(listAt(core.body, 'items', 0, 'versions', 0, 'resources').length, 5)
})
