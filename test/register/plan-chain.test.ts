import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeFunctionData, keccak256 } from 'viem'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import type { ChainReader } from '../../src/chain/types.ts'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../src/errors/signer.ts'
import type { ChainStep, DesiredIdentity } from '../../src/plan/chain.ts'
import { type ChainPlanPorts, planChain } from '../../src/register/plan-chain.ts'
import { FakeChain, OTHER, OWNER } from '../support/fake-chain.ts'
import { desiredIdentity, IDEM, planPorts, URI } from './factories.ts'

async function plan(
  change: Partial<ChainPlanPorts> = {},
  chain = new FakeChain(),
  desired: readonly DesiredIdentity[] = [desiredIdentity()],
): Promise<readonly ChainStep[]> {
  return planChain(desired, planPorts(chain, change))
}

const brief = (steps: readonly ChainStep[]) =>
  steps.map(({ op, state, diagnostics }) => [op, state, ...diagnostics.map(({ code }) => code)].join(' '))

function doorThat(change: Partial<ChainReader>): Partial<ChainPlanPorts> {
  return { connect: () => ({ ...new FakeChain().door(), ...change }) }
}

test('default: one mint, simulated and priced', async () => {
  const [step, ...others] = await plan()
  assert.deepEqual(others, [])
  assert.ok(step?.call?.data !== undefined && step.fee !== undefined && step.balance !== undefined)
  const { functionName, args } = decodeFunctionData({ abi: REGISTRY_ABI, data: step.call.data })
  assert.equal(functionName, 'register')
  assert.deepEqual(args, [URI, [{ metadataKey: 'obol.idem', metadataValue: IDEM }]])
  assert.equal(step.call.dataHash, keccak256(step.call.data))
  assert.equal(step.outcome, 'mints an identity')
  assert.equal(step.balance.needed, step.fee.gasLimit * step.fee.maxFeePerGas)
  assert.deepEqual([step.owner, step.state], [OWNER, 'ready'])
})

test('behavior: one identity per chain, each by itself', async () => {
  const desired = [desiredIdentity(), desiredIdentity({ network: 'other' })]
  const steps = await plan(
    { connect: ({ network }) => (network === 'other' ? undefined : new FakeChain().door()) },
    new FakeChain(),
    desired,
  )
  assert.deepEqual(brief(steps), ['register ready', 'register unknown OBOL-R020'])
  assert.deepEqual(
    steps.map(({ id }) => id),
    ['register/anvil/register', 'register/other/register'],
  )
})

test('error: no base URL: it waits, and no chain is asked', async () => {
  const connect = () => assert.fail('connected')
  assert.deepEqual(brief(await plan({ base: { reason: 'no tunnel' }, connect })), ['register waiting OBOL-R001'])
})

test('error: no signer, or one that does not say its address: it waits', async () => {
  assert.deepEqual(brief(await plan({ owner: async () => undefined })), ['register waiting OBOL-R002'])
  const refused = async () => Promise.reject(new ObolError(SIGNER_ERRORS.REFUSED))
  assert.deepEqual(brief(await plan({ owner: refused })), [`register waiting ${SIGNER_ERRORS.REFUSED.code}`])
})

test('error: the chain cannot be read: unknown, never none', async () => {
  const diagnostic = { severity: 'warning' as const, code: CHAIN_ERRORS.NO_REGISTRY.code, message: 'm' }
  const unread = doorThat({ observe: async () => ({ result: 'unknown', diagnostic }) })
  assert.deepEqual(brief(await plan(unread)), [`register unknown ${diagnostic.code}`])
  const refused = doorThat({ simulate: () => Promise.reject(new ObolError(CHAIN_ERRORS.UNREACHABLE)) })
  assert.deepEqual(brief(await plan(refused)), [`register unknown ${CHAIN_ERRORS.UNREACHABLE.code}`])
})

test('behavior: a defect of ours is not hidden as an unknown chain', async () => {
  const broken = doorThat({ simulate: () => Promise.reject(new TypeError('a defect')) })
  await assert.rejects(plan(broken), TypeError)
})

test('error: a foreign transaction is pending: it waits', async () => {
  const chain = new FakeChain()
  chain.sendForeign()
  assert.deepEqual(brief(await plan({}, chain)), ['register waiting OBOL-R015'])
})

test('error: the registry would refuse: it waits, and says why', async () => {
  const chain = new FakeChain()
  chain.revertReason = 'ERC721InvalidReceiver'
  const [step] = await plan({}, chain)
  assert.deepEqual([step?.state, step?.outcome], ['waiting', 'would revert: ERC721InvalidReceiver'])
  assert.deepEqual(brief(await plan({}, chain)), ['register waiting OBOL-R009'])
})

test('error: an empty wallet: it waits, and says how much is needed', async () => {
  const [step] = await plan({}, new FakeChain({ balance: 0n }))
  assert.deepEqual([step?.state, step?.balance?.held, step?.diagnostics[0]?.code], ['waiting', 0n, 'OBOL-R010'])
})

test('behavior: steps are paid one after the other: money for the first only lets the second wait', async () => {
  const chain = new FakeChain()
  chain.plant({ metadata: { 'obol.idem': IDEM }, uri: 'https://old.example' })
  const desired = [desiredIdentity({ metadata: { tier: 'gold' } })]
  const all = await plan({ hints: () => ({ cluster: '0' }) }, chain, desired)
  assert.deepEqual(brief(all), ['set-uri ready', 'set-metadata ready'])
  chain.balance = all[0]?.balance?.needed ?? 0n
  assert.deepEqual(brief(await plan({ hints: () => ({ cluster: '0' }) }, chain, desired)), [
    'set-uri ready',
    'set-metadata waiting OBOL-R010',
  ])
})

test('behavior: set-wallet is priced without a simulation', async () => {
  const [, wallet] = await plan({}, new FakeChain(), [desiredIdentity({ wallet: OTHER })])
  assert.deepEqual([wallet?.op, wallet?.state, wallet?.call?.data], ['set-wallet', 'ready', undefined])
  assert.ok(wallet?.fee !== undefined && wallet.fee.high > 0n)
})

test('behavior: a chain that is ahead of the clock is noted once; one that is behind is not', async () => {
  const note = (now: number) => plan({ now: () => now })
  assert.deepEqual(brief(await note(1_800_000_000_000 - 3_600_000)), ['register ready OBOL-R018'])
  assert.deepEqual(brief(await note(1_800_000_000_000 + 86_400_000)), ['register ready'])
})
