import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTransaction } from 'viem'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../src/errors/signer.ts'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import type { ChainStep } from '../../src/plan/chain.ts'
import { effortKey } from '../../src/register/effort-key.ts'
import { planChain } from '../../src/register/plan-chain.ts'
import type { ChainResult } from '../../src/register/ports.ts'
import { runChainStep } from '../../src/register/run-chain-step.ts'
import { FakeChain, fakeSigner, OTHER } from '../support/fake-chain.ts'
import { testSigner } from '../support/test-signer.ts'
import {
  desiredIdentity,
  FakeLedger,
  IDEM,
  onlyStep,
  planPorts,
  runPorts,
  TARGET,
  type TestPortsOptions,
} from './factories.ts'

type Ran = { readonly result: ChainResult; readonly types: readonly ChainEvent['type'][]; readonly ledger: FakeLedger }

async function run(chain: FakeChain, step: ChainStep, options: TestPortsOptions = {}): Promise<Ran> {
  const ports = runPorts(chain, options)
  const result = await runChainStep(step, 'run', ports)
  return { result, types: ports.ledger.events.map(({ type }) => type), ledger: ports.ledger }
}

/** An older chain, so that the owner's nonce is final. */
function chainOf(options: ConstructorParameters<typeof FakeChain>[0] = {}): FakeChain {
  const chain = new FakeChain(options)
  chain.mine(6)
  return chain
}

function codeOf(result: ChainResult): string {
  return 'diagnostic' in result ? `${result.result} ${result.diagnostic.code}` : result.result
}

test('default: a mint, recorded before and after each effect', async () => {
  const chain = chainOf()
  const { result, types, ledger } = await run(chain, await onlyStep(chain))
  assert.deepEqual(result, { result: 'registered', agentId: '0' })
  assert.deepEqual(types, ['chain-intended', 'tx-signed', 'tx-sent', 'tx-mined', 'chain-final'])
  const final = ledger.current().get(effortKey(TARGET, 'register'))?.final
  assert.ok(final !== undefined && !final.adopted && final.hash === chain.transactions[0]?.hash)
})

test('behavior: exactly the planned calldata is sent, within the planned fee', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const { ledger } = await run(chain, step)
  const signed = ledger.events.find((event) => event.type === 'tx-signed')
  const sent = parseTransaction(signed?.raw ?? '0x')
  assert.equal(sent.data, step.call?.data)
  assert.ok((sent.maxFeePerGas ?? 0n) <= (step.fee?.ceilingFeePerGas ?? 0n))
  assert.equal(sent.gas, step.fee?.gasLimit)
})

test('behavior: an agentId above 2^53 keeps every digit', async () => {
  const chain = chainOf({ firstId: 2n ** 200n + 1n })
  const { result } = await run(chain, await onlyStep(chain))
  assert.deepEqual(result, { result: 'registered', agentId: String(2n ** 200n + 1n) })
})

test('behavior: run again: unchanged, and nothing is recorded', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const { ledger } = await run(chain, step)
  const { length } = ledger.events
  const again = await run(chain, step, { ledger })
  assert.deepEqual(again.result, { result: 'unchanged', agentId: '0' })
  assert.equal(ledger.events.length, length)
})

test('behavior: not mined: the fee is raised with the same nonce and call, and never above the ceiling', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const { result, ledger } = await run(chain, step, { meanwhile: () => undefined, timing: { waitMs: 5 * 60_000 } })
  assert.equal(codeOf(result), 'pending OBOL-R003')
  const attempts = ledger.events.flatMap((event) => (event.type === 'tx-signed' ? [event] : []))
  assert.deepEqual(
    attempts.map(({ bump }) => bump),
    [0, 1, 2, 3, 4],
  )
  assert.deepEqual([...new Set(attempts.map(({ nonce }) => nonce))], [0])
  assert.deepEqual(new Set(attempts.map(({ raw }) => parseTransaction(raw).data)), new Set([step.call?.data]))
  for (const { maxFeePerGas } of attempts) assert.ok(BigInt(maxFeePerGas) <= (step.fee?.ceilingFeePerGas ?? 0n))
  const { result: later } = await run(chain, step, { ledger })
  assert.deepEqual(later, { result: 'registered', agentId: '0' })
  assert.equal(chain.tokens.length, 1)
})

