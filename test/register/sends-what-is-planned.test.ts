import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { keccak256, parseTransaction } from 'viem'
import { connectChain } from '../../src/chain/connect-chain.ts'
import type { ChainWriter } from '../../src/chain/types.ts'
import type { ChainStep, DesiredIdentity } from '../../src/plan/chain.ts'
import { planChain } from '../../src/register/plan-chain.ts'
import { runChainStep } from '../../src/register/run-chain-step.ts'
import { type ChainControl, chainControl } from '../../src/sandbox/chain/chain-control.ts'
import { startChain } from '../../src/sandbox/chain/start-chain.ts'
import { type Hex, isSameAddress } from '../../src/util/hex.ts'
import { type RpcProxy, startRpcProxy } from '../../tools/chaos/rpc-proxy.ts'
import { FakeChain } from '../support/fake-chain.ts'
import { OTHER_TEST_KEY, TEST_ADDRESS, testSigner } from '../support/test-signer.ts'
import { desiredIdentity, FakeLedger, planPorts } from './factories.ts'

/** All that a plan may ask of a node. */
const READS = new Set([
  'eth_chainId',
  'eth_blockNumber',
  'eth_getBlockByNumber',
  'eth_getBlockByHash',
  'eth_getTransactionCount',
  'eth_getCode',
  'eth_getBalance',
  'eth_call',
  'eth_estimateGas',
  'eth_getLogs',
  'eth_feeHistory',
  'eth_maxPriorityFeePerGas',
  'eth_gasPrice',
  'eth_getTransactionReceipt',
])

type Place = {
  readonly proxy: RpcProxy
  readonly control: ChainControl
  readonly door: () => ChainWriter
  readonly ledger: FakeLedger
}

async function start(t: TestContext): Promise<Place> {
  const chain = await startChain({ noMining: true })
  t.after(() => chain.stop())
  const proxy = await startRpcProxy(chain.rpcUrl)
  t.after(() => proxy.stop())
  const { chainId, registry } = chain
  const door = () => connectChain({ rpcUrl: proxy.url('a'), network: { name: 'anvil', chainId }, registry })
  return { proxy, control: chainControl(chain.rpcUrl), door, ledger: new FakeLedger() }
}

/** Plans through the proxy, and checks that nothing but reads came by. */
async function plan({ proxy, door, ledger }: Place, desired: DesiredIdentity): Promise<readonly ChainStep[]> {
  proxy.begin({})
  const change = { connect: door, ledger: ledger.current(), owner: async () => TEST_ADDRESS, now: () => Date.now() }
  const steps = await planChain([desired], planPorts(new FakeChain(), change))
  const methods = new Set(proxy.exchanges().flatMap((exchange) => exchange.methods))
  assert.ok(methods.size > 5, 'the plan did not read the chain')
  assert.deepEqual(
    [...methods].filter((method) => !READS.has(method)),
    [],
  )
  return steps
}

/** Runs the steps, and gives the hashes of the calldata that was sent, each once. */
async function apply({ proxy, control, door, ledger }: Place, steps: readonly ChainStep[]): Promise<readonly Hex[]> {
  proxy.begin({})
  const owner = testSigner()
  const wallet = testSigner({ key: OTHER_TEST_KEY })
  let agentId: string | undefined
  for (const step of steps) {
    // As an apply does: the steps after a mint get its id.
    const known = agentId === undefined ? step : { agentId, ...step }
    const outcome = await runChainStep(known, 'run', {
      ...{ chain: door(), hints: {}, ledger, signal: new AbortController().signal },
      signer: async (address) => [owner, wallet].find((one) => isSameAddress(one.address, address)),
      now: () => Date.now(),
      pause: () => control.mine(),
      timing: { pollMs: 1, waitMs: 20_000, rebroadcastAfterMs: 5000, bumpAfterMs: 10_000 },
    })
    assert.ok(outcome.result === 'registered' || outcome.result === 'configured', JSON.stringify(outcome))
    agentId = outcome.agentId
  }
  const raws = proxy.exchanges().flatMap(({ raw }) => (raw === undefined ? [] : [raw]))
  const sent = raws.map((raw) => keccak256(parseTransaction(hexOf(raw)).data ?? '0x'))
  return [...new Set(sent)]
}

function hexOf(text: string): Hex {
  return `0x${text.slice(2)}`
}

test('default: a plan reads only, and applying it sends exactly what it listed', async (t) => {
  const place = await start(t)
  const first = desiredIdentity({ metadata: { tier: 'tin' } })
  const mint = await plan(place, first)
  assert.deepEqual(
    mint.map(({ op }) => op),
    ['register'],
  )
  assert.deepEqual(
    await apply(place, mint),
    mint.map(({ call }) => call?.dataHash),
  )

  const changed = desiredIdentity({ metadata: { tier: 'gold', area: 'maps' } })
  const changes = await plan(place, changed)
  assert.deepEqual(
    changes.map(({ op }) => op),
    ['set-metadata', 'set-metadata'],
  )
  assert.deepEqual(
    await apply(place, changes),
    changes.map(({ call }) => call?.dataHash),
  )

  const settled = await plan(place, changed)
  assert.deepEqual(
    settled.map(({ state }) => state),
    ['settled'],
  )
})

test('behavior: the wallet is set by one call, which is signed on sending', async (t) => {
  const place = await start(t)
  const { address } = testSigner({ key: OTHER_TEST_KEY })
  const steps = await plan(place, desiredIdentity({ wallet: address }))
  assert.deepEqual(
    steps.map(({ op, call }) => [op, call?.data === undefined]),
    [
      ['register', false],
      ['set-wallet', true],
    ],
  )
  const sent = await apply(place, steps)
  assert.equal(sent.length, 2)
  assert.equal(sent[0], steps[0]?.call?.dataHash)
  assert.deepEqual(
    (await plan(place, desiredIdentity({ wallet: address }))).map(({ state }) => state),
    ['settled'],
  )
})

test('behavior: planning while a transaction is pending reads only, too', async (t) => {
  const place = await start(t)
  const { door, ledger, control } = place
  const [step] = await plan(place, desiredIdentity())
  assert.ok(step !== undefined)
  const { result } = await runChainStep(step, 'run', {
    ...{ chain: door(), hints: {}, ledger, signal: new AbortController().signal },
    signer: async () => testSigner(),
    now: () => Date.now(),
    pause: async () => undefined,
    timing: { pollMs: 1, waitMs: 0, rebroadcastAfterMs: 5000, bumpAfterMs: 10_000 },
  })
  assert.equal(result, 'pending')
  const [pending, ...others] = await plan(place, desiredIdentity())
  assert.deepEqual([pending?.state, others.length], ['pending', 0])
  await control.mine(5)
  assert.deepEqual(
    (await plan({ ...place, ledger: new FakeLedger() }, desiredIdentity())).map(({ op }) => op),
    ['adopt'],
  )
})
