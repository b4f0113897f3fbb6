import type { ObjectRef } from '../kube/ref.ts'
import type { JsonValue } from '../util/json.ts'
import type { ChainOp, ChainStep } from './chain.ts'
import type { Decision, Origin } from './desired.ts'
import type { Diagnostic, FieldChange, Op, Owner } from './types.ts'

/** What is to be read of one plan: the only thing that renderers look at. Masked; values of changed fields only. */
export type PlanView = {
  readonly header: HeaderView
  /**
   * One per offer, in the order of the workspace; one per identity that several offers want; one per offer that is
   * deleted; then everything else.
   * Without `all`, only those with a row.
   */
  readonly groups: readonly GroupView[]
  /** About the plan as a whole. */
  readonly diagnostics: readonly Diagnostic[]
  /** Ours, no longer wanted, and left alone by this plan. */
  readonly orphans: readonly ObjectView[]
  readonly summary: SummaryView
  /** Set when the plan was compared with another version of the files: see `RowView.review`. */
  readonly base?: BaseView
}

/** The version of the files that a plan was compared with: what the base branch would do by itself. */
export type BaseView = {
  /** As given: `origin/main`. */
  readonly ref: string
  /** Full hash of the commit. */
  readonly commit: string
  /** Steps that the base would run and this plan has no more. */
  readonly withdrawn: readonly RowView[]
  /** Of `PlanView.orphans`, those that the base still wants: this version alone gives them up. */
  readonly orphans?: readonly ObjectView[]
  /** Diagnostics of the base that this plan does not have: what the change puts right. */
  readonly resolved: readonly Diagnostic[]
  readonly counts: {
    /** Steps that only this version runs. */
    readonly new: number
    /** Steps that both run, with another effect. */
    readonly changed: number
    /** Steps that both run alike: the cluster is behind the base (drift), and the change has no part in it. */
    readonly same: number
    readonly withdrawn: number
  }
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
  /** The plan is from a snapshot, which was taken at `readAt`. */
  readonly source?: 'snapshot'
}

export type GroupView = {
  /** `llm/aeon`, `identity on base-sepolia` or `other objects`. */
  readonly title: string
  /**
   * `inference · base-sepolia · 23 USDC per million tokens (0.023 per request)`, or `no longer for sale`; empty for other
   * objects.
   */
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
/** create or mint; update, adopt or set; delete; noop or settled; held back; waits, pending or unknown. */
export type RowSymbol = (typeof SYMBOLS)[number]

export type RowView = Omit<ObjectView, 'apiVersion'> & {
  /** Absent for steps that are not about one object: kind is then the type, name and label the network. */
  readonly apiVersion?: string
  readonly type: 'object' | 'wait' | 'register' | 'identity'
  readonly symbol: RowSymbol
  readonly op: Op | 'wait' | ChainOp
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
  /** Of a step on a chain. */
  readonly chain?: ChainView
  /** Of a step that writes an agentId to the cluster. */
  readonly identity?: IdentityView
  /** With a base: whether this version alone runs the step, both do with another effect, or both alike. */
  readonly review?: Review
}

export const REVIEWS = ['new', 'changed', 'same'] as const
export type Review = (typeof REVIEWS)[number]

/** What there is to know of a step on a chain; amounts in wei. */
export type ChainView = Pick<
  ChainStep,
  | 'network'
  | 'chainId'
  | 'registry'
  | 'coin'
  | 'confirmations'
  | 'state'
  | 'offers'
  | 'explorer'
  | 'owner'
  | 'agentId'
  | 'outcome'
  | 'call'
  | 'fee'
  | 'balance'
>

export type IdentityView = {
  readonly network: string
  readonly offers: readonly string[]
  /** What is written to, in its status. */
  readonly object: ObjectRef
  /** Absent until a step of the same plan gives it. */
  readonly agentId?: string
  /** What the cluster says now. */
  readonly before?: string
  /** It cannot be written yet. */
  readonly waits: boolean
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
  /** Where the file says the field; absent where it does not. */
  readonly origin?: Origin
  /** With a base: the base would change it just so. */
  readonly inBase?: true
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
  /** Where the file says the field; absent where it does not. */
  readonly origin?: Origin
  /** With a base: the base has the same conflict. */
  readonly inBase?: true
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
  readonly registrations: RegistrationCounts
  /** agentIds that apply would write to the cluster. */
  readonly identities: number
  /** What apply may pay, per chain; chains without a fee are left out. */
  readonly fees: readonly FeeView[]
  /** `Plan: 1 to create, 1 to update (1 null-out, 1 transfer) · 0 conflicts · 12 unchanged` */
  readonly sentence: string
}

/** Steps on chains: those that apply would run (mint, adopt, change), and those that it would not or has begun already. */
export type RegistrationCounts = {
  readonly mint: number
  readonly adopt: number
  readonly change: number
  /** Sent by an earlier run; apply goes on with them. */
  readonly pending: number
  readonly waiting: number
  readonly unknown: number
  readonly settled: number
}

/** A sum of fees on one chain, in wei. */
export type FeeView = {
  readonly network: string
  readonly coin: string
  readonly low: bigint
  readonly high: bigint
}
