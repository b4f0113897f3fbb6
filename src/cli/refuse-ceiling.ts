import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { Planned } from './make-plan.ts'

/**
 * Too many deletions stop the whole apply: a wrong path must not delete a shop, nor change the rest of it. So do fees
 * above the limit. Throws OBOL-P008 or OBOL-R004.
 */
export function refuseCeiling({ plan }: Planned): void {
  for (const ceiling of [PLAN_ERRORS.PRUNE_CEILING, REGISTER_ERRORS.MAX_FEE]) {
    const refusal = plan.diagnostics.find(({ code }) => code === ceiling.code)
    if (refusal === undefined) continue
    const hint = refusal.hint?.replace('obol plan', 'obol apply')
    throw new ObolError(ceiling, { message: refusal.message, ...(hint === undefined ? {} : { hint }) })
  }
}
