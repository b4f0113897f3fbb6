import { randomUUID } from 'node:crypto'
import { kill, pid } from 'node:process'
import { applyPlan } from '../apply/apply-plan.ts'
import type { ApplyProgress, ApplyResult } from '../apply/results.ts'
import { bindingOf, bindingProblem, isSameCluster } from '../journal/check-binding.ts'
import { openJournal } from '../journal/file-journal.ts'
import { type Lock, takeLock } from '../journal/lock.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import { planAgain, typeOfStep } from '../plan/build-plan.ts'
import type { Context } from './context.ts'
import type { Planned } from './make-plan.ts'

const WAIT_TIMEOUT_MS = 60_000

/** Takes the lock of a state folder for this process. SIDE EFFECTS: creates the folder and the lock file. */
export function lockFolder(context: Context, stateFolder: string): Promise<Lock> {
  return takeLock(stateFolder, { pid, since: context.now().toISOString(), isRunning })
}

/** True unless the system says that there is no such process; one of another user may not be signalled, and exists. */
function isRunning(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/**
 * Carries out a plan under the workspace's lock: binds the workspace to the cluster, journals, applies.
 * Throws OBOL-A002 for another cluster than the workspace's, unless `rebind`.
 * SIDE EFFECTS: the journal, and the steps of the plan.
 */
export async function runApply(
  context: Context,
  planned: Planned,
  run: {
    readonly state: WorkspaceState
    readonly stateFolder: string
    readonly rebind: boolean
    readonly concurrency: number
    /** How long to wait for a step on a chain to become final. Milliseconds; absent: two minutes. */
    readonly waitMs?: number
    /** Id of the saved plan that this run carries out: it is recorded as used before anything else is done. */
    readonly savedPlan?: string
    readonly onProgress: (progress: ApplyProgress) => void
  },
): Promise<ApplyResult> {
  const { plan, desired, observed, options, cluster, chains } = planned
  const problem = bindingProblem(run.state.cluster, plan.cluster)
  if (problem !== undefined && !run.rebind) throw problem
  const journal = await openJournal(run.stateFolder, () => context.now().toISOString())
  const runner = chains?.runner(journal, run.waitMs)
  const id = randomUUID()
  try {
    if (run.savedPlan !== undefined) await journal.append({ type: 'plan-used', run: id, plan: run.savedPlan })
    const bound = run.state.cluster
    if (bound === undefined || !isSameCluster(bound, plan.cluster)) {
      await journal.append({ type: 'cluster-bound', cluster: bindingOf(plan.cluster) })
    }
    return await applyPlan(
      plan,
      {
        cluster,
        journal,
        planAgain: (id, live) => planAgain(desired, observed, options, id, live),
        typeOf: (step) => typeOfStep(desired, observed, step),
        ...(runner === undefined ? {} : { runChainStep: runner.run }),
        onProgress: run.onProgress,
        signal: context.signal,
      },
      { run: id, concurrency: run.concurrency, waitTimeoutMs: WAIT_TIMEOUT_MS },
    )
  } finally {
    await runner?.close()
    await journal.close()
  }
}
