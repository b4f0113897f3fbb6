import { encodeFunctionData } from 'viem/utils'
import type { Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import type { AgentWalletSet } from './types.ts'

/**
 * Calldata of `setAgentWallet(uint256,address,uint256,bytes)`; the signature is the new wallet's over the same message
 * (ERC-8004, identity registry).
 */
export function encodeSetWallet(
  message: Pick<AgentWalletSet, 'agentId' | 'newWallet' | 'deadline'>,
  signature: Hex,
): Hex {
  const args = [BigInt(message.agentId), message.newWallet, message.deadline, signature] as const
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'setAgentWallet', args })
}
