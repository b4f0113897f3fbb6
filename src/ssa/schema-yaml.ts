import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Atom, ListType, MapType, Scalar, Schema, StructField, TypeRef } from './schema.ts'

const SCALARS: readonly Scalar[] = ['string', 'numeric', 'boolean', 'untyped']

/**
 * Reads a schema in the YAML form of structured-merge-diff (`types: [{name, scalar | list | map}]`), already parsed.
 * Throws a plain Error that names the type when a construct is unknown. Source: schema/schemaschema.go.
 */
export function schemaFromYaml(document: JsonValue): Schema {
  const types = isJsonObject(document) ? document['types'] : undefined
  if (!isJsonArray(types)) throw new Error('the schema has no list `types`')
  const out = new Map<string, Atom>()
  for (const type of types) {
    if (!isJsonObject(type) || typeof type['name'] !== 'string') throw new Error('a type of the schema has no name')
    out.set(type['name'], atomFrom(type, type['name']))
  }
  return { types: out }
}

function atomFrom(from: JsonObject, where: string): Atom {
  const { scalar, list, map } = from
  return {
    ...(scalar === undefined ? {} : { scalar: scalarFrom(scalar, where) }),
    ...(isJsonObject(list) ? { list: listFrom(list, where) } : {}),
    ...(isJsonObject(map) ? { map: mapFrom(map, where) } : {}),
  }
}

function scalarFrom(from: JsonValue, where: string): Scalar {
  const scalar = SCALARS.find((name) => name === from)
  if (scalar === undefined) throw new Error(`${where}: unknown scalar ${JSON.stringify(from)}`)
  return scalar
}

function listFrom(from: JsonObject, where: string): ListType {
  const { elementRelationship: relationship, keys } = from
  const known = relationship === 'atomic' || relationship === 'associative' ? relationship : 'unspecified'
  return {
    elementType: refFrom(from['elementType'], where),
    elementRelationship: known,
    keys: isJsonArray(keys) ? keys.filter((key) => typeof key === 'string') : [],
  }
}

function mapFrom(from: JsonObject, where: string): MapType {
  const fields = new Map<string, StructField>()
  const list = from['fields']
  for (const field of isJsonArray(list) ? list : []) {
    if (!isJsonObject(field) || typeof field['name'] !== 'string') throw new Error(`${where}: a field has no name`)
    const type = refFrom(field['type'], `${where}.${field['name']}`)
    fields.set(field['name'], { type, default: field['default'] })
  }
  const elementType = from['elementType']
  return {
    fields,
    elementType:
      isJsonObject(elementType) && Object.keys(elementType).length > 0 ? refFrom(elementType, where) : undefined,
    elementRelationship: from['elementRelationship'] === 'atomic' ? 'atomic' : 'separable',
  }
}

function refFrom(from: JsonValue | undefined, where: string): TypeRef {
  if (!isJsonObject(from)) return {}
  const { namedType, elementRelationship: relationship } = from
  const override: Pick<TypeRef, 'elementRelationship'> =
    relationship === 'atomic' || relationship === 'associative' || relationship === 'separable'
      ? { elementRelationship: relationship }
      : {}
  return typeof namedType === 'string'
    ? { named: namedType, ...override }
    : { inlined: atomFrom(from, where), ...override }
}
