import { encodeFunctionData } from 'viem/utils'
import type { Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'

/** Calldata of `setAgentURI(uint256,string)`; `agentId` is decimal (ERC-8004, identity registry). */
export function encodeSetUri(agentId: string, uri: string): Hex {
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'setAgentURI', args: [BigInt(agentId), uri] })
}
