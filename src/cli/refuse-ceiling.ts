import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { POLICY_ERRORS } from '../errors/policy.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { Planned } from './make-plan.ts'

/**
 * A plan that a policy forbids is not applied at all. Throws OBOL-Y001 with every violation.
 */
function refusePolicies({ plan }: Planned): void {
  const codes: readonly string[] = [POLICY_ERRORS.VIOLATED.code, POLICY_ERRORS.NOT_EVALUATED.code]
  const found = plan.diagnostics.filter(({ severity, code }) => severity === 'error' && codes.includes(code))
  if (found.length === 0) return
  const details = found.map(({ message, origin }) => {
    return origin === undefined ? message : `${origin.file}:${origin.line}:${origin.column} ${message}`
  })
  throw new ObolError(POLICY_ERRORS.VIOLATED, { details })
}

/**
 * Too many deletions stop the whole apply: a wrong path must not delete a shop, nor change the rest of it. So do fees
 * above the limit, and a policy that forbids it. Throws OBOL-P008, OBOL-R004 or OBOL-Y001.
 */
export function refuseCeiling(planned: Planned): void {
  const { plan } = planned
  refusePolicies(planned)
  for (const ceiling of [PLAN_ERRORS.PRUNE_CEILING, REGISTER_ERRORS.MAX_FEE]) {
    const refusal = plan.diagnostics.find(({ code }) => code === ceiling.code)
    if (refusal === undefined) continue
    const hint = refusal.hint?.replace('obol plan', 'obol apply')
    throw new ObolError(ceiling, { message: refusal.message, ...(hint === undefined ? {} : { hint }) })
  }
}