test('error: the fee rises above the plan: nothing is signed until it fell', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.baseFee *= 100n
  const dear = await run(chain, step)
  assert.deepEqual([codeOf(dear.result), dear.types], ['pending OBOL-R003', []])
  chain.baseFee /= 100n
  assert.equal((await run(chain, step)).result.result, 'registered')
})

test('error: the fee rises after sending: it is raised to the ceiling, and no further', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const meanwhile = () => {
    chain.baseFee = 100n * 10n ** 9n
    chain.mine()
  }
  const { result, ledger } = await run(chain, step, { meanwhile, timing: { waitMs: 5 * 60_000 } })
  assert.equal(codeOf(result), 'pending OBOL-R003')
  const fees = ledger.events.flatMap((event) => (event.type === 'tx-signed' ? [BigInt(event.maxFeePerGas)] : []))
  assert.equal(fees.at(-1), step.fee?.ceilingFeePerGas)
})

test('error: gas rises above the plan: nothing is signed', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.gas *= 2n
  const { result, types } = await run(chain, step)
  assert.deepEqual([codeOf(result), types], ['failed OBOL-R011', []])
})

test('error: the wallet was emptied since the plan: nothing is signed', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.balance = 1000n
  const { result, types } = await run(chain, step)
  assert.deepEqual([codeOf(result), types], ['failed OBOL-R010', []])
})

test('error: the simulation reverts by now: nothing is signed', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.revertReason = 'ERC721InvalidReceiver(0x22)'
  const { result, types } = await run(chain, step)
  assert.deepEqual([codeOf(result), types], ['failed OBOL-R009', []])
})

test('error: mined and reverted: failed, and the next apply may begin anew', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.reverts = true
  const { result, ledger } = await run(chain, step)
  assert.equal(codeOf(result), 'failed OBOL-R008')
  chain.reverts = false
  const again = await run(chain, await onlyStep(chain, { ledger: ledger.current() }), { ledger })
  assert.deepEqual(again.result, { result: 'registered', agentId: '0' })
  assert.deepEqual(
    chain.transactions.map(({ nonce }) => nonce),
    [0, 1],
  )
})

test('error: a foreign transaction is pending: nothing is signed until it is mined for good', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.sendForeign()
  const held = await run(chain, step, { meanwhile: () => undefined })
  assert.deepEqual([codeOf(held.result), held.types], ['pending OBOL-R003', []])
  const { result } = await run(chain, step)
  assert.deepEqual(result, { result: 'registered', agentId: '0' })
  assert.deepEqual(
    chain.transactions.map(({ isForeign }) => isForeign),
    [true, false],
  )
})

test('error: a nonce gap: a foreign transaction waits above the next nonce, and the mint takes the one below', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.sendForeign(1)
  const { result } = await run(chain, step)
  assert.deepEqual(result, { result: 'registered', agentId: '0' })
  assert.deepEqual(
    chain.transactions.map(({ isForeign }) => isForeign),
    [false, true],
  )
})

test('behavior: a foreign transaction takes the nonce: signed anew only once that is final', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  let pauses = 0
  const meanwhile = () => {
    pauses += 1
    if (pauses === 1) chain.sendForeign()
    chain.mine()
  }
  const { result, types } = await run(chain, step, { meanwhile })
  assert.deepEqual(result, { result: 'registered', agentId: '0' })
  assert.deepEqual(types.filter((type) => type === 'tx-superseded').length, 1)
  assert.equal(chain.tokens.length, 1)
})

