import type { ObjectRef } from '../kube/ref.ts'

/** Version of the record format; a reader refuses a higher one. */
export const JOURNAL_VERSION = 1

/** Which cluster a workspace belongs to. */
export type ClusterBinding = {
  /** uid of kube-system, where it may be read. */
  readonly uid?: string
  /** SHA-256 of certificate authority and URL. */
  readonly fingerprint: string
  readonly server: string
}

/**
 * What the journal records, in the past tense, one JSON object a line. An `…-intended` event stands before each side
 * effect, its result after it. Every event also carries `v` (format) and `at` (RFC 3339).
 */
export type JournalEvent =
  | { readonly type: 'cluster-bound'; readonly cluster: ClusterBinding }
  | { readonly type: 'run-started'; readonly run: string; readonly steps: number }
  | {
      readonly type: 'transfer-intended'
      readonly run: string
      readonly step: string
      readonly paths: readonly string[]
    }
  | {
      readonly type: 'ownership-transferred'
      readonly run: string
      readonly step: string
      readonly resourceVersion: string
    }
  | { readonly type: 'apply-intended'; readonly run: string; readonly step: string; readonly ref: ObjectRef }
  | {
      readonly type: 'object-applied'
      readonly run: string
      readonly step: string
      readonly ref: ObjectRef
      readonly uid: string
      readonly resourceVersion: string
    }
  | { readonly type: 'delete-intended'; readonly run: string; readonly step: string; readonly uid: string }
  | { readonly type: 'object-deleted'; readonly run: string; readonly step: string; readonly uid: string }
  | {
      readonly type: 'step-failed'
      readonly run: string
      readonly step: string
      readonly code: string
      readonly message: string
    }
  | { readonly type: 'run-finished'; readonly run: string; readonly applied: number; readonly failed: number }
