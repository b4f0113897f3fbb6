import { keccak256 } from 'viem/utils'
import type { Effort } from '../journal/reduce-chain.ts'
import type { ChainFacts, ChainStep, FeeRange } from '../plan/chain.ts'
import { readTransaction } from './read-transaction.ts'

/**
 * What an earlier run signed, as a step shows it: the recorded call, and what it may still cost up to the ceiling that was
 * shown then. Empty when nothing was signed. Pure.
 */
export function sentCall(effort: Effort | undefined, { fees }: ChainFacts): Pick<ChainStep, 'call' | 'fee'> {
  const newest = effort?.groups.at(-1)?.attempts.at(-1)
  if (effort === undefined || newest === undefined) return {}
  const sent = readTransaction(newest.raw)
  if (sent === undefined) return {}
  const { data, gas = 0n } = sent
  const { maxFeePerGas, maxPriorityFeePerGas, ceiling } = newest
  const fee: FeeRange = {
    gas,
    gasLimit: gas,
    // The gas limit has a sixth to spare.
    low: ((gas * 3n) / 4n) * smaller(fees.baseFee + maxPriorityFeePerGas, maxFeePerGas),
    high: gas * ceiling,
    maxFeePerGas,
    maxPriorityFeePerGas,
    ceilingFeePerGas: ceiling,
    l1Fee: 0n,
  }
  const to = effort.target.registry
  return { call: data === undefined ? { to } : { to, data, dataHash: keccak256(data) }, fee }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
