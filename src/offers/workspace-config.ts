import { getAddress } from 'viem/utils'
import { resolveNetwork } from '../networks/resolve-network.ts'
import type { Address } from '../util/hex.ts'
import { normalBaseUrl } from './check-urls.ts'
import { atomicAmount, parseDecimal } from './decimal.ts'
import type { Workspace, WorkspaceChain, WorkspaceSigner } from './workspace.gen.ts'

/** Where a key is: exactly one of `keyFile`, `keystore` and `remote`, or only an address. Paths are as written. */
export type SignerConfig = Readonly<Omit<WorkspaceSigner, 'address'>> & {
  /** EIP-55 checksummed. */
  readonly address?: Address
}

/** A workspace file with its defaults filled in. */
export type WorkspaceConfig = {
  readonly name: string
  /** Value of the workspace label. */
  readonly id: string
  /** As written; absent when it is to be found. */
  readonly hostAddress?: string
  /** Files and folders, relative to the workspace. */
  readonly offers: readonly string[]
  /** How many objects one apply may delete without approval: the larger of the two. */
  readonly prune: { readonly maxCount: number; readonly maxPercent: number }
  readonly apply: { readonly concurrency: number }
  /** Public, without a trailing slash; absent when it is to be found. */
  readonly baseUrl?: string
  readonly signer?: SignerConfig
  readonly wallets: readonly SignerConfig[]
  /** By the name of the table, whatever name the file has. An rpc may hold a key. */
  readonly chains: ReadonlyMap<string, Readonly<WorkspaceChain>>
  /** Wei; absent: no limit. */
  readonly maxFee?: bigint
  readonly idempotencyKey: boolean
}

/** Decimal places of every chain's coin over its RPC, whatever the coin has elsewhere. */
export const COIN_DECIMALS = 18

/** A checked workspace file as a configuration. */
export function configOf({ metadata, spec }: Workspace): WorkspaceConfig {
  const { id, host, offers, prune, apply, baseUrl, signer, wallets = [], chains = {}, limits, idempotencyKey } = spec
  const url = baseUrl === undefined ? undefined : normalBaseUrl(baseUrl)
  const maxFee = limits?.maxFee === undefined ? undefined : parseDecimal(limits.maxFee)
  return {
    name: metadata.name,
    id,
    ...(host?.address === undefined ? {} : { hostAddress: host.address }),
    offers: offers ?? ['offers'],
    prune: { maxCount: prune?.maxCount ?? 3, maxPercent: prune?.maxPercent ?? 10 },
    apply: { concurrency: apply?.concurrency ?? 16 },
    ...(url === undefined ? {} : { baseUrl: url }),
    ...(signer === undefined ? {} : { signer: signerOf(signer) }),
    wallets: wallets.map(signerOf),
    chains: new Map(Object.entries(chains).map(([name, chain]) => [resolveNetwork(name)?.name ?? name, chain])),
    ...(maxFee === undefined ? {} : { maxFee: atomicAmount(maxFee, COIN_DECIMALS).units }),
    idempotencyKey: idempotencyKey ?? true,
  }
}

function signerOf({ address, ...rest }: WorkspaceSigner): SignerConfig {
  return address === undefined ? rest : { ...rest, address: getAddress(address.toLowerCase()) }
}
