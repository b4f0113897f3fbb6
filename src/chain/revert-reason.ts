import { decodeErrorResult } from 'viem/utils'
import type { Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import { bytes, member } from './read-answer.ts'
import type { RpcError } from './rpc-failure.ts'

/** Panic codes of Solidity that a call can meet. */
const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x01n, 'an assertion failed'],
  [0x11n, 'arithmetic overflow'],
  [0x12n, 'division by zero'],
  [0x21n, 'a value that is not of its enum'],
  [0x22n, 'a storage array that is not encoded as one'],
  [0x31n, 'pop of an empty array'],
  [0x32n, 'an index out of bounds'],
  [0x41n, 'out of memory'],
  [0x51n, 'a call of no function'],
])

/**
 * Why a call reverted, in words: the string of `Error(string)`, a custom error of the registry with its arguments, a panic,
 * or the selector of an unknown error. Undefined when the node's error is no revert.
 */
export function revertReason(error: RpcError): string | undefined {
  const data = revertData(error)
  if (data !== undefined && data !== '0x') return reasonOf(data)
  const text = /revert(?:ed)?(?:: ?| with reason string )["']?(.+?)["']?$/i.exec(error.message)?.[1]
  if (text !== undefined) return text
  if (/invalid opcode|bad instruction|out of gas|bad jump|stack (?:under|over)flow/i.test(error.message))
    return error.message
  return error.code === 3 || data === '0x' || /revert/i.test(error.message) ? 'no reason given' : undefined
}

/** The bytes a call reverted with, wherever the node puts them: `data`, `data.data`, `data.originalError.data`. */
export function revertData({ data }: RpcError): Hex | undefined {
  const places = [data, member(data, 'data'), member(member(data, 'originalError'), 'data'), member(data, 'result')]
  for (const place of places) {
    const found = bytes(typeof place === 'string' ? place.replace(/^Reverted /, '') : undefined)
    if (found !== undefined) return found
  }
  return undefined
}

function reasonOf(data: Hex): string {
  try {
    // viem adds Error(string) and Panic(uint256) to the ABI, not to its type.
    const decoded = decodeErrorResult({ abi: REGISTRY_ABI, data })
    const errorName: string = decoded.errorName
    const values: readonly unknown[] = decoded.args ?? []
    const [first] = values
    if (errorName === 'Error') return String(first)
    if (errorName === 'Panic') return `panic: ${(typeof first === 'bigint' && PANICS.get(first)) || String(first)}`
    return `${errorName}(${values.map(String).join(', ')})`
  } catch {
    return `unknown error ${data.slice(0, 10)}`
  }
}
