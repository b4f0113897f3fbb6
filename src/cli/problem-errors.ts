import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { formatProblem, type Problem } from '../offers/problem.ts'
import { plural } from '../util/plural.ts'

/** The mistakes of the files as one error: a line each, as `obol validate` prints them. */
export function problemErrors(problems: readonly Problem[]): ObolError {
  const mistakes = problems.filter(({ severity }) => severity === 'error')
  return new ObolError(PLAN_ERRORS.offersInvalid, {
    message: `${plural(mistakes.length, 'mistake')} in the files of the workspace`,
    details: mistakes.map(formatProblem),
  })
}
