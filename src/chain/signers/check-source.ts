import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import type { SignerSource } from '../types.ts'

/** Throws SOURCE where more than one key is named. */
export function checkSource({ keyFile, keystore, remote }: SignerSource): void {
  const given = Object.entries({ keyFile, keystore, remote }).filter(([, value]) => value !== undefined)
  if (given.length < 2) return
  const message = `spec.signer has ${given.map(([name]) => name).join(' and ')}: exactly one of them can be the key`
  throw new ObolError(SIGNER_ERRORS.SOURCE, { message })
}
