import { keccak256, stringToBytes } from 'viem/utils'
import type { Address, Hex } from '../util/hex.ts'

/** Metadata key under which an identity carries the mark by which it is found again. */
export const IDEM_KEY = 'obol.idem'

/** Who an identity belongs to: there is one per chain, registry, owner and workspace. */
export type IdempotencyInput = {
  readonly chainId: number
  readonly registry: Address
  readonly owner: Address
  readonly workspaceId: string
}

/**
 * The value of `IDEM_KEY`: the first 16 bytes of keccak256 over `chainId|registry|owner|workspaceId|register` (UTF-8,
 * addresses in lower case). Deterministic, so that a lost journal does not matter.
 */
export function idempotencyKey(input: IdempotencyInput): Hex {
  const { chainId, registry, owner, workspaceId } = input
  const text = [chainId, registry.toLowerCase(), owner.toLowerCase(), workspaceId, 'register'].join('|')
  return `0x${keccak256(stringToBytes(text)).slice(2, 34)}`
}
