import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { base64Bytes } from './bytes.ts'
import { escapeName } from './escape-name.ts'
import { listMapKeys, propertiesOf } from './properties.ts'
import { dateNanos, durationNanos, timestampNanos } from './time.ts'
import { CelError, type CelMap, type MapKey, NotChecked, type Value } from './values.ts'

/**
 * A stored value as expressions see it: by its structural schema, not by its looks. `isRoot`: of a resource, which always
 * has apiVersion, kind and two fields of its metadata. What does not fit is a `broken` value.
 * Source: k8s.io/apiserver/pkg/cel/common/valuesunstructured.go.
 */
export function schemaValue(value: JsonValue, schema: JsonObject, isRoot = isEmbedded(schema)): Value {
  if (value === null) return schema['nullable'] === true ? null : broken('null where it is not allowed')
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' ? value : integer(value)
  if (schema['type'] === 'object' && isJsonObject(value)) {
    return objectValue(value, isRoot ? withTypeMeta(schema) : schema)
  }
  if (schema['type'] === 'array' && isJsonArray(value)) return listValue(value, schema)
  return scalarValue(value, schema)
}

function scalarValue(value: JsonValue, { type, format }: JsonObject): Value {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? textValue(value, format) : broken('no string')
    case 'number':
      return typeof value === 'number' ? value : broken('no number')
    case 'integer':
      return integer(value)
    case 'boolean':
      return typeof value === 'boolean' ? value : broken('no boolean')
    case 'object':
    case 'array':
      return broken(`no ${type}`)
    default:
      return notKnown('a value without a type')
  }
}

function broken(message: string): Value {
  return { type: 'broken', error: new CelError(`invalid data, ${message}`) }
}

function notKnown(message: string): Value {
  return { type: 'broken', error: new NotChecked(message) }
}

function isEmbedded(schema: JsonObject): boolean {
  return schema['x-kubernetes-embedded-resource'] === true
}

function integer(value: JsonValue): Value {
  if (typeof value !== 'number' || !Number.isInteger(value)) return broken('no integer')
  return Number.isSafeInteger(value) ? BigInt(value) : notKnown('an integer beyond 2^53')
}

const TEXT: JsonObject = { type: 'string' }
const METADATA: JsonObject = { type: 'object', properties: { name: TEXT, generateName: TEXT } }

/** The schema of a resource with the fields that every resource shows to expressions. */
function withTypeMeta(schema: JsonObject): JsonObject {
  return { ...schema, properties: { ...propertiesOf(schema), apiVersion: TEXT, kind: TEXT, metadata: METADATA } }
}

function objectValue(value: JsonObject, schema: JsonObject): CelMap {
  const entries = new Map<MapKey, Value>()
  const additional = schema['additionalProperties']
  if (isJsonObject(additional) && !isJsonObject(schema['properties'])) {
    for (const [key, item] of Object.entries(value)) entries.set(key, schemaValue(item, additional))
    return { type: 'map', entries }
  }
  const properties = propertiesOf(schema)
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    const name = escapeName(key)
    // A null of an object counts as absent.
    if (name === undefined || item === null || !isJsonObject(property) || !isVisible(property)) continue
    entries.set(name, schemaValue(item, property))
  }
  return { type: 'map', entries, raw: value }
}

function listValue(value: readonly JsonValue[], schema: JsonObject): Value {
  const items = schema['items']
  if (!isJsonObject(items)) return notKnown('a list without a schema of its items')
  const values = value.map((item) => schemaValue(item, items))
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { type: 'list', items: values, of: 'set' }
    case 'map':
      return { type: 'list', items: values, of: listMapKeys(schema) }
    default:
      return { type: 'list', items: values }
  }
}

function textValue(value: string, format: JsonValue | undefined): Value {
  switch (format) {
    case 'duration':
      return time('duration', durationNanos(value), value)
    case 'date':
      return time('timestamp', dateNanos(value), value)
    case 'date-time':
      return time('timestamp', timestampNanos(value), value)
    case 'byte': {
      const bytes = base64Bytes(value)
      return bytes === undefined ? notKnown('unusual base64') : { type: 'bytes', value: bytes }
    }
    default:
      return value
  }
}

function time(type: 'timestamp' | 'duration', nanos: bigint | undefined, text: string): Value {
  return nanos === undefined ? notKnown(`an unusual ${type}: ${text.length} characters`) : { type, nanos }
}

const seen = new WeakMap<JsonObject, boolean>()

/** Whether expressions see values of a schema: not where a part of it has no type. Source: SchemaDeclType. */
function isVisible(schema: JsonObject): boolean {
  const known = seen.get(schema)
  if (known !== undefined) return known
  const visible = looksVisible(schema)
  seen.set(schema, visible)
  return visible
}

function looksVisible(schema: JsonObject): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return true
  const { type, items, additionalProperties } = schema
  if (type === 'array') return isJsonObject(items) && isVisible(items)
  if (type === 'object') return !isJsonObject(additionalProperties) || isVisible(additionalProperties)
  return type === 'string' || type === 'boolean' || type === 'number' || type === 'integer'
}
