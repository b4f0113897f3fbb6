import type { JsonObject, JsonValue } from '../../../src/util/json.ts'
import type { Step } from '../exchange.ts'

export const V1 = '/api/v1'

/** The namespace that the sessions of the core kinds use. */
export const NS = `${V1}/namespaces/core`

/** An object of the core group, in the namespace that the path names. */
export function object(kind: string, name: string, rest: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind, metadata: { name }, ...rest }
}

/** A POST into a collection of that namespace. */
export function create(name: string, resource: string, body: JsonValue, query = 'fieldManager=c'): Step {
  return { name, method: 'POST', path: `${NS}/${resource}?${query}`, body }
}

/** A PATCH of `resource/name` there. */
export function patch(
  name: string,
  path: string,
  type: 'strategic-merge-patch+json' | 'merge-patch+json' | 'json-patch+json' | 'apply-patch+yaml',
  body: JsonValue,
  query = 'fieldManager=p',
): Step {
  return { name, method: 'PATCH', path: `${NS}/${path}?${query}`, contentType: `application/${type}`, body }
}