test('error: the signer refuses, or signs with another key or something else: nothing is recorded as signed', async () => {
  for (const fault of ['refuses', 'other-key', 'other-nonce'] as const) {
    const chain = chainOf()
    const signer = testSigner({ fault })
    const { result, types } = await run(chain, await onlyStep(chain), { signer: async () => signer })
    assert.equal(result.result, 'failed', fault)
    assert.deepEqual([types, chain.transactions, chain.pending], [['chain-intended'], [], []], fault)
    const code = fault === 'refuses' ? SIGNER_ERRORS.REFUSED.code : SIGNER_ERRORS.WRONG_KEY.code
    if (fault !== 'other-nonce') assert.equal(codeOf(result), `failed ${code}`)
  }
})

test('error: the signer does not answer: the interrupted step leaves nothing behind', async () => {
  const chain = chainOf()
  const abort = new AbortController()
  const silent = testSigner({ fault: 'silent' })
  const signer = async () => {
    queueMicrotask(() => abort.abort())
    return silent
  }
  const { result, types } = await run(chain, await onlyStep(chain), { signer, signal: abort.signal })
  assert.deepEqual([result.result, types], ['failed', ['chain-intended']])
})

test('error: no signer, or a step that a plan could not target', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  assert.equal(codeOf((await run(chain, step, { signer: async () => undefined })).result), 'failed OBOL-R002')
  const { identity: _, ...blank } = step
  assert.equal(codeOf((await run(chain, blank)).result), 'failed OBOL-R002')
})

test('behavior: the chain cannot be read: pending, and nothing is concluded', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const before = () => Promise.reject(new ObolError(CHAIN_ERRORS.UNREACHABLE))
  const { result, types } = await run(chain, step, { hook: { before } })
  assert.deepEqual([codeOf(result), types], [`pending ${CHAIN_ERRORS.UNREACHABLE.code}`, []])
})

test('error: the node refuses the transaction: pending, and the same one is sent next time', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const send = async () => ({ result: 'refused' as const, message: 'insufficient funds' })
  const { result, ledger } = await run(chain, step, { hook: { send } })
  assert.equal(codeOf(result), 'pending OBOL-R007')
  const again = await run(chain, await onlyStep(chain, { ledger: ledger.current() }), { ledger })
  assert.equal(again.result.result, 'registered')
  assert.equal(ledger.events.filter(({ type }) => type === 'tx-signed').length, 1)
})

test('error: a journal that cannot be written rejects, and nothing is sent', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  const ports = runPorts(chain)
  const full = { current: () => ports.ledger.current(), record: () => Promise.reject(new Error('ENOSPC')) }
  await assert.rejects(runChainStep(step, 'run', { ...ports, ledger: full }), /ENOSPC/)
  assert.deepEqual([chain.pending, chain.transactions], [[], []])
})

test('error: a journal that cannot be written rejects, when a reorganisation is to be recorded too', async () => {
  const chain = chainOf()
  const { ledger } = await run(chain, await onlyStep(chain))
  chain.reorg(Number(chain.head.number), false)
  const ports = runPorts(chain, { ledger })
  const full = { current: () => ledger.current(), record: () => Promise.reject(new Error('ENOSPC')) }
  const [step] = await planChain([desiredIdentity()], planPorts(chain, { ledger: ledger.current() }))
  assert.ok(step !== undefined && step.state === 'pending')
  await assert.rejects(runChainStep(step, 'run', { ...ports, ledger: full }), /ENOSPC/)
})

test('behavior: an interrupted step signs nothing', async () => {
  const chain = chainOf()
  const { result, types } = await run(chain, await onlyStep(chain), { signal: AbortSignal.abort() })
  assert.deepEqual([codeOf(result), types], ['pending OBOL-R003', []])
})

