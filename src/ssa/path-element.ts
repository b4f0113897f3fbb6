import type { JsonObject, JsonValue } from '../util/json.ts'
import { canonicalJson, isJsonArray, isJsonObject } from '../util/json.ts'
import { compareText } from './compare-text.ts'
import { formatValue } from './format-value.ts'
import { resolve } from './resolve.ts'
import type { ListType, Schema } from './schema.ts'

/**
 * One step of a field path, in the FieldsV1 notation of `metadata.managedFields`: `f:<name>` a field,
 * `k:<json object>` an item of a keyed list, `v:<json>` an item of a set, `i:<n>` an index. Two elements are equal
 * exactly when their strings are: keys are sorted and JSON is canonical.
 */
export type PathElement = string
export type Path = readonly PathElement[]

export function fieldElement(name: string): PathElement {
  return `f:${name}`
}

/** The element of a list item, or why it has none. Source: structured-merge-diff, typed/helpers.go. */
export function itemElement(
  schema: Schema,
  list: ListType,
  item: JsonValue,
): { readonly element: PathElement } | { readonly error: string } {
  if (list.elementRelationship !== 'associative') return { error: 'invalid indexing of non-associative list' }
  return list.keys.length > 0 ? keyedElement(schema, list, item) : setElement(item)
}

function keyedElement(schema: Schema, list: ListType, item: JsonValue): { element: PathElement } | { error: string } {
  if (item === null) return { error: 'associative list with keys may not have a null element' }
  if (!isJsonObject(item)) return { error: 'associative list with keys may not have non-map elements' }
  const key: Record<string, JsonValue> = {}
  let found = 0
  for (const name of list.keys) {
    const value = Object.hasOwn(item, name) ? item[name] : keyDefault(schema, list, name)
    if (value === undefined) continue
    key[name] = value
    found += 1
  }
  if (found > 0) return { element: `k:${canonicalJson(key)}` }
  const keys = list.keys.map((name) => JSON.stringify(name)).join(' ')
  return {
    error: `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
  }
}

function keyDefault(schema: Schema, list: ListType, name: string): JsonValue | undefined {
  const value = resolve(schema, list.elementType)?.map?.fields.get(name)?.default
  return value === null ? undefined : value
}

function setElement(item: JsonValue): { element: PathElement } | { error: string } {
  if (item === null) return { error: "associative list without keys has an element that's an explicit null" }
  if (isJsonArray(item)) return { error: 'not supported: associative list with lists as elements' }
  if (isJsonObject(item)) return { error: "associative list without keys has an element that's a map type" }
  return { element: `v:${canonicalJson(item)}` }
}

/** The element of a FieldsV1 key as the server wrote it, in canonical form; undefined for an unknown notation. */
export function canonicalElement(key: string): PathElement | undefined {
  switch (key.slice(0, 2)) {
    case 'f:':
      return key
    case 'i:':
      return /^i:[+-]?\d+$/.test(key) ? `i:${Number(key.slice(2))}` : undefined
    case 'k:':
    case 'v:':
      return canonicalJsonElement(key)
    default:
      return undefined
  }
}

function canonicalJsonElement(key: string): PathElement | undefined {
  try {
    const value: JsonValue = JSON.parse(key.slice(2))
    if (key.startsWith('v:')) return `v:${canonicalJson(value)}`
    // The server reads a null key as one without fields.
    return value === null || isJsonObject(value) ? `k:${canonicalJson(value ?? {})}` : undefined
  } catch {
    return undefined
  }
}

/** Where Go's JSON encoder writes something else than `JSON.stringify`. */
const ENCODED_OTHERWISE = /[<>&\u2028\u2029]|\\[bf]|e-\d(?!\d)/

/** The FieldsV1 key the server writes for an element. */
export function encodeElement(element: PathElement): string {
  if (element.startsWith('f:') || element.startsWith('i:') || !ENCODED_OTHERWISE.test(element)) return element
  const value: JsonValue = JSON.parse(element.slice(2))
  return `${element.slice(0, 2)}${encodeValue(value)}`
}

function encodeValue(value: JsonValue): string {
  if (typeof value === 'string') return encodeText(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape)
  if (typeof value === 'number') return JSON.stringify(value).replace(/e-(\d)$/, 'e-0$1')
  if (isJsonArray(value)) return `[${value.map(encodeValue).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort(compareText)
  return `{${keys.map((key) => `${encodeText(key)}:${encodeValue(value[key] ?? null)}`).join(',')}}`
}

function encodeText(text: string): string {
  return JSON.stringify(text).replace(/\\[bf\\]/g, (pair) =>
    pair === '\\b' ? '\\u0008' : pair === '\\f' ? '\\u000c' : pair,
  )
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The key fields of a `k:` element, or undefined for another kind of element. */
export function elementKey(element: PathElement): JsonObject | undefined {
  if (!element.startsWith('k:')) return undefined
  const value: JsonValue = JSON.parse(element.slice(2))
  return isJsonObject(value) ? value : undefined
}

const RANK: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 }

/** The server's order of elements: fields, keys, values, indexes; each by its content. */
export function compareElements(a: PathElement, b: PathElement): number {
  const rank = (RANK[a.charAt(0)] ?? 4) - (RANK[b.charAt(0)] ?? 4)
  if (rank !== 0) return rank
  if (a.startsWith('f:')) return compareText(a, b)
  if (a.startsWith('i:')) return Number(a.slice(2)) - Number(b.slice(2))
  return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)))
}

const KINDS = ['number', 'string', 'boolean', 'list', 'map', 'null']

function kindOf(value: JsonValue): number {
  const kind = value === null ? 'null' : isJsonArray(value) ? 'list' : isJsonObject(value) ? 'map' : typeof value
  return KINDS.indexOf(kind)
}

function compareValues(a: JsonValue, b: JsonValue): number {
  const kind = kindOf(a) - kindOf(b)
  if (kind !== 0) return kind
  if (isJsonObject(a) && isJsonObject(b)) return compareKeys(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return typeof a === 'string' && typeof b === 'string'
    ? compareText(a, b)
    : compareText(canonicalJson(a), canonicalJson(b))
}

/** Key field lists compare name by name, then value by value (value/fields.go). */
function compareKeys(a: JsonObject, b: JsonObject): number {
  const left = Object.keys(a).sort(compareText)
  const right = Object.keys(b).sort(compareText)
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const l = left[i] ?? ''
    const r = right[i] ?? ''
    if (l !== r) return compareText(l, r)
    const by = compareValues(a[l] ?? null, b[r] ?? null)
    if (by !== 0) return by
  }
  return left.length - right.length
}

/** A path as the API server prints it: `.spec.ports[name="http"].port`, `.finalizers[="x"]`. */
export function formatPath(path: Path): string {
  return path.map(formatElement).join('')
}

function formatElement(element: PathElement): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('i:')) return `[${rest}]`
  const value: JsonValue = JSON.parse(rest)
  if (element.startsWith('v:')) return `[=${formatValue(value)}]`
  if (!isJsonObject(value)) return `[${rest}]`
  const keys = Object.keys(value).sort(compareText)
  return `[${keys.map((key) => `${key}=${formatValue(value[key] ?? null)}`).join(',')}]`
}
