import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { SNAPSHOT_ERRORS } from '../../src/errors/snapshot.ts'
import type { ChainStep } from '../../src/plan/chain.ts'
import type { Plan } from '../../src/plan/types.ts'
import { livePlan, type Place, snapshotPlan, take } from '../snapshot/plan-from.ts'
import { applied, chainOfFile, openChainShop, recordsOf, registered } from './chain-shop.ts'
import { seen } from './shop.ts'

const chain = chainOfFile()

/** The chain's clock is the real one, and so must be that of a plan. */
const now = (): Date => new Date()

/** Takes a snapshot and plans from both; only the time of the reading differs. */
async function assertSame(shop: Place): Promise<string> {
  const at = now()
  const place: Place = { ...shop, now: () => at }
  const { file } = await take(place)
  const live = await livePlan(place)
  const { shown } = await snapshotPlan(place, file)
  assert.equal(shown, live.shown)
  return shown
}

function chainSteps(plan: Plan): readonly ChainStep[] {
  return plan.steps.filter((step) => step.kind === 'register')
}

test('default: an identity that is to be minted, settled, and to be changed', async (t) => {
  const shop = await openChainShop(t, chain())
  assert.match(await assertSame(shop), /mints an identity/)
  await applied(shop)
  assert.match(await assertSame(shop), /settled|unchanged/)
  shop.configure({ baseUrl: 'https://other.example.com' })
  shop.write('offers/hello.yaml', registered('hello', '    metadata: { colour: blue }\n'))
  assert.match(await assertSame(shop), /other\.example\.com/)
})

test('behavior: a transaction under way, without what could be broadcast', async (t) => {
  const shop = await openChainShop(t, chain(), { spec: { idempotencyKey: true } })
  shop.configure({ chains: { 'base-sepolia': { rpc: shop.proxy.url('rpc'), confirmations: 50 } } })
  const run = await shop.obol(['apply', '--yes', '--wait=1'])
  assert.equal(recordsOf(shop).filter(({ type }) => type === 'tx-signed').length, 1, seen(run))
  const raw = String(recordsOf(shop).find(({ type }) => type === 'tx-signed')?.['raw'])
  assert.match(await assertSame(shop), /pending|under way|final/)
  const { file } = await take(shop)
  assert.ok(!gunzipSync(readFileSync(file)).toString('utf8').includes(raw))
})

test('behavior: no signer, no base URL, an owner that is only an address, an endpoint that cannot be reached', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure({ signer: undefined })
  assert.match(await assertSame(shop), /OBOL-R002/)
  shop.configure({ baseUrl: undefined })
  assert.match(await assertSame(shop), /OBOL-R001/)
  shop.configure({ signer: { address: shop.owner.address } })
  assert.match(await assertSame(shop), /mints an identity/)
  shop.configure({ signer: { keyFile: 'nowhere.key' } })
  assert.match(await assertSame(shop), /waits for a signer/)
  shop.configure({ chains: { 'base-sepolia': { rpc: 'http://127.0.0.1:1/', confirmations: 1 } } })
  assert.match(await assertSame(shop), /unknown, so nothing is sent/)
})

test('behavior: a call that nobody simulated leaves the step ready, without a fee', async (t) => {
  const shop = await openChainShop(t, chain())
  const at = now()
  const place: Place = { ...shop, now: () => at }
  const { file } = await take(place)
  shop.write('offers/hello.yaml', registered('hello', '    metadata: { colour: blue }\n'))
  const { plan, shown } = await snapshotPlan(place, file)
  const [step] = chainSteps(plan)
  assert.deepEqual([step?.op, step?.state, step?.fee], ['register', 'ready', undefined])
  assert.equal(step?.outcome, 'not simulated: the snapshot has no answer for this call')
  assert.deepEqual(
    step?.diagnostics.map(({ code, severity }) => [code, severity]).filter(([code]) => code?.startsWith('OBOL-T')),
    [[SNAPSHOT_ERRORS.NO_ANSWER.code, 'info']],
  )
  assert.match(shown, /not simulated/)
})

test('behavior: a first registration that the pull request brings, on the chain that the file names', async (t) => {
  const shop = await openChainShop(t, chain())
  const at = now()
  const place: Place = { ...shop, now: () => at }
  const wanted = readFileSync(`${shop.folder}/offers/hello.yaml`, 'utf8')
  shop.write('offers/hello.yaml', wanted.replace(/ {2}registration:[\s\S]*/, ''))
  const { file } = await take(place)
  shop.write('offers/hello.yaml', wanted)
  const [step] = chainSteps((await snapshotPlan(place, file)).plan)
  assert.deepEqual([step?.op, step?.state, step?.owner], ['register', 'ready', shop.owner.address])
})

test('behavior: a chain that nobody read is unknown, and nothing of the endpoint is in the file', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure({
    chains: { 'base-sepolia': { rpc: shop.proxy.url('CanaryRpcKey7f3a9c'), confirmations: 1 } },
  })
  const at = now()
  const place: Place = { ...shop, now: () => at }
  const { file } = await take(place)
  assert.ok(!gunzipSync(readFileSync(file)).toString('utf8').includes('CanaryRpcKey'))
  const onBase = readFileSync(`${shop.folder}/offers/hello.yaml`, 'utf8').replace('base-sepolia', 'base')
  shop.write('offers/hello.yaml', onBase)
  const [step] = chainSteps((await snapshotPlan(place, file)).plan)
  assert.equal(step?.state, 'unknown')
  assert.ok(step?.diagnostics.some(({ code }) => code === SNAPSHOT_ERRORS.NO_ANSWER.code))
})

test('behavior: a plan from a snapshot opens no socket and asks no name server, and needs neither kubeconfig nor key', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  shop.write('offers/more.yaml', registered('more'))
  const at = now()
  const place: Place = { ...shop, now: () => at }
  const { file } = await take(place)
  const live = await livePlan(place)
  const script = fileURLToPath(new URL('../snapshot/plan-offline.ts', import.meta.url))
  const run = async (from: string): Promise<string> => {
    const args = [script, shop.folder, from, at.toISOString()]
    return (await promisify(execFile)(process.execPath, args, { timeout: 60_000 })).stdout
  }
  assert.match(await run('live'), /^\["connect"/, 'a plan from the cluster is caught')
  for (const path of ['config', 'state', 'owner.key', 'cache']) shop.remove(path)
  assert.equal(await run(file), `[]\n${live.shown}`)
})
