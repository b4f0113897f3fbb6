import { ObolError } from '../errors/obol-error.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { explainField } from '../plan/explain-field.ts'
import { renderWhy, whyToJson } from '../plan/render-why.ts'
import type { Context } from './context.ts'
import type { CommonFlags, Target } from './flags.ts'
import { fieldLocator } from './locate-field.ts'
import type { Planned } from './make-plan.ts'
import { isColoured } from './show-plan.ts'

/** What there is to say of one field, as the flags want it on stdout. Throws OBOL-P013 when no object has it. */
export function explain(context: Context, planned: Planned, target: Target, flags: CommonFlags): string {
  const { plan, desired, observed, files } = planned
  const fields = explainField({ plan, desired, observed, ...target, locate: fieldLocator(files) })
  if (fields.length === 0) {
    const object = target.object ?? 'any object of the plan'
    throw new ObolError(PLAN_ERRORS.NO_SUCH_FIELD, { message: `${target.path} is not a field of ${object}` })
  }
  if (flags.json === true) return `${JSON.stringify(whyToJson(fields), undefined, 2)}\n`
  return renderWhy(fields, { columns: context.stdout.columns, colour: isColoured(context), now: plan.readAt })
}
