import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isJsonObject, jsonAt } from '../../../src/util/json.ts'
import { WIDGET_CRD } from '../sessions/widget-crd.ts'
import { withSandbox } from '../with-sandbox.ts'

const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const PATH = 'apis/test.example.org/v1alpha1'

test('default: the index names each document by its hash', async (t) => {
  const { request } = await withSandbox(t, { objects: [WIDGET_CRD] })
  const index = await request({ method: 'GET', path: '/openapi/v3' })
  const paths = index.body['paths']
  assert.ok(isJsonObject(paths))
  assert.deepEqual(Object.keys(paths), ['api/v1', 'apis/apiextensions.k8s.io/v1', PATH])
  for (const [path, entry] of Object.entries(paths)) {
    const url = String(jsonAt(entry, ['serverRelativeURL']))
    assert.match(url, new RegExp(`^/openapi/v3/${path.replaceAll('.', '\\.')}\\?hash=[0-9A-F]{128}$`))
    const document = await request({ method: 'GET', path: url })
    assert.equal(document.code, 200)
    assert.ok(isJsonObject(jsonAt(document.body, ['components', 'schemas'])))
  }
  const wrong = await request({ method: 'GET', path: `/openapi/v3/${PATH}?hash=00` })
  assert.equal(wrong.code, 301)
  assert.equal((await request({ method: 'GET', path: '/openapi/v3/apis/zap/v1' })).code, 404)
})

test('behavior: every kind can be found by its group, version, kind and action', async (t) => {
  const { request } = await withSandbox(t, { objects: [WIDGET_CRD] })
  const actions = async (path: string, kind: string): Promise<ReadonlySet<string>> => {
    const { body } = await request({ method: 'GET', path: `/openapi/v3/${path}` })
    const paths = body['paths']
    assert.ok(isJsonObject(paths))
    const found = Object.values(paths).flatMap((item) =>
      (isJsonObject(item) ? Object.values(item) : []).flatMap((operation) =>
        jsonAt(operation, ['x-kubernetes-group-version-kind', 'kind']) === kind
          ? [String(jsonAt(operation, ['x-kubernetes-action']))]
          : [],
      ),
    )
    return new Set(found)
  }
  const all = new Set(['list', 'post', 'deletecollection', 'get', 'put', 'delete', 'patch'])
  for (const kind of ['Service', 'Endpoints', 'ConfigMap', 'Secret'])
    assert.deepEqual(await actions('api/v1', kind), all)
  assert.deepEqual(await actions(PATH, 'Widget'), all)
  assert.deepEqual(await actions('apis/apiextensions.k8s.io/v1', 'CustomResourceDefinition'), all)
})

test('behavior: a changed schema has another hash', async (t) => {
  const { request } = await withSandbox(t, { objects: [WIDGET_CRD] })
  const url = async (): Promise<unknown> =>
    jsonAt((await request({ method: 'GET', path: '/openapi/v3' })).body, ['paths', PATH, 'serverRelativeURL'])
  const before = await url()
  assert.equal(await url(), before)
  const op = {
    op: 'add',
    path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/fresh',
    value: { type: 'string' },
  }
  const answer = await request({
    method: 'PATCH',
    path: `${CRD}/widgets.test.example.org`,
    contentType: 'application/json-patch+json',
    body: [op],
  })
  assert.deepEqual([answer.code, jsonAt(answer.body, ['metadata', 'generation'])], [200, 2])
  assert.notEqual(await url(), before)
})
