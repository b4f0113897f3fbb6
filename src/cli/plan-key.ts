import { createHash } from 'node:crypto'
import { describePlan } from '../plan/describe-plan.ts'
import { renderJson } from '../plan/render-json.ts'
import type { Plan, PlanStep } from '../plan/types.ts'

/** The same for two plans that say the same, whenever and in however many requests they were made. Pure. */
export function planKey(plan: Plan): string {
  const {
    readAt: _,
    requests: _r,
    ...said
  } = renderJson(describePlan({ ...plan, steps: plan.steps.map(withoutPrices) }))
  return createHash('sha256').update(JSON.stringify(said)).digest('hex')
}

/** Fees move with every block, and say nothing new. */
function withoutPrices(step: PlanStep): PlanStep {
  if (step.kind !== 'register') return step
  const { fee: _fee, balance: _balance, ...said } = step
  return said
}
