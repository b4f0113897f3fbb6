import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sandboxCrds } from '../../src/cli/sandbox-crds.ts'
import type { PlanOptions } from '../../src/plan/types.ts'
import { livePlan, type Place, snapshotPlan, take } from '../snapshot/plan-from.ts'
import { foreignPatch, OTHER_PAYEE, offer, openShop, type Shop, type ShopOptions, seen } from './shop.ts'

const OFFERS = join(import.meta.dirname, '..', '..', 'offers')

/** Asserts that the plan from a snapshot is the plan from the cluster, byte for byte; returns what is shown of it. */
async function assertSame(place: Place, options?: PlanOptions): Promise<string> {
  const { file } = await take(place)
  const live = await livePlan(place, options)
  const { shown } = await snapshotPlan(place, file, options)
  assert.equal(shown, live.shown)
  return shown
}

async function applied(t: TestContext, options: ShopOptions = {}): Promise<Shop> {
  const shop = await openShop(t, options)
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 0, seen(run))
  return shop
}

test('default: the sample offers, before and after they are applied', async (t) => {
  const shop = await openShop(t)
  cpSync(OFFERS, join(shop.folder, 'offers'), { recursive: true })
  assert.match(await assertSame(shop), /to create/)
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 0, seen(run))
  assert.match(await assertSame(shop), /unchanged/)
})

test('behavior: another owner, a price of somebody else, a conflict undecided and decided', async (t) => {
  const shop = await applied(t, { files: { 'offers/other.yaml': offer('other') } })
  await foreignPatch(shop, 'hello', { spec: { payment: { price: { perMTok: '9' } } } })
  await foreignPatch(shop, 'other', { spec: { payment: { payTo: OTHER_PAYEE } } }, 'helm')
  assert.match(await assertSame(shop), /null-out/)
  const decisions = [{ path: 'spec.payment.payTo', decision: 'take' as const }]
  assert.match(await assertSame(shop, { decisions }), /kubectl-patch\/Update/)
})

test('behavior: prune, of offers and of a ConfigMap', async (t) => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: words, namespace: default }\ndata: { a: "1" }\n'
  const shop = await applied(t, { files: { 'offers/other.yaml': offer('other'), 'offers/map.yaml': map } })
  shop.remove('offers/other.yaml')
  shop.remove('offers/map.yaml')
  assert.match(await assertSame(shop), /orphan/)
  assert.match(await assertSame(shop, { decisions: [], prune: { maxCount: 3, maxPercent: 0 } }), /2 to delete/)
})

test('behavior: a CRD that is part of the workspace, and a namespace that is not there', async (t) => {
  const crds = await sandboxCrds()
  const files = Object.fromEntries(crds.map((crd, i) => [`offers/crd-${i}.yaml`, JSON.stringify(crd)]))
  const far = offer('far').replace('metadata: { name: far }', 'metadata: { name: far, namespace: far }')
  const shop = await openShop(t, { crds: false, files: { ...files, 'offers/far.yaml': far } })
  assert.match(await assertSame(shop), /CustomResourceDefinition/)
})

const SECRET = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: keys, namespace: default }\n${data}\n`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('behavior: secrets that are the same, that differ, that are added, and stringData', async (t) => {
  const words = SECRET('stringData: { mnemonic: "one two three" }').replace('keys', 'words')
  const first = SECRET(`data: { wallet: "${base64('wallet key')}" }`)
  const shop = await applied(t, { files: { 'offers/data.yaml': first, 'offers/words.yaml': words } })
  assert.match(await assertSame(shop), /unchanged/)
  shop.write('offers/data.yaml', SECRET(`data: { wallet: "${base64('another')}", more: "${base64('x')}" }`))
  shop.write('offers/words.yaml', words.replace('three', 'four'))
  assert.match(await assertSame(shop), /\*\*\* \(before\)"? → "?\*\*\* \(after\)/)
})

test('behavior: what a pull request adds: an offer of another type, in another namespace, with the name of an object', async (t) => {
  const shop = await applied(t)
  await shop.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'llm' } })
  const spec = { ports: [{ port: 80 }] }
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'model', namespace: 'llm' }, spec }
  await shop.send('POST', '/api/v1/namespaces/llm/services?fieldManager=helm', service)
  const { file } = await take(shop)
  shop.write('offers/model.yaml', INFERENCE)
  shop.write('offers/free.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: free, namespace: default }\n')
  const live = await livePlan(shop)
  const { shown } = await snapshotPlan(shop, file)
  assert.equal(shown, live.shown)
  assert.match(shown, /helm\/Update/)
})

const INFERENCE = `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: model, namespace: llm }
spec:
  type: inference
  model: { name: m, runtime: ollama }
  gateway: { listen: ":8402", upstream: "http://localhost:11434" }
  payment: { payTo: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", network: base-sepolia, price: { perMTok: "1" } }
`

test('behavior: two snapshots of one cluster at one time are one file', async (t) => {
  const shop = await applied(t)
  const { file } = await take(shop)
  const first = readFileSync(file)
  await take(shop)
  assert.deepEqual(readFileSync(file), first)
})

test('default: the command line: a snapshot, a plan from it, and nothing that could be applied', async (t) => {
  const shop = await applied(t)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "3"'))
  const taken = await shop.obol(['snapshot', '--out', 'out/cluster.snapshot.json.gz', '--json'])
  assert.equal(taken.exitCode, 0, seen(taken))
  assert.equal(JSON.parse(taken.stdout).workspaceId, 'shop-1')
  const live = await shop.obol(['plan', '--json'])
  const sent = shop.requests.length
  shop.remove('config')
  const offline = await shop.obol(['plan', '--json', '--snapshot', 'out/cluster.snapshot.json.gz'])
  assert.equal(offline.exitCode, 0, seen(offline))
  assert.equal(offline.stdout.replace('  "source": "snapshot",\n', ''), live.stdout)
  assert.equal(shop.requests.length, sent)
})
