import { jsonEquals } from '../../util/json.ts'
import {
  type CelList,
  type CelMap,
  isTagged,
  list,
  NotChecked,
  noOverload,
  sound,
  type Tagged,
  type Value,
} from './values.ts'

/** Whether two values are equal, as CEL and the API server's lists and maps have it; different types are not. */
export function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right
  const [a, b] = [number(left), number(right)]
  if (a !== undefined && b !== undefined) return compareNumbers(a, b) === 0
  return isTagged(left) && isTagged(right) ? equalTagged(left, right) : left === right
}

function equalTagged(left: Tagged, right: Tagged): boolean {
  sound(left)
  sound(right)
  switch (left.type) {
    case 'list':
      return right.type === 'list' ? equalLists(left, right) : doubtful()
    case 'map':
      return right.type === 'map' ? equalMaps(left, right) : doubtful()
    case 'bytes':
      return right.type === 'bytes' && Buffer.compare(left.value, right.value) === 0
    case 'timestamp':
    case 'duration':
    case 'quantity':
      return right.type === left.type && left.nanos === right.nanos
    case 'type':
      return right.type === 'type' && left.name === right.name
    case 'ip':
      return right.type === 'ip' && left.family === right.family && left.bits === right.bits
    case 'optional':
      return right.type === 'optional' ? equalOptionals(left.value, right.value) : doubtful()
    default:
      return doubtful()
  }
}

function doubtful(): never {
  throw new NotChecked('values of these types compared')
}

function equalOptionals(left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  return equal(left, right)
}

function equalLists(left: CelList, right: CelList): boolean {
  if (left.items.length !== right.items.length) return false
  if (left.of === 'merged' || right.of === 'merged') throw new NotChecked('a list in no known order compared')
  if (left.of === 'set') return equalSets(left.items, right.items)
  if (left.of !== undefined) return equalKeyed(left.items, right.items, left.of)
  return left.items.every((item, i) => equal(sound(item), sound(right.items[i] ?? null)))
}

function equalSets(left: readonly Value[], right: readonly Value[]): boolean {
  const keys = (items: readonly Value[]): Set<unknown> => {
    if (items.some((item) => sound(item) === null || isTagged(item)))
      throw new NotChecked('a set of other than scalars')
    const set = new Set(items)
    if (set.size !== items.length) throw new NotChecked('a set with an item twice')
    return set
  }
  const [ours, theirs] = [keys(left), keys(right)]
  return [...theirs].every((item) => ours.has(item))
}

function equalKeyed(left: readonly Value[], right: readonly Value[], keys: readonly string[]): boolean {
  const [ours, theirs] = [byKey(left, keys), byKey(right, keys)]
  return [...theirs].every(([key, item]) => {
    const own = ours.get(key)
    return own !== undefined && equal(own, item)
  })
}

/** Items of a list of type map by their keys. Throws NotChecked where the server's own keying is peculiar. */
function byKey(items: readonly Value[], keys: readonly string[]): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>()
  for (const item of items) {
    sound(item)
    if (!isTagged(item) || item.type !== 'map' || keys.length === 0)
      throw new NotChecked('a keyed list of other than objects')
    const key = keys.map((name) => scalarKey(item.entries.get(name))).join('\0')
    if (found.has(key)) throw new NotChecked('a keyed list with a key twice')
    found.set(key, item)
  }
  return found
}

function scalarKey(value: Value | undefined): string {
  if (value === undefined || isTagged(value)) throw new NotChecked('a keyed list without its key')
  return `${typeof value}:${value}`
}

function equalMaps(left: CelMap, right: CelMap): boolean {
  const [sizes, hides] = [[sizeOf(left), sizeOf(right)], hidden(left) || hidden(right)]
  if (sizes[0] !== sizes[1]) return false
  if (left.raw !== undefined && right.raw !== undefined && jsonEquals(left.raw, right.raw)) return true
  for (const [key, item] of left.entries) {
    const other = right.entries.get(key)
    if (other === undefined || !equal(sound(item), sound(other))) return false
  }
  if (hides) throw new NotChecked('objects with unknown fields compared')
  return true
}

/** How many entries a map has, with those that expressions cannot see. */
export function sizeOf(map: CelMap): number {
  return map.raw === undefined ? map.entries.size : Object.keys(map.raw).length
}

function hidden(map: CelMap): boolean {
  return sizeOf(map) !== map.entries.size
}

/** Numbers of all types: a bigint, or a double. */
export function number(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return isTagged(value) && value.type === 'uint' ? value.value : undefined
}

function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1
  if (a > b) return 1
  // JavaScript compares an int with a double exactly, CEL after a conversion.
  if (typeof a !== typeof b && (Math.abs(Number(a)) > 2 ** 53 || Math.abs(Number(b)) > 2 ** 53)) return doubtful()
  return Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? Number.NaN : 0
}

/** Negative, zero, positive, or NaN; throws CelError for values that have no order. */
export function compare(left: Value, right: Value): number {
  const [a, b] = [number(left), number(right)]
  if (a !== undefined && b !== undefined) return compareNumbers(a, b)
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  return isTagged(left) && isTagged(right) ? compareTagged(left, right) : noOverload('comparison')
}

function compareTagged(left: Tagged, right: Tagged): number {
  if ((left.type === 'timestamp' || left.type === 'duration') && right.type === left.type) {
    return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0
  }
  if (left.type === 'bytes' && right.type === 'bytes') return Buffer.compare(left.value, right.value)
  return noOverload('comparison')
}

/** By code point, as UTF-8 sorts. */
function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i += 1) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Halves of characters beyond 16 bits come after all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** Two lists, one after the other; a set and a keyed list take each item once. */
export function concat(left: CelList, right: CelList): CelList {
  if (left.of === 'merged' || right.of === 'merged') throw new NotChecked('a sum of lists in no known order')
  if (left.of === undefined) return list([...left.items, ...right.items])
  if (left.of === 'set') {
    const missing = right.items.filter((item) => !left.items.some((own) => equal(own, item)))
    return { type: 'list', items: [...left.items, ...missing], of: 'merged' }
  }
  const merged = new Map([...byKey(left.items, left.of), ...byKey(right.items, left.of)])
  return { type: 'list', items: [...merged.values()], of: 'merged' }
}
