import { metadataString } from '../../kube/ref.ts'
import { trackUpdate } from '../../ssa/track-update.ts'
import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, jsonEquals } from '../../util/json.ts'
import { fieldsOf, listOf } from '../fields.ts'
import { CRD_RESOURCE } from '../served-resource.ts'
import type { WriteContext } from './write-context.ts'

/** A new CRD's status before its controller has looked at it. */
export function withCrdStatus(crd: JsonObject): JsonObject {
  const status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: storedVersions(crd) }
  return { ...crd, status }
}

/**
 * Does at once what the real server's controllers do a moment after a CRD is written: accepts its names, establishes it,
 * keeps count of its storage versions. SIDE EFFECTS: stores the CRD's status when it changes.
 */
export function establishCrd(context: WriteContext, crd: JsonObject): void {
  const status = establishedStatus(crd, context.now())
  if (jsonEquals(status, crd['status'])) return
  const object = trackUpdate({
    live: crd,
    object: { ...crd, status },
    manager: 'kube-apiserver',
    subresource: 'status',
    type: CRD_RESOURCE.type(),
    now: context.now(),
  })
  const key = metadataString(crd, 'name') ?? ''
  context.store.commit({ type: 'put', resource: CRD_RESOURCE.key, key, object })
}

function establishedStatus(crd: JsonObject, time: string): JsonObject {
  const { conditions, storedVersions: before } = fieldsOf(crd['status'])
  const known = isJsonArray(before) ? before : []
  return {
    conditions: isJsonArray(conditions)
      ? conditions
      : [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found', time),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', time),
        ],
    acceptedNames: fieldsOf(crd['spec'])['names'] ?? {},
    storedVersions: [...known, ...storedVersions(crd).filter((name) => !known.includes(name))],
  }
}

function condition(type: string, reason: string, message: string, time: string): JsonObject {
  return { type, status: 'True', lastTransitionTime: time, reason, message }
}

function storedVersions(crd: JsonObject): JsonArray {
  const versions = listOf(fieldsOf(crd['spec'])['versions'])
  return versions.filter((version) => version['storage'] === true).map((version): JsonValue => version['name'] ?? '')
}
