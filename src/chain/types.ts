import type { ChainReading, DesiredIdentity } from '../plan/chain.ts'
import type { Address, Hex } from '../util/hex.ts'

/** A block, as far as it matters here. */
export type Block = {
  readonly number: bigint
  readonly hash: Hex
  readonly timestamp: bigint
  readonly baseFee: bigint
}

/** A log of the registry in a receipt. */
export type Log = { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }

export type Receipt = {
  readonly hash: Hex
  readonly status: 'success' | 'reverted'
  readonly blockNumber: bigint
  readonly blockHash: Hex
  /** Wei paid, the L1 part of an OP-stack chain included. */
  readonly fee: bigint
  readonly logs: readonly Log[]
}

/**
 * accepted: the node has it, now or before (`already known` and its kin). nonce-spent: `nonce too low`, which is ours mined
 * or somebody else's, decided by receipts. underpriced: the fee is below the base fee of the block or the least that the
 * pool takes, or another transaction of this nonce pays too much to be replaced by this one: a higher fee is what it needs.
 * refused: anything else the node said, e.g. too little balance; `message` is masked.
 */
export type SendResult =
  | { readonly result: 'accepted' }
  | { readonly result: 'nonce-spent' | 'underpriced'; readonly message: string }
  | { readonly result: 'refused'; readonly message: string }

/** A call that is to be simulated from the owner's address. */
export type Call = { readonly from: Address; readonly to: Address; readonly data: Hex }

export type Simulation =
  | {
      readonly result: 'success'
      /** What the call returned. */
      readonly returned: Hex
      readonly gas: bigint
      /** Wei an OP-stack chain would take for the data on L1; 0 elsewhere. */
      readonly l1Fee: bigint
    }
  /** `reason` in words: the revert string, or the custom error by name. */
  | { readonly result: 'reverted'; readonly reason: string }
  /** Only from a recording: nobody asked this when it was made. `reason`: a clause without a full stop. */
  | { readonly result: 'not-simulated'; readonly reason: string }

/** What to look for of one identity. */
export type IdentityQuery = {
  readonly identity: Pick<DesiredIdentity, 'network' | 'chainId' | 'registry' | 'confirmations' | 'metadata'>
  readonly owner: Address
  /** First 16 bytes of the key's hash; see `IdentityTarget`. */
  readonly idem: Hex
  /**
   * agentIds (decimal) that are known from elsewhere: receipts, the journal, the cluster, the configuration. When those of
   * them that the owner holds are all it holds, no logs are read, and `left` knows of these only.
   */
  readonly known?: readonly string[]
}

/**
 * The door to one chain. Every method rejects with ObolError (CHAIN_ERRORS) when the node cannot be reached, answers
 * nonsense or is on another chain than `chainId`; never with a URL's credentials in any text.
 */
export type ChainReader = {
  readonly chainId: number
  /** The head. */
  head(signal?: AbortSignal): Promise<Block>
  /** Undefined when the node has no such block, or has it no more. */
  block(number: bigint, signal?: AbortSignal): Promise<Block | undefined>
  /** Undefined while the transaction is in no block of the canonical chain. */
  receipt(hash: Hex, signal?: AbortSignal): Promise<Receipt | undefined>
  /** eth_call and eth_estimateGas at `latest`. */
  simulate(call: Call, signal?: AbortSignal): Promise<Simulation>
  /** Base fee of the next block and a usual priority fee, in wei. */
  fees(signal?: AbortSignal): Promise<{ readonly baseFee: bigint; readonly priorityFee: bigint }>
  /**
   * Everything a plan needs, read at one block, by its hash; the nonce is read first. Complete or not at all: when what was
   * found does not account for `balanceOf(owner)`, when the endpoint cannot show logs that it must have, or when its nodes
   * differ about that block, the reading is repeated and then `unknown`. Does not reject: what cannot be read is a reading
   * with a diagnostic.
   */
  observe(query: IdentityQuery, signal?: AbortSignal): Promise<ChainReading>
}

/** SIDE EFFECTS: `send` broadcasts a signed transaction, once: it never retries by itself. */
export type ChainWriter = ChainReader & {
  send(raw: Hex, signal?: AbortSignal): Promise<SendResult>
}

/** A transaction to be signed: EIP-1559, without value. */
export type UnsignedTransaction = {
  readonly chainId: number
  readonly nonce: number
  readonly to: Address
  readonly data: Hex
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** EIP-712 typed data of the registry's `AgentWalletSet`. */
export type AgentWalletSet = {
  readonly chainId: number
  readonly registry: Address
  readonly agentId: string
  readonly newWallet: Address
  readonly owner: Address
  /** Unix seconds, by the chain's clock; at most 300 after the block that takes it. */
  readonly deadline: bigint
}

/**
 * Holds a key, or knows who does. Both methods check what they return: signed by `address`, and exactly what was asked.
 * They reject with ObolError (SIGNER_ERRORS): refused, timed out, another key, unreachable. Never a key in any text.
 */
export type Signer = {
  readonly address: Address
  /** For people: `key file keys/owner`, `remote signer http://127.0.0.1:9000`. */
  readonly description: string
  /** The serialised transaction and its hash. */
  signTransaction(
    transaction: UnsignedTransaction,
    signal?: AbortSignal,
  ): Promise<{ readonly raw: Hex; readonly hash: Hex }>
  signAgentWalletSet(message: AgentWalletSet, signal?: AbortSignal): Promise<Hex>
}

/** Where a key is, as the workspace file says. Exactly one of `keyFile`, `keystore` and `remote`, or only an address. */
export type SignerSource = {
  /** Whose transactions these are; needed where the key cannot be read, e.g. to plan in a pull request. */
  readonly address?: Address
  /** A file of mode 0600 with a private key in hex. Paths are relative to the workspace. */
  readonly keyFile?: string
  /** A keystore v3 file; its password is in a file of mode 0600, or in `$OBOL_KEYSTORE_PASSWORD`. */
  readonly keystore?: { readonly file: string; readonly passwordFile?: string }
  readonly remote?: {
    /** `http://127.0.0.1:9000` */
    readonly url?: string
    /** Reached by port-forward: `namespace/name` of a Service, port 9000 unless given. */
    readonly service?: string
    readonly port?: number
    /** Bearer token: a file of mode 0600, or `$REMOTE_SIGNER_TOKEN`. */
    readonly tokenFile?: string
    /** Wire form of numbers; `auto` tries strings, then numbers. */
    readonly form?: 'auto' | 'strings' | 'numbers'
  }
}
