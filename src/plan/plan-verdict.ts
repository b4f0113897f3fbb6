import { PLAN_ERRORS } from '../errors/plan.ts'
import { isUndecided } from './describe-conflict.ts'
import type { Diagnostic, Plan } from './types.ts'

/** What a plan comes to, the gravest first: refused by a safety rule, errors, conflicts to decide, changes, nothing. */
export type PlanVerdict = 'refused' | 'errors' | 'conflicts' | 'changes' | 'unchanged'

const NEED_A_DECISION: ReadonlySet<string> = new Set([
  PLAN_ERRORS.UNDECIDED_CONFLICT.code,
  PLAN_ERRORS.OTHER_WORKSPACE.code,
  PLAN_ERRORS.YIELD_REFUSED.code,
])

/** The verdict on a plan; orphans that stay are no change. */
export function planVerdict(plan: Plan): PlanVerdict {
  const errors = diagnosticsOf(plan).filter(({ severity }) => severity === 'error')
  if (errors.some(({ code }) => code === PLAN_ERRORS.PRUNE_CEILING.code)) return 'refused'
  if (errors.some(({ code }) => !NEED_A_DECISION.has(code))) return 'errors'
  if (errors.length > 0 || plan.steps.some((step) => step.kind === 'object' && step.conflicts.some(isUndecided))) {
    return 'conflicts'
  }
  return plan.steps.some((step) => step.kind !== 'object' || step.op !== 'noop') ? 'changes' : 'unchanged'
}

function diagnosticsOf(plan: Plan): readonly Diagnostic[] {
  return [...plan.diagnostics, ...plan.steps.flatMap((step) => (step.kind === 'object' ? step.diagnostics : []))]
}
