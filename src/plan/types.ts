import type { ObjectRef } from '../kube/ref.ts'
import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import type { ChainStep, IdentityStep } from './chain.ts'
import type { Decision, DesiredOffer, Origin } from './desired.ts'
import type { ClusterIdentity } from './observed.ts'

/** Who owns a field: `name/Apply` or `name/Update`, and since when if the server knows. */
export type Owner = {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly subresource?: string
  /** RFC 3339. */
  readonly time?: string
}

/** How one field of a stored object will differ. `undefined` is "not there". */
export type FieldChange = {
  /** As `showPath` writes it. */
  readonly path: string
  readonly before: JsonValue | undefined
  readonly after: JsonValue | undefined
  /**
   * set: our manifest sets it; removed: we owned it and no longer want it; null-out: another owner's, in a closed
   * subtree; default: the server's schema fills it in.
   */
  readonly reason: 'set' | 'removed' | 'null-out' | 'default'
  /** Who owned it before. */
  readonly owners: readonly Owner[]
}

/** Ownership of one path that moves to `obol/Apply` before the apply, without touching the value. */
export type Transfer = { readonly path: string; readonly from: readonly Owner[] }

/** A field we want that another owner holds with another value. */
export type Conflict = {
  readonly object: string
  readonly path: string
  readonly ours: JsonValue | undefined
  readonly theirs: JsonValue | undefined
  readonly owner: Owner
  /** Absent: undecided, the step is not applied. */
  readonly decision?: Decision
}

/** Why a step cannot be applied, or what the operator should know about it. */
export type Diagnostic = {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  readonly object?: string
  readonly field?: string
  readonly hint?: string
  readonly origin?: Origin
}

export const OPS = ['create', 'update', 'adopt', 'delete', 'noop'] as const
export type Op = (typeof OPS)[number]

/** What apply sends for a step. */
export type ObjectWrite =
  | {
      readonly type: 'apply'
      /** The manifest, without resourceVersion: the guard is added when it is sent. */
      readonly manifest: JsonObject
      /** True only when every conflict of the object was decided, at least one of them by `take`. */
      readonly force: boolean
      /** Set when ownership moves first: all of `metadata.managedFields`, as they should be before the apply. */
      readonly transfer?: JsonArray
      /** The closed subtrees that the answer of the server is checked against. */
      readonly closed: readonly string[]
    }
  | { readonly type: 'delete' }

export type ObjectStep = {
  readonly kind: 'object'
  /** `objectId` of the object. */
  readonly id: string
  readonly op: Op
  readonly ref: ObjectRef
  readonly plural: string
  readonly offer?: string
  readonly origin?: Origin
  /** Steps that must have succeeded before this one. */
  readonly dependsOn: readonly string[]
  /** Which stored version the step was planned from; absent when there is none. */
  readonly live?: { readonly uid: string; readonly resourceVersion: string }
  /** Absent: nothing is to be sent (noop), or nothing may be (conflict, error). */
  readonly write?: ObjectWrite
  readonly changes: readonly FieldChange[]
  readonly transfers: readonly Transfer[]
  readonly conflicts: readonly Conflict[]
  /** Errors here keep the step from being applied. */
  readonly diagnostics: readonly Diagnostic[]
  /** The object as stored before and as it will be stored, owners included. Never shown without masking. */
  readonly before?: JsonObject
  readonly after?: JsonObject
}

/** Waits until a CRD of the same plan is served. */
export type WaitStep = {
  readonly kind: 'wait'
  readonly id: string
  readonly ref: ObjectRef
  readonly dependsOn: readonly string[]
  /** What is waited for, for people: `CustomResourceDefinition is served`. */
  readonly until: string
}

/** Steps of the cluster: the offers themselves. They never depend on a step of a chain. */
export type ClusterStep = ObjectStep | WaitStep

/** A further kind (gateway) joins this union. */
export type PlanStep = ClusterStep | ChainStep | IdentityStep

export type Plan = {
  readonly workspaceId: string
  readonly cluster: ClusterIdentity
  readonly readAt: string
  readonly requests: number
  readonly offers: readonly DesiredOffer[]
  /** In an order in which every step comes after what it depends on. */
  readonly steps: readonly PlanStep[]
  /** About the plan as a whole; those of a step are with the step. */
  readonly diagnostics: readonly Diagnostic[]
  /** Objects with our label that nothing in the workspace asks for any more, and that this plan leaves alone. */
  readonly orphans: readonly ObjectRef[]
}

export type PruneOptions = {
  /** At most this many deletions, or `maxPercent` of what we own if that is more. */
  readonly maxCount: number
  readonly maxPercent: number
  /** Only these, by objectId; absent: all that is no longer wanted. */
  readonly only?: ReadonlySet<string>
}

export type PlanOptions = {
  /** Decisions from the command line: they win over those in the offer. `object` narrows one to `namespace/name`. */
  readonly decisions: readonly { readonly path: string; readonly decision: Decision; readonly object?: string }[]
  /** Delete what is no longer wanted; absent: leave it and list it. */
  readonly prune?: PruneOptions
  /** Wei: the most that the steps on one chain may cost together; absent: no limit. */
  readonly maxFee?: bigint
}
