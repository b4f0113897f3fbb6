import { groupOf } from '../kube/ref.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'

/** What a plan needs of one kind: where its objects are, and the schemas that its own refers to. */
export type KindSchema = {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Name of the kind's component in `schemas`. */
  readonly rootName: string
  /** The part of `components.schemas` that is reachable from the root. */
  readonly schemas: JsonObject
}

type WantedKind = { readonly apiVersion: string; readonly kind: string }

/**
 * The kind's part of an OpenAPI v3 document, or undefined when the document does not serve it. Source: the markers
 * x-kubernetes-group-version-kind and x-kubernetes-action of kube-openapi.
 */
export function kindSchemaOf(document: JsonObject, wanted: WantedKind): KindSchema | undefined {
  const place = placeOf(document, wanted)
  const components = document['components']
  const schemas = isJsonObject(components) ? components['schemas'] : undefined
  if (place === undefined || !isJsonObject(schemas)) return undefined
  const rootName = Object.keys(schemas).find((name) => {
    const schema = schemas[name]
    const marks = isJsonObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined
    return isJsonArray(marks) && marks.some((mark) => isKind(mark, wanted))
  })
  if (rootName === undefined) return undefined
  const { apiVersion, kind } = wanted
  return { apiVersion, kind, ...place, rootName, schemas: reachable(schemas, rootName) }
}

/** `/apis/obol.org/v1alpha1/namespaces/{namespace}/serviceoffers/{name}` with the action `get` says both. */
function placeOf(
  document: JsonObject,
  wanted: WantedKind,
): { readonly plural: string; readonly namespaced: boolean } | undefined {
  const { paths } = document
  for (const [path, operations] of Object.entries(isJsonObject(paths) ? paths : {})) {
    const get = isJsonObject(operations) ? operations['get'] : undefined
    const plural = /\/([^/{}]+)\/\{name\}$/.exec(path)?.[1]
    if (plural === undefined || !isJsonObject(get) || get['x-kubernetes-action'] !== 'get') continue
    if (!isKind(get['x-kubernetes-group-version-kind'], wanted)) continue
    return { plural, namespaced: path.includes('/namespaces/{namespace}/') }
  }
  return undefined
}

function isKind(mark: JsonValue | undefined, { apiVersion, kind }: WantedKind): boolean {
  if (!isJsonObject(mark)) return false
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return mark['group'] === groupOf(apiVersion) && mark['version'] === version && mark['kind'] === kind
}

const REF_PREFIX = '#/components/schemas/'

function reachable(schemas: JsonObject, rootName: string): JsonObject {
  const found: Record<string, JsonValue> = {}
  const queue = [rootName]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const schema = schemas[name]
    if (schema === undefined || Object.hasOwn(found, name)) continue
    found[name] = schema
    collectRefs(schema, queue)
  }
  return found
}

function collectRefs(value: JsonValue, into: string[]): void {
  if (isJsonArray(value)) {
    for (const item of value) collectRefs(item, into)
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string' && item.startsWith(REF_PREFIX)) {
        into.push(item.slice(REF_PREFIX.length))
      } else collectRefs(item, into)
    }
  }
}
