import type { FeeRange } from '../plan/chain.ts'

/** How many times a fee may be raised, and by how much: nodes want at least 10 %, some 12.5 %. */
export const MAX_BUMPS = 4
const BUMP_NUMERATOR = 9n
const BUMP_DENOMINATOR = 8n

/**
 * What a transaction may cost, in wei. `low`: the base fee fell for two blocks in a row as fast as EIP-1559 allows, and the
 * simulation was a little too careful. `high`: all of the gas limit, at the fee after the last bump. Pure.
 */
export function feeRange(
  simulation: { readonly gas: bigint; readonly l1Fee: bigint },
  fees: { readonly baseFee: bigint; readonly priorityFee: bigint },
): FeeRange {
  const { gas, l1Fee } = simulation
  const maxPriorityFeePerGas = fees.priorityFee
  const maxFeePerGas = (fees.baseFee * 3n) / 2n + maxPriorityFeePerGas + 1n
  const ceilingFeePerGas = raised(maxFeePerGas, MAX_BUMPS)
  const gasLimit = (gas * 6n) / 5n
  const lowestBaseFee = (fees.baseFee * 49n) / 64n
  return {
    gas,
    gasLimit,
    low: ((gas * 9n) / 10n) * (lowestBaseFee + maxPriorityFeePerGas) + l1Fee / 2n,
    high: gasLimit * ceilingFeePerGas + l1Fee * 2n,
    maxFeePerGas,
    maxPriorityFeePerGas,
    ceilingFeePerGas,
    l1Fee,
  }
}

/** A fee per gas after that many bumps, rounded up so that each is at least 12.5 % more. */
export function raised(feePerGas: bigint, bumps: number): bigint {
  let fee = feePerGas
  for (let i = 0; i < bumps; i += 1) fee = (fee * BUMP_NUMERATOR + BUMP_DENOMINATOR - 1n) / BUMP_DENOMINATOR
  return fee
}
