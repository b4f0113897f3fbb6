import { encodeRegister } from '../chain/encode-register.ts'
import { encodeSetMetadata } from '../chain/encode-set-metadata.ts'
import type { ChainReader } from '../chain/types.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import type { ChainFacts, ChainStep } from '../plan/chain.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import { feeRange } from './fee-range.ts'
import { fundsProblem, revertProblem } from './problems.ts'

/** set-wallet cannot be simulated without the wallet's signature. A new metadata entry takes somewhat more gas. */
const YARDSTICK = { key: 'agentWallet.gas', value: `0x${'01'.repeat(20)}` } as const

/**
 * Adds simulated outcome, gas, fee range and the balance needed to the steps that send something. A step whose simulation
 * reverts, or that the owner cannot pay after those before it, waits and says why. Rejects when the chain cannot be read.
 * SIDE EFFECTS: reads the chain.
 */
export async function priceSteps(
  steps: readonly ChainStep[],
  facts: ChainFacts,
  chain: ChainReader,
  signal: AbortSignal,
): Promise<readonly ChainStep[]> {
  const priced = await Promise.all(steps.map((step) => simulate(step, facts, chain, signal)))
  let spent = 0n
  return priced.map((step) => {
    if (step.fee === undefined || step.state !== 'ready') return step
    // What is sent must be covered at its first fee; what was spent before counts at its highest.
    const needed = spent + step.fee.gasLimit * step.fee.maxFeePerGas + step.fee.l1Fee
    spent += step.fee.high
    const balance = { needed, held: facts.balance }
    if (facts.balance >= needed) return { ...step, balance }
    const problem = fundsProblem(step, facts.owner, balance)
    return { ...step, balance, state: 'waiting', text: 'waits for funds', diagnostics: [...step.diagnostics, problem] }
  })
}

async function simulate(
  step: ChainStep,
  facts: ChainFacts,
  chain: ChainReader,
  signal: AbortSignal,
): Promise<ChainStep> {
  const { call } = step
  if (call === undefined || step.state === 'settled' || step.state === 'waiting') return step
  if (call.data === undefined) {
    const like = await walletYardstick(step, facts, chain, signal)
    const outcome = 'cannot be simulated before it is signed'
    return like === undefined ? { ...step, outcome } : { ...step, outcome, fee: feeRange(like, facts.fees) }
  }
  const result = await chain.simulate({ from: facts.owner, to: call.to, data: call.data }, signal)
  if (step.state === 'pending') return result.result === 'success' ? withL1Fee(step, result.l1Fee) : step
  if (result.result === 'success') return { ...step, outcome: outcomeOf(step), fee: feeRange(result, facts.fees) }
  if (result.result === 'not-simulated') return notSimulated(step, result.reason)
  const outcome = `would revert: ${result.reason}`
  const text = 'held back: the registry would refuse it'
  return {
    ...step,
    state: 'waiting',
    text,
    outcome,
    diagnostics: [...step.diagnostics, revertProblem(step, result.reason)],
  }
}

/** The step stays what it is: what it would do is known, and only what it costs is not. */
function notSimulated(step: ChainStep, reason: string): ChainStep {
  const note = { ...chainDiagnostic(step, SNAPSHOT_ERRORS.NO_ANSWER), severity: 'info' as const }
  return { ...step, outcome: `not simulated: ${reason}`, diagnostics: [...step.diagnostics, note] }
}

/** What was signed has its gas and its fees; only what L1 takes is told anew. */
function withL1Fee(step: ChainStep, l1Fee: bigint): ChainStep {
  const { fee } = step
  return fee === undefined ? step : { ...step, fee: { ...fee, l1Fee, high: fee.high + l1Fee * 2n } }
}

async function walletYardstick(
  step: ChainStep,
  facts: ChainFacts,
  chain: ChainReader,
  signal: AbortSignal,
): Promise<{ readonly gas: bigint; readonly l1Fee: bigint } | undefined> {
  const [owned] = facts.identities
  const agentId = step.agentId ?? owned?.agentId
  const data = agentId === undefined ? encodeRegister('', []) : encodeSetMetadata(agentId, YARDSTICK)
  const result = await chain.simulate({ from: facts.owner, to: step.registry, data }, signal)
  if (result.result === 'not-simulated') return undefined
  // The call is longer than the yardstick by the signature.
  return result.result === 'success' ? { gas: result.gas, l1Fee: result.l1Fee * 2n } : { gas: 100_000n, l1Fee: 0n }
}

function outcomeOf({ op, agentId }: ChainStep): string {
  // Which id it will be is only known once it is mined: others mint too.
  return op === 'register' ? 'mints an identity' : `changes identity ${agentId ?? ''}`.trim()
}
