import type { Operation } from 'fast-json-patch'
import type { ResourcePath } from '../cluster/types.ts'
import { metadataOf } from '../kube/ref.ts'
import type { ObjectStep } from '../plan/types.ts'
import type { JsonArray, JsonObject } from '../util/json.ts'

/** Where a step's object is. */
export function resourceOf(step: Pick<ObjectStep, 'ref' | 'plural'>): ResourcePath {
  const { apiVersion, namespace } = step.ref
  return namespace === undefined ? { apiVersion, plural: step.plural } : { apiVersion, plural: step.plural, namespace }
}

/**
 * Guards an apply with the version it was planned from. A create carries version 0: the server refuses it for custom
 * resources that exist by then (422 on metadata.resourceVersion), so a create never merges into somebody's object.
 */
export function guarded(manifest: JsonObject, resourceVersion: string | undefined): JsonObject {
  return { ...manifest, metadata: { ...metadataOf(manifest), resourceVersion: resourceVersion ?? '0' } }
}

/**
 * Step 1 of transfer-then-apply as JSON Patch (RFC 6902): all of managedFields at once, under the resourceVersion it was
 * computed from. The server answers 409 when the object has moved on.
 */
export function transferPatch(managedFields: JsonArray, resourceVersion: string): JsonArray {
  const operations: Operation[] = [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/metadata/managedFields', value: managedFields },
  ]
  return operations.map((operation) => ({ ...operation }))
}
