import type { ObjectRef } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import type { DesiredIdentity } from './chain.ts'

/** A place in an offer file; line and column count from 1. */
export type Origin = { readonly file: string; readonly line: number; readonly column: number }

/** What the operator chose for a conflict on one field path. */
export const DECISIONS = ['take', 'yield', 'share'] as const
export type Decision = (typeof DECISIONS)[number]

/** `path` as the operator writes it: `spec.payment.payTo`, `spec.ports[name="http"].port`, `metadata.labels["a.b/c"]`. */
export type FieldDecision = { readonly path: string; readonly decision: Decision }

/** One Kubernetes object that should exist, compiled from an offer or taken from a manifest as it stands. */
export type DesiredObject = {
  readonly ref: ObjectRef
  /** What is applied: our workspace label included, no status, no managedFields, no nulls that the author did not write. */
  readonly manifest: JsonObject
  readonly origin: Origin
  /** `namespace/name` of the offer it was compiled from; absent for manifests. */
  readonly offer?: string
  /**
   * Closed subtrees, as field paths: below each, only what the manifest has may exist
   * (`spec.payment.price`: another owner's price key there is nulled out).
   */
  readonly closed: readonly string[]
  readonly decisions: readonly FieldDecision[]
  /**
   * The resourceVersion of the stored object at which this one was planned before, with nothing to do; with that version
   * it is a noop again. Absent: not known.
   */
  readonly settledAt?: string
}

/** One offer, as the header of its part of the plan shows it. */
export type DesiredOffer = {
  readonly name: string
  readonly namespace: string
  readonly type: 'inference' | 'http' | 'fine-tuning' | 'agent'
  /** As written, e.g. `base-sepolia`. */
  readonly network: string
  /** For people: `23 USDC per million tokens (0.023 per request)`. */
  readonly price: string
  readonly origin: Origin
}

export type Desired = {
  /** Value of the label `offers.obol.org/workspace` on everything we own. */
  readonly workspaceId: string
  readonly offers: readonly DesiredOffer[]
  readonly objects: readonly DesiredObject[]
  /** At most one per chain, in the order of the offers. */
  readonly identities: readonly DesiredIdentity[]
}

/** The label that marks an object as ours; its value is the workspace id. */
export const WORKSPACE_LABEL = 'offers.obol.org/workspace'
