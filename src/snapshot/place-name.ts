import { metadataString } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'

/** `namespace/name`, or `name` where there is no namespace: what an object is called among those of its kind. */
export function placeName(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** The same of a live object. */
export function placeNameOf(object: JsonObject): string {
  return placeName(metadataString(object, 'namespace'), metadataString(object, 'name') ?? '')
}

/** The namespace of such a name; undefined without one. */
export function namespaceIn(placeName: string): string | undefined {
  const slash = placeName.indexOf('/')
  return slash < 0 ? undefined : placeName.slice(0, slash)
}

/** The order of etcd, in which the API server lists. */
export function byPlaceName(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
