import type { Address, Hex } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import type { Answered } from './read-answer.ts'
import { address, bytes, member, nonsense, quantity, resultOf } from './read-answer.ts'
import type { Log, Receipt } from './types.ts'

/**
 * A receipt of eth_getTransactionReceipt, with the registry's logs only; undefined for null. The fee is
 * gasUsed × effectiveGasPrice and, on an OP-stack chain, `l1Fee`. Throws BAD_ANSWER.
 */
export function readReceipt(answered: Answered, registry: Address): Receipt | undefined {
  const found = resultOf(answered)
  if (found === null) return undefined
  const hash = bytes(member(found, 'transactionHash'), 32)
  const blockHash = bytes(member(found, 'blockHash'), 32)
  const blockNumber = quantity(member(found, 'blockNumber'))
  const status = quantity(member(found, 'status'))
  const gasUsed = quantity(member(found, 'gasUsed'))
  const logs = member(found, 'logs')
  if (hash === undefined || status === undefined || gasUsed === undefined || !Array.isArray(logs))
    return nonsense(answered)
  // Some nodes give a receipt for what they have only executed on top of the head.
  if (blockHash === undefined || blockNumber === undefined) return undefined
  const price = quantity(member(found, 'effectiveGasPrice')) ?? nonsense(answered)
  const l1Fee = quantity(member(found, 'l1Fee')) ?? 0n
  return {
    hash,
    status: status === 1n ? 'success' : 'reverted',
    blockNumber,
    blockHash,
    fee: gasUsed * price + l1Fee,
    logs: logs.map((log) => readLog(log) ?? nonsense(answered)).filter((log) => isSameAddress(log.address, registry)),
  }
}

/** A log as JSON-RPC writes it, or undefined for anything else. */
export function readLog(value: unknown): Log | undefined {
  const emitter = address(member(value, 'address'))
  const data = bytes(member(value, 'data'))
  const found = member(value, 'topics')
  if (emitter === undefined || data === undefined || !Array.isArray(found)) return undefined
  const topics = found.map((topic) => bytes(topic, 32)).filter((topic): topic is Hex => topic !== undefined)
  return topics.length === found.length ? { address: emitter, topics, data } : undefined
}
