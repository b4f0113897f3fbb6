import type { ObolError } from '../errors/obol-error.ts'
import { readState, stateFolder } from '../journal/read-state.ts'
import { type PlanVerdict, planVerdict } from '../plan/plan-verdict.ts'
import type { ReportView } from '../plan/report-view.ts'
import type { Diagnostic } from '../plan/types.ts'
import { maskText } from '../util/mask.ts'
import type { Context } from './context.ts'
import { diagnosticAt } from './diagnostic-at.ts'
import { type MakePlanFlags, makePlan, type Planned } from './make-plan.ts'
import { toObolErrors } from './render-error.ts'
import { planView } from './show-plan.ts'
import { verifyPlan } from './verify-plan.ts'
import { workspaceFolder } from './workspace-folder.ts'

export type ReportFlags = MakePlanFlags & { readonly verify?: 'server' }

/** A plan with what is shown of it, or the errors that kept it from being made. */
export type Report =
  | { readonly result: 'planned'; readonly view: ReportView; readonly verdict: PlanVerdict; readonly planned: Planned }
  | { readonly result: 'failed'; readonly view: ReportView; readonly thrown: unknown }

/**
 * Plans, compares and checks as the flags say; the cluster is closed afterwards. What keeps a plan from being made is a
 * report as well: only defects reject. SIDE EFFECTS: reads files, the cluster and chains; dry-run applies with `--verify`.
 */
export async function makeReport(context: Context, flags: ReportFlags, paths: readonly string[]): Promise<Report> {
  try {
    const state = await readState(stateFolder(workspaceFolder(flags.workspace, context)))
    const read = await makePlan(context, flags, paths, state)
    try {
      const planned = flags.verify === 'server' ? await verified(context, read) : read
      const commit = planned.base === undefined ? undefined : await commitOf(context, planned.folder)
      const plan = planView(context, planned, flags)
      const view = { plan, problems: [], ...(commit === undefined ? {} : { commit }) }
      return { result: 'planned', view, verdict: planVerdict(planned.plan), planned }
    } finally {
      await read.cluster.close()
    }
  } catch (thrown) {
    return { result: 'failed', view: { problems: toObolErrors(thrown).flatMap(diagnosticsOf) }, thrown }
  }
}

async function verified(context: Context, planned: Planned): Promise<Planned> {
  return { ...planned, plan: await verifyPlan(planned.plan, planned.cluster, context.signal) }
}

/** What a comparison is for. */
async function commitOf({ env, signal }: Context, folder: string): Promise<string | undefined> {
  return (await import('../git/head-commit.ts')).headCommit({ folder, env, signal })
}

/** One for each place where the error has some, so that formats can point at them. */
function diagnosticsOf(error: ObolError): readonly Diagnostic[] {
  if (error.places.length > 0) return error.places.map(diagnosticAt)
  const { code, message, details, hint, where } = error
  const words = details.length === 0 ? message : `${message}: ${details.join('; ')}`
  const origin =
    where !== undefined && 'file' in where
      ? { origin: { file: where.file, line: where.line ?? 1, column: where.column ?? 1 } }
      : {}
  const about = where !== undefined && 'object' in where ? { object: where.object } : {}
  return [
    { severity: 'error', code, message: maskText(words), ...about, ...(hint === undefined ? {} : { hint }), ...origin },
  ]
}
