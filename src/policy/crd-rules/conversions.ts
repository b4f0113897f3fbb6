import { utf8Bytes, utf8Text } from './bytes.ts'
import { number, sizeOf } from './compare.ts'
import { parseCidr, parseIp, parseUrl } from './network.ts'
import { uint } from './operators.ts'
import { parseQuantity } from './quantity.ts'
import { durationNanos, showDuration, showTimestamp, timestampNanos } from './time.ts'
import { CelError, int64, isTagged, NotChecked, noOverload, typeName, type Value } from './values.ts'

/** A function called as `name(value)`, or undefined when there is none of that name. Source: CEL, and k8s.io/apiserver. */
export function globalFunction(name: string, value: Value): Value | undefined {
  switch (name) {
    case 'size':
      return sizeOfValue(value)
    case 'type':
      return { type: 'type', name: typeName(value) }
    case 'dyn':
      return value
    case 'int':
      return toInt(value)
    case 'uint':
      return toUint(value)
    case 'double':
      return toDouble(value)
    case 'string':
      return toText(value)
    case 'bool':
      return toBool(value)
    case 'bytes':
      return typeof value === 'string' ? { type: 'bytes', value: utf8Bytes(value) } : same(value, 'bytes')
    case 'timestamp':
      return toTimestamp(value)
    case 'duration':
      return toDuration(value)
    default:
      return textFunction(name, value)
  }
}

function textFunction(name: string, value: Value): Value | undefined {
  switch (name) {
    case 'quantity':
      return parseQuantity(textOf(value)) ?? fail('quantity')
    case 'isQuantity':
      return parseQuantity(textOf(value)) !== undefined
    case 'url':
      return parseUrl(textOf(value)) ?? fail('url')
    case 'isURL':
      return parseUrl(textOf(value)) !== undefined
    case 'ip':
      return parseIp(textOf(value)) ?? fail('ip')
    case 'isIP':
      return parseIp(textOf(value)) !== undefined
    case 'cidr':
      return parseCidr(textOf(value)) ?? fail('cidr')
    case 'isCIDR':
      return parseCidr(textOf(value)) !== undefined
    default:
      return undefined
  }
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : noOverload('no string')
}

function fail(to: string): never {
  throw new CelError(`type conversion error to ${to}`)
}

function same(value: Value, type: 'bytes' | 'timestamp' | 'duration'): Value {
  return isTagged(value) && value.type === type ? value : noOverload(type)
}

/** Characters of a text, items of a list, keys of a map. */
export function sizeOfValue(value: Value): bigint {
  if (typeof value === 'string') return BigInt([...value].length)
  if (!isTagged(value)) return noOverload('size')
  if (value.type === 'list') return BigInt(value.items.length)
  if (value.type === 'map') return BigInt(sizeOf(value))
  return value.type === 'bytes' ? BigInt(value.value.length) : noOverload('size')
}

function toInt(value: Value): Value {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : fail('int')
  if (typeof value === 'string')
    return /^[+-]?\d{1,30}$/.test(value) ? int64(BigInt(value.replace('+', ''))) : fail('int')
  if (isTagged(value) && value.type === 'uint') return int64(value.value)
  if (isTagged(value) && value.type === 'timestamp') {
    const rest = ((value.nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
    return (value.nanos - rest) / 1_000_000_000n
  }
  if (isTagged(value) && value.type === 'duration') throw new NotChecked('int of a duration')
  return noOverload('int')
}

function toUint(value: Value): Value {
  const found = number(value)
  if (typeof found === 'bigint') return uint(found)
  throw new NotChecked('uint of this')
}

function toDouble(value: Value): Value {
  const found = number(value)
  if (found !== undefined) return Number(found)
  if (typeof value !== 'string') return noOverload('double')
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) {
    const parsed = Number(value)
    return Number.isFinite(parsed) ? parsed : fail('double')
  }
  throw new NotChecked('an unusual double')
}

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(textOf(value))) return true
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(textOf(value)) ? false : fail('bool')
}

function toText(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return showDouble(value)
  if (!isTagged(value)) return noOverload('string')
  switch (value.type) {
    case 'uint':
      return String(value.value)
    case 'timestamp':
      return showTimestamp(value.nanos)
    case 'duration':
      return showDuration(value.nanos)
    case 'bytes':
      return utf8Text(value.value) ?? fail('string')
    default:
      throw new NotChecked(`the text of a ${value.type}`)
  }
}

/** As Go's `%g`: the fewest digits, with an exponent beyond six digits before or four zeros behind the point. */
function showDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 21) {
    // Both six and twenty-one are thresholds in Go, of different calls.
    if (power >= 6) throw new NotChecked('the text of a large number')
    return value.toFixed(Math.max(0, mantissa.replace(/[-.]/g, '').length - 1 - power))
  }
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

function toTimestamp(value: Value): Value {
  if (typeof value === 'bigint') throw new NotChecked('a time from a number')
  if (typeof value !== 'string') return same(value, 'timestamp')
  const nanos = timestampNanos(value)
  if (nanos === undefined) throw new NotChecked('an unusual time')
  return { type: 'timestamp', nanos }
}

function toDuration(value: Value): Value {
  if (typeof value !== 'string') return same(value, 'duration')
  const nanos = durationNanos(value)
  if (nanos === undefined) throw new NotChecked('an unusual duration')
  return { type: 'duration', nanos }
}
