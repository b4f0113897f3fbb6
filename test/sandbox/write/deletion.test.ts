import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonObject, jsonAt } from '../../../src/util/json.ts'
import { WIDGET_CRD } from '../sessions/widget-crd.ts'
import { PAYMENT, WIDGETS, widget } from '../sessions/widget-steps.ts'
import { CONFIG_MAPS, configMap, type TestSandbox, withSandbox } from '../with-sandbox.ts'

const SHOP = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.test.example.org'
const HELD = { finalizers: ['test.example.org/hold'] }
const SHOP_MAPS = '/api/v1/namespaces/shop/configmaps'

async function release({ request }: TestSandbox, path: string): Promise<void> {
  const contentType = 'application/merge-patch+json'
  const body = { metadata: { finalizers: null } }
  assert.equal((await request({ method: 'PATCH', path, contentType, body })).code, 200)
}

test('default: a namespace takes its content along', async (t) => {
  const objects = [WIDGET_CRD, SHOP, widget('w', { payment: PAYMENT }), configMap('cm', {}, { namespace: 'shop' })]
  const { sandbox, request } = await withSandbox(t, { objects: [...objects, configMap('other')] })
  const answer = await request({ method: 'DELETE', path: '/api/v1/namespaces/shop' })
  assert.deepEqual([answer.code, jsonAt(answer.body, ['status', 'phase'])], [200, 'Terminating'])
  assert.equal(sandbox.object('Namespace/shop'), undefined)
  assert.equal(sandbox.object('Widget.test.example.org/shop/w'), undefined)
  assert.equal(sandbox.object('ConfigMap/shop/cm'), undefined)
  assert.notEqual(sandbox.object('ConfigMap/default/other'), undefined)
})

test('behavior: a finalizer in it keeps the namespace, which takes nothing new', async (t) => {
  const held = configMap('held', {}, { namespace: 'shop', ...HELD })
  const server = await withSandbox(t, { objects: [SHOP, held] })
  const { sandbox, request } = server
  await request({ method: 'DELETE', path: '/api/v1/namespaces/shop' })
  assert.equal(jsonAt(sandbox.object('Namespace/shop'), ['status', 'phase']), 'Terminating')
  const refused = await request({ method: 'POST', path: SHOP_MAPS, body: configMap('new') })
  assert.deepEqual([refused.code, refused.body['reason']], [403, 'Forbidden'])
  await release(server, `${SHOP_MAPS}/held`)
  assert.equal(sandbox.object('ConfigMap/shop/held'), undefined)
  assert.equal(sandbox.object('Namespace/shop'), undefined)
})

test('behavior: a CRD takes its objects along, and waits for those that are held', async (t) => {
  const held = widget('held', { payment: PAYMENT }, { metadata: { name: 'held', namespace: 'shop', ...HELD } })
  const server = await withSandbox(t, { objects: [WIDGET_CRD, SHOP, widget('w', { payment: PAYMENT }), held] })
  const { sandbox, request } = server
  await request({ method: 'DELETE', path: CRD })
  assert.equal(sandbox.object('Widget.test.example.org/shop/w'), undefined)
  assert.equal((await request({ method: 'GET', path: WIDGETS })).code, 200)
  await release(server, `${WIDGETS}/held`)
  assert.equal((await request({ method: 'GET', path: CRD })).code, 404)
  assert.equal((await request({ method: 'GET', path: WIDGETS })).code, 404)
})

function owned(name: string, ...owners: readonly (JsonObject | undefined)[]): JsonObject {
  const ownerReferences = owners.map((owner) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: String(jsonAt(owner, ['metadata', 'name'])),
    uid: String(jsonAt(owner, ['metadata', 'uid'])),
  }))
  return configMap(name, {}, { ownerReferences })
}

for (const [policy, left] of [
  ['Background', ['a', 'shared']],
  ['Foreground', ['a']],
  ['Orphan', ['a', 'child', 'grandchild', 'shared']],
] as const) {
  test(`behavior: propagation ${policy}`, async (t) => {
    const { sandbox, request } = await withSandbox(t)
    const create = async (body: JsonObject): Promise<JsonObject> =>
      (await request({ method: 'POST', path: CONFIG_MAPS, body })).body
    const a = await create(configMap('a'))
    const b = await create(configMap('b'))
    const child = await create(owned('child', b))
    await create(owned('grandchild', child))
    await create(owned('shared', a, b))
    assert.equal((await request({ method: 'DELETE', path: `${CONFIG_MAPS}/b?propagationPolicy=${policy}` })).code, 200)
    const names = sandbox
      .objects()
      .flatMap((object) => (object['kind'] === 'ConfigMap' ? [jsonAt(object, ['metadata', 'name'])] : []))
    assert.deepEqual(names.sort(), left)
    const owners = jsonAt(sandbox.object('ConfigMap/default/child'), ['metadata', 'ownerReferences'])
    assert.equal(owners, undefined)
  })
}

test('behavior: a collection is deleted as far as it is selected', async (t) => {
  const { sandbox, request } = await withSandbox(t)
  for (const name of ['a', 'b', 'c']) {
    await request({
      method: 'POST',
      path: CONFIG_MAPS,
      body: configMap(name, {}, { labels: { keep: name === 'c' ? 'yes' : 'no' } }),
    })
  }
  const dry = await request({ method: 'DELETE', path: `${CONFIG_MAPS}?labelSelector=keep%3Dno&dryRun=All` })
  assert.equal(dry.code, 200)
  assert.notEqual(sandbox.object('ConfigMap/default/a'), undefined)
  await request({ method: 'DELETE', path: `${CONFIG_MAPS}?labelSelector=keep%3Dno` })
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => sandbox.object(`ConfigMap/default/${name}`) === undefined),
    [true, true, false],
  )
})
