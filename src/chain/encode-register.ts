import { encodeFunctionData } from 'viem/utils'
import type { MetadataEntry } from '../plan/chain.ts'
import type { Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'

/**
 * Calldata of `register(string,(string,bytes)[])`: mints one identity each time it is mined; reverts with an entry of the
 * reserved key `agentWallet` (ERC-8004, identity registry).
 */
export function encodeRegister(uri: string, entries: readonly MetadataEntry[]): Hex {
  const metadata = entries.map(({ key, value }) => ({ metadataKey: key, metadataValue: value }))
  return encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'register', args: [uri, metadata] })
}
