import type { JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { compareText } from './compare-text.ts'

/** A value in a path, as the server prints it: strings as Go's `%q`, numbers as `%v`. Source: value/value.go, ToString. */
export function formatValue(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return formatNumber(value)
  if (isJsonArray(value)) return `[${value.map(formatValue).join(',')}]`
  if (isJsonObject(value)) {
    const fields = Object.keys(value).sort(compareText)
    return fields.map((key) => `${key}=${formatValue(value[key] ?? null)}`).join('')
  }
  return String(value)
}

/** Whole numbers are integers to the server, up to its 64 bits; others are floats, which take an exponent early. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString()
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return value.toString()
  const sign = exponent < 0 ? '-' : '+'
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Everything but letters, marks, numbers, punctuation, symbols and the plain space is escaped. */
const ESCAPED = /["\\]|(?! )[\p{C}\p{Z}]/gu

function quote(text: string): string {
  return `"${text.replace(ESCAPED, escapeCharacter)}"`
}

function escapeCharacter(char: string): string {
  const short = SHORT_ESCAPES[char]
  if (short !== undefined) return short
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
