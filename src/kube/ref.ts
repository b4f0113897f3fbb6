import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'

/** Which Kubernetes object. `namespace` is absent for cluster-scoped kinds. */
export type ObjectRef = {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** A kind of one API version: `v1/Service`, `obol.org/v1alpha1/ServiceOffer`. */
export type KindKey = string

export function kindKey(of: { readonly apiVersion: string; readonly kind: string }): KindKey {
  return `${of.apiVersion}/${of.kind}`
}

/** `obol.org` of `obol.org/v1alpha1`; the empty string of the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** The identity of an object across API versions: `ServiceOffer.obol.org/llm/aeon`, `Service/llm/aeon`, `Namespace/llm`. */
export function objectId(ref: ObjectRef): string {
  const group = groupOf(ref.apiVersion)
  const kind = group === '' ? ref.kind : `${ref.kind}.${group}`
  return ref.namespace === undefined ? `${kind}/${ref.name}` : `${kind}/${ref.namespace}/${ref.name}`
}

/** The ref of a live object or manifest; undefined when apiVersion, kind or metadata.name is missing. */
export function refOf(object: JsonObject): ObjectRef | undefined {
  const { apiVersion, kind } = object
  const metadata = metadataOf(object)
  const name = metadata['name']
  const namespace = metadata['namespace']
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined
  return typeof namespace === 'string' ? { apiVersion, kind, namespace, name } : { apiVersion, kind, name }
}

const NO_METADATA: JsonObject = {}

/** The object's metadata, or an empty object. */
export function metadataOf(object: JsonObject): JsonObject {
  const metadata: JsonValue | undefined = object['metadata']
  return isJsonObject(metadata) ? metadata : NO_METADATA
}

/** A string field of metadata (`uid`, `resourceVersion`, …), or undefined. */
export function metadataString(object: JsonObject, field: string): string | undefined {
  const value = metadataOf(object)[field]
  return typeof value === 'string' ? value : undefined
}
