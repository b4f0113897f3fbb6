import { PLAN_ERRORS } from '../errors/plan.ts'
import { POLICY_ERRORS } from '../errors/policy.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import { isUndecided } from './describe-conflict.ts'
import type { Diagnostic, Plan, PlanStep } from './types.ts'

/** What a plan comes to, the gravest first: refused by a safety rule, errors, conflicts to decide, changes, nothing. */
export type PlanVerdict = 'refused' | 'errors' | 'conflicts' | 'changes' | 'unchanged'

const NEED_A_DECISION: ReadonlySet<string> = new Set([
  PLAN_ERRORS.UNDECIDED_CONFLICT.code,
  PLAN_ERRORS.OTHER_WORKSPACE.code,
  PLAN_ERRORS.YIELD_REFUSED.code,
])

/** Codes of errors by which a safety rule refuses the whole plan. */
export const REFUSALS: ReadonlySet<string> = new Set([
  PLAN_ERRORS.PRUNE_CEILING.code,
  REGISTER_ERRORS.MAX_FEE.code,
  POLICY_ERRORS.VIOLATED.code,
  POLICY_ERRORS.NOT_EVALUATED.code,
  POLICY_ERRORS.UNREADABLE.code,
])

/** The verdict on a plan; orphans that stay are no change, nor is what has to wait for something outside of it. */
export function planVerdict(plan: Plan): PlanVerdict {
  const errors = diagnosticsOf(plan).filter(({ severity }) => severity === 'error')
  if (errors.some(({ code }) => REFUSALS.has(code))) return 'refused'
  if (errors.some(({ code }) => !NEED_A_DECISION.has(code))) return 'errors'
  if (errors.length > 0 || plan.steps.some((step) => step.kind === 'object' && step.conflicts.some(isUndecided))) {
    return 'conflicts'
  }
  return plan.steps.some(isChange) ? 'changes' : 'unchanged'
}

/** Whether apply has something to do: with what an earlier run sent it goes on. */
function isChange(step: PlanStep): boolean {
  switch (step.kind) {
    case 'object':
      return step.op !== 'noop'
    case 'wait':
      return true
    case 'register':
      return step.state === 'ready' || step.state === 'pending'
    case 'identity':
      return step.op !== 'noop' && !step.waits
  }
}

function diagnosticsOf(plan: Plan): readonly Diagnostic[] {
  return [...plan.diagnostics, ...plan.steps.flatMap((step) => (step.kind === 'wait' ? [] : step.diagnostics))]
}
