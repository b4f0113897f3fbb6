import type { FeeRange } from '../plan/chain.ts'
import type { Plan, PlanStep } from '../plan/types.ts'
import type { SavedPlan } from './types.ts'

/** The plan made anew, with no step allowed to cost more than the saved plan showed. Pure. */
export function holdFees(plan: Plan, saved: SavedPlan): Plan {
  const shown = new Map(saved.chains.flatMap(({ steps }) => steps.map((step) => [step.id, step] as const)))
  const held = (step: PlanStep): PlanStep => {
    if (step.kind !== 'register' || step.fee === undefined) return step
    const { ceiling, high } = shown.get(step.id) ?? {}
    if (ceiling === undefined || high === undefined) return step
    return { ...step, fee: atMost(step.fee, BigInt(ceiling), BigInt(high)) }
  }
  return { ...plan, steps: plan.steps.map(held) }
}

function atMost(fee: FeeRange, ceiling: bigint, high: bigint): FeeRange {
  return {
    ...fee,
    ceilingFeePerGas: ceiling < fee.ceilingFeePerGas ? ceiling : fee.ceilingFeePerGas,
    high: high < fee.high ? high : fee.high,
  }
}
