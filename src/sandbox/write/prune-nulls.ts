import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'

/**
 * Drops nulls of properties that are not nullable and have no default, before defaulting. Items of lists stay, so that
 * validation can refuse them. Apply patches do not pass here.
 * Source: apiextensions-apiserver, schema/defaulting/prune.go.
 */
export function pruneNulls(object: JsonObject, schema: JsonObject): JsonObject {
  const pruned = prune(object, schema)
  return isJsonObject(pruned) ? pruned : object
}

function prune(value: JsonValue, schema: JsonObject): JsonValue {
  if (isJsonArray(value)) {
    const items = schema['items']
    return isJsonObject(items) ? value.map((item) => prune(item, items)) : value
  }
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const property = schemaOf(schema, key)
    if (property === undefined) return [[key, item] as const]
    if (item === null && property['nullable'] !== true && property['default'] === undefined) return []
    return [[key, prune(item, property)] as const]
  })
  return Object.fromEntries(entries)
}

function schemaOf(schema: JsonObject, key: string): JsonObject | undefined {
  const properties = schema['properties']
  const property = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (isJsonObject(property)) return property
  const additional = schema['additionalProperties']
  return isJsonObject(additional) ? additional : undefined
}
