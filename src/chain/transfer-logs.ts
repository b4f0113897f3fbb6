import type { Address, Hex } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import { member } from './read-answer.ts'
import { readLog } from './read-receipt.ts'

/** topic0 of `Transfer(address,address,uint256)`. */
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

/** Which Transfer logs of a registry are wanted, as eth_getLogs takes it; null matches anything. */
export type TransferFilter = { readonly address: Address; readonly topics: readonly (Hex | null)[] }

/** The filter of every token that an owner ever received. */
export function receivedBy(registry: Address, owner: Address): TransferFilter {
  return { address: registry, topics: [TRANSFER, null, topicOf(owner.slice(2).toLowerCase())] }
}

/** The filter of the one log of a token's mint. */
export function mintOf(registry: Address, id: bigint): TransferFilter {
  return { address: registry, topics: [TRANSFER, topicOf(''), null, topicOf(id.toString(16))] }
}

/**
 * The token ids of a result of eth_getLogs. Undefined for anything but the logs that were asked for: an endpoint that
 * ignores the filter cannot be trusted.
 */
export function transferIds(result: unknown, { address, topics }: TransferFilter): readonly bigint[] | undefined {
  if (!Array.isArray(result)) return undefined
  const ids: bigint[] = []
  for (const item of result) {
    if (member(item, 'removed') === true) continue
    const log = readLog(item)
    const id = log?.topics[3]
    if (log === undefined || id === undefined || !isSameAddress(log.address, address)) return undefined
    if (!topics.every((topic, i) => topic === null || topic === log.topics[i])) return undefined
    ids.push(BigInt(id))
  }
  return ids
}

function topicOf(digits: string): Hex {
  return `0x${digits.padStart(64, '0')}`
}
