import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Atom, ListType, MapType, Scalar, Schema, StructField, TypeRef } from './schema.ts'

const UNTYPED = '__untyped_atomic_'
const DEDUCED = '__untyped_deduced_'
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension'

/** Other formats (date-time, int-or-string …) may be any scalar. */
const TEXT_FORMATS: ReadonlySet<JsonValue | undefined> = new Set([undefined, '', 'byte'])

const untyped: Atom = {
  scalar: 'untyped',
  list: { elementType: { named: UNTYPED }, elementRelationship: 'atomic', keys: [] },
  map: { fields: new Map(), elementType: { named: UNTYPED }, elementRelationship: 'atomic' },
}

const deduced: Atom = {
  scalar: 'untyped',
  list: { elementType: { named: UNTYPED }, elementRelationship: 'atomic', keys: [] },
  map: { fields: new Map(), elementType: { named: DEDUCED }, elementRelationship: 'separable' },
}

/**
 * Turns the component schemas of an OpenAPI v3 document into the merge's schema, reading `x-kubernetes-list-type`,
 * `-list-map-keys`, `-map-type`, `-preserve-unknown-fields` and the older patch markers.
 * Source: kube-openapi, schemaconv/openapi.go and smd.go.
 */
export function schemaFromOpenApi(components: JsonObject): Schema {
  const types = new Map<string, Atom>()
  for (const name in components) {
    const component = components[name]
    if (!isJsonObject(component) || typeof component['$ref'] === 'string') continue
    if (name === QUANTITY) types.set(name, { scalar: 'untyped' })
    else if (name === RAW_EXTENSION) types.set(name, untyped)
    else types.set(name, atomOf(component, false))
  }
  types.set(UNTYPED, untyped)
  types.set(DEDUCED, deduced)
  return { types }
}

/** `preserve`: an ancestor keeps unknown fields, and so does everything below it that is written inline. */
function atomOf(from: JsonObject, preserve: boolean): Atom {
  const keeps = preserve || from['x-kubernetes-preserve-unknown-fields'] === true
  switch (from['type']) {
    case 'object':
      return { map: mapOf(from, keeps) }
    case 'array':
      return { list: listOf(from, keeps) }
    case 'string':
      return { scalar: TEXT_FORMATS.has(from['format']) ? 'string' : 'untyped' }
    case 'integer':
    case 'number':
      return { scalar: 'numeric' satisfies Scalar }
    case 'boolean':
      return { scalar: 'boolean' }
    default:
      return { scalar: 'untyped', list: listOf(from, keeps), map: mapOf(from, keeps) }
  }
}

function mapOf(from: JsonObject, preserve: boolean): MapType {
  const fields = new Map<string, StructField>()
  const properties = from['properties']
  for (const [name, property] of Object.entries(isJsonObject(properties) ? properties : {})) {
    if (isJsonObject(property)) fields.set(name, { type: refOf(property, preserve), default: property['default'] })
  }
  return {
    fields,
    elementType: elementTypeOf(from, preserve, fields.size === 0),
    elementRelationship: from['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'separable',
  }
}

function elementTypeOf(from: JsonObject, preserve: boolean, isFreeForm: boolean): TypeRef | undefined {
  const additional = from['additionalProperties']
  if (isJsonObject(additional)) return refOf(additional, preserve)
  if (additional === undefined) return preserve || isFreeForm ? { named: DEDUCED } : undefined
  return additional === true ? { named: DEDUCED } : undefined
}

function listOf(from: JsonObject, preserve: boolean): ListType {
  const items = from['items']
  const elementType = isJsonObject(items) ? refOf(items, preserve) : { named: UNTYPED }
  return { elementType, ...relationshipOf(from) }
}

function relationshipOf(from: JsonObject): Pick<ListType, 'elementRelationship' | 'keys'> {
  const keys = from['x-kubernetes-list-map-keys']
  switch (from['x-kubernetes-list-type']) {
    case 'set':
      return { elementRelationship: 'associative', keys: [] }
    case 'map':
      return {
        elementRelationship: 'associative',
        keys: isJsonArray(keys) ? keys.filter((key) => typeof key === 'string') : [],
      }
    case undefined:
      return patchMarkersOf(from)
    default:
      return { elementRelationship: 'atomic', keys: [] }
  }
}

function patchMarkersOf(from: JsonObject): Pick<ListType, 'elementRelationship' | 'keys'> {
  const strategy = from['x-kubernetes-patch-strategy']
  if (strategy !== 'merge' && strategy !== 'merge,retainKeys') return { elementRelationship: 'atomic', keys: [] }
  const key = from['x-kubernetes-patch-merge-key']
  return { elementRelationship: 'associative', keys: typeof key === 'string' ? [key] : [] }
}

function refOf(from: JsonObject, preserve: boolean): TypeRef {
  const name = refName(from)
  if (name === undefined) return { inlined: atomOf(from, preserve) }
  const relationship = from['x-kubernetes-map-type']
  if (relationship === 'atomic') return { named: name, elementRelationship: 'atomic' }
  if (relationship === 'granular') return { named: name, elementRelationship: 'separable' }
  return { named: name }
}

/** The component a schema refers to, directly or through a single `allOf`. */
function refName(from: JsonObject): string | undefined {
  const direct = lastSegment(from['$ref'])
  if (direct !== undefined) return direct
  const all = from['allOf']
  const first = isJsonArray(all) && all.length === 1 ? all[0] : undefined
  return isJsonObject(first) ? lastSegment(first['$ref']) : undefined
}

function lastSegment(ref: JsonValue | undefined): string | undefined {
  return typeof ref === 'string' ? ref.slice(ref.lastIndexOf('/') + 1) : undefined
}
