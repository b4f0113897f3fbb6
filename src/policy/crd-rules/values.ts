import type { JsonObject } from '../../util/json.ts'

/** A value of CEL: JSON's scalars as they are in JavaScript, int as bigint, double as number; the others are tagged. */
export type Value = null | boolean | bigint | number | string | Tagged

export type Tagged =
  | CelList
  | CelMap
  | { readonly type: 'uint'; readonly value: bigint }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  /** Nanoseconds since 1970, UTC. */
  | { readonly type: 'timestamp'; readonly nanos: bigint }
  | { readonly type: 'duration'; readonly nanos: bigint }
  | { readonly type: 'type'; readonly name: string }
  | { readonly type: 'optional'; readonly value?: Value }
  | Quantity
  | Url
  | Ip
  | Cidr
  /** Data that does not fit its schema, or that is not understood here: whoever looks at it fails. */
  | { readonly type: 'broken'; readonly error: Error }

export type CelList = {
  readonly type: 'list'
  readonly items: readonly Value[]
  /** Of x-kubernetes-list-type set, or map with these keys: equality then ignores the order. `merged`: in no known order. */
  readonly of?: 'set' | 'merged' | readonly string[]
}

export type MapKey = string | bigint | boolean

export type CelMap = {
  readonly type: 'map'
  /** By key; those of an object by escaped name, without what expressions cannot see. */
  readonly entries: ReadonlyMap<MapKey, Value>
  /** Set for objects with properties: all that is stored, also what expressions cannot see. */
  readonly raw?: JsonObject
}

/** In units of 1e-9. `isPlain`: written without fraction, suffix or exponent. */
export type Quantity = { readonly type: 'quantity'; readonly nanos: bigint; readonly isPlain: boolean }

export type Url = {
  readonly type: 'url'
  readonly scheme: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly path: string
  readonly query: string
}

export type Ip = { readonly type: 'ip'; readonly family: 4 | 6; readonly bits: bigint }
export type Cidr = { readonly type: 'cidr'; readonly ip: Ip; readonly length: number }

/** An error that CEL itself would give: no such key, division by zero; `||` and `&&` may get over it. */
export class CelError extends Error {
  override readonly name = 'CelError'
}

/** What is not known here, or would take too long: nothing is said about the expression. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
}

/** Steps that are left; shared by all that is evaluated for one object. */
export type Budget = { left: number }

/** SIDE EFFECTS: takes steps off the budget. Throws NotChecked when there are none left. */
export function spend(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left < 0) throw new NotChecked('it takes too many steps')
}

/** The value itself, or throws what is wrong with it. */
export function sound(value: Value): Value {
  if (isTagged(value) && value.type === 'broken') throw value.error
  return value
}

export function isTagged(value: Value | undefined): value is Tagged {
  return typeof value === 'object' && value !== null
}

/** True for a value of that tag. */
export function isA<T extends Tagged['type']>(
  value: Value | undefined,
  type: T,
): value is Extract<Tagged, { readonly type: T }> {
  return isTagged(value) && value.type === type
}

export const NONE: Value = { type: 'optional' }

export function list(items: readonly Value[]): CelList {
  return { type: 'list', items }
}

/** The name that `type(value)` has. Throws NotChecked for kinds without one here. */
export function typeName(value: Value): string {
  if (value === null) return 'null_type'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    default:
      break
  }
  switch (value.type) {
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'uint':
    case 'bytes':
    case 'list':
    case 'map':
    case 'type':
      return value.type
    default:
      throw new NotChecked(`the type of a ${value.type}`)
  }
}

const MIN_INT = -(2n ** 63n)
const MAX_INT = 2n ** 63n - 1n

/** An int of 64 bits, or throws CelError. */
export function int64(value: bigint): bigint {
  if (value < MIN_INT || value > MAX_INT) throw new CelError('integer overflow')
  return value
}

/** Throws the error of a call whose arguments fit no signature. */
export function noOverload(what: string): never {
  throw new CelError(`no such overload: ${what}`)
}
