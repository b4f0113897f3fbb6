import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { privateKeyToAccount } from 'viem/accounts'
import type { JsonValue } from '../../src/util/json.ts'
import { registryClient } from '../contracts/registry-client.ts'
import {
  applied,
  assertSettled,
  broadcasts,
  type ChainShop,
  chainOfFile,
  IDENTITY,
  openChainShop,
  recordsOf,
  registered,
  X402,
} from './chain-shop.ts'
import { codesIn, openShop, type Shop, seen } from './shop.ts'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')
const FOREIGN = 'https://elsewhere.example.com/agent.json'
const chain = chainOfFile()

/** A new, empty cluster in the place of the shop's; returns it. */
async function rebuild(t: TestContext, shop: ChainShop): Promise<Shop> {
  const rebuilt = await openShop(t, { sandbox: { objects: [X402] } })
  shop.write('config/kubeconfig.yaml', rebuilt.sandbox.kubeconfigYaml)
  return rebuilt
}

function registrations(shop: Shop, agentId: string): void {
  const expected = { registrations: [{ chain: 'base-sepolia', agentId }] }
  assert.deepEqual(shop.sandbox.object(IDENTITY)?.['status'], expected)
}

test('behavior: a rebuilt cluster gets the identity again, without a transaction', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  const agentId = shop.agentId() ?? ''
  const rebuilt = await rebuild(t, shop)
  shop.proxy.begin({})
  const refused = await shop.obol(['apply', '--yes'])
  assert.deepEqual(codesIn(refused.stderr), ['OBOL-A002'], seen(refused))
  assert.equal(rebuilt.sandbox.object(IDENTITY), undefined)
  await applied(shop, '--rebind')
  registrations(rebuilt, agentId)
  assert.deepEqual([await shop.sent(), broadcasts(shop)], [1, 0])
  await assertSettled(shop)
})

test('behavior: with the journal lost as well, the identity is found on the chain and adopted', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  const agentId = shop.agentId() ?? ''
  const rebuilt = await rebuild(t, shop)
  shop.remove('state')
  shop.proxy.begin({})
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 2)
  assert.match(plan.stdout, new RegExp(`identity ${agentId} is on the chain already`))
  assert.match((await applied(shop)).stdout, /adopted +adopt on base-sepolia/)
  registrations(rebuilt, agentId)
  const final = recordsOf(shop).find(({ type }) => type === 'chain-final')
  assert.deepEqual([final?.['adopted'], final?.['agentId'], final?.['hash']], [true, agentId, undefined])
  assert.deepEqual([await shop.sent(), broadcasts(shop)], [1, 0])
  await assertSettled(shop)
})

test('behavior: with only the journal lost there is nothing to do', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  shop.remove('state')
  shop.proxy.begin({})
  await assertSettled(shop)
  await applied(shop)
  assert.deepEqual([await shop.sent(), broadcasts(shop)], [1, 0])
  await assertSettled(shop)
})

/** Blocks come only when they are asked for, until the test ends. */
async function stopMining(t: TestContext, { control }: ChainShop): Promise<void> {
  await control.setAutomine(false)
  t.after(async () => {
    await control.mine()
    await control.setAutomine(true)
  })
}

test('behavior: a registration that is not final when the wait ends is gone on with by the next apply', async (t) => {
  const shop = await openChainShop(t, chain())
  await stopMining(t, shop)
  shop.proxy.begin({})
  const pending = await applied(shop, '--wait', '1')
  assert.match(pending.stdout, /pending +register on base-sepolia\n +OBOL-R003 .*\n +next obol apply\n/)
  assert.match(pending.stdout, /created +ServiceOffer default\/hello/)
  assert.deepEqual([shop.live('hello') === undefined, shop.agentId(), await shop.sent()], [false, undefined, 0])

  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 2, seen(plan))
  assert.match(plan.stdout, /sent as 0x[0-9a-f]{8}…[0-9a-f]{4} with nonce 0/)
  const journal = await shop.obol(['journal'])
  assert.deepEqual([journal.exitCode, /sent with nonce 0/.test(journal.stdout)], [0, true], seen(journal))
  const parsed: JsonValue = JSON.parse((await shop.obol(['journal', '--json'])).stdout)
  assert.match(JSON.stringify(parsed), /"state":"sent"/)

  const still = await applied(shop, '--wait', '1')
  assert.deepEqual(codesIn(still.stdout).includes('OBOL-R003'), true)
  await shop.control.mine()
  assert.match((await applied(shop)).stdout, /registered +register on base-sepolia/)
  const minted = await shop.minted()
  assert.deepEqual([minted.length, await shop.sent()], [1, 1])
  registrations(shop, minted[0]?.agentId ?? '')
  assert.equal(recordsOf(shop).filter(({ type }) => type === 'tx-signed').length, 1)
  await assertSettled(shop)
})

