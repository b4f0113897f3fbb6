import { decodeFunctionData } from 'viem/utils'
import { REGISTRY_ABI } from '../chain/abi.ts'
import { type Effort, openGroup } from '../journal/reduce-chain.ts'
import { readTransaction } from './read-transaction.ts'

/** Seconds that a transaction needs to get into a block. */
const MARGIN = 20n

/**
 * True when the newest transaction under way is a set-wallet whose signature is not good any more at the next block: sent
 * again it would only revert. `timestamp` is that of the head, in seconds. Pure.
 */
export function isExpired(effort: Effort, timestamp: bigint): boolean {
  const newest = effort.op === 'set-wallet' ? openGroup(effort)?.attempts.at(-1) : undefined
  if (newest === undefined) return false
  const data = readTransaction(newest.raw)?.data
  if (data === undefined) return false
  const { functionName, args } = decodeFunctionData({ abi: REGISTRY_ABI, data })
  return functionName === 'setAgentWallet' && args[2] < timestamp + MARGIN
}
