import type { Chain } from '../../src/sandbox/chain/start-chain.ts'
import type { Address } from '../../src/util/hex.ts'

const TYPES = {
  AgentWalletSet: [
    { name: 'agentId', type: 'uint256' },
    { name: 'newWallet', type: 'address' },
    { name: 'owner', type: 'address' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

type WalletSet = {
  readonly agentId: bigint
  readonly newWallet: Address
  readonly owner: Address
  /** Unix seconds. */
  readonly deadline: bigint
}

/** The typed data that a new wallet signs, written down from the specification of the registry. */
export function walletSetData({ chainId, registry }: Pick<Chain, 'chainId' | 'registry'>, message: WalletSet) {
  const domain = { name: 'ERC8004IdentityRegistry', version: '1', chainId, verifyingContract: registry }
  return { domain, types: TYPES, primaryType: 'AgentWalletSet', message } as const
}
