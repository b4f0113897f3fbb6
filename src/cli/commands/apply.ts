import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ApplyProgress, ApplyResult } from '../../apply/results.ts'
import { APPLY_ERRORS } from '../../errors/apply.ts'
import { ObolError } from '../../errors/obol-error.ts'
import { readState, stateFolder } from '../../journal/read-state.ts'
import type { WorkspaceState } from '../../journal/reduce-journal.ts'
import { WORKSPACE_FILE } from '../../offers/workspace-file.ts'
import type { PlanStep } from '../../plan/types.ts'
import { applyJson, exitCodeOf, resultLines, summaryLine } from '../apply-report.ts'
import { type CompleteHint, hintCompleter } from '../complete-hint.ts'
import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type MakePlanFlags, makePlan, type Planned } from '../make-plan.ts'
import { refuseCeiling } from '../refuse-ceiling.ts'
import { refuseOtherCluster } from '../refuse-other-cluster.ts'
import { lockFolder, runApply } from '../run-apply.ts'
import { showPlan } from '../show-plan.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import type { ApplyFlags } from './apply-command.ts'

/**
 * `obol apply`: plan, show, confirm, carry out, under the lock of the workspace from before the plan to the end.
 * SIDE EFFECTS: writes to the cluster, the journal and both streams.
 */
export async function apply(this: Context, flags: ToPlan, ...paths: string[]): Promise<void> {
  const folder = workspaceFolder(flags.workspace, this)
  const stateIn = stateFolder(folder)
  // Without a workspace there is nothing to lock, and makePlan says so.
  const lock = existsSync(join(folder, WORKSPACE_FILE)) ? await lockFolder(this, stateIn) : undefined
  try {
    const state = await readState(stateIn)
    const planned = await planFor(this, flags, paths, { folder, state })
    try {
      refuseCeiling(planned)
      if (flags.rebind !== true) refuseOtherCluster(planned, state)
      if (!(await agreed(this, planned, flags))) throw new ObolError(APPLY_ERRORS.UNCONFIRMED)
      const started = this.now().getTime()
      const concurrency = flags.concurrency ?? planned.workspace.apply.concurrency
      const complete = hintCompleter(flags, this)
      const onProgress = flags.json === true ? () => undefined : progressTo(this, complete)
      const run = {
        state,
        stateFolder: stateIn,
        rebind: flags.rebind === true,
        concurrency,
        onProgress,
        ...waitOf(flags),
        ...(planned.savedPlan === undefined ? {} : { savedPlan: planned.savedPlan }),
      }
      const result = await runApply(this, planned, run)
      report(this, planned, result, flags, (this.now().getTime() - started) / 1000)
    } finally {
      await planned.cluster.close()
    }
  } finally {
    await lock?.release()
  }
}

type ToPlan = ApplyFlags & Pick<MakePlanFlags, 'deleteOnly'>

type ToApply = Planned & {
  /** Id of the saved plan that this one is. */
  readonly savedPlan?: string
}

/** A new plan; with `--plan` only one that is what was saved. */
async function planFor(
  context: Context,
  flags: ToPlan,
  paths: readonly string[],
  place: { readonly folder: string; readonly state: WorkspaceState },
): Promise<ToApply> {
  if (flags.plan === undefined) return makePlan(context, flags, paths, place.state)
  const { savedPlanAgain } = await import('../saved-plan.ts')
  return savedPlanAgain(context, { ...flags, plan: flags.plan }, paths, place)
}

function waitOf({ wait }: ApplyFlags): { readonly waitMs?: number } {
  return wait === undefined ? {} : { waitMs: wait * 1000 }
}

/** Shows the plan and asks; a plan without anything to send needs no answer. */
async function agreed(context: Context, planned: Planned, flags: ApplyFlags): Promise<boolean> {
  if (flags.json !== true) context.stdout.write(showPlan(context, planned, flags, { isReadOnly: false }))
  const writes = planned.plan.steps.filter(isWrite).length
  if (writes === 0 || flags.yes === true) return true
  return confirm(context, `Apply ${writes === 1 ? 'this step' : `these ${writes} steps`}?`)
}

/** A step that sends something, or records what was found. */
function isWrite(step: PlanStep): boolean {
  switch (step.kind) {
    case 'object':
      return step.write !== undefined
    case 'register':
      return step.state === 'ready' || step.state === 'pending'
    case 'identity':
      return step.op !== 'noop' && !step.waits
    case 'wait':
      return false
  }
}

function progressTo(context: Context, complete: CompleteHint): (progress: ApplyProgress) => void {
  const { stdout, stderr } = context
  return (progress) => {
    if (progress.type === 'step-finished') {
      if (stderr.isTTY) stderr.write('\r\u001b[K')
      stdout.write(resultLines(progress.result, stdout.style, complete))
      if (stderr.isTTY) stderr.write(stderr.style.dim(`  ${progress.done} of ${progress.steps}`))
    }
  }
}

function report(context: Context, planned: Planned, result: ApplyResult, flags: ApplyFlags, seconds: number): void {
  const { stdout, stderr } = context
  if (flags.json === true) {
    stdout.write(`${JSON.stringify(applyJson(planned.plan, result, hintCompleter(flags, context)), undefined, 2)}\n`)
  } else {
    if (stderr.isTTY) stderr.write('\r\u001b[K')
    stdout.write(`\n${stdout.style.bold(summaryLine(planned.plan, result, seconds))}\n`)
  }
  context.setExitCode(exitCodeOf(result))
}
