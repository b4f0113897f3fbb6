import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { fieldsOf } from '../fields.ts'
import { OPENAPI_SCHEMAS } from '../openapi-data.ts'

/** A value that does not fit its Go type, in the words of encoding/json. Thrown within one decoding only. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** What a decoding found besides the value. */
export type Decoded = { readonly object: JsonObject; readonly unknown: readonly string[] }

/**
 * Fields that are pointers in Go, so that an explicit zero value is kept. Everything else that is optional is dropped
 * when empty. Source: k8s.io/api/core/v1/types.go, k8s.io/apimachinery/pkg/apis/meta/v1/types.go,
 * k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/types_jsonschema.go.
 */
const POINTERS: ReadonlySet<string> = new Set([
  'ServiceSpec.allocateLoadBalancerNodePorts',
  'ServiceSpec.internalTrafficPolicy',
  'ServiceSpec.ipFamilyPolicy',
  'ServiceSpec.loadBalancerClass',
  'ServiceSpec.trafficDistribution',
  'ServicePort.appProtocol',
  'ClientIPConfig.timeoutSeconds',
  'ConfigMap.immutable',
  'Secret.immutable',
  'EndpointAddress.nodeName',
  'EndpointPort.appProtocol',
  'ObjectMeta.deletionGracePeriodSeconds',
  'OwnerReference.blockOwnerDeletion',
  'OwnerReference.controller',
  'JSONSchemaProps.maximum',
  'JSONSchemaProps.minimum',
  'JSONSchemaProps.maxLength',
  'JSONSchemaProps.minLength',
  'JSONSchemaProps.maxItems',
  'JSONSchemaProps.minItems',
  'JSONSchemaProps.multipleOf',
  'JSONSchemaProps.maxProperties',
  'JSONSchemaProps.minProperties',
  'JSONSchemaProps.x-kubernetes-preserve-unknown-fields',
  'JSONSchemaProps.x-kubernetes-list-type',
  'JSONSchemaProps.x-kubernetes-map-type',
  'CustomResourceDefinitionVersion.deprecationWarning',
  'WebhookClientConfig.url',
])

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/**
 * Decodes a built-in object the way the server does through its Go type: undeclared fields are dropped and reported,
 * nulls and empty optional values disappear, structs that are always there appear.
 * @param component the schema's name in the OpenAPI document.
 * @throws DecodeError with the message of encoding/json.
 */
export function decodeTyped(object: JsonObject, component: string): Decoded {
  const unknown: string[] = []
  const decoded = decodeStruct(object, component, { go: '', json: '' }, unknown)
  return { object: decoded, unknown }
}

/** The same for the metadata of a custom resource, which alone has a Go type. */
export function decodeMetadata(metadata: JsonObject): Decoded {
  const unknown: string[] = []
  const decoded = decodeStruct(metadata, `${META}.ObjectMeta`, { go: '', json: 'metadata' }, unknown)
  return { object: decoded, unknown }
}

/** `go` is the path in error messages (no indexes), `json` that of unknown fields. */
type Place = { readonly go: string; readonly json: string }

function decodeStruct(value: JsonObject, component: string, at: Place, unknown: string[]): JsonObject {
  const schema = fieldsOf(OPENAPI_SCHEMAS[component])
  const properties = fieldsOf(schema['properties'])
  const required = isJsonArray(schema['required']) ? schema['required'] : []
  const struct = component.slice(component.lastIndexOf('.') + 1)
  const out: Record<string, JsonValue> = {}
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    const place = { go: join(at.go, key), json: join(at.json, key) }
    if (!isJsonObject(property)) {
      unknown.push(place.json)
      continue
    }
    const decoded = decodeValue(item, property, place, struct, unknown)
    const isKept = required.includes(key) || POINTERS.has(`${struct}.${key}`)
    if (decoded !== undefined && (isKept || !isEmptyValue(decoded, property))) out[key] = decoded
  }
  return { ...zeroValues(out, properties, required), ...out }
}

/** The fields that a struct writes even when they are empty. */
function zeroValues(present: JsonObject, properties: JsonObject, required: JsonArray): JsonObject {
  const zeros = Object.entries(properties).flatMap(([key, property]) => {
    if (present[key] !== undefined || !isJsonObject(property)) return []
    const zero = zeroValue(property, required.includes(key), key)
    return zero === undefined ? [] : [[key, zero] as const]
  })
  return Object.fromEntries(zeros)
}

function decodeValue(
  value: JsonValue,
  schema: JsonObject,
  at: Place,
  struct: string,
  unknown: string[],
): JsonValue | undefined {
  if (value === null) return undefined
  const name = refName(schema)
  if (name !== undefined) return decodeRef(value, name, at, struct, unknown)
  switch (schema['type']) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, struct, at, goType(schema))
      if (schema['format'] === 'byte') checkBase64(value)
      return value
    case 'integer':
      if (!Number.isInteger(value) || !fits(value, schema['format'])) throw mismatch(value, struct, at, goType(schema))
      return value
    case 'number':
      if (typeof value !== 'number') throw mismatch(value, struct, at, 'float64')
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, struct, at, 'bool')
      return value
    case 'array':
      return decodeList(value, schema, at, struct, unknown)
    case 'object':
      return decodeMap(value, schema, at, struct, unknown)
    default:
      return value
  }
}

