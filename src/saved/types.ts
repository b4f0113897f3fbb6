import type { ChainView, PlanView, RowView, SummaryView } from '../plan/plan-view.ts'
import type { PlanOptions } from '../plan/types.ts'
import type { Address, Hex } from '../util/hex.ts'

/** Raised by one before the dot when a field goes or changes its meaning, after it when one is added. */
export const SAVED_PLAN_VERSION = '1.0'

/**
 * A plan in a file: what was shown, and what it was made from. A witness, not an instruction: an apply plans anew, and goes
 * on only when it would do what is shown here. Holds no secret, and no unkeyed hash of one.
 */
export type SavedPlan = {
  readonly formatVersion: string
  /** `sha256:` and the hex SHA-256 of the canonical JSON of everything else. */
  readonly id: string
  /** Version of obol that saved it. */
  readonly tool: string
  /** A plan from a snapshot is only to be read. */
  readonly source: 'live' | 'snapshot'
  /** Of the key that keyed digests were made with; absent when there are none. */
  readonly keyId?: string
  readonly cluster: { readonly uid?: string; readonly fingerprint: string }
  /** Files and folders that were planned, relative to the workspace; none: what the workspace names. */
  readonly paths: readonly string[]
  readonly options: SavedOptions
  readonly inputs: readonly SavedInput[]
  readonly objects: readonly SavedObject[]
  readonly chains: readonly SavedChain[]
  readonly view: SavedView
}

/** As on the command line; limits of the workspace file are an input. */
export type SavedOptions = {
  readonly decisions: PlanOptions['decisions']
  readonly prune: boolean
  readonly maxPrune?: number
}

/** `sha256:HEX`, or `hmac-sha256:HEX` for a file that holds a secret. */
export type SavedInput = { readonly path: string; readonly digest: string }

/** Which version of an object a step was planned from. */
export type SavedObject = {
  /** Id of the step. */
  readonly id: string
  readonly kind: string
  /** Absent: there was no such object. */
  readonly live?: { readonly uid: string; readonly resourceVersion: string }
  /** The server's hash of the kind's schema; absent when the kind was not served. */
  readonly schemaHash?: string
  /** Digest of the manifest that is applied, a keyed one where it holds a secret; absent: none is. */
  readonly manifest?: string
  /** Keyed digests of values that the view shows masked, by field path. */
  readonly secrets?: Readonly<Record<string, string>>
}

/** What was seen of a chain, and what was to be sent. */
export type SavedChain = {
  readonly network: string
  readonly registry: Address
  readonly owner?: Address
  /** Absent: the chain could not be read. */
  readonly seen?: { readonly codeHash: Hex; readonly nonce: number; readonly block: string; readonly blockHash: Hex }
  readonly steps: readonly SavedChainStep[]
}

/** Amounts in wei, as decimal strings. */
export type SavedChainStep = {
  readonly id: string
  readonly op: string
  readonly state: string
  readonly dataHash?: Hex
  readonly high?: string
  readonly ceiling?: string
  readonly gasLimit?: string
}

/** A `PlanView` without base, in JSON: amounts of coins are decimal strings. */
export type SavedView = Omit<PlanView, 'groups' | 'summary' | 'base'> & {
  readonly groups: readonly (Omit<PlanView['groups'][number], 'rows'> & { readonly rows: readonly SavedRow[] })[]
  readonly summary: Omit<SummaryView, 'fees'> & { readonly fees: readonly InText<SummaryView['fees'][number]>[] }
}

export type SavedRow = Omit<RowView, 'chain' | 'review'> & {
  readonly chain?: Omit<ChainView, 'fee' | 'balance'> & {
    readonly fee?: InText<NonNullable<ChainView['fee']>>
    readonly balance?: InText<NonNullable<ChainView['balance']>>
  }
}

/** The same with a decimal string in place of each bigint. */
export type InText<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : T[K] }
