import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { EMPTY_SET, type FieldSet, isEmpty } from './field-set.ts'
import { canonicalElement, compareElements, encodeElement, type PathElement } from './path-element.ts'

/**
 * Reads a FieldsV1 object: `{"f:spec":{".":{},"f:x":{}}}`. An empty object ends a path, `.` says that the path itself
 * belongs to the set. Unknown notations are dropped, as the server does. Source: fieldpath/serialize.go.
 */
export function decodeFieldsV1(fields: JsonObject): FieldSet {
  const members = new Set<PathElement>()
  const children = new Map<PathElement, FieldSet>()
  for (const key in fields) {
    if (key === '.') continue
    const element = canonicalElement(key)
    if (element === undefined) continue
    const below = fields[key]
    if (!isJsonObject(below)) {
      members.add(element)
      continue
    }
    const child = decodeFieldsV1(below)
    if (isEmpty(child) || Object.hasOwn(below, '.')) members.add(element)
    if (!isEmpty(child)) children.set(element, child)
  }
  return members.size === 0 && children.size === 0 ? EMPTY_SET : { members, children }
}

/** False for what the server's decoder refuses: a malformed element, or something else than an object below one. */
export function isFieldsV1(fields: JsonValue): boolean {
  if (fields === null) return true
  if (!isJsonObject(fields)) return false
  return Object.keys(fields).every((key) => {
    if (key === '.') return true
    if (key.charAt(1) !== ':') return false
    if (!'fkvi'.includes(key.charAt(0))) return true
    return canonicalElement(key) !== undefined && isFieldsV1(fields[key] ?? null)
  })
}

/** Writes a set as FieldsV1, keys in the server's order. */
export function encodeFieldsV1(set: FieldSet): JsonObject {
  const elements = new Set([...set.members, ...set.children.keys()])
  const out: Record<string, JsonValue> = {}
  for (const element of [...elements].sort(compareElements)) {
    const child = set.children.get(element)
    const below = child === undefined ? {} : encodeFieldsV1(child)
    out[encodeElement(element)] = child !== undefined && set.members.has(element) ? { '.': {}, ...below } : below
  }
  return out
}
