import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { OBJECT_META, OBJECT_META_COMPONENTS } from './object-meta.ts'
import { schemaFromOpenApi } from './openapi-schema.ts'
import type { ObjectType } from './types.ts'

/** Components under these prefixes are compiled into the server: their defaults are code, not schema. */
const BUILT_IN = ['io.k8s.api.', 'io.k8s.apiextensions-apiserver.', 'io.k8s.kube-aggregator.', 'io.k8s.apimachinery.']

/**
 * The type of a kind from a served OpenAPI v3 document.
 * @param from.schemas `components.schemas`, or the part of it that is reachable from the root.
 * @param from.rootName the component of the kind itself.
 * @param from.statusSubresource whether the document has a path for the kind's `/status`; by default, whether the kind
 * has a status.
 */
export function objectTypeFromOpenApi(from: {
  readonly apiVersion: string
  readonly kind: string
  readonly schemas: JsonObject
  readonly rootName: string
  readonly statusSubresource?: boolean
}): ObjectType {
  const root = from.schemas[from.rootName]
  const schema = schemaFromOpenApi(from.schemas)
  const type: ObjectType = {
    apiVersion: from.apiVersion,
    kind: from.kind,
    schema,
    root: { named: from.rootName },
    statusSubresource: from.statusSubresource ?? schema.types.get(from.rootName)?.map?.fields.has('status') ?? false,
  }
  const isBuiltIn = BUILT_IN.some((prefix) => from.rootName.startsWith(prefix))
  return isBuiltIn || !isJsonObject(root) ? type : { ...type, structural: root }
}

/**
 * The type of one version of a CRD (apiextensions.k8s.io/v1), as the server will build it once it is installed;
 * undefined when the CRD does not serve that version. Source: apiextensions-apiserver, controller/openapi/builder.
 */
export function objectTypeFromCrd(crd: JsonObject, version: string): ObjectType | undefined {
  const spec = crd['spec']
  if (!isJsonObject(spec)) return undefined
  const { group, names, versions } = spec
  const kind = isJsonObject(names) ? names['kind'] : undefined
  if (typeof group !== 'string' || typeof kind !== 'string' || !isJsonArray(versions)) return undefined
  const served = versions.filter(isJsonObject).find((item) => item['name'] === version && item['served'] === true)
  if (served === undefined) return undefined
  const structural = structuralOf(served)
  const rootName = `${group.split('.').reverse().join('.')}.${version}.${kind}`
  const subresources = served['subresources']
  return {
    apiVersion: `${group}/${version}`,
    kind,
    schema: schemaFromOpenApi({ ...OBJECT_META_COMPONENTS, [rootName]: withTypeMeta(withEmbeddedMeta(structural)) }),
    root: { named: rootName },
    structural,
    statusSubresource: isJsonObject(subresources) && isJsonObject(subresources['status']),
  }
}

function withTypeMeta(schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const metadata = { $ref: `#/components/schemas/${OBJECT_META}` }
  return { ...schema, properties: { ...properties, apiVersion: TEXT, kind: TEXT, metadata } }
}

const TEXT: JsonObject = { type: 'string' }

/** An embedded resource has the fields that every object has. */
function withEmbeddedMeta(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties: additional } = schema
  const below: JsonObject = {
    ...schema,
    ...(isJsonObject(properties) ? { properties: mapValues(properties, withEmbeddedMeta) } : {}),
    ...(isJsonObject(items) ? { items: withEmbeddedMeta(items) } : {}),
    ...(isJsonObject(additional) ? { additionalProperties: withEmbeddedMeta(additional) } : {}),
  }
  return schema['x-kubernetes-embedded-resource'] === true ? withTypeMeta(below) : below
}

function mapValues(object: JsonObject, change: (value: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isJsonObject(value) ? change(value) : value]),
  )
}

function structuralOf(version: JsonObject): JsonObject {
  const schema: JsonValue | undefined = version['schema']
  const open = isJsonObject(schema) ? schema['openAPIV3Schema'] : undefined
  return isJsonObject(open) ? open : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
}
