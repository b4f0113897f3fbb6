import type { Diagnostic, Op } from '../plan/types.ts'

/** How a step ended. */
export type StepResult = {
  readonly id: string
  readonly op: Op | 'wait'
  readonly result:
    | 'created'
    | 'configured'
    | 'adopted'
    | 'deleted'
    | 'unchanged'
    | 'waited'
    | 'failed'
    | 'blocked'
    | 'skipped'
  /** Why, for failed and blocked; what differs from the prediction, for the others. */
  readonly diagnostics: readonly Diagnostic[]
}

export type ApplyResult = {
  readonly run: string
  /** In the order of the plan. */
  readonly steps: readonly StepResult[]
  /** True when a signal or a journal that cannot be written ended the run early. */
  readonly interrupted: boolean
}

/** What a listener is told while a run goes on. */
export type ApplyProgress =
  | { readonly type: 'run-started'; readonly steps: number }
  | { readonly type: 'step-started'; readonly id: string }
  | { readonly type: 'step-finished'; readonly result: StepResult; readonly done: number; readonly steps: number }
