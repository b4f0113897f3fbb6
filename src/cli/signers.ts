import { openSigner } from '../chain/signers/open-signer.ts'
import type { Forward, OpenSigner, ServiceAddress } from '../chain/signers/ports.ts'
import { signerAddress } from '../chain/signers/signer-address.ts'
import type { Signer } from '../chain/types.ts'
import type { SignerConfig, WorkspaceConfig } from '../offers/workspace-config.ts'
import type { Address } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import type { Context } from './context.ts'

/** The signers of a workspace, opened when they are first used. */
export type Signers = {
  /** The owner's; undefined when none is configured. Rejects with ObolError. */
  ownerAddress(): Promise<Address | undefined>
  /** Lower case; wallets of which the address cannot be found are left out. */
  walletAddresses(): Promise<ReadonlySet<string>>
  /** The signer of an address; undefined when none is configured for it. Rejects with ObolError. */
  signer(address: Address): Promise<Signer | undefined>
  close(): Promise<void>
}

type SignerInput = {
  readonly workspace: WorkspaceConfig
  readonly folder: string
  readonly forward: (service: ServiceAddress) => Promise<Forward>
}

/** SIDE EFFECTS of what it returns: reads key files, talks to remote signers; what was opened is closed by `close`. */
export function openSigners(context: Context, { workspace, folder, forward }: SignerInput): Signers {
  const ports = { folder, env: context.env, forward }
  const { signer: owner, wallets } = workspace
  const opened = new Map<SignerConfig, Promise<OpenSigner>>()
  const open = (source: SignerConfig): Promise<OpenSigner> => {
    const signer = opened.get(source) ?? openSigner(source, ports)
    opened.set(source, signer)
    return signer
  }
  const addressOf = (source: SignerConfig): Promise<Address | undefined> => signerAddress(source, ports)
  return {
    ownerAddress: async () => (owner === undefined ? undefined : addressOf(owner)),
    walletAddresses: async () => {
      const addresses = await Promise.all([...wallets, ...(owner === undefined ? [] : [owner])].map(quietly(addressOf)))
      return new Set(addresses.flatMap((address) => (address === undefined ? [] : [address.toLowerCase()])))
    },
    signer: async (address) => {
      for (const source of [...(owner === undefined ? [] : [owner]), ...wallets]) {
        const found = await quietly(addressOf)(source)
        if (found !== undefined && isSameAddress(found, address)) return open(source)
      }
      return undefined
    },
    close: async () => {
      const signers = await Promise.allSettled(opened.values())
      await Promise.all(signers.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)))
    },
  }
}

/** A wallet that cannot be asked is none: the step that needs it says so. */
function quietly(find: (source: SignerConfig) => Promise<Address | undefined>): typeof find {
  return (source) => find(source).catch(() => undefined)
}
