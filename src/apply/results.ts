import type { Descriptor } from '../errors/descriptor.ts'
import type { ChainOp } from '../plan/chain.ts'
import type { Diagnostic, Op } from '../plan/types.ts'
import { maskText } from '../util/mask.ts'

/** How a step ended. */
export type StepResult = {
  readonly id: string
  readonly op: Op | ChainOp | 'wait'
  /**
   * `unchanged`: it was as planned already when its turn came. `pending`: sent to a chain, and not final when the run
   * ended. What fails or is pending on a chain is a warning (`isOnChain`): the offer is sold meanwhile.
   */
  readonly result:
    | 'created'
    | 'configured'
    | 'adopted'
    | 'deleted'
    | 'unchanged'
    | 'waited'
    | 'registered'
    | 'pending'
    | 'failed'
    | 'blocked'
    | 'skipped'
  /** Decimal: the identity that a step on a chain made, found or changed. */
  readonly agentId?: string
  /** Why, for failed and blocked; what differs from the prediction, for the others. */
  readonly diagnostics: readonly Diagnostic[]
}

export type ApplyResult = {
  readonly run: string
  /** In the order of the plan. */
  readonly steps: readonly StepResult[]
  /** True when the signal ended the run early. */
  readonly interrupted: boolean
}

/** What a listener is told while a run goes on. */
export type ApplyProgress =
  | { readonly type: 'run-started'; readonly steps: number }
  | { readonly type: 'step-started'; readonly id: string }
  | { readonly type: 'step-finished'; readonly result: StepResult; readonly done: number; readonly steps: number }

type Begun = { readonly id: string; readonly op?: StepResult['op'] }

/** Steps on a chain, and the one that tells the cluster of them. Whatever becomes of them is no error of a run. */
export function isOnChain({ id }: Pick<StepResult, 'id'>): boolean {
  return id.startsWith('register/') || id.startsWith('identity/')
}

/** A step that ended as it should. */
export function done(step: Begun, result: StepResult['result']): StepResult {
  return { id: step.id, op: step.op ?? 'wait', result, diagnostics: [] }
}

/** A step that failed, with its one diagnostic; what looks like a credential in the message is masked. */
export function failed(
  step: Begun,
  descriptor: Pick<Descriptor, 'code' | 'title' | 'hint'>,
  more: { readonly message?: string; readonly field?: string } = {},
): StepResult {
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: descriptor.code,
    message: maskText(more.message ?? descriptor.title),
    object: step.id,
    ...(more.field === undefined ? {} : { field: more.field }),
    ...(descriptor.hint === undefined ? {} : { hint: descriptor.hint }),
  }
  return { id: step.id, op: step.op ?? 'wait', result: 'failed', diagnostics: [diagnostic] }
}
