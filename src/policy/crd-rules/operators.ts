import { compare, concat, equal } from './compare.ts'
import { joined } from './string-functions.ts'
import { CelError, type CelList, int64, isA, NotChecked, noOverload, type Value } from './values.ts'

/** Both sides of an operator that looks at values only. Throws CelError as CEL does, NotChecked for what is not known here. */
export function binary(op: string, left: Value, right: Value): Value {
  switch (op) {
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    case '<':
      return compare(left, right) < 0
    case '<=':
      return compare(left, right) <= 0
    case '>':
      return compare(left, right) > 0
    case '>=':
      return compare(left, right) >= 0
    case '+':
      return add(left, right)
    case '-':
      return subtract(left, right)
    case '*':
    case '/':
    case '%':
      return multiply(op, left, right)
    default:
      throw new NotChecked(`the operator ${op}`)
  }
}

/** The sum of two values: numbers, texts, bytes, lists, times. */
export function add(left: Value, right: Value): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return int64(left + right)
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left === 'string' && typeof right === 'string') return joined([left, right])
  if (isA(left, 'list') && isA(right, 'list')) return addLists(left, right)
  if (isA(left, 'uint') && isA(right, 'uint')) return uint(left.value + right.value)
  if (isA(left, 'bytes') && isA(right, 'bytes')) return addBytes(left.value, right.value)
  return addTimes(left, right)
}

function addLists(left: CelList, right: CelList): Value {
  const sum = concat(left, right)
  if (sum.items.length > 100_000) throw new NotChecked('a list that is too long')
  return sum
}

function addBytes(left: Uint8Array, right: Uint8Array): Value {
  if (left.length + right.length > 1_000_000) throw new NotChecked('bytes that are too many')
  return { type: 'bytes', value: new Uint8Array([...left, ...right]) }
}

function addTimes(left: Value, right: Value): Value {
  if (isA(left, 'duration') && isA(right, 'duration')) return duration(left.nanos + right.nanos)
  if (isA(left, 'timestamp') && isA(right, 'duration')) return timestamp(left.nanos + right.nanos)
  if (isA(left, 'duration') && isA(right, 'timestamp')) return timestamp(left.nanos + right.nanos)
  return noOverload('+')
}

function subtract(left: Value, right: Value): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return int64(left - right)
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (isA(left, 'uint') && isA(right, 'uint')) return uint(left.value - right.value)
  if (isA(left, 'duration') && isA(right, 'duration')) return duration(left.nanos - right.nanos)
  if (isA(left, 'timestamp') && isA(right, 'timestamp')) return duration(left.nanos - right.nanos)
  if (isA(left, 'timestamp') && isA(right, 'duration')) return timestamp(left.nanos - right.nanos)
  return noOverload('-')
}

function multiply(op: '*' | '/' | '%', left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number' && op !== '%')
    return op === '*' ? left * right : left / right
  if (typeof left === 'bigint' && typeof right === 'bigint') return int64(whole(op, left, right))
  if (isA(left, 'uint') && isA(right, 'uint')) return uint(whole(op, left.value, right.value))
  return noOverload(op)
}

function whole(op: '*' | '/' | '%', left: bigint, right: bigint): bigint {
  if (op === '*') return left * right
  if (right === 0n) throw new CelError(op === '/' ? 'division by zero' : 'modulus by zero')
  return op === '/' ? left / right : left % right
}

export function uint(value: bigint): Value {
  if (value < 0n || value >= 2n ** 64n) throw new CelError('unsigned integer overflow')
  return { type: 'uint', value }
}

function duration(nanos: bigint): Value {
  if (nanos >= 2n ** 63n || nanos < -(2n ** 63n)) throw new NotChecked('a duration that is too long')
  return { type: 'duration', nanos }
}

const YEARS_10000 = 253_402_300_800_000_000_000n
const YEAR_1 = -62_135_596_800_000_000_000n

function timestamp(nanos: bigint): Value {
  if (nanos >= YEARS_10000 || nanos < YEAR_1) throw new NotChecked('a time outside of the years 1 to 9999')
  return { type: 'timestamp', nanos }
}
