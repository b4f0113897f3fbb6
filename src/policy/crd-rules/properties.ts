import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'

const NONE: JsonObject = {}

/** The declared properties of a schema. */
export function propertiesOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : NONE
}

/** The names of the fields that tell the items of a list of type map apart. */
export function listMapKeys(schema: JsonObject): readonly string[] {
  const keys = schema['x-kubernetes-list-map-keys']
  return isJsonArray(keys) ? keys.filter((key) => typeof key === 'string') : []
}

/** The item of a list that has the same keys as another one; undefined where items have no counterparts. */
export function counterpart(
  schema: JsonObject,
  items: readonly JsonValue[] | undefined,
  of: JsonValue,
): JsonValue | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined
  const keys = listMapKeys(schema)
  const wanted = keyOf(of, keys)
  return wanted === undefined ? undefined : items?.find((item) => keyOf(item, keys) === wanted)
}

function keyOf(item: JsonValue, keys: readonly string[]): string | undefined {
  if (!isJsonObject(item) || keys.length === 0) return undefined
  const values = keys.map((key) => (Object.hasOwn(item, key) ? (item[key] ?? null) : null))
  return values.some((value) => value === null || typeof value === 'object') ? undefined : JSON.stringify(values)
}
