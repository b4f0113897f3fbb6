import type { UnsignedTransaction } from '../chain/types.ts'
import { CHAIN_ERRORS } from '../errors/chain.ts'
import { ObolError } from '../errors/obol-error.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { AttemptGroup } from '../journal/reduce-chain.ts'
import type { ChainFacts, FeeRange } from '../plan/chain.ts'
import type { Hex } from '../util/hex.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import { feeRange, raised } from './fee-range.ts'
import type { NextAction } from './next-action.ts'
import type { ChainResult, RegisterPorts } from './ports.ts'
import { fundsProblem, revertProblem } from './problems.ts'
import { readTransaction } from './read-transaction.ts'
import type { TargetedStep } from './sight.ts'
import { walletCall } from './wallet-call.ts'

type Failed = Extract<ChainResult, { result: 'failed' }>

/** What another moment may change; the wait has its limit. */
const PASSING: ReadonlySet<string> = new Set(
  [CHAIN_ERRORS.UNREACHABLE, CHAIN_ERRORS.TIMED_OUT, CHAIN_ERRORS.RATE_LIMITED].map(({ code }) => code),
)

/** A transaction that may be signed: simulated, paid for, and within what the plan showed. */
export type Prepared =
  | {
      readonly result: 'prepared'
      readonly transaction: UnsignedTransaction
      readonly epoch: number
      readonly bump: number
      /** Wei per gas that no later bump may exceed. */
      readonly ceiling: bigint
    }
  | { readonly result: 'wait'; readonly why: string }
  /** The group cannot succeed any more. */
  | { readonly result: 'stale'; readonly group: AttemptGroup; readonly why: string }
  | Failed

/**
 * Makes the next transaction of a step. A first one is simulated; a bump has the same nonce and the same call.
 * SIDE EFFECTS: reads the chain; asks the wallet's signer for set-wallet.
 */
export async function prepareAttempt(
  step: TargetedStep,
  action: Extract<NextAction, { action: 'sign' | 'bump' }>,
  facts: ChainFacts,
  ports: RegisterPorts,
): Promise<Prepared> {
  try {
    return action.action === 'bump'
      ? await prepareBump(step, action.group, ports)
      : await prepareFirst(step, action, facts, ports)
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    // The chain may be readable again in a moment; a signer that refuses does so for a reason.
    if (PASSING.has(error.code)) return { result: 'wait', why: error.message }
    return { result: 'failed', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.UNKNOWN, error) }
  }
}

async function prepareFirst(
  step: TargetedStep,
  { nonce, epoch }: Extract<NextAction, { action: 'sign' }>,
  facts: ChainFacts,
  ports: RegisterPorts,
): Promise<Prepared> {
  const { owner, registry, chainId } = step.identity
  const data = step.op === 'set-wallet' ? await walletCall(step, facts, ports) : step.call?.data
  if (data === undefined || step.fee === undefined) {
    return fail(step, REGISTER_ERRORS.CHANGED, 'the plan does not say what to send')
  }
  const simulation = await ports.chain.simulate({ from: owner, to: registry, data }, ports.signal)
  if (simulation.result === 'reverted') return { result: 'failed', diagnostic: revertProblem(step, simulation.reason) }
  if (simulation.result === 'not-simulated') return { result: 'wait', why: simulation.reason }
  const now = feeRange(simulation, await ports.chain.fees(ports.signal))
  const dearer = tooDear(step.fee, now)
  if (dearer !== undefined)
    return dearer.isGas ? fail(step, REGISTER_ERRORS.CHANGED, dearer.why) : { result: 'wait', why: dearer.why }
  const maxFeePerGas = smaller(now.maxFeePerGas, step.fee.ceilingFeePerGas)
  const gas = step.fee.gasLimit
  const needed = gas * maxFeePerGas + now.l1Fee
  if (facts.balance < needed)
    return { result: 'failed', diagnostic: fundsProblem(step, owner, { held: facts.balance, needed }) }
  const maxPriorityFeePerGas = smaller(now.maxPriorityFeePerGas, maxFeePerGas)
  const transaction = { chainId, nonce, to: registry, data, gas, maxFeePerGas, maxPriorityFeePerGas }
  return { result: 'prepared', transaction, epoch, bump: 0, ceiling: step.fee.ceilingFeePerGas }
}

function tooDear(planned: FeeRange, now: FeeRange): { readonly isGas: boolean; readonly why: string } | undefined {
  if (now.gas > planned.gasLimit) {
    return { isGas: true, why: `it takes ${now.gas} gas, and the plan allowed ${planned.gasLimit}` }
  }
  if (now.l1Fee > planned.l1Fee * 2n) {
    return { isGas: false, why: `the fee for L1 rose to ${now.l1Fee} wei, and the plan allows ${planned.l1Fee * 2n}` }
  }
  // Half of the base fee's allowance is already in `maxFeePerGas`: below that it would not be taken soon.
  const least = (now.maxFeePerGas * 2n) / 3n
  if (least <= planned.ceilingFeePerGas) return undefined
  return { isGas: false, why: `the fee per gas rose to ${least} wei, and the plan allows ${planned.ceilingFeePerGas}` }
}

async function prepareBump(step: TargetedStep, group: AttemptGroup, ports: RegisterPorts): Promise<Prepared> {
  const newest = group.attempts.at(-1)
  const sent = newest === undefined ? undefined : readTransaction(newest.raw)
  if (newest === undefined || sent?.to == null || sent.gas === undefined) {
    return { result: 'wait', why: 'the recorded transaction cannot be read' }
  }
  const market = feeRange({ gas: sent.gas, l1Fee: 0n }, await ports.chain.fees(ports.signal))
  // What an earlier run announced still stands.
  const allowed = larger(step.fee?.ceilingFeePerGas ?? 0n, newest.ceiling)
  const least = raised(newest.maxFeePerGas, 1)
  if (least > allowed) return { result: 'wait', why: 'sent, and its fee may not be raised any more' }
  const feeCap = smaller(larger(least, market.maxFeePerGas), allowed)
  const data = step.op === 'set-wallet' ? await refreshed(step, ports) : (sent.data ?? '0x')
  if (data === undefined) return { result: 'stale', group, why: 'its signature expired, and it is not wanted any more' }
  const priority = smaller(larger(raised(newest.maxPriorityFeePerGas, 1), market.maxPriorityFeePerGas), feeCap)
  const { chainId } = step.identity
  return {
    result: 'prepared',
    epoch: group.epoch,
    bump: newest.bump + 1,
    ceiling: allowed,
    transaction: {
      chainId,
      nonce: group.nonce,
      to: sent.to,
      data,
      gas: sent.gas,
      maxFeePerGas: feeCap,
      maxPriorityFeePerGas: priority,
    },
  }
}

/** A wallet's signature is good for five minutes: each attempt has its own. */
async function refreshed(step: TargetedStep, ports: RegisterPorts): Promise<Hex | undefined> {
  return walletCall(step, { block: await ports.chain.head(ports.signal) }, ports)
}

function fail(
  step: TargetedStep,
  descriptor: (typeof REGISTER_ERRORS)[keyof typeof REGISTER_ERRORS],
  about: string,
): Failed {
  return { result: 'failed', diagnostic: chainDiagnostic(step, descriptor, about) }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
