import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import type { Address, Hex } from '../util/hex.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'

/** Turns a value of the file into what it stands for; throws DAMAGED naming `at` where it cannot. */
export type Decode<T> = (value: JsonValue | undefined, at: string) => T

/** DAMAGED, with the field that is wrong. The value itself is not shown. */
export function damaged(at: string, expected: string): ObolError {
  return new ObolError(SNAPSHOT_ERRORS.DAMAGED, { details: [`${at}: expected ${expected}`] })
}

export const text: Decode<string> = (value, at) => {
  if (typeof value === 'string') return value
  throw damaged(at, 'a text')
}

export const flag: Decode<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value
  throw damaged(at, 'true or false')
}

/** A whole number from 0. */
export const count: Decode<number> = (value, at) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw damaged(at, 'a whole number')
}

/** A decimal string of any size. */
export const big: Decode<bigint> = (value, at) => {
  if (typeof value === 'string' && /^\d{1,80}$/.test(value)) return BigInt(value)
  throw damaged(at, 'a decimal number as text')
}

export const hex: Decode<Hex> = (value, at) => {
  if (typeof value === 'string' && isHex(value)) return value
  throw damaged(at, 'hexadecimal digits after 0x')
}

export const address: Decode<Address> = (value, at) => {
  const digits = hex(value, at)
  if (digits.length === 42) return digits
  throw damaged(at, 'an address')
}

export const object: Decode<JsonObject> = (value, at) => {
  if (isJsonObject(value)) return value
  throw damaged(at, 'a mapping')
}

export function oneOf<const T extends string>(...words: readonly T[]): Decode<T> {
  return (value, at) => {
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    throw damaged(at, `one of ${words.join(', ')}`)
  }
}

export function listOf<T>(decode: Decode<T>): Decode<readonly T[]> {
  return (value, at) => {
    if (!isJsonArray(value)) throw damaged(at, 'a list')
    return value.map((item, i) => decode(item, `${at}[${i}]`))
  }
}

export function mapOf<T>(decode: Decode<T>): Decode<Readonly<Record<string, T>>> {
  return (value, at) => {
    const entries = Object.entries(object(value, at)).map(([key, item]) => [key, decode(item, `${at}.${key}`)] as const)
    return Object.fromEntries(entries)
  }
}

/** The field alone in an object, or an empty object where the file does not have it: to be spread. */
export function optional<const K extends string, T>(
  from: JsonObject,
  key: K,
  decode: Decode<T>,
  at: string,
): { readonly [key in K]?: T } {
  const value = from[key]
  if (value === undefined) return {}
  const decoded: Record<string, T> = { [key]: decode(value, `${at}.${key}`) }
  return decoded as { readonly [key in K]?: T }
}

function isHex(value: string): value is Hex {
  return /^0x(?:[0-9a-fA-F]{2})*$/.test(value)
}
