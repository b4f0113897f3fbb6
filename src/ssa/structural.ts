import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { type Draft, setKey } from './set-key.ts'

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
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : NO_PROPERTIES
  const filled = fillMissing(value, properties)
  const additional = schema['additionalProperties']
  let out: Draft | undefined
  for (const key in filled) {
    const before = filled[key] ?? null
    const declared = Object.hasOwn(properties, key) ? properties[key] : undefined
    let after = before
    if (isJsonObject(declared)) after = defaultValue(before, declared)
    else if (isJsonObject(additional)) after = defaultValue(replaceNull(before, additional), additional)
    if (after === before) continue
    out ??= { ...filled }
    setKey(out, key, after)
  }
  return out ?? filled
}

const NO_PROPERTIES: JsonObject = {}

function fillMissing(value: JsonObject, properties: JsonObject): JsonObject {
  let out: Draft | undefined
  for (const key in properties) {
    const property = properties[key]
    if (!isJsonObject(property)) continue
    const fallback = property['default'] ?? null
    const isMissing = !Object.hasOwn(value, key) || isForbiddenNull(value[key] ?? null, property)
    if (fallback === null || !isMissing) continue
    out ??= { ...value }
    setKey(out, key, fallback)
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
  if (keeps(schema)) return pruneBelowKept(value, schema, path, unknown)
  if (isJsonObject(value)) return pruneFields(value, schema, path, unknown)
  if (!isJsonArray(value)) return value
  const items = schemaAt(schema?.['items'])
  return value.map((item, i) => pruneValue(item, items, `${path}[${i}]`, unknown))
}

function pruneFields(value: JsonObject, schema: JsonObject | undefined, path: string, unknown: string[]): JsonObject {
  const out: Draft = {}
  for (const key in value) {
    const child = value[key] ?? null
    const at = path === '' ? key : `${path}.${key}`
    const known = schema === undefined ? 'unknown' : schemaOfKey(schema, key)
    if (known === 'as-is') setKey(out, key, child)
    else if (known !== 'unknown') setKey(out, key, pruneValue(child, known, at, unknown))
    else if (path !== '' || !META_FIELDS.has(key)) unknown.push(at)
  }
  return out
}

/** Where unknown fields are kept, known ones may still lead to places where they are not. */
function pruneBelowKept(value: JsonValue, schema: JsonObject | undefined, path: string, unknown: string[]): JsonValue {
  if (schema === undefined) return value
  if (isJsonArray(value)) {
    const items = schemaAt(schema['items'])
    return value.map((item, i) => pruneBelowKept(item, items, `${path}[${i}]`, unknown))
  }
  if (!isJsonObject(value)) return value
  const out: Draft = {}
  for (const key in value) {
    const child = value[key] ?? null
    const known = schemaOfKey(schema, key)
    const isPlain = known === 'as-is' || known === 'unknown'
    const at = path === '' ? key : `${path}.${key}`
    setKey(out, key, isPlain ? child : pruneValue(child, known, at, unknown))
  }
  return out
}

/** The schema of a key; undefined for one of `additionalProperties: true`, below which nothing is known. */
function schemaOfKey(schema: JsonObject, key: string): JsonObject | undefined | 'as-is' | 'unknown' {
  if (schema['x-kubernetes-embedded-resource'] === true && META_FIELDS.has(key)) return 'as-is'
  const properties = schema['properties']
  const property = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (isJsonObject(property)) return property
  const additional = schema['additionalProperties']
  return additional === undefined ? 'unknown' : schemaAt(additional)
}

const loose = new WeakMap<JsonObject, boolean>()

/** True when a schema somewhere preserves unknown fields or has a field without a type: else the merge lets none through. */
export function isLoose(schema: JsonObject): boolean {
  const known = loose.get(schema)
  if (known !== undefined) return known
  const properties = Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {})
  const result = keeps(schema) || properties.some(([key, property]) => !META_FIELDS.has(key) && isLooseBelow(property))
  loose.set(schema, result)
  return result
}

function isLooseBelow(schema: JsonValue | undefined): boolean {
  if (!isJsonObject(schema)) return schema === true
  const { type, properties, items, additionalProperties } = schema
  const below = [...(isJsonObject(properties) ? Object.values(properties) : []), items, additionalProperties]
  return type === undefined || keeps(schema) || below.some(isLooseBelow)
}

/**
 * Drops the nulls of fields that have no type, are not nullable and have no default: such a null passes validation, and
 * goes whenever the object is read. Source: apiextensions-apiserver, schema/defaulting/prunenulls.go.
 */
export function pruneUntypedNulls(object: JsonObject, schema: JsonObject): JsonObject {
  const pruned = withoutNulls(object, schema)
  return isJsonObject(pruned) ? pruned : object
}

function withoutNulls(value: JsonValue, schema: JsonObject | undefined): JsonValue {
  if (schema === undefined) return value
  if (isJsonArray(value)) return value.map((item) => withoutNulls(item, schemaAt(schema['items'])))
  if (!isJsonObject(value)) return value
  const out: Draft = {}
  for (const key in value) {
    const child = value[key] ?? null
    const known = schemaOfKey(schema, key)
    const at = known === 'as-is' || known === 'unknown' ? undefined : known
    if (child !== null || at === undefined || !isUntyped(at)) setKey(out, key, withoutNulls(child, at))
  }
  return out
}

function isUntyped(schema: JsonObject): boolean {
  const { type, nullable } = schema
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true
  return type === undefined && !isIntOrString && nullable !== true && (schema['default'] ?? null) === null
}

function schemaAt(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

function keeps(schema: JsonObject | undefined): boolean {
  return schema?.['x-kubernetes-preserve-unknown-fields'] === true
}