test('behavior: SIGINT while it waits ends the process with 130; the next apply goes on', async (t) => {
  const shop = await openChainShop(t, chain())
  await stopMining(t, shop)
  const { promise: isSent, resolve } = Promise.withResolvers<void>()
  shop.proxy.begin({
    onAnswered: async ({ methods }) => {
      if (methods.includes('eth_sendRawTransaction')) resolve()
    },
  })
  const env = { PATH: process.env['PATH'], HOME: join(shop.folder, 'home'), XDG_CACHE_HOME: join(shop.folder, 'cache') }
  const child = spawn(process.execPath, [BIN, 'apply', '--yes'], { cwd: shop.folder, env, stdio: 'pipe' })
  t.after(() => child.kill('SIGKILL'))
  const outputs = Promise.all([text(child.stdout), text(child.stderr)])
  const closed = once(child, 'close')
  await isSent
  child.kill('SIGINT')
  const [exitCode] = await closed
  const [stdout, stderr] = await outputs
  assert.equal(exitCode, 130, stdout + stderr)
  assert.match(stdout, /created +ServiceOffer default\/hello/)
  assert.match(stdout, /pending +register on base-sepolia/)

  await shop.control.mine()
  assert.match((await applied(shop)).stdout, /registered +register on base-sepolia/)
  assert.deepEqual([(await shop.minted()).length, await shop.sent()], [1, 1])
  await assertSettled(shop)
})

test('behavior: a journal that is lost while a registration waits for its block buys no second one', async (t) => {
  const shop = await openChainShop(t, chain())
  await stopMining(t, shop)
  await applied(shop, '--wait', '1')
  shop.remove('state')
  shop.proxy.begin({})
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.deepEqual([plan.exitCode, codesIn(plan.stdout)], [0, ['OBOL-R015', 'OBOL-R019']], seen(plan))
  await applied(shop, '--wait', '1')
  assert.equal(broadcasts(shop), 0)
  await shop.control.mine()
  assert.match((await applied(shop)).stdout, /adopted +adopt on base-sepolia/)
  assert.deepEqual([(await shop.minted()).length, await shop.sent(), broadcasts(shop)], [1, 1, 0])
  await assertSettled(shop)
})

/** A shop whose owner has minted an identity with another tool; and its id. */
async function withForeign(t: TestContext): Promise<{ readonly shop: ChainShop; readonly agentId: string }> {
  const shop = await openChainShop(t, chain())
  await registryClient(chain()).write(privateKeyToAccount(shop.owner.privateKey), 'register', [FOREIGN])
  const [{ agentId } = { agentId: '' }] = await shop.minted()
  return { shop, agentId }
}

function chooseIdentity(shop: ChainShop, agentId: string): void {
  shop.configure({ chains: { 'base-sepolia': { rpc: shop.proxy.url('rpc'), confirmations: 1, agentId } } })
}

test('behavior: an owner with an identity of another tool is asked which; nothing is sent', async (t) => {
  const { shop, agentId } = await withForeign(t)
  shop.proxy.begin({})
  const plan = await shop.obol(['plan'])
  assert.deepEqual([plan.exitCode, codesIn(plan.stdout)], [0, ['OBOL-R012', 'OBOL-R019']], seen(plan))
  assert.match(plan.stdout, new RegExp(`it holds\\s+${agentId}\\s`))
  await applied(shop)
  assert.ok(shop.live('hello') !== undefined)
  assert.deepEqual([await shop.sent(), broadcasts(shop), shop.agentId()], [1, 0, undefined])
})

test('behavior: the identity that the workspace names is adopted and brought up to date', async (t) => {
  const { shop, agentId } = await withForeign(t)
  chooseIdentity(shop, agentId)
  const { stdout } = await applied(shop)
  assert.match(stdout, /adopted +adopt on base-sepolia/)
  assert.match(stdout, /configured +set-uri on base-sepolia/)
  registrations(shop, agentId)
  assert.equal((await shop.minted()).length, 1)
  await assertSettled(shop)
})

