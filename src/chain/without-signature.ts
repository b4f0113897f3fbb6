import { parseTransaction, serializeTransaction } from 'viem/utils'
import type { Hex } from '../util/hex.ts'

/**
 * What a signed EIP-1559 transaction says, without the signature: enough to show it, and nothing that could be broadcast.
 * `0x` for what is no such transaction. Pure.
 */
export function withoutSignature(raw: Hex): Hex {
  try {
    const { r: _r, s: _s, v: _v, yParity: _y, ...said } = parseTransaction(raw)
    return said.type === 'eip1559' ? serializeTransaction(said) : '0x'
  } catch {
    return '0x'
  }
}
