import { type Decimal, formatDecimal, parseDecimal } from '../offers/decimal.ts'

/** An exact decimal number as expressions have it: no binary fractions, so that 0.1 is 0.1. */
export class DecimalValue {
  readonly decimal: Decimal

  constructor(decimal: Decimal) {
    this.decimal = decimal
  }

  toString(): string {
    return formatDecimal(this.decimal)
  }
}

/** The number a text stands for. Throws an Error when it is no plain decimal such as `0.002`. */
export function decimalValue(text: string): DecimalValue {
  const decimal = parseDecimal(text)
  if (decimal === undefined) throw new Error(`${JSON.stringify(text)} is no decimal such as "0.002"`)
  return new DecimalValue(decimal)
}

/** Negative, zero or positive, as the first is less than, equal to or greater than the second; exact. */
export function compareDecimals({ decimal: a }: DecimalValue, { decimal: b }: DecimalValue): number {
  const scale = Math.max(a.scale, b.scale)
  const left = a.digits * 10n ** BigInt(scale - a.scale)
  const right = b.digits * 10n ** BigInt(scale - b.scale)
  return left < right ? -1 : left > right ? 1 : 0
}
