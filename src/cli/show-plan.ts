import { describePlan } from '../plan/describe-plan.ts'
import { renderJson } from '../plan/render-json.ts'
import { renderText } from '../plan/render-text.ts'
import { type Aim, hintCompleter, withCompleteHints } from './complete-hint.ts'
import type { Context } from './context.ts'
import { displayPath } from './display-path.ts'
import type { PlanFlags } from './flags.ts'
import type { Planned } from './make-plan.ts'

/** A plan as the flags want it on stdout: text as wide as the terminal, or JSON. */
export function showPlan(
  context: Context,
  { plan, folder, seconds }: Pick<Planned, 'plan' | 'folder' | 'seconds'>,
  flags: Pick<PlanFlags, 'json' | 'all' | keyof Aim>,
): string {
  const workspace = displayPath(folder, context)
  const described = describePlan(plan, { all: flags.all === true, workspace, seconds })
  const view = withCompleteHints(described, hintCompleter(flags, context))
  if (flags.json === true) return `${JSON.stringify(renderJson(view), undefined, 2)}\n`
  return renderText(view, { columns: context.stdout.columns, colour: isColoured(context) })
}

/** Whether stdout gets colour. */
export function isColoured({ stdout }: Pick<Context, 'stdout'>): boolean {
  return stdout.style.bold('x') !== 'x'
}
