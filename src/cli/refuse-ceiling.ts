import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import type { Planned } from './make-plan.ts'

/**
 * Too many deletions stop the whole apply: a wrong path must not delete a shop, nor change the rest of it. Throws
 * OBOL-P008.
 */
export function refuseCeiling({ plan }: Planned): void {
  const refusal = plan.diagnostics.find(({ code }) => code === PLAN_ERRORS.PRUNE_CEILING.code)
  if (refusal === undefined) return
  const hint = refusal.hint?.replace('obol plan', 'obol apply')
  throw new ObolError(PLAN_ERRORS.PRUNE_CEILING, { message: refusal.message, ...(hint === undefined ? {} : { hint }) })
}
