import type { AgentWalletSet } from '../types.ts'

/** EIP-712 types of the registry's `setAgentWallet` (ERC-8004 Identity Registry, `getVersion()` 2.0.0). */
export const AGENT_WALLET_TYPES = {
  AgentWalletSet: [
    { name: 'agentId', type: 'uint256' },
    { name: 'newWallet', type: 'address' },
    { name: 'owner', type: 'address' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

/** The typed data that the new wallet signs, in viem's form. */
export function agentWalletTypedData({ chainId, registry, agentId, newWallet, owner, deadline }: AgentWalletSet) {
  return {
    domain: { name: 'ERC8004IdentityRegistry', version: '1', chainId, verifyingContract: registry },
    types: AGENT_WALLET_TYPES,
    primaryType: 'AgentWalletSet',
    message: { agentId: BigInt(agentId), newWallet, owner, deadline },
  } as const
}
