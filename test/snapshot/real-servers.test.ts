import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { OBOL_YAML, OFFERS_PATH, offer, openWorkspace, PAYEE, seen, type Workspace } from '../e2e/shop.ts'
import { forEachRealServer } from '../support/control-plane.ts'
import { livePlan, snapshotPlan, take } from './plan-from.ts'

const CRD = readFileSync(
  join(import.meta.dirname, '..', '..', 'schemas', 'crds', 'serviceoffers.obol.org.yaml'),
  'utf8',
)
const SECRET = (text: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: default }\nstringData: { a: ${text} }\ndata: { b: eHl6 }\n`

const FILES = {
  'obol.yaml': OBOL_YAML.replace('id: shop-1', 'id: shop-1, offers: [crds, offers]'),
  'crds/crd.yaml': CRD,
  'offers/hello.yaml': offer('hello'),
  'offers/contested.yaml': offer('contested'),
  'offers/gone.yaml': offer('gone'),
  'offers/secret.yaml': SECRET('first'),
  'offers/model.yaml': `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: model, namespace: default }
spec:
  type: inference
  model: { name: m, runtime: ollama }
  gateway: { listen: ":8402", upstream: "http://localhost:11434" }
  payment: { payTo: "${PAYEE}", network: base-sepolia, price: { perMTok: "1" } }
`,
}

/** Plans from a snapshot and from the server until both are of one schema: that of a new CRD changes for some seconds. */
async function assertSame(workspace: Workspace): Promise<string> {
  const options = { decisions: [], prune: { maxCount: 3, maxPercent: 0 } }
  let last = ['', '']
  for (let tried = 0; tried < 30; tried += 1) {
    const { file } = await take(workspace)
    const live = await livePlan(workspace, options)
    const { shown } = await snapshotPlan(workspace, file, options)
    if (shown === live.shown) return shown
    last = [shown, live.shown]
    await delay(500)
  }
  assert.equal(last[0], last[1])
  return ''
}

forEachRealServer((_, plane) => {
  test('default: the plan from a snapshot is the plan from the server', async (t) => {
    const workspace = openWorkspace(t, FILES)
    workspace.write('config/kubeconfig.yaml', readFileSync(plane().kubeconfig('admin'), 'utf8'))
    assert.match(await assertSame(workspace), /CustomResourceDefinition/)
    const run = await workspace.obol(['apply', '--yes'])
    assert.equal(run.exitCode, 0, seen(run))
    assert.match(await assertSame(workspace), /unchanged/)
    const patch = {
      spec: { payment: { payTo: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC', price: { perHour: '3' } } },
    }
    for (const name of ['hello', 'contested']) {
      const path = `${OFFERS_PATH}/${name}?fieldManager=kubectl-patch`
      assert.equal((await plane().request('admin', 'PATCH', path, patch, 'application/merge-patch+json')).status, 200)
    }
    workspace.remove('offers/gone.yaml')
    workspace.write('offers/secret.yaml', SECRET('second'))
    workspace.write('offers/new.yaml', offer('new').replace('{ name: new }', '{ name: new, namespace: team }'))
    const shown = await assertSame(workspace)
    assert.match(shown, /kubectl-patch\/Update/)
    assert.match(shown, /Namespace +team/)
    assert.match(shown, /\*\*\* \(before\)/)
    assert.match(shown, /1 to delete/)
  })

  test('behavior: a user who may read one namespace only', async (t) => {
    const files = { 'offers/hello.yaml': offer('narrow') }
    const workspace = openWorkspace(t, files)
    workspace.write('config/kubeconfig.yaml', readFileSync(plane().kubeconfig('planner'), 'utf8'))
    const { file, stderr } = await take(workspace)
    assert.match(stderr, /only the namespaces default are in the snapshot/)
    const live = await livePlan(workspace)
    assert.equal((await snapshotPlan(workspace, file)).shown, live.shown)
  })
})
