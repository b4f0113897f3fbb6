import type { JsonValue } from '../util/json.ts'
import type { Decision, Origin } from './desired.ts'
import type { Diagnostic, FieldChange, Op, Owner } from './types.ts'

/** What is to be read of one plan: the only thing that renderers look at. Masked; values of changed fields only. */
export type PlanView = {
  readonly header: HeaderView
  /** One per offer, in the order of the workspace; then everything else. Without `all`, only those with a row. */
  readonly groups: readonly GroupView[]
  /** About the plan as a whole. */
  readonly diagnostics: readonly Diagnostic[]
  /** Ours, no longer wanted, and left alone by this plan. */
  readonly orphans: readonly ObjectView[]
  readonly summary: SummaryView
}

export type HeaderView = {
  /** The folder as people write it, or the workspace's id. */
  readonly workspace: string
  readonly workspaceId: string
  readonly context: string
  readonly server: string
  readonly version: string
  readonly requests: number
  /** RFC 3339; dates in the plan are shown relative to it. */
  readonly readAt: string
  readonly seconds?: number
}

export type GroupView = {
  /** `llm/aeon`, or `other objects`. */
  readonly title: string
  /** `inference · base-sepolia · 23 USDC per million tokens (0.023 per request)`; empty for other objects. */
  readonly subtitle: string
  readonly rows: readonly RowView[]
}

export type ObjectView = {
  readonly id: string
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** `llm/aeon`; the name alone for cluster-scoped objects. */
  readonly label: string
}

export const SYMBOLS = ['+', '~', '-', '=', '!', '·'] as const
/** create, update or adopt, delete, noop, held back, wait. */
export type RowSymbol = (typeof SYMBOLS)[number]

export type RowView = ObjectView & {
  readonly type: 'object' | 'wait'
  readonly symbol: RowSymbol
  readonly op: Op | 'wait'
  /** True when apply would run this step: it has something to send, no error, and waits for nothing that is held back. */
  readonly applies: boolean
  /** In few words: the facts of a new object, where an adopted one came from, why a step is held back. */
  readonly text: string
  readonly offer?: string
  readonly origin?: Origin
  readonly dependsOn: readonly string[]
  /** Steps this one waits for that are held back. */
  readonly blockedBy: readonly string[]
  /** Set when the object comes under our workspace label by this step; `from` is the workspace it is taken from. */
  readonly adopts?: { readonly from?: string }
  readonly changes: readonly ChangeView[]
  /** Fields that the server's schema fills in and that are not listed. */
  readonly defaults: number
  readonly transfers: readonly TransferView[]
  readonly conflicts: readonly ConflictView[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A field that differs. A missing `before` or `after` means that the field is not there. */
export type ChangeView = {
  readonly path: string
  readonly before?: JsonValue
  readonly after?: JsonValue
  readonly reason: FieldChange['reason']
  /** Who owned it before, ourselves left out. */
  readonly owners: readonly Owner[]
  /** The same items in another order; `keyed`: in a list whose items go by their key, so that nothing depends on it. */
  readonly reordered?: 'list' | 'keyed'
  /** The operator decided to take the field from its owners. */
  readonly taken?: true
}

export type TransferView = { readonly path: string; readonly from: readonly Owner[] }

export type ConflictView = {
  readonly path: string
  readonly ours?: JsonValue
  readonly theirs?: JsonValue
  readonly owner: Owner
  readonly decision?: Decision
  /** True while the operator has to decide; the step is then held back. */
  readonly undecided: boolean
  /** The id of the workspace that the object belongs to, when the conflict is about that. */
  readonly otherWorkspace?: string
  readonly edits: readonly EditView[]
}

/** One way to settle a conflict. */
export type EditView = {
  readonly decision: Decision
  readonly effect: string
  /** `obol plan --take llm/aeon:spec.payment.payTo` */
  readonly command: string
  /** An item of the offer's `fieldDecisions`; absent for objects that come from no offer. */
  readonly yaml?: string
}

export type SummaryView = {
  /** Steps that apply would run. */
  readonly create: number
  readonly update: number
  readonly adopt: number
  readonly delete: number
  readonly wait: number
  readonly unchanged: number
  /** Steps that apply would not run: conflicts, errors, and what waits for those. */
  readonly heldBack: number
  readonly nullOuts: number
  readonly transfers: number
  /** Undecided ones. */
  readonly conflicts: number
  readonly errors: number
  readonly warnings: number
  readonly orphans: number
  /** `Plan: 1 to create, 1 to update (1 null-out, 1 transfer) · 0 conflicts · 12 unchanged` */
  readonly sentence: string
}
