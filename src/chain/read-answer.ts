import { getAddress } from 'viem/utils'
import { CHAIN_ERRORS } from '../errors/chain.ts'
import type { Address, Hex } from '../util/hex.ts'
import type { RpcAnswer } from './exchange.ts'
import type { RpcContext } from './rpc-failure.ts'
import { chainError, refusedError } from './rpc-failure.ts'
import type { Block } from './types.ts'

/** An answer and whose it is. */
export type Answered = { readonly answer: RpcAnswer | undefined; readonly method: string; readonly at: RpcContext }

/** The result of an answer; throws REFUSED or RATE_LIMITED for an error of the node. */
export function resultOf({ answer, method, at }: Answered): unknown {
  if (answer === undefined) throw chainError(CHAIN_ERRORS.BAD_ANSWER, at, `${method}: no answer`)
  if ('error' in answer) throw refusedError(answer.error, at, method)
  return answer.result
}

/** A quantity (Ethereum JSON-RPC: `0x` and hexadecimal digits); throws BAD_ANSWER for anything else. */
export function quantityOf(answered: Answered): bigint {
  return quantity(resultOf(answered)) ?? nonsense(answered)
}

/** A count that fits in a number; throws BAD_ANSWER for anything else. */
export function countOf(answered: Answered): number {
  const count = quantityOf(answered)
  return count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : nonsense(answered)
}

/** Bytes (`0x` and pairs of digits), in lower case; throws BAD_ANSWER for anything else. */
export function bytesOf(answered: Answered): Hex {
  return bytes(resultOf(answered)) ?? nonsense(answered)
}

/** A block, or undefined when the node has none; a chain without a base fee counts as 0. Throws BAD_ANSWER. */
export function blockOf(answered: Answered): Block | undefined {
  const found = resultOf(answered)
  if (found === null) return undefined
  const number = quantity(member(found, 'number'))
  const hash = bytes(member(found, 'hash'), 32)
  const timestamp = quantity(member(found, 'timestamp'))
  if (number === undefined || hash === undefined || timestamp === undefined) return nonsense(answered)
  return { number, hash, timestamp, baseFee: quantity(member(found, 'baseFeePerGas')) ?? 0n }
}

/** Throws BAD_ANSWER, naming the method. */
export function nonsense({ method, at }: Answered): never {
  throw chainError(CHAIN_ERRORS.BAD_ANSWER, at, `${method}: the result is not what the method returns`)
}

/** What a decoder of viem makes of the bytes; throws BAD_ANSWER where it cannot. */
export function decodedOf<T>(answered: Answered, decode: (data: Hex) => T): T {
  const data = bytesOf(answered)
  try {
    return decode(data)
  } catch {
    return nonsense(answered)
  }
}

/** The bigint of a JSON-RPC quantity, or undefined. */
export function quantity(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : undefined
}

/** Lower-case bytes, of that length if one is given, or undefined. */
export function bytes(value: unknown, length?: number): Hex | undefined {
  if (typeof value !== 'string' || !/^0x(?:[0-9a-f]{2})*$/i.test(value)) return undefined
  if (length !== undefined && value.length !== 2 + 2 * length) return undefined
  return `0x${value.slice(2).toLowerCase()}`
}

/** A checksummed address, or undefined. */
export function address(value: unknown): Address | undefined {
  const raw = bytes(value, 20)
  return raw === undefined ? undefined : getAddress(raw)
}

/** An own field of an object, or undefined. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

/** A block number as JSON-RPC writes it. */
export function blockTag(at: bigint | 'latest' | 'pending'): string {
  return typeof at === 'bigint' ? `0x${at.toString(16)}` : at
}
