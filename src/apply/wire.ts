import type { Operation } from 'fast-json-patch'
import type { ResourcePath } from '../cluster/types.ts'
import { metadataOf } from '../kube/ref.ts'
import type { ObjectStep } from '../plan/types.ts'
import type { JsonArray, JsonObject } from '../util/json.ts'

/** A stored version of an object, as `ObjectStep.live` names it. */
export type Version = { readonly uid: string; readonly resourceVersion: string }

/** etcd numbers its revisions from 1 and the first write is number 2, so no object has this version. */
const NO_VERSION = '1'

/** Where a step's object is. */
export function resourceOf(step: Pick<ObjectStep, 'ref' | 'plural'>): ResourcePath {
  const { apiVersion, namespace } = step.ref
  return namespace === undefined ? { apiVersion, plural: step.plural } : { apiVersion, plural: step.plural, namespace }
}

/**
 * Guards an apply with the version it was planned from; the server answers 409 when the object is another one by then.
 * An update names the uid as well, because an apply with a resourceVersion alone creates an object that is gone. A create
 * names a version that no object has, which the server looks at only when there is an object: version 0 would not do,
 * since built-in kinds take it for no guard at all. Measured on kube-apiserver 1.34 and 1.37.
 */
export function guarded(manifest: JsonObject, live: Version | undefined): JsonObject {
  const guard = live ?? { resourceVersion: NO_VERSION }
  return { ...manifest, metadata: { ...metadataOf(manifest), ...guard } }
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
