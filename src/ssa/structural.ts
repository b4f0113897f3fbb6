import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'

/**
 * Fills in the defaults of a custom resource's structural schema: missing properties, and nulls where null is not
 * allowed. Objects that are absent are not made up. Returns the same value when nothing is missing.
 * Source: apiextensions-apiserver, schema/defaulting/algorithm.go.
 */
export function applyDefaults(object: JsonObject, schema: JsonObject): JsonObject {
  const defaulted = defaultValue(object, schema)
  return isJsonObject(defaulted) ? defaulted : object
}

function defaultValue(value: JsonValue, schema: JsonObject): JsonValue {
  if (isJsonObject(value)) return defaultFields(value, schema)
  if (!isJsonArray(value)) return value
  const items = schema['items']
  if (!isJsonObject(items)) return value
  const out = value.map((item) => defaultValue(replaceNull(item, items), items))
  return out.every((item, i) => item === value[i]) ? value : out
}

function defaultFields(value: JsonObject, schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : undefined
  const additional = isJsonObject(schema['additionalProperties']) ? schema['additionalProperties'] : undefined
  let out: Record<string, JsonValue> | undefined
  const set = (key: string, next: JsonValue): void => {
    out ??= { ...value }
    out[key] = next
  }
  for (const key in properties) {
    const property = properties[key]
    if (!isJsonObject(property) || property['default'] === undefined || property['default'] === null) continue
    const present = Object.hasOwn(value, key) ? value[key] : undefined
    if (present === undefined || isForbiddenNull(present, property)) set(key, property['default'])
  }
  const current = out ?? value
  for (const key in current) {
    const before = current[key] ?? null
    const declared = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
    const after = isJsonObject(declared)
      ? defaultValue(before, declared)
      : additional === undefined
        ? before
        : defaultValue(replaceNull(before, additional), additional)
    if (after !== before) set(key, after)
  }
  return out ?? value
}

function replaceNull(value: JsonValue, schema: JsonObject): JsonValue {
  return isForbiddenNull(value, schema) ? (schema['default'] ?? null) : value
}

function isForbiddenNull(value: JsonValue, schema: JsonObject): boolean {
  return value === null && schema['nullable'] !== true
}

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/**
 * Drops the fields that a structural schema does not know, unless it preserves them; the root's apiVersion, kind and
 * metadata always stay. Source: apiextensions-apiserver, schema/pruning/algorithm.go.
 * @returns the pruned object and the paths dropped (`spec.foo`, `spec.items[0].bar`), sorted.
 */
export function pruneUnknown(
  object: JsonObject,
  schema: JsonObject,
): { readonly object: JsonObject; readonly unknown: readonly string[] } {
  const unknown: string[] = []
  const pruned = pruneValue(object, { ...schema, 'x-kubernetes-embedded-resource': true }, '', unknown)
  return { object: isJsonObject(pruned) ? pruned : object, unknown: unknown.sort() }
}

function pruneValue(value: JsonValue, schema: JsonObject | undefined, path: string, unknown: string[]): JsonValue {
  if (isJsonArray(value)) {
    const items = schema === undefined ? undefined : schema['items']
    const of = isJsonObject(items) ? items : keeps(schema) ? schema : undefined
    return value.map((item, i) => pruneValue(item, of, `${path}[${i}]`, unknown))
  }
  return isJsonObject(value) ? pruneFields(value, schema, path, unknown) : value
}

function pruneFields(value: JsonObject, schema: JsonObject | undefined, path: string, unknown: string[]): JsonObject {
  const out: Record<string, JsonValue> = {}
  for (const key in value) {
    const child = value[key] ?? null
    const at = path === '' ? key : `${path}.${key}`
    const known = schema === undefined ? undefined : schemaOfKey(schema, key)
    if (known === 'as-is') out[key] = child
    else if (known !== undefined) out[key] = pruneValue(child, known, at, unknown)
    else if (path !== '' || !META_FIELDS.has(key)) unknown.push(at)
  }
  return out
}

function schemaOfKey(schema: JsonObject, key: string): JsonObject | 'as-is' | undefined {
  if (schema['x-kubernetes-embedded-resource'] === true && META_FIELDS.has(key)) return 'as-is'
  const properties = schema['properties']
  const property = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (isJsonObject(property)) return property
  const additional = schema['additionalProperties']
  if (isJsonObject(additional)) return additional
  return additional === true || keeps(schema) ? 'as-is' : undefined
}

function keeps(schema: JsonObject | undefined): boolean {
  return schema !== undefined && schema['x-kubernetes-preserve-unknown-fields'] === true
}
