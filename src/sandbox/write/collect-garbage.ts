import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { JsonObject } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { withMetadata } from './metadata.ts'
import type { WriteContext } from './write-context.ts'

/**
 * Does at once what a cluster's garbage collector does after an object is gone: objects whose last owner it was go too
 * (those with finalizers begin to), and so on down.
 * SIDE EFFECTS: deletes from the store.
 */
export function collectGarbage(context: WriteContext, gone: JsonObject): void {
  const uid = metadataString(gone, 'uid')
  if (uid === undefined) return
  for (const { resource, key, object } of context.store.all()) {
    const owners = ownerUids(object)
    if (!owners.includes(uid) || owners.some((owner) => owner !== uid && isAlive(context, owner))) continue
    removeObject(context, resource, key, object)
  }
}

/**
 * Removes an object: at once, or with a deletionTimestamp when finalizers hold it.
 * SIDE EFFECTS: changes the store.
 */
export function removeObject(context: WriteContext, resource: string, key: string, object: JsonObject): JsonObject {
  if (context.store.get(resource, key) === undefined) return object
  const finalizers = metadataOf(object)['finalizers']
  if (isJsonArray(finalizers) && finalizers.length > 0) {
    if (metadataString(object, 'deletionTimestamp') !== undefined) return object
    const marked = markDeleted(object, context.now())
    return context.store.commit({ type: 'put', resource, key, object: marked })
  }
  const removed = context.store.commit({ type: 'delete', resource, key })
  collectGarbage(context, removed)
  return removed
}

/** The object as it is while its deletion waits. */
export function markDeleted(object: JsonObject, now: string): JsonObject {
  const generation = metadataOf(object)['generation']
  return withMetadata(object, {
    deletionTimestamp: now,
    deletionGracePeriodSeconds: 0,
    ...(typeof generation === 'number' ? { generation: generation + 1 } : {}),
  })
}

/** The objects that name `uid` as an owner. */
export function dependentsOf(
  context: WriteContext,
  uid: string,
): readonly { readonly resource: string; readonly key: string; readonly object: JsonObject }[] {
  return context.store.all().filter(({ object }) => ownerUids(object).includes(uid))
}

function ownerUids(object: JsonObject): readonly string[] {
  const owners = metadataOf(object)['ownerReferences']
  if (!isJsonArray(owners)) return []
  return owners.flatMap((owner) => (isJsonObject(owner) && typeof owner['uid'] === 'string' ? [owner['uid']] : []))
}

function isAlive(context: WriteContext, uid: string): boolean {
  return context.store.all().some(({ object }) => metadataString(object, 'uid') === uid)
}
