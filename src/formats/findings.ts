import { PLAN_ERRORS } from '../errors/plan.ts'
import type { Origin } from '../plan/desired.ts'
import type { ConflictView, PlanView, RowView } from '../plan/plan-view.ts'
import { ownerText, showCell } from '../plan/render-changes.ts'
import type { ReportView } from '../plan/report-view.ts'
import type { Diagnostic } from '../plan/types.ts'

/** One thing that a tool for findings lists: a diagnostic, or a conflict that waits for a decision. */
export type Finding = {
  readonly severity: Diagnostic['severity']
  readonly code: string
  readonly message: string
  /** Id of an object, or of a step. */
  readonly object?: string
  readonly field?: string
  /** Commands, one each, any of which goes on from here. */
  readonly next: readonly string[]
  readonly origin?: Origin
  /** With a base, where it is known: whether the base has it too (unchanged), has it not (new), or alone has it (absent). */
  readonly baseline?: 'new' | 'unchanged' | 'absent'
}

/** Every finding of a report, in the order of the plan; what a base had and the plan has not comes last. Pure. */
export function findingsOf(report: ReportView): readonly Finding[] {
  const { plan, problems } = report
  return [
    ...problems.map((problem) => ofDiagnostic(problem)),
    ...(plan === undefined ? [] : ofPlan(plan)),
    ...(plan?.base === undefined ? [] : absentOf(plan.base, plan.header.readAt)),
  ]
}

function ofPlan(plan: PlanView): readonly Finding[] {
  const rows = plan.groups.flatMap((group) => group.rows)
  return [
    ...plan.diagnostics.map((diagnostic) => ofDiagnostic(diagnostic)),
    ...rows.flatMap((row) => findingsOfRow(row, plan.header.readAt, baselineOf(row), plan.base !== undefined)),
  ]
}

/** What only one version has, and what both have alike, is known of a step as a whole. */
function baselineOf({ review }: RowView): Finding['baseline'] {
  if (review === 'new') return 'new'
  return review === 'same' ? 'unchanged' : undefined
}

function absentOf(base: NonNullable<PlanView['base']>, now: string): readonly Finding[] {
  const gone = base.withdrawn.flatMap((row) => conflictsOf(row).map((conflict) => ofConflict(conflict, row, now)))
  return [...base.resolved.map((diagnostic) => ofDiagnostic(diagnostic)), ...gone].map((finding) => {
    return { ...finding, baseline: 'absent' as const }
  })
}

/** The undecided conflicts of a step, then its diagnostics, those left out that only say again that there is a conflict. */
export function findingsOfRow(
  row: RowView,
  now: string,
  baseline?: Finding['baseline'],
  isCompared = false,
): readonly Finding[] {
  const conflicts = conflictsOf(row)
  const known = new Set(conflicts.map(({ path }) => path))
  const isTold = ({ code, field }: Diagnostic): boolean =>
    CONFLICT_CODES.has(code) && (field === undefined ? conflicts.length > 0 : known.has(field))
  const state = (inBase: true | undefined): Finding['baseline'] =>
    baseline ?? (isCompared ? (inBase === true ? 'unchanged' : 'new') : undefined)
  return [
    ...conflicts.map((conflict) => withBaseline(ofConflict(conflict, row, now), state(conflict.inBase))),
    ...row.diagnostics
      .filter((diagnostic) => !isTold(diagnostic))
      .map((diagnostic) => withBaseline(ofDiagnostic(diagnostic, row), baseline)),
  ]
}

const CONFLICT_CODES: ReadonlySet<string> = new Set([
  PLAN_ERRORS.UNDECIDED_CONFLICT.code,
  PLAN_ERRORS.OTHER_WORKSPACE.code,
])

function conflictsOf(row: RowView): readonly ConflictView[] {
  return row.conflicts.filter(({ undecided }) => undecided)
}

function withBaseline(finding: Finding, baseline: Finding['baseline']): Finding {
  return baseline === undefined ? finding : { ...finding, baseline }
}

function ofDiagnostic(diagnostic: Diagnostic, row?: RowView): Finding {
  const { severity, code, message, field, hint } = diagnostic
  const object = diagnostic.object ?? row?.id
  const origin = diagnostic.origin ?? row?.origin
  return {
    severity,
    code,
    message,
    ...(object === undefined ? {} : { object }),
    ...(field === undefined ? {} : { field }),
    next: hint === undefined ? [] : [hint],
    ...(origin === undefined ? {} : { origin }),
  }
}

function ofConflict(conflict: ConflictView, row: RowView, now: string): Finding {
  const { path, ours, theirs, owner, otherWorkspace, edits } = conflict
  const origin = conflict.origin ?? row.origin
  const values = `we want ${showCell(ours)}, ${ownerText(owner, now)} holds ${showCell(theirs)}`
  return {
    severity: 'error',
    code: (otherWorkspace === undefined ? PLAN_ERRORS.UNDECIDED_CONFLICT : PLAN_ERRORS.OTHER_WORKSPACE).code,
    message: `${path} of ${row.kind} ${row.label}: ${values}`,
    object: row.id,
    field: path,
    next: edits.map(({ command }) => command),
    ...(origin === undefined ? {} : { origin }),
  }
}
