import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { fieldsOf } from '../fields.ts'
import { OPENAPI_DOCUMENTS, OPENAPI_SCHEMAS } from '../openapi-data.ts'
import type { ServedResource } from '../served-resource.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const META_ROOTS = ['ObjectMeta', 'ListMeta', 'DeleteOptions', 'Patch', 'Status'].map((name) => `${META}.${name}`)
const REF = '#/components/schemas/'

const API_VERSION: JsonObject = {
  description:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  type: 'string',
}
const KIND: JsonObject = {
  description:
    'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  type: 'string',
}

/**
 * The OpenAPI v3 document of a group version of custom resources, as the server builds it from their CRDs: the kinds
 * with standard metadata, their lists, and the paths with their operations.
 * Source: apiextensions-apiserver, pkg/controller/openapi/builder/builder.go.
 */
export function customOpenApi(resources: readonly ServedResource[]): JsonObject {
  const kinds = Object.fromEntries(resources.flatMap(kindSchemas))
  const paths = Object.fromEntries(resources.flatMap(pathItems))
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths,
    components: { schemas: { ...metaSchemas(), ...kinds } },
  }
}

function kindSchemas(resource: ServedResource): readonly (readonly [string, JsonObject])[] {
  const { group, version, kind, listKind, plural } = resource
  const name = componentOf(resource, kind)
  const structural = resource.structural ?? {}
  const properties = fieldsOf(structural['properties'])
  const metadata = fieldsOf(properties['metadata'])
  const object: JsonObject = {
    ...structural,
    properties: {
      ...properties,
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: {
        description:
          typeof metadata['description'] === 'string'
            ? metadata['description']
            : "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
        allOf: [{ $ref: `${REF}${META}.ObjectMeta` }],
      },
    },
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  }
  const list: JsonObject = {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: API_VERSION,
      items: {
        description: `List of ${plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
        type: 'array',
        items: { $ref: `${REF}${name}` },
      },
      kind: KIND,
      metadata: {
        description:
          'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
        allOf: [{ $ref: `${REF}${META}.ListMeta` }],
      },
    },
    'x-kubernetes-group-version-kind': [{ group, kind: listKind, version }],
  }
  return [
    [name, object],
    [componentOf(resource, listKind), list],
  ]
}

/** Paths shaped like those of a built-in kind of the same scope, whose parameters are the same. */
function pathItems(resource: ServedResource): readonly (readonly [string, JsonObject])[] {
  const { group, version, plural, kind, namespaced, hasStatus } = resource
  const base = `/apis/${group}/${version}`
  const [model, of] = namespaced ? (['services', 'api/v1'] as const) : (['namespaces', 'api/v1'] as const)
  const modelPaths = OPENAPI_DOCUMENTS.get(of)?.['paths']
  if (!isJsonObject(modelPaths)) return []
  const gvk = { group, version, kind }
  const scope = namespaced ? '/namespaces/{namespace}' : ''
  const pairs: readonly (readonly [string, string])[] = [
    ...(namespaced ? [[`/api/v1/${model}`, `${base}/${plural}`] as const] : []),
    [`/api/v1${scope}/${model}`, `${base}${scope}/${plural}`],
    [`/api/v1${scope}/${model}/{name}`, `${base}${scope}/${plural}/{name}`],
    ...(hasStatus
      ? [[`/api/v1${scope}/${model}/{name}/status`, `${base}${scope}/${plural}/{name}/status`] as const]
      : []),
  ]
  return pairs.flatMap(([from, to]) => {
    const item = modelPaths[from]
    return isJsonObject(item) ? [[to, withKind(item, gvk)] as const] : []
  })
}

function withKind(item: JsonObject, gvk: JsonObject): JsonObject {
  const entries = Object.entries(item).map(([method, operation]) => {
    if (!isJsonObject(operation)) return [method, operation] as const
    const name = `${method}${String(gvk['kind'])}${String(gvk['version'])}`
    return [method, { ...operation, operationId: name, 'x-kubernetes-group-version-kind': gvk }] as const
  })
  return Object.fromEntries(entries)
}

function metaSchemas(): JsonObject {
  const reached = new Set<string>()
  const queue = [...META_ROOTS]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    queue.push(...refsOf(OPENAPI_SCHEMAS[name] ?? null))
  }
  return Object.fromEntries([...reached].sort().map((name) => [name, OPENAPI_SCHEMAS[name] ?? {}]))
}

function refsOf(value: JsonValue): readonly string[] {
  if (isJsonArray(value)) return flatRefs(value)
  if (!isJsonObject(value)) return []
  const ref = value['$ref']
  const own = typeof ref === 'string' ? [ref.slice(ref.lastIndexOf('/') + 1)] : []
  return [...own, ...flatRefs(Object.values(value))]
}

function flatRefs(values: JsonArray): readonly string[] {
  return values.flatMap(refsOf)
}

/** `org.obol.v1alpha1.ServiceOffer` */
function componentOf({ group, version }: ServedResource, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`
}
