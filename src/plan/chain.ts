import type { Address, Hex } from '../util/hex.ts'
import type { Origin } from './desired.ts'
import type { Diagnostic } from './types.ts'

/**
 * One on-chain identity (ERC-8004) that should exist: one per chain, registry and owner, wanted by every offer whose
 * registration is enabled on that chain. Who the owner is depends on the signer, so it is not known here.
 */
export type DesiredIdentity = {
  /** Name of the chain in the table: `base-sepolia`. */
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  /** Blocks on top of the one that holds a transaction, itself included, after which it counts as final. */
  readonly confirmations: number
  /** Block explorer without a trailing slash. */
  readonly explorer?: string
  /** Symbol of the coin that pays the fees: `ETH`. */
  readonly coin: string
  /** `namespace/name` of the offers that want it, in the workspace's order. */
  readonly offers: readonly string[]
  /** The registration block of the first of them. */
  readonly origin: Origin
  /** On-chain metadata: key → text (UTF-8). Keys sorted. */
  readonly metadata: Readonly<Record<string, string>>
  /** Wallet that is to be set as the agent's; absent: the registry's own choice (the owner) stays. */
  readonly wallet?: Address
  /** Who the offers are paid to, for the note about a signer that is not the payee. */
  readonly payees: readonly { readonly offer: string; readonly payTo: Address }[]
}

/** A token of the registry that the owner holds. */
export type OwnedIdentity = {
  /** Decimal; `0` is valid. */
  readonly agentId: string
  readonly uri: string
  /** Value of our idempotency key in its metadata; absent: it has none. */
  readonly idem?: Hex
  readonly wallet: Address
  /** Values of the wanted metadata keys; a key without a value is absent. */
  readonly metadata: Readonly<Record<string, Hex>>
}

/** What was read of one chain, all of it at one block. */
export type ChainFacts = {
  readonly block: { readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }
  readonly registry: { readonly codeHash: Hex; readonly version: string }
  readonly owner: Address
  /** True when code stands at the owner's address: then it must accept ERC-721 tokens, and cannot sign by itself. */
  readonly ownerIsContract: boolean
  readonly nonce: {
    /** Transactions of the owner mined at `block`. */
    readonly latest: number
    /** With those waiting in the node's pool. */
    readonly pending: number
    /** Mined `confirmations` blocks deep, never less: while it differs from `latest`, a reorganisation may take one back. */
    readonly settled: number
  }
  /** Wei of the chain's coin. */
  readonly balance: bigint
  readonly fees: { readonly baseFee: bigint; readonly priorityFee: bigint }
  /** Complete: as many as the registry's `balanceOf` says. */
  readonly identities: readonly OwnedIdentity[]
  /** Tokens that carry our idempotency key and went to somebody else. */
  readonly left: readonly { readonly agentId: string; readonly to: Address }[]
}

/** How a reading ended. `unknown`: nothing is concluded from it, and nothing is sent. */
export type ChainReading =
  | { readonly result: 'read'; readonly facts: ChainFacts }
  | { readonly result: 'unknown'; readonly diagnostic: Diagnostic }

export const CHAIN_OPS = ['register', 'adopt', 'set-uri', 'set-metadata', 'set-wallet', 'settled'] as const
/**
 * register: mint; adopt: found on the chain, recorded here and in the cluster, nothing is sent; settled: nothing to do.
 */
export type ChainOp = (typeof CHAIN_OPS)[number]

/** What a transaction may cost, in wei. */
export type FeeRange = {
  /** Units of gas that the simulation used. */
  readonly gas: bigint
  /** Gas the transaction is sent with. */
  readonly gasLimit: bigint
  /** Likely bounds of what will be paid. `high` is never exceeded: an apply stops before. */
  readonly low: bigint
  readonly high: bigint
  /** Fees per gas of the first attempt, and what no attempt may exceed. */
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  readonly ceilingFeePerGas: bigint
  /** Part of `high` that an OP-stack chain takes for its data on L1. */
  readonly l1Fee: bigint
}

