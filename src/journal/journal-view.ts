import type { Address, Hex } from '../util/hex.ts'
import type { ClusterBinding } from './journal-events.ts'
import type { Effort } from './reduce-chain.ts'

/** A journal for people and programs: everything masked, no raw transaction. Times are RFC 3339, as recorded. */
export type JournalView = {
  readonly counts: {
    readonly events: number
    readonly runs: number
    /** Half records of killed processes. */
    readonly torn: number
    /** Records of types that this version does not know. */
    readonly unknown: number
  }
  readonly cluster?: ClusterBinding
  readonly lastRun?: RunView
  /** In the order in which they were first seen. */
  readonly identities: readonly IdentityView[]
  /** Steps on chains that the next apply goes on with. */
  readonly open: number
}

/** One apply. */
export type RunView = {
  readonly run: string
  readonly finished: boolean
  readonly startedAt?: string
  /** Absent while it runs, and when it was killed. */
  readonly finishedAt?: string
  readonly steps: number
  readonly applied?: number
  readonly failed?: number
  /** Ids of the steps that were begun, and neither ended nor failed. */
  readonly open: readonly string[]
  readonly failures: readonly { readonly step: string; readonly code: string; readonly message: string }[]
}

/** Everything of one owner in one registry. */
export type IdentityView = {
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  readonly owner: Address
  /** Decimal; absent while none is final. */
  readonly agentId?: string
  readonly efforts: readonly EffortView[]
}

/**
 * Where a step on a chain stands. final, adopted: its two good ends. confirming: in a block that is not final. sent: a node
 * took it. signed: nothing says that it left this machine. intended: nothing signed. reverted, superseded: the last
 * transaction had no effect. reorganised: what was final or in a block is gone.
 */
export type EffortState =
  | 'final'
  | 'adopted'
  | 'confirming'
  | 'sent'
  | 'signed'
  | 'intended'
  | 'reverted'
  | 'superseded'
  | 'reorganised'

export type EffortView = {
  /** Id of the step in the plan. */
  readonly step: string
  readonly op: Effort['op']
  /** `set-metadata image` */
  readonly label: string
  readonly state: EffortState
  /** `final: identity 42, block 123, fee 0.00004 ETH` */
  readonly text: string
  /** When its last record was written, and by which run. */
  readonly at?: string
  readonly run: string
  readonly confirmations: number
  readonly agentId?: string
  readonly blockNumber?: bigint
  /** Wei. */
  readonly fee?: bigint
  /** Of this effort, oldest first; those of earlier efforts of the same step are left out. */
  readonly transactions: readonly TransactionView[]
}

/** mined: the one that is in a block; spent: another transaction has its nonce. */
export type TransactionState = 'mined' | 'sent' | 'signed' | 'reverted' | 'spent'

export type TransactionView = {
  readonly hash: Hex
  readonly nonce: number
  /** Counts attempt groups of the step, from 1. */
  readonly epoch: number
  /** How often the fee was raised; 0 for the first of its group. */
  readonly bump: number
  readonly state: TransactionState
  readonly link?: string
}

/** What the journal does not know of a chain. */
export type ChainWords = {
  /** Where a transaction is shown; undefined where the chain has no explorer that is known. */
  link(target: ChainName, hash: Hex): string | undefined
  /** An amount of wei with its coin: `0.00004 ETH`. */
  amount(target: ChainName, wei: bigint): string
}

export type ChainName = { readonly network: string; readonly chainId: number }
