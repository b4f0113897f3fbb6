import { parseTransaction } from 'viem/utils'
import type { Hex } from '../util/hex.ts'

/** A recorded transaction, read back; undefined when it is none, so that a damaged record stops nothing else. Pure. */
export function readTransaction(raw: Hex): ReturnType<typeof parseTransaction> | undefined {
  try {
    return parseTransaction(raw)
  } catch {
    return undefined
  }
}
