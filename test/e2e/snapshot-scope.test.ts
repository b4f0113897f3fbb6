import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SNAPSHOT_ERRORS } from '../../src/errors/snapshot.ts'
import type { PolicyRule } from '../../src/sandbox/users.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { livePlan, snapshotPlan, take } from '../snapshot/plan-from.ts'
import { offer, openShop, type Shop, seen } from './shop.ts'

const READ = ['get', 'list']
/** What a plan of http offers and a Secret needs, in one namespace. */
const narrow = (namespace: string): readonly PolicyRule[] => [
  { verbs: READ, apiGroups: ['obol.org'], resources: ['serviceoffers'], namespace },
  { verbs: READ, apiGroups: [''], resources: ['services'], namespace },
  { verbs: ['get'], apiGroups: [''], resources: ['secrets'], namespace },
]
const NARROW = narrow('default')

async function narrowShop(t: TestContext, rules = NARROW): Promise<Shop> {
  const shop = await openShop(t, { sandbox: { users: [{ name: 'planner', rules }] } })
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 0, seen(run))
  shop.write('config/kubeconfig.yaml', shop.sandbox.kubeconfigOf('planner') ?? '')
  return shop
}

function failsWith(code: string, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Error && 'code' in error && 'details' in error && 'hint' in error)
    assert.equal(error.code, code)
    assert.match(`${JSON.stringify(error.details)} ${String(error.hint)}`, text)
    return true
  }
}

test('default: a narrow Role takes a snapshot of its namespaces, and the plan from it is as live', async (t) => {
  const shop = await narrowShop(t)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "3"'))
  const { file, stderr } = await take(shop)
  assert.match(stderr, /only the namespaces default are in the snapshot/)
  assert.match(stderr, /the user may not list endpoints in namespace default/)
  const live = await livePlan(shop)
  assert.equal((await snapshotPlan(shop, file)).shown, live.shown)
})

test('error: what the Role does not allow and the workspace needs is all told at once', async (t) => {
  const rules = NARROW.filter(({ resources }) => !resources.includes('serviceoffers'))
  const shop = await narrowShop(t, rules)
  await assert.rejects(take(shop), (error) => {
    assert.ok(error instanceof AggregateError)
    assert.match(String(error.errors[0]), /list serviceoffers\.obol\.org in namespace default/)
    return true
  })
})

test('error: a namespace that nobody looked into is not taken for empty', async (t) => {
  const shop = await narrowShop(t)
  const { file } = await take(shop)
  shop.write('offers/far.yaml', offer('far').replace('{ name: far }', '{ name: far, namespace: far }'))
  const text = /ServiceOffer.*in namespace far.*obol snapshot --out \S+ --namespace far/
  await assert.rejects(snapshotPlan(shop, file), failsWith(SNAPSHOT_ERRORS.OUT_OF_SCOPE.code, text))
})

test('behavior: a snapshot that was told to look there has the answer', async (t) => {
  const shop = await narrowShop(t, [...NARROW, ...narrow('far')])
  const { file } = await take(shop, { namespace: ['far'] })
  shop.write('offers/far.yaml', offer('far').replace('{ name: far }', '{ name: far, namespace: far }'))
  const live = await livePlan(shop)
  assert.equal((await snapshotPlan(shop, file)).shown, live.shown)
})

const WIDGETS: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
      },
    ],
  },
}
const WIDGET = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a, namespace: default }\n'

test('error: a kind of which nothing was recorded is neither served nor not served', async (t) => {
  const shop = await openShop(t, { sandbox: { objects: [WIDGETS] } })
  const { file } = await take(shop)
  shop.write('offers/widget.yaml', WIDGET)
  const text = /Widget.*--include Widget\.example\.com/
  await assert.rejects(snapshotPlan(shop, file), failsWith(SNAPSHOT_ERRORS.OUT_OF_SCOPE.code, text))
  const { file: wider } = await take(shop)
  assert.equal((await snapshotPlan(shop, wider)).shown, (await livePlan(shop)).shown)
})

test('behavior: a kind that the cluster does not have is known not to be there', async (t) => {
  const shop = await openShop(t)
  const { file } = await take(shop)
  shop.write('offers/widget.yaml', WIDGET)
  shop.write('offers/other.yaml', WIDGET.replace('example.com/v1', 'v1'))
  const { shown } = await snapshotPlan(shop, file)
  assert.equal(shown, (await livePlan(shop)).shown)
  assert.match(shown, /OBOL-P001/)
})

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: theirs, namespace: default }\ndata: { a: "1" }\n'

test('error: the name of an object that is nobody’s business is taken, and its content is not known', async (t) => {
  const shop = await openShop(t)
  const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs' }, data: { a: '2' } }
  await shop.send('POST', '/api/v1/namespaces/default/configmaps?fieldManager=helm', theirs)
  const { file } = await take(shop)
  shop.write('offers/map.yaml', MAP)
  const text = /ConfigMap default\/theirs is in the cluster.*--include ConfigMap/
  await assert.rejects(snapshotPlan(shop, file), failsWith(SNAPSHOT_ERRORS.NOT_RECORDED.code, text))
  const { file: wider } = await take(shop, { include: ['ConfigMap'] })
  const live = await livePlan(shop)
  assert.equal((await snapshotPlan(shop, wider)).shown, live.shown)
  assert.match(live.shown, /helm\/Update/)
})

test('error: a kind that the cluster does not serve cannot be included', async (t) => {
  const shop = await openShop(t)
  await assert.rejects(take(shop, { include: ['Widget.example.com'] }), /serves no such kind/)
})
