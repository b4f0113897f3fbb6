/** A JSON value as `JSON.parse` returns it; treated as immutable everywhere. */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject
export type JsonArray = readonly JsonValue[]
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** True for a JSON object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for a JSON list. */
export function isJsonArray(value: unknown): value is JsonArray {
  return Array.isArray(value)
}

/** Deep equality of JSON values; the order of keys does not matter, the order of list items does. */
export function jsonEquals(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (isJsonArray(a)) {
    if (!isJsonArray(b) || a.length !== b.length) return false
    return a.every((item, i) => jsonEquals(item, b[i]))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && jsonEquals(a[key], b[key]))
}

/** The value at a path of keys (objects) and indexes (lists), or undefined. */
export function jsonAt(value: JsonValue | undefined, path: readonly (string | number)[]): JsonValue | undefined {
  let at: JsonValue | undefined = value
  for (const step of path) {
    if (isJsonArray(at) && typeof step === 'number') at = at[step]
    else if (isJsonObject(at) && typeof step === 'string' && Object.hasOwn(at, step)) at = at[step]
    else return undefined
  }
  return at
}

/** Canonical JSON: keys sorted by code unit, no white space (RFC 8785 for the values Kubernetes uses). */
export function canonicalJson(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`)
  return `{${fields.join(',')}}`
}
