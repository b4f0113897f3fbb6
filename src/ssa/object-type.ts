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
 */
export function objectTypeFromOpenApi(from: {
  readonly apiVersion: string
  readonly kind: string
  readonly schemas: JsonObject
  readonly rootName: string
}): ObjectType {
  const root = from.schemas[from.rootName]
  const type: ObjectType = {
    apiVersion: from.apiVersion,
    kind: from.kind,
    schema: schemaFromOpenApi(from.schemas),
    root: { named: from.rootName },
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
  const properties = isJsonObject(structural['properties']) ? structural['properties'] : {}
  const rootSchema: JsonObject = {
    ...structural,
    properties: {
      ...properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }] },
    },
  }
  const schema = schemaFromOpenApi({ ...OBJECT_META_COMPONENTS, [rootName]: rootSchema })
  return { apiVersion: `${group}/${version}`, kind, schema, root: { named: rootName }, structural }
}

function structuralOf(version: JsonObject): JsonObject {
  const schema: JsonValue | undefined = version['schema']
  const open = isJsonObject(schema) ? schema['openAPIV3Schema'] : undefined
  return isJsonObject(open) ? open : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
}
