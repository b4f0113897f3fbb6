import { keccak256 } from 'viem/utils'
import type { Effort } from '../journal/reduce-chain.ts'
import type { ChainFacts, ChainStep, FeeRange } from '../plan/chain.ts'
import { feeRange } from './fee-range.ts'
import { readTransaction } from './read-transaction.ts'

/**
 * What an earlier run signed, as a step shows it: the recorded call, and what it may still cost up to the ceiling that was
 * shown then. Where the chain got so dear that this ceiling is too low for it, a higher one is shown, to be agreed to anew.
 * Empty when nothing was signed. Pure.
 */
export function sentCall(
  effort: Effort | undefined,
  { fees }: ChainFacts,
): Pick<ChainStep, 'call' | 'fee' | 'raisesFee'> {
  const newest = effort?.groups.at(-1)?.attempts.at(-1)
  if (effort === undefined || newest === undefined) return {}
  const sent = readTransaction(newest.raw)
  if (sent === undefined) return {}
  const { data, gas = 0n } = sent
  const { maxFeePerGas, maxPriorityFeePerGas } = newest
  const market = feeRange({ gas, l1Fee: 0n }, fees)
  const raises = effort.mined === undefined && market.maxFeePerGas > newest.ceiling
  const ceiling = raises ? market.ceilingFeePerGas : newest.ceiling
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
  const call = data === undefined ? { to } : { to, data, dataHash: keccak256(data) }
  return { call, fee, ...(raises ? { raisesFee: true } : {}) }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