test('behavior: what is found by its key is adopted, and nothing is sent', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.plant({ metadata: { 'obol.idem': IDEM } })
  const { result, types } = await run(chain, step)
  assert.deepEqual(result, { result: 'adopted', agentId: '0' })
  assert.deepEqual([types, chain.transactions], [['chain-intended', 'chain-final'], []])
})

test('error: the identity went to somebody else since the plan: nothing is minted', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.plant({ metadata: { 'obol.idem': IDEM }, owner: OTHER })
  const { result, types } = await run(chain, step)
  assert.deepEqual([codeOf(result), types], ['failed OBOL-R013', []])
})

test('error: other identities appeared since the plan: nothing is minted', async () => {
  const chain = chainOf()
  const step = await onlyStep(chain)
  chain.plant({ uri: 'https://elsewhere.example' })
  const { result, types } = await run(chain, step)
  assert.deepEqual([codeOf(result), types], ['failed OBOL-R012', []])
})

test('behavior: a local chain that was started anew: the old mint is given up, a new one is made', async () => {
  const old = chainOf()
  const { ledger } = await run(old, await onlyStep(old), { meanwhile: () => undefined, timing: { waitMs: 3000 } })
  const chain = new FakeChain()
  chain.mine(6)
  const door = { ...chain.door(), block: async () => ({ ...chain.head, hash: IDEM }) }
  const ports = runPorts(chain, { ledger })
  const step = await onlyStep(chain, { ledger: ledger.current() })
  const result = await runChainStep(step, 'run', { ...ports, chain: door })
  assert.equal(result.result, 'registered')
  assert.ok(ledger.events.some(({ type }) => type === 'tx-superseded'))
})

test('behavior: URI, metadata and wallet of an identity, each in a step of its own', async () => {
  const chain = chainOf()
  chain.plant({ metadata: { 'obol.idem': IDEM }, uri: 'https://old.example' })
  const wanted = [desiredIdentity({ metadata: { tier: 'gold' }, wallet: OTHER })]
  const hints = () => ({ cluster: '0' })
  const ledger = new FakeLedger()
  const steps = await planChain(wanted, planPorts(chain, { hints }))
  assert.deepEqual(
    steps.map(({ op }) => op),
    ['set-uri', 'set-metadata', 'set-wallet'],
  )
  for (const step of steps) {
    const { result } = await run(chain, step, { ledger })
    assert.deepEqual(result, { result: 'configured', agentId: '0' })
  }
  assert.equal(chain.transactions.length, 3)
  assert.deepEqual([chain.tokens[0]?.uri, chain.tokens[0]?.wallet], [TARGET.uri, OTHER])
  const again = await planChain(wanted, planPorts(chain, { hints, ledger: ledger.current() }))
  assert.deepEqual(
    again.map(({ state }) => state),
    ['settled'],
  )
})

test("behavior: a wallet's signature is good for minutes of the chain's time, whatever this machine's clock says", async () => {
  const chain = chainOf()
  chain.plant({ metadata: { 'obol.idem': IDEM }, uri: TARGET.uri })
  const [step] = await planChain(
    [desiredIdentity({ wallet: OTHER })],
    planPorts(chain, { hints: () => ({ cluster: '0' }) }),
  )
  assert.ok(step !== undefined)
  const deadlines: bigint[] = []
  const signer = async () => ({
    ...fakeSigner(),
    signAgentWalletSet: async ({ deadline }: { readonly deadline: bigint }) => {
      deadlines.push(deadline)
      return '0x01' as const
    },
  })
  const { timestamp } = chain.head
  const ports = runPorts(chain, { signer })
  const behind = { ...ports, now: () => ports.now() - 10 * 86_400_000 }
  assert.equal((await runChainStep(step, 'run', behind)).result, 'configured')
  assert.equal(deadlines.length, 1)
  assert.ok((deadlines[0] ?? 0n) > timestamp && (deadlines[0] ?? 0n) <= timestamp + 300n)
})
