import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { POLICY_ERRORS } from '../errors/policy.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { Diagnostic } from '../plan/types.ts'
import type { Planned } from './make-plan.ts'
import { POLICY_FOLDER } from './policy-folder.ts'

/** A plan that a policy forbids is not applied at all. Throws OBOL-Y001 with every violation, or OBOL-Y006. */
function refusePolicies({ plan }: Planned): void {
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error')
  const unreadable = errors.find(({ code }) => code === POLICY_ERRORS.UNREADABLE.code)
  if (unreadable !== undefined) {
    const mistakes = errors.filter(({ origin }) => origin !== undefined && isBelow(origin.file, POLICY_FOLDER))
    throw new ObolError(POLICY_ERRORS.UNREADABLE, { message: unreadable.message, details: mistakes.map(placed) })
  }
  const codes: readonly string[] = [POLICY_ERRORS.VIOLATED.code, POLICY_ERRORS.NOT_EVALUATED.code]
  const found = errors.filter(({ code }) => codes.includes(code))
  if (found.length > 0) throw new ObolError(POLICY_ERRORS.VIOLATED, { details: found.map(placed) })
}

function placed({ message, origin }: Diagnostic): string {
  return origin === undefined ? message : `${origin.file}:${origin.line}:${origin.column} ${message}`
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/**
 * Too many deletions stop the whole apply: a wrong path must not delete a shop, nor change the rest of it. So do fees
 * above the limit, and a policy that forbids it. Throws OBOL-P008, OBOL-R004, OBOL-Y001 or OBOL-Y006.
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