/** What is sent: a call of the registry by the owner, without value. */
export type ChainCall = {
  readonly to: Address
  /** Absent when it is only known once an earlier step of the same plan gave the agentId, or when it is signed on sending. */
  readonly data?: Hex
  /** keccak256 of `data`. */
  readonly dataHash?: Hex
}

export type MetadataEntry = { readonly key: string; readonly value: Hex }

/** What a step changes on the chain, for people. */
export type ChainChange = {
  /** `agentURI`, `metadata.<key>`, `agentWallet` */
  readonly path: string
  readonly before?: string
  readonly after?: string
}

/**
 * ready: apply sends it (or records it, for adopt); waiting: something is missing, see `text`; pending: sent by an earlier
 * run and not final yet, apply goes on with it; unknown: the chain could not be read; settled: nothing to do.
 */
export type ChainState = 'ready' | 'waiting' | 'pending' | 'unknown' | 'settled'

/** A step on a chain. */
export type ChainStep = {
  readonly kind: 'register'
  /** `register/base-sepolia/<op>`, for metadata with `/<key>`; the settled one ends in `/settled`. */
  readonly id: string
  readonly op: ChainOp
  readonly state: ChainState
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  readonly explorer?: string
  readonly coin: string
  readonly confirmations: number
  /** Absent while no signer is configured. */
  readonly owner?: Address
  readonly offers: readonly string[]
  readonly origin: Origin
  readonly dependsOn: readonly string[]
  /** Decimal; absent before the mint. */
  readonly agentId?: string
  /** In few words: what will happen, or why it waits. */
  readonly text: string
  readonly changes: readonly ChainChange[]
  /** Metadata that the step writes, our idempotency key included; for register and set-metadata. */
  readonly entries?: readonly MetadataEntry[]
  /** For set-wallet. */
  readonly wallet?: Address
  /** Absent for adopt and for steps that wait. */
  readonly call?: ChainCall
  /** What the simulation said: `mints an identity`, `would revert: not authorized`. */
  readonly outcome?: string
  readonly fee?: FeeRange
  /** Of a pending step: it may cost more than the plan said that it was sent by. */
  readonly raisesFee?: true
  /** What the owner must hold and holds, in wei. */
  readonly balance?: { readonly needed: bigint; readonly held: bigint }
  readonly diagnostics: readonly Diagnostic[]
  /** All that the runner needs of the identity; the key by which it is found again. */
  readonly identity?: IdentityTarget
  /** What a saved plan is bound to; absent while the chain could not be read. */
  readonly seen?: ChainSight
}

/** The state of a chain that a step was planned from. `nonce`: transactions of the owner mined at the block. */
export type ChainSight = {
  readonly codeHash: Hex
  readonly nonce: number
  readonly block: { readonly number: bigint; readonly hash: Hex }
}

/** What a chain step works towards: enough to go on with it in another process, without the plan. */
export type IdentityTarget = {
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  readonly owner: Address
  readonly confirmations: number
  /** First 16 bytes of keccak256 over chain, registry, owner and workspace: deterministic, so that a lost journal does not matter. */
  readonly idem: Hex
  readonly uri: string
}

/** Writes the chain's agentId to AgentIdentity `x402/default`, status subresource, once the registration is final. */
export type IdentityStep = {
  readonly kind: 'identity'
  /** `identity/base-sepolia` */
  readonly id: string
  readonly op: 'create' | 'update' | 'noop'
  readonly network: string
  readonly offers: readonly string[]
  readonly dependsOn: readonly string[]
  /** Decimal; absent until the register step of the same plan gives it. */
  readonly agentId?: string
  /** What the cluster says now. */
  readonly before?: string
  /** Absent: the object does not exist. */
  readonly live?: { readonly uid: string; readonly resourceVersion: string }
  readonly text: string
  /** True when it waits for what this plan does not bring. */
  readonly waits: boolean
  readonly diagnostics: readonly Diagnostic[]
}
