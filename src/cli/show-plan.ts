import { describePlan } from '../plan/describe-plan.ts'
import { describeWithBase } from '../plan/describe-with-base.ts'
import type { PlanView } from '../plan/plan-view.ts'
import { renderJson } from '../plan/render-json.ts'
import { renderText } from '../plan/render-text.ts'
import type { JsonObject } from '../util/json.ts'
import { type Aim, hintCompleter, withCompleteHints } from './complete-hint.ts'
import type { Context } from './context.ts'
import { displayPath } from './display-path.ts'
import type { PlanFlags } from './flags.ts'
import { changeLocator } from './locate-field.ts'
import type { Planned } from './make-plan.ts'

type Shown = Pick<Planned, 'plan' | 'desired' | 'base' | 'files' | 'folder' | 'seconds' | 'isRecorded'>
type Flags = Pick<PlanFlags, 'json' | 'all' | keyof Aim>

/** A plan as the flags want it on stdout: text as wide as the terminal, or JSON. */
export function showPlan(context: Context, shown: Shown, flags: Flags, { isReadOnly = true } = {}): string {
  if (flags.json === true) return `${JSON.stringify(planJson(context, shown, flags), undefined, 2)}\n`
  const options = { columns: context.stdout.columns, colour: isColoured(context), isReadOnly }
  return renderText(planView(context, shown, flags), options)
}

/** A plan for programs. */
export function planJson(context: Context, shown: Shown, flags: Flags): JsonObject {
  return renderJson(planView(context, shown, flags))
}

/** Whether stdout gets colour. */
export function isColoured({ stdout }: Pick<Context, 'stdout'>): boolean {
  return stdout.style.bold('x') !== 'x'
}

/** What is shown of a plan, with commands that work as they stand; with a base, against what that would do. */
export function planView(context: Context, shown: Shown, flags: Flags): PlanView {
  const { plan, desired, base, files, folder, seconds, isRecorded } = shown
  const locate = changeLocator(files)
  const options = {
    all: flags.all === true,
    workspace: displayPath(folder, context),
    seconds,
    locate,
    ...(isRecorded ? { source: 'snapshot' as const } : {}),
  }
  const view = base === undefined ? describePlan(plan, options) : describeWithBase({ plan, desired }, base, options)
  return withCompleteHints(view, hintCompleter(flags, context))
}
