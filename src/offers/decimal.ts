/** An exact decimal number: `digits` × 10^-`scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number }

/** The longest decimal accepted: more digits than a uint256 has. */
const MAX_LENGTH = 78

/** A plain decimal (`12`, `0.002`): no sign, exponent, blanks or leading zeros; undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > MAX_LENGTH || !/^(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(text)) return undefined
  const [whole = '', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

/** The number divided by 10^`places`, exactly. */
export function shiftDown(decimal: Decimal, places: number): Decimal {
  return { digits: decimal.digits, scale: decimal.scale + places }
}

/** The number as text without trailing zeros: `0.023`. */
export function formatDecimal(decimal: Decimal): string {
  const padded = decimal.digits.toString().padStart(decimal.scale + 1, '0')
  const whole = padded.slice(0, padded.length - decimal.scale)
  const fraction = padded.slice(padded.length - decimal.scale).replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** The amount in the smallest units of a token with `decimals` places, rounded half up as the payment verifier does. */
export function atomicAmount(decimal: Decimal, decimals: number): { readonly units: bigint; readonly exact: boolean } {
  const excess = decimal.scale - decimals
  if (excess <= 0) return { units: decimal.digits * 10n ** BigInt(-excess), exact: true }
  const divisor = 10n ** BigInt(excess)
  const rest = decimal.digits % divisor
  const units = decimal.digits / divisor + (rest * 2n >= divisor ? 1n : 0n)
  return { units, exact: rest === 0n }
}
