import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import type { Address, Hex } from '../../util/hex.ts'

/** Who should have signed, and its name for people. */
export type SignedBy = { readonly address: Address; readonly description: string }

/** Half of the order of secp256k1. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** True for the one of two equivalent signatures that chains and OpenZeppelin's ECDSA accept (EIP-2). */
export function isLowSignature(s: Hex): boolean {
  return BigInt(s) <= HALF_ORDER
}

/** NOT_WHAT_WAS_ASKED, with a line for each difference. */
export function notWhatWasAsked({ description }: SignedBy, details: readonly string[]): ObolError {
  const message = `the ${description} signed something else than it was asked to`
  return new ObolError(SIGNER_ERRORS.NOT_WHAT_WAS_ASKED, { message, details })
}

/** WRONG_KEY for a signature; `signer` is whose it is, where that can be told. */
export function wrongKey({ address, description }: SignedBy, signer: Address | undefined): ObolError {
  const whose = signer === undefined ? 'a signature of nobody' : `a signature of ${signer}`
  const message = `the ${description} returned ${whose}, asked was ${address}`
  return new ObolError(SIGNER_ERRORS.WRONG_KEY, { message })
}
