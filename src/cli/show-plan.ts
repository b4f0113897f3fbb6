import { describePlan } from '../plan/describe-plan.ts'
import type { PlanView } from '../plan/plan-view.ts'
import { renderJson } from '../plan/render-json.ts'
import { renderText } from '../plan/render-text.ts'
import type { JsonObject } from '../util/json.ts'
import { type Aim, hintCompleter, withCompleteHints } from './complete-hint.ts'
import type { Context } from './context.ts'
import { displayPath } from './display-path.ts'
import type { PlanFlags } from './flags.ts'
import type { Planned } from './make-plan.ts'

type Shown = Pick<Planned, 'plan' | 'folder' | 'seconds'>
type Flags = Pick<PlanFlags, 'json' | 'all' | keyof Aim>

/** A plan as the flags want it on stdout: text as wide as the terminal, or JSON. */
export function showPlan(context: Context, shown: Shown, flags: Flags): string {
  if (flags.json === true) return `${JSON.stringify(planJson(context, shown, flags), undefined, 2)}\n`
  const options = { columns: context.stdout.columns, colour: isColoured(context) }
  return renderText(viewOf(context, shown, flags), options)
}

/** A plan for programs. */
export function planJson(context: Context, shown: Shown, flags: Flags): JsonObject {
  return renderJson(viewOf(context, shown, flags))
}

/** Whether stdout gets colour. */
export function isColoured({ stdout }: Pick<Context, 'stdout'>): boolean {
  return stdout.style.bold('x') !== 'x'
}

function viewOf(context: Context, { plan, folder, seconds }: Shown, flags: Flags): PlanView {
  const workspace = displayPath(folder, context)
  const view = describePlan(plan, { all: flags.all === true, workspace, seconds })
  return withCompleteHints(view, hintCompleter(flags, context))
}
