import { decodeEventLog } from 'viem/utils'
import type { Address } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import type { Log } from './types.ts'

/** topic0 of `Registered(uint256,string,address)`. */
const REGISTERED = '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a'

/**
 * The decimal id that the registry minted for the owner, from the logs of a receipt; undefined when there is none. A log
 * counts by its topic and emitter, never by its position: other contracts may log the same in one transaction.
 */
export function agentIdOf(logs: readonly Log[], registry: Address, owner: Address): string | undefined {
  for (const log of logs) {
    if (log.topics[0] !== REGISTERED || !isSameAddress(log.address, registry)) continue
    const minted = decodeRegistered(log)
    if (minted !== undefined && isSameAddress(minted.owner, owner)) return minted.agentId.toString()
  }
  return undefined
}

function decodeRegistered(log: Log): { readonly agentId: bigint; readonly owner: Address } | undefined {
  const [topic0, ...topics] = log.topics
  if (topic0 === undefined) return undefined
  try {
    return decodeEventLog({ abi: REGISTRY_ABI, eventName: 'Registered', topics: [topic0, ...topics], data: log.data })
      .args
  } catch {
    // Same topic with another layout (nothing indexed): not the registry's event.
    return undefined
  }
}