test('behavior: the word new allows one more identity', async (t) => {
  const { shop, agentId } = await withForeign(t)
  chooseIdentity(shop, 'new')
  await applied(shop)
  const minted = await shop.minted()
  assert.equal(minted.length, 2)
  assert.notEqual(shop.agentId(), agentId)
  assert.equal(shop.agentId(), minted[1]?.agentId)
  await assertSettled(shop)
})

test('behavior: what is in a block and not deep enough is written to the cluster only when it is final', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure({ chains: { 'base-sepolia': { rpc: shop.proxy.url('rpc'), confirmations: 3 } } })
  // The owner's funds came without a transaction, the blocks before are other tests'.
  const run = await applied(shop, '--wait', '1')
  assert.match(run.stdout, /OBOL-R003 .*: in a block, 1 of 3 confirmations/)
  assert.deepEqual([await shop.sent(), shop.agentId()], [1, undefined])
  assert.match((await shop.obol(['journal'])).stdout, /in block \d+, not final yet \(needs 3 confirmations\)/)
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.deepEqual([plan.exitCode, /seen in block \d+: goes on with it/.test(plan.stdout)], [2, true], seen(plan))
  await shop.control.mine(2)
  await applied(shop)
  const [minted] = await shop.minted()
  assert.deepEqual([shop.agentId(), await shop.sent()], [minted?.agentId, 1])
  await assertSettled(shop)
})

test('behavior: a registration whose block is gone is sent again, the same transaction', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  const [before] = await shop.minted()
  await shop.control.reorg(1)
  assert.deepEqual(await shop.minted(), [])
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.deepEqual([plan.exitCode, /gone from the chain/.test(plan.stdout)], [2, true], seen(plan))
  await applied(shop)
  const after = await shop.minted()
  assert.deepEqual([after.length, after[0]?.hash, shop.agentId()], [1, before?.hash, after[0]?.agentId])
  assert.ok(shop.events().includes('chain-reorganised'))
  await assertSettled(shop)
})

test('behavior: a URI that changes while an earlier change waits is set after it', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  await stopMining(t, shop)
  shop.configure({ baseUrl: 'https://second.example.com' })
  assert.match((await applied(shop, '--wait', '1')).stdout, /pending +set-uri on base-sepolia/)
  shop.configure({ baseUrl: 'https://third.example.com' })
  await shop.control.mine()
  await shop.control.setAutomine(true)
  assert.match((await applied(shop)).stdout, /configured +set-uri/)
  assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 2, 'what was sent is done; what is wanted is not')
  assert.match((await applied(shop)).stdout, /configured +set-uri/)
  await assertSettled(shop)
  const { reader, contract } = registryClient(chain())
  const uri = await reader.readContract({ ...contract, functionName: 'tokenURI', args: [BigInt(shop.agentId() ?? '')] })
  assert.deepEqual([uri.startsWith('https://third.example.com/'), await shop.sent()], [true, 3])
})

test('behavior: the same field is changed again and again, each time by one transaction', async (t) => {
  const metadata = (model: string): string => registered('hello', `    metadata: { model: "${model}" }\n`)
  const shop = await openChainShop(t, chain(), { files: { 'offers/hello.yaml': metadata('a') } })
  await applied(shop)
  for (const [i, model] of ['b', 'c', 'a'].entries()) {
    shop.write('offers/hello.yaml', metadata(model))
    shop.configure({ baseUrl: `https://${model}.example.com` })
    await applied(shop)
    await assertSettled(shop)
    assert.equal(await shop.sent(), 3 + 2 * i)
  }
})

test('behavior: an identity that was given away is not bought again, unless the workspace says new', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  const [{ agentId } = { agentId: '' }] = await shop.minted()
  const [other] = shop.chain.accounts
  const owner = privateKeyToAccount(shop.owner.privateKey)
  await registryClient(chain()).write(owner, 'transferFrom', [owner.address, other?.address ?? '0x', BigInt(agentId)])
  const held = await shop.obol(['plan', '--exit-code'])
  assert.deepEqual([held.exitCode, codesIn(held.stdout)], [0, ['OBOL-R013', 'OBOL-R019']], seen(held))
  await applied(shop)
  assert.deepEqual([await shop.sent(), shop.agentId()], [2, agentId])
  chooseIdentity(shop, 'new')
  assert.match((await applied(shop)).stdout, /registered +register on base-sepolia/)
  const minted = await shop.minted()
  assert.deepEqual([minted.length, await shop.sent(), shop.agentId()], [2, 3, minted[1]?.agentId])
  await assertSettled(shop)
})
