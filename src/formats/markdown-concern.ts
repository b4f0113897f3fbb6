import type { GroupView, ObjectView, PlanView, RowView } from '../plan/plan-view.ts'
import type { ReportView } from '../plan/report-view.ts'
import { type Finding, findingsOf, findingsOfRow } from './findings.ts'
import type { Held } from './markdown-findings.ts'

/** A plan as a reviewer takes it up: what is of this change, and what the base would do by itself. */
export type Concern = {
  readonly view: PlanView
  /** Of this change; all of them where there is no base. */
  readonly groups: readonly GroupView[]
  /** Steps that the base runs alike. */
  readonly pending: readonly RowView[]
  /** Undecided ones of this change; those that the base has too come last. */
  readonly conflicts: readonly Held[]
  /** Diagnostics of the plan and of the steps of this change. */
  readonly findings: readonly Finding[]
  /** No longer wanted, and left alone; with a base, those that this version alone gives up. */
  readonly orphans: readonly ObjectView[]
  /** Diagnostics of the pending steps, and their conflicts. */
  readonly pendingFindings: readonly Finding[]
}

/** Parts a plan into what is of this change and what is not. Pure. */
export function concernOf(view: PlanView, problems: ReportView['problems']): Concern {
  const isOurs = (row: RowView): boolean => view.base === undefined || isOfChange(row)
  const groups = view.groups.map((group) => ({ ...group, rows: group.rows.filter(isOurs) }))
  const rows = groups.flatMap((group) => group.rows)
  const pending = view.groups.flatMap((group) => group.rows).filter(({ review }) => review === 'same')
  const now = view.header.readAt
  const conflicts = rows.flatMap((row) => undecided(row).map((conflict) => ({ conflict, row })))
  return {
    view,
    groups: groups.filter((group) => group.rows.length > 0),
    pending: view.base === undefined ? [] : pending,
    conflicts: conflicts.toSorted((a, b) => Number(a.conflict.inBase === true) - Number(b.conflict.inBase === true)),
    findings: [
      ...findingsOf({ problems: [...problems, ...view.diagnostics] }),
      // The conflicts of a step come first, and are shown by themselves.
      ...rows.flatMap((row) => findingsOfRow(row, now).slice(undecided(row).length)),
    ],
    orphans: view.base?.orphans ?? view.orphans,
    pendingFindings: view.base === undefined ? [] : pending.flatMap((row) => findingsOfRow(row, now)),
  }
}

/** What has no mark changes nothing in either version, unless nobody compared it. */
function isOfChange({ review, symbol }: RowView): boolean {
  return review === undefined ? symbol !== '=' : review !== 'same'
}

function undecided({ conflicts }: RowView): RowView['conflicts'] {
  return conflicts.filter((conflict) => conflict.undecided)
}
