import { CelError, isA, NotChecked, noOverload, type Quantity, type Value } from './values.ts'

const UNIT = 1_000_000_000n
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 }

/**
 * A quantity (`1500m`, `2Gi`), or undefined when the text is none. Throws NotChecked where the server rounds.
 * Source: k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.exec(text)
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match ?? []
  if (match === null || (whole === '' && fraction === '')) return undefined
  // Beyond this the server caps and rounds.
  if (whole.length + fraction.length > 15) throw new NotChecked('a quantity with many digits')
  const size = scaled(BigInt(whole + fraction), fraction.length, suffix)
  if (size >= 2n ** 63n * UNIT) throw new NotChecked('a quantity that is too large')
  return {
    type: 'quantity',
    nanos: sign === '-' ? -size : size,
    isPlain: fraction === '' && suffix === '' && !text.includes('.'),
  }
}

function scaled(digits: bigint, places: number, suffix: string): bigint {
  const binary = BINARY[suffix]
  const exponent = binary === undefined ? exponentOf(suffix) : 0
  if (exponent < -9 || exponent > 18) throw new NotChecked('a quantity with a large exponent')
  const factor = binary === undefined ? 1n : 1024n ** BigInt(binary)
  const power = 9 + exponent - places
  const value = digits * factor
  if (power >= 0) return value * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  if (value % divisor !== 0n) throw new NotChecked('a quantity finer than 1n')
  return value / divisor
}

function exponentOf(suffix: string): number {
  return DECIMAL[suffix] ?? Number(suffix.slice(1))
}

/** A function of quantities, or undefined when there is none of that name. */
export function quantityFunction(name: string, quantity: Quantity, args: readonly Value[]): Value | undefined {
  const [other] = args
  switch (name) {
    case 'sign':
      return BigInt(signOf(quantity.nanos))
    case 'isGreaterThan':
      return quantity.nanos > nanosOf(other)
    case 'isLessThan':
      return quantity.nanos < nanosOf(other)
    case 'compareTo':
      return BigInt(signOf(quantity.nanos - nanosOf(other)))
    case 'add':
      return sum(quantity.nanos, other, 1n)
    case 'sub':
      return sum(quantity.nanos, other, -1n)
    case 'isInteger':
      return isInteger(quantity)
    case 'asInteger':
      if (isInteger(quantity)) return quantity.nanos / UNIT
      throw new CelError('cannot convert value to integer')
    default:
      return undefined
  }
}

function signOf(nanos: bigint): number {
  return nanos > 0n ? 1 : nanos < 0n ? -1 : 0
}

function nanosOf(value: Value | undefined): bigint {
  return isA(value, 'quantity') ? value.nanos : noOverload('no quantity')
}

function sum(nanos: bigint, other: Value | undefined, sign: bigint): Value {
  const more = typeof other === 'bigint' ? other * UNIT : nanosOf(other)
  return { type: 'quantity', nanos: nanos + sign * more, isPlain: false }
}

/** Whether the server has it as an integer depends on how it was written. */
function isInteger({ nanos, isPlain }: Quantity): boolean {
  if (isPlain) return true
  if (nanos % UNIT !== 0n) return false
  throw new NotChecked('whether a quantity with a suffix is an integer')
}
