import { metadataOf, metadataString, refOf } from '../../kube/ref.ts'
import type { JsonObject } from '../../util/json.ts'
import { isJsonArray } from '../../util/json.ts'
import { fieldsOf } from '../fields.ts'
import { CRD_RESOURCE, NAMESPACE_RESOURCE, type ServedResource } from '../served-resource.ts'
import { storeKey } from '../store.ts'
import { removeObject } from './collect-garbage.ts'
import type { WriteContext } from './write-context.ts'

/**
 * Removes the content of a marked Namespace or CRD, and the object itself once it is empty.
 * SIDE EFFECTS: changes the store.
 */
export function settleTerminating(context: WriteContext, resource: ServedResource, name: string): void {
  const object = context.store.get(resource.key, name)
  if (object === undefined || metadataString(object, 'deletionTimestamp') === undefined) return
  for (const item of contentOf(context, resource.key, object)) {
    removeObject(context, item.resource, item.key, item.object)
  }
  if (contentOf(context, resource.key, object).length > 0) return
  const spec = metadataOf(object)['finalizers']
  const isHeld = isJsonArray(spec) && spec.length > 0
  if (!isHeld) context.store.commit({ type: 'delete', resource: resource.key, key: name })
}

/** After an object went: its namespace or its CRD may have waited for it. SIDE EFFECTS: changes the store. */
export function settleOwners(context: WriteContext, resource: ServedResource, namespace: string | undefined): void {
  if (namespace !== undefined) settleTerminating(context, NAMESPACE_RESOURCE, namespace)
  if (resource.structural !== undefined)
    settleTerminating(context, CRD_RESOURCE, `${resource.plural}.${resource.group}`)
}

/** Everything in a namespace, or every object of a CRD, in the order it should go. */
function contentOf(
  context: WriteContext,
  resource: string,
  object: JsonObject,
): readonly { readonly resource: string; readonly key: string; readonly object: JsonObject }[] {
  const name = metadataString(object, 'name') ?? ''
  if (resource === NAMESPACE_RESOURCE.key) {
    return context.store.all().filter((item) => metadataOf(item.object)['namespace'] === name)
  }
  if (resource !== CRD_RESOURCE.key) return []
  const spec = fieldsOf(object['spec'])
  const names = fieldsOf(spec['names'])
  const key = `${String(spec['group'])}/${String(names['plural'])}`
  return context.store.list(key).flatMap((item) => {
    const ref = refOf(item)
    return ref === undefined ? [] : [{ resource: key, key: storeKey(ref.namespace, ref.name), object: item }]
  })
}
