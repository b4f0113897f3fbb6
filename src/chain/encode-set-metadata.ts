import { encodeFunctionData } from 'viem/utils'
import type { MetadataEntry } from '../plan/chain.ts'
import type { Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'

/** Calldata of `setMetadata(uint256,string,bytes)`; `agentId` is decimal (ERC-8004, identity registry). */
export function encodeSetMetadata(agentId: string, entry: MetadataEntry): Hex {
  const args = [BigInt(agentId), entry.key, entry.value] as const
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'setMetadata', args })
}
