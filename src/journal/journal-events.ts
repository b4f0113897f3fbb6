import type { ObjectRef } from '../kube/ref.ts'
import type { Address, Hex } from '../util/hex.ts'

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
  /** Before the first side effect of a run that carries out a saved plan: its id, which is good for one run. */
  | { readonly type: 'plan-used'; readonly run: string; readonly plan: string }
  | { readonly type: 'run-finished'; readonly run: string; readonly applied: number; readonly failed: number }
  | ChainEvent

/** Names a step on a chain for good: chain id, registry, owner, op and, for metadata, its key; addresses in lower case. */
type OfEffort = {
  readonly run: string
  /** Id of the step in the plan. */
  readonly step: string
  readonly key: string
}

/**
 * Steps on a chain. An effort is everything done for one step until it is final; an attempt group is all transactions of
 * it with one nonce, of which at most one can be mined. Numbers beyond 2^53 are decimal strings.
 */
export type ChainEvent =
  /** The effort begins: nothing was signed before this record. */
  | (OfEffort & {
      readonly type: 'chain-intended'
      readonly op: 'register' | 'adopt' | 'set-uri' | 'set-metadata' | 'set-wallet'
      readonly target: ChainTarget
      /** For what is done to an identity that exists. */
      readonly agentId?: string
      /** Head of the chain when the nonce was read. */
      readonly fromBlock: string
      /** Hash of the chain's first block: a local chain that was started anew has another. */
      readonly genesis: Hex
      readonly registryVersion: string
    })
  /** On disk before the first byte of the transaction leaves this machine. */
  | (OfEffort & {
      readonly type: 'tx-signed'
      /** Counts attempt groups of the effort, from 1. */
      readonly epoch: number
      readonly nonce: number
      readonly hash: Hex
      /** The signed transaction; it holds a signature and no key. */
      readonly raw: Hex
      readonly maxFeePerGas: string
      readonly maxPriorityFeePerGas: string
      /** What no bump of the group may exceed, as a plan showed it. Wei per gas. */
      readonly ceiling: string
      /** 0 for the first transaction of the group. */
      readonly bump: number
    })
  /** A node took the transaction, or had it already. */
  | (OfEffort & { readonly type: 'tx-sent'; readonly hash: Hex })
  /** Seen in a block; not final yet. */
  | (OfEffort & {
      readonly type: 'tx-mined'
      readonly hash: Hex
      readonly blockNumber: string
      readonly blockHash: Hex
    })
  /** The end of a successful effort, as many blocks deep as the chain needs. */
  | (OfEffort & {
      readonly type: 'chain-final'
      readonly agentId: string
      /** Found on the chain rather than by a receipt of ours. */
      readonly adopted: boolean
      readonly blockNumber: string
      readonly blockHash: Hex
      readonly hash?: Hex
      /** Wei paid. */
      readonly fee?: string
    })
  /** Mined without effect; the effort may begin another attempt group. */
  | (OfEffort & { readonly type: 'tx-reverted'; readonly epoch: number; readonly hash: Hex; readonly reason: string })
  /** Another transaction used the nonce, for good. */
  | (OfEffort & {
      readonly type: 'tx-superseded'
      readonly epoch: number
      readonly nonce: number
      readonly why: string
    })
  /** What was final is not on the chain any more; the effort goes on from its last attempt group. */
  | (OfEffort & { readonly type: 'chain-reorganised'; readonly why: string })

/** Which identity an effort works towards; `IdentityTarget` of a plan, as recorded. */
export type ChainTarget = {
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  readonly owner: Address
  readonly confirmations: number
  readonly idem: Hex
  readonly uri: string
}
