import { REGISTER_ERRORS } from '../errors/register.ts'
import type { ChainStep } from './chain.ts'
import { showCoin } from './show-coin.ts'
import type { Diagnostic, PlanStep } from './types.ts'

/**
 * The refusal of steps that may cost more than `maxFee` wei together on one chain: the sum of the highest fees of those
 * that apply would run. Undefined when every chain stays at or below the limit. Pure.
 */
export function checkMaxFee(steps: readonly PlanStep[], maxFee: bigint): Diagnostic | undefined {
  const above = [...Map.groupBy(steps.filter(isPaid), ({ network }) => network)].flatMap(([network, paid]) => {
    const high = paid.reduce((sum, step) => sum + (step.fee?.high ?? 0n), 0n)
    const coin = paid[0]?.coin ?? ''
    return high > maxFee ? [{ network, coin, high }] : []
  })
  const [first] = above
  if (first === undefined) return undefined
  const { code, hint } = REGISTER_ERRORS.MAX_FEE
  // Rounded up, so that it is above the limit as shown.
  const fees = above.map(({ network, coin, high }) => `${showCoin(high, 3, 'up')} ${coin} on ${network}`).join(' and ')
  const message = `registration may cost ${fees}; spec.limits.maxFee is ${showCoin(maxFee)} ${first.coin}`
  return { severity: 'error', code, message, hint }
}

function isPaid(step: PlanStep): step is ChainStep {
  if (step.kind !== 'register' || step.fee === undefined) return false
  // What was sent by an earlier run was within the limit then, and cannot be taken back.
  return step.state === 'ready' || (step.state === 'pending' && step.raisesFee === true)
}
