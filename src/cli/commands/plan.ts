import { readState, stateFolder } from '../../journal/read-state.ts'
import { describePlan } from '../../plan/describe-plan.ts'
import { type PlanVerdict, planVerdict } from '../../plan/plan-verdict.ts'
import { renderGraph } from '../../plan/render-graph.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { explain } from '../explain.ts'
import { makePlan, type Planned } from '../make-plan.ts'
import { showPlan } from '../show-plan.ts'
import { verifyPlan } from '../verify-plan.ts'
import { workspaceFolder } from '../workspace-folder.ts'
import type { PlanCommandFlags } from './plan-command.ts'

/**
 * `obol plan [PATH…]`: what apply would do, on stdout. SIDE EFFECTS: reads files and the cluster; dry-run applies with
 * `--verify=server`. Changes nothing.
 */
export async function plan(this: Context, flags: PlanCommandFlags, ...paths: string[]): Promise<void> {
  const state = await readState(stateFolder(workspaceFolder(flags.workspace, this)))
  const read = await makePlan(this, flags, paths, state)
  try {
    const planned = flags.verify === 'server' ? await verified(this, read) : read
    this.stdout.write(shown(this, planned, flags))
    this.setExitCode(exitCodeOf(planVerdict(planned.plan), flags.exitCode === true))
  } finally {
    await read.cluster.close()
  }
}

async function verified(context: Context, planned: Planned): Promise<Planned> {
  return { ...planned, plan: await verifyPlan(planned.plan, planned.cluster, context.signal) }
}

function shown(context: Context, planned: Planned, flags: PlanCommandFlags): string {
  if (flags.why !== undefined) return explain(context, planned, flags.why, flags)
  if (flags.graph === undefined) return showPlan(context, planned, flags)
  return renderGraph(describePlan(planned.plan, { all: flags.all === true }), flags.graph)
}

const EXIT_CODES: Readonly<Record<Exclude<PlanVerdict, 'changes'>, ExitCode>> = {
  refused: EXIT.refused,
  errors: EXIT.error,
  conflicts: EXIT.conflicts,
  unchanged: EXIT.done,
}

function exitCodeOf(verdict: PlanVerdict, isAsked: boolean): ExitCode {
  if (verdict !== 'changes') return EXIT_CODES[verdict]
  return isAsked ? EXIT.changesPending : EXIT.done
}
