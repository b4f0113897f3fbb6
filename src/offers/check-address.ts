import { getAddress } from 'viem/utils'
import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonValue } from '../util/json.ts'
import type { Report } from './finding.ts'
import type { Path } from './source.ts'

/** Tells whether the letter case of an address (`0x` and 40 hexadecimal digits) is its EIP-55 checksum. */
export type IsChecksummed = (address: string) => boolean

/** Checks one address: form, not zero, and the checksum where the letter case is mixed. */
export function checkAddress(
  value: JsonValue | undefined,
  path: Path,
  isChecksummed: IsChecksummed,
  report: Report,
): value is string {
  const { MISSING_FIELD, ADDRESS_INVALID, ADDRESS_CHECKSUM } = OFFER_ERRORS
  if (value === undefined) {
    report(MISSING_FIELD, path, 'is missing')
    return false
  }
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value)) {
    const hint = typeof value === 'string' && value.endsWith('.eth') ? { hint: 'names are not resolved' } : {}
    report(ADDRESS_INVALID, path, 'must be an address in quotes: 0x and 40 hexadecimal digits', hint)
    return false
  }
  if (/^0x0{40}$/.test(value)) {
    report(ADDRESS_INVALID, path, 'must not be the zero address')
    return false
  }
  const isMixed = /[a-f]/.test(value.slice(2)) && /[A-F]/.test(value)
  if (!isMixed || isChecksummed(value)) return true
  const hint = { hint: 'copy it again from where it came from' }
  report(ADDRESS_CHECKSUM, path, 'the checksum in the upper and lower case letters is wrong', hint)
  return false
}

/** A checksum test (EIP-55) that remembers its answers: most offers of a workspace pay to the same address. */
export function createChecksumTest(): IsChecksummed {
  const known = new Map<string, boolean>()
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) return before
    const valid = isChecksummed(address)
    known.set(address, valid)
    return valid
  }
}

/** viem throws on a wrong checksum when it is given one, so it is given the lower-case address. */
function isChecksummed(address: string): boolean {
  return getAddress(address.toLowerCase()) === address
}
