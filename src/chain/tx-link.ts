import type { Hex } from '../util/hex.ts'

/** Where a transaction is shown: `<explorer>/tx/<hash>`; undefined where the chain has no known explorer. */
export function txLink(explorer: string | undefined, hash: Hex): string | undefined {
  return explorer === undefined ? undefined : `${explorer.replace(/\/+$/, '')}/tx/${hash}`
}
