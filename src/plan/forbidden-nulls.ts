import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'

/** The paths of a custom resource that hold null although its structural schema does not say `nullable`. */
export function forbiddenNulls(object: JsonObject, schema: JsonObject): readonly string[] {
  const found: string[] = []
  visitFields(object, schema, '', found)
  return found
}

function visit(value: JsonValue, schema: JsonObject, path: string, found: string[]): void {
  if (value === null) {
    if (schema['nullable'] !== true) found.push(path)
  } else if (isJsonArray(value)) {
    const items = schema['items']
    if (isJsonObject(items)) for (const [i, item] of value.entries()) visit(item, items, `${path}[${i}]`, found)
  } else if (isJsonObject(value)) visitFields(value, schema, path, found)
}

function visitFields(value: JsonObject, schema: JsonObject, path: string, found: string[]): void {
  const properties = schema['properties']
  const additional = schema['additionalProperties']
  for (const key in value) {
    const declared = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additional
    if (isJsonObject(declared)) visit(value[key] ?? null, declared, path === '' ? key : `${path}.${key}`, found)
  }
}