function decodeRef(value: JsonValue, name: string, at: Place, struct: string, unknown: string[]): JsonValue {
  const schema = OPENAPI_SCHEMAS[name]
  if (name.endsWith('.IntOrString')) {
    if (typeof value === 'string' || Number.isInteger(value)) return value
    throw mismatch(value, struct, at, 'int32')
  }
  if (!isJsonObject(schema) || !isJsonObject(schema['properties'])) {
    // Time, FieldsV1 and the free-form JSON of a CRD's schema decode themselves.
    if (name.endsWith('.Time') && typeof value !== 'string') throw mismatch(value, struct, at, 'string')
    return value
  }
  if (!isJsonObject(value)) throw mismatch(value, struct, at, goName(name))
  return decodeStruct(value, name, at, unknown)
}

function decodeList(value: JsonValue, schema: JsonObject, at: Place, struct: string, unknown: string[]): JsonArray {
  if (!isJsonArray(value)) throw mismatch(value, struct, at, goType(schema))
  const items = fieldsOf(schema['items'])
  return value.map((item, index) => {
    const place = { go: at.go, json: `${at.json}[${index}]` }
    const decoded = decodeValue(
      item === null && refName(items) !== undefined ? {} : item,
      items,
      place,
      struct,
      unknown,
    )
    return decoded ?? zeroOf(items)
  })
}

function decodeMap(value: JsonValue, schema: JsonObject, at: Place, struct: string, unknown: string[]): JsonObject {
  if (!isJsonObject(value)) throw mismatch(value, struct, at, goType(schema))
  const items = schema['additionalProperties']
  if (!isJsonObject(items)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      decodeValue(item, items, { go: at.go, json: join(at.json, key) }, struct, unknown) ?? zeroOf(items),
    ]),
  )
}

/** Structs without `omitempty` are written even when empty: the document gives them `default: {}`. */
function zeroValue(property: JsonObject, isRequired: boolean, key: string): JsonValue | undefined {
  if (key === 'metadata') return {}
  const name = refName(property)
  const isStruct = name !== undefined && isJsonObject(property['default'])
  if (isStruct) return decodeStruct({}, name, { go: '', json: '' }, [])
  if (!isRequired || name !== undefined) return undefined
  return property['type'] === 'array' || property['type'] === 'object' ? null : zeroOf(property)
}

function zeroOf(schema: JsonObject): JsonValue {
  switch (schema['type']) {
    case 'string':
      return ''
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    default:
      return null
  }
}

function isEmptyValue(value: JsonValue, property: JsonObject): boolean {
  if (value === '' || value === 0 || value === false) return refName(property) === undefined
  if (isJsonArray(value)) return value.length === 0
  // Structs behind a pointer or without omitempty stay; empty maps go.
  return isJsonObject(value) && refName(property) === undefined && Object.keys(value).length === 0
}

function refName(schema: JsonObject): string | undefined {
  const direct = schema['$ref']
  const all = schema['allOf']
  const nested = isJsonArray(all) && isJsonObject(all[0]) ? all[0]['$ref'] : undefined
  const ref = typeof direct === 'string' ? direct : nested
  return typeof ref === 'string' ? ref.slice(ref.lastIndexOf('/') + 1) : undefined
}

function mismatch(value: JsonValue, struct: string, at: Place, type: string): DecodeError {
  const isNumber = typeof value === 'number'
  const found = isNumber && /^u?int\d+$/.test(type) ? `number ${value}` : jsonType(value)
  return new DecodeError(`json: cannot unmarshal ${found} into Go struct field ${struct}.${at.go} of type ${type}`)
}

function jsonType(value: JsonValue): string {
  if (typeof value === 'boolean') return 'bool'
  return isJsonArray(value) ? 'array' : typeof value
}

function goType(schema: JsonObject): string {
  const name = refName(schema)
  if (name !== undefined) return goName(name)
  switch (schema['type']) {
    case 'integer':
      return schema['format'] === 'int32' ? 'int32' : 'int64'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    case 'array':
      return `[]${isJsonObject(schema['items']) ? goType(schema['items']) : 'interface {}'}`
    case 'object':
      return `map[string]${isJsonObject(schema['additionalProperties']) ? goType(schema['additionalProperties']) : 'interface {}'}`
    default:
      return schema['format'] === 'byte' ? '[]uint8' : 'string'
  }
}

function goName(component: string): string {
  return component.split('.').slice(-2).join('.')
}

function fits(value: JsonValue, format: JsonValue | undefined): boolean {
  return typeof value === 'number' && (format !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31))
}

/** Source: encoding/base64, CorruptInputError. */
function checkBase64(text: string): void {
  const bad = text.search(/[^A-Za-z0-9+/=\r\n]/)
  const data = text.replace(/[\r\n]/g, '')
  const early = data.search(/=(?!=?$)/)
  const at = bad >= 0 ? bad : early >= 0 ? early : data.length % 4 === 0 ? -1 : data.length - (data.length % 4)
  if (at >= 0) throw new DecodeError(`illegal base64 data at input byte ${at}`)
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
