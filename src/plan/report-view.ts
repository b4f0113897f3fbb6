import type { PlanView } from './plan-view.ts'
import type { Diagnostic } from './types.ts'

/** What a format is made of: a plan, or what kept one from being made. Masked. */
export type ReportView = {
  /** Absent when no plan could be made: `problems` then has at least one error. */
  readonly plan?: PlanView
  /** What kept the plan from being made, each with its place where it has one; empty beside a plan. */
  readonly problems: readonly Diagnostic[]
  /** Full hash of the commit that the files are of, where it is known. */
  readonly commit?: string
}
