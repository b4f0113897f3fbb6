import type { Block, Simulation } from '../chain/types.ts'
import type { KindSchema } from '../cluster/kind-schema.ts'
import type { MissingPermission } from '../cluster/permission-error.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import type { ChainReading } from '../plan/chain.ts'
import type { Address, Hex } from '../util/hex.ts'
import type { JsonObject } from '../util/json.ts'
import type { RecordedObjects } from './recorded-objects.ts'

/** The number before the dot is raised when a field goes or changes its meaning, the other when one is added. */
export const SNAPSHOT_VERSION = '1.0'
export const SNAPSHOT_KIND = 'ObolSnapshot'

/** Everything a plan needs, read once: cluster, host, state of the workspace and chains. Holds no secret. */
export type Snapshot = {
  /** RFC 3339. */
  readonly takenAt: string
  /** Version of the release that took it. */
  readonly tool: string
  readonly workspaceId: string
  /** Which key its tokens were made with; absent: there are none. */
  readonly keyId?: string
  /** Under which address the cluster reaches the host where it was taken. */
  readonly hostAddress?: string
  readonly cluster: ClusterRecord
  /** Without the last run, and without signatures. */
  readonly state: Pick<WorkspaceState, 'cluster' | 'inventory' | 'chain'>
  readonly chains: ChainsRecord
}

/** What a cluster answered. */
export type ClusterRecord = {
  readonly context: string
  readonly server: string
  readonly fingerprint: string
  readonly version: string
  /** All that the server's index has, by path: `apis/obol.org/v1alpha1`. */
  readonly groups: Readonly<Record<string, GroupRecord>>
  /** Sorted by API version and plural. */
  readonly kinds: readonly KindRecord[]
}

export type GroupRecord = {
  /** The server's hash of the document; empty when it gave none. */
  readonly hash: string
  /** Kind → plural of all that can be read in it; absent: its document was not read. */
  readonly served?: Readonly<Record<string, string>>
  /** Every schema that a recorded kind refers to. */
  readonly schemas?: JsonObject
}

/** The objects of a kind. Names are `namespace/name`, or `name` where the kind has no namespaces. */
export type KindRecord = Omit<KindSchema, 'schemas'> & {
  /** Where every object is either among `objects` or `others`: everywhere, or in these namespaces. */
  readonly known: 'everywhere' | readonly string[]
  /** Namespaces in which every object with our label is among `objects`. */
  readonly ours: readonly string[]
  readonly objects: RecordedObjects
  /** Those of `objects` that hold tokens. */
  readonly tokens: readonly string[]
  /** By name: the digest of what was wanted of an object, where a plan had nothing to do; see `withSettled`. */
  readonly settled: Readonly<Record<string, string>>
  /** What is there and none of our business. */
  readonly others: readonly string[]
  /** What was looked for by name and is not there. */
  readonly absent: readonly string[]
  /** What could not be read for want of a permission: a plan from the cluster would hear the same. */
  readonly denied: readonly Denial[]
}

export type Denial = {
  readonly verb: 'get' | 'list'
  /** For `get`. */
  readonly name?: string
  /** For `list` in one namespace. */
  readonly namespace?: string
  readonly missing: MissingPermission
}

/** What was read of chains. */
export type ChainsRecord = {
  /** Whose identities they are; a problem when the signer could not say; absent: no signer is configured. */
  readonly owner?: Answer<Address>
  /** Lower case. */
  readonly wallets: readonly string[]
  readonly networks: readonly NetworkRecord[]
}

export type NetworkRecord = {
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  /** Absent: no RPC endpoint is known. */
  readonly calls?: ChainCalls
  /** Why the endpoint could not be used at all. */
  readonly problem?: Problem
}

export type ChainCalls = {
  readonly readings: readonly { readonly owner: Address; readonly answer: Answer<ChainReading> }[]
  readonly blocks: readonly { readonly number: bigint; readonly answer: Answer<Block | undefined> }[]
  readonly simulations: readonly {
    readonly from: Address
    readonly to: Address
    readonly data: Hex
    readonly answer: Answer<Simulation>
  }[]
}

/** A value, or why there was none. */
export type Answer<T> =
  | { readonly result: 'value'; readonly value: T }
  | { readonly result: 'problem'; readonly problem: Problem }

/** An ObolError as far as a step of a plan shows it; masked. */
export type Problem = {
  readonly code: string
  readonly message: string
  readonly details: readonly string[]
  readonly hint?: string
}
