// Generated from schemas/workspace.schema.json by `npm run gen`. Do not edit.

/**
 * The file obol.yaml at the root of a workspace: whose offers these are and how they are applied.
 */
export interface Workspace {
  /**
   * The version of this vocabulary.
   */
  apiVersion: 'offers.obol.org/v1alpha1'
  /**
   * Workspace.
   */
  kind: 'Workspace'
  metadata: WorkspaceMetadata
  spec: WorkspaceSpec
}
/**
 * The workspace's name, for people.
 */
export interface WorkspaceMetadata {
  /**
   * A name for people.
   */
  name: string
}
/**
 * What the workspace holds and what it may do.
 */
export interface WorkspaceSpec {
  /**
   * Value of the label offers.obol.org/workspace on every object of this workspace. Never change it: objects with another id are not ours and stay.
   */
  id: string
  host?: WorkspaceHost
  /**
   * Files and folders with offers, relative to the workspace. Default: offers.
   *
   * @minItems 1
   */
  offers?: string[]
  prune?: WorkspacePrune
  apply?: WorkspaceApply
  /**
   * Public base URL of the offers: https, or http on this host; the registered identity points below it. Default: the address of the stack's tunnel.
   */
  baseUrl?: string
  signer?: WorkspaceSigner
  /**
   * Keys of wallets that offers name in registration.wallet: each has to agree to be set as the agent's wallet.
   */
  wallets?: WorkspaceSigner1[]
  /**
   * How chains are reached, by name, alias or CAIP-2 id.
   */
  chains?: {
    [k: string]: WorkspaceChain
  }
  limits?: WorkspaceLimits
  /**
   * Write a key of this workspace into the metadata of a new identity, by which a registration is found again whatever is lost. Default: true.
   */
  idempotencyKey?: boolean
}
/**
 * This host, as the cluster sees it.
 */
export interface WorkspaceHost {
  /**
   * IP address under which the cluster reaches this host; found by itself where it can be. Never a loopback address.
   */
  address?: string
}
/**
 * How many objects one apply may delete without approval: the larger of the two.
 */
export interface WorkspacePrune {
  /**
   * Objects. Default: 3.
   */
  maxCount?: number
  /**
   * Percent of the workspace's objects. Default: 10.
   */
  maxPercent?: number
}
/**
 * How an apply runs.
 */
export interface WorkspaceApply {
  /**
   * Steps that may run side by side. Default: 16.
   */
  concurrency?: number
}
/**
 * Whose identity the offers register, and who signs: exactly one of keyFile, keystore and remote, or only an address, which is enough to plan.
 */
export interface WorkspaceSigner {
  /**
   * Whose transactions these are; needed where the key cannot be read, e.g. to plan in a pull request. In mixed case its EIP-55 checksum is verified.
   */
  address?: string
  /**
   * A file of mode 0600 with a private key in hexadecimal, relative to the workspace.
   */
  keyFile?: string
  keystore?: WorkspaceKeystore
  remote?: WorkspaceRemoteSigner
}
/**
 * An encrypted key, keystore version 3.
 */
export interface WorkspaceKeystore {
  /**
   * The keystore, relative to the workspace.
   */
  file: string
  /**
   * A file of mode 0600 with the password. Default: the environment variable OBOL_KEYSTORE_PASSWORD.
   */
  passwordFile?: string
}
/**
 * A remote signer: exactly one of url and service.
 */
export interface WorkspaceRemoteSigner {
  /**
   * Where it listens.
   */
  url?: string
  /**
   * namespace/name of a Service in the cluster, reached by port-forward.
   */
  service?: string
  /**
   * Port of the Service. Default: 9000.
   */
  port?: number
  /**
   * A file of mode 0600 with the bearer token. Default: the environment variable REMOTE_SIGNER_TOKEN.
   */
  tokenFile?: string
  /**
   * How numbers are sent. Default: auto, which tries strings, then numbers.
   */
  form?: 'auto' | 'strings' | 'numbers'
}
/**
 * Where a key is: exactly one of keyFile, keystore and remote, or only an address, which is enough to plan. The key of spec.signer owns the on-chain identity and pays for its transactions.
 */
export interface WorkspaceSigner1 {
  /**
   * Whose transactions these are; needed where the key cannot be read, e.g. to plan in a pull request. In mixed case its EIP-55 checksum is verified.
   */
  address?: string
  /**
   * A file of mode 0600 with a private key in hexadecimal, relative to the workspace.
   */
  keyFile?: string
  keystore?: WorkspaceKeystore
  remote?: WorkspaceRemoteSigner
}
/**
 * How one chain is reached and when it is believed.
 */
export interface WorkspaceChain {
  /**
   * URL of an RPC endpoint, http or https; it may hold a key. Default: the environment variable OBOL_RPC_ and the chain's name, else the stack's own.
   */
  rpc?: string
  /**
   * Blocks, with the one that holds a transaction, after which it counts as final.
   */
  confirmations?: number
  /**
   * Which identity is this workspace's, when the owner holds several: its id in quotes, or the word new.
   */
  agentId?: string
}
/**
 * What one apply may spend.
 */
export interface WorkspaceLimits {
  /**
   * The most that the transactions of one apply may cost on one chain, in the chain's coin, as a decimal string in quotes. Without it there is no limit.
   */
  maxFee?: string
}
