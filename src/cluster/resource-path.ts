import type { ResourcePath } from './types.ts'

/** The URL path of a collection: `/apis/obol.org/v1alpha1/namespaces/llm/serviceoffers`. */
export function collectionPath({ apiVersion, plural, namespace }: ResourcePath): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return `${root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`
}

/** The URL path of one object, or of its subresource. */
export function objectPath(resource: ResourcePath, name: string): string {
  const path = `${collectionPath(resource)}/${encodeURIComponent(name)}`
  return resource.subresource === undefined ? path : `${path}/${resource.subresource}`
}

/** The path with the parameters that are set. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`
}
