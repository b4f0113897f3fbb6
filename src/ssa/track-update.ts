import { metadataOf, metadataString } from '../kube/ref.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { emptyObject } from './empty-object.ts'
import { difference, isEmpty, union } from './field-set.ts'
import {
  decodeManagedFields,
  type ManagedEntries,
  type ManagedEntry,
  managerId,
  secondsOf,
  withManagedFields,
  withoutManagedFields,
} from './managed-fields.ts'
import { resetFields } from './reset-fields.ts'
import { STRIP_SET } from './strip-set.ts'
import type { ObjectType, UpdateRequest } from './types.ts'
import { type ManagedSet, mergeUpdate } from './updater.ts'
import { validateTyped } from './validate-typed.ts'

const MAX_UPDATERS = 10
const ANCIENT = 'ancient-changes'
const SELF = 'current-operation'

/**
 * Brings managedFields up to date after a create, update or non-apply patch: the writer owns what it changed. The
 * request may also set managedFields itself (a reset with `[{}]` turns tracking off until the next apply).
 * Source: apimachinery, managedfields/internal/fieldmanager.go and its managers.
 */
export function trackUpdate(request: UpdateRequest): JsonObject {
  const { live, object, type } = request
  const entries = entriesOf(request)
  const isUpdate = live !== undefined && metadataString(live, 'uid') !== undefined
  const bare = withoutManagedFields(object)
  if (entries.size === 0 && isUpdate) return bare
  const before = live === undefined ? emptyObject(type) : withoutManagedFields(live)
  const fits = (value: JsonObject): boolean =>
    validateTyped(type.schema, type.root, value, { allowDuplicates: true }).length === 0
  if (!fits(bare) || !fits(before)) return withListOf(live, bare)
  return withManagedFields(bare, capUpdaters(updateEntries(before, bare, entries, request)))
}

/** Tracking that fails leaves the list as it is (1.37; 1.34 empties it). */
function withListOf(live: JsonObject | undefined, object: JsonObject): JsonObject {
  const list = metadataOf(live ?? {})['managedFields']
  return list === undefined ? object : { ...object, metadata: { ...metadataOf(object), managedFields: list } }
}

/** Ownership after `updated` replaced `live`; the writer's entry is merged with its earlier one and gets the time. */
export function updateEntries(
  live: JsonObject,
  updated: JsonObject,
  entries: ManagedEntries,
  by: Pick<UpdateRequest, 'manager' | 'subresource' | 'type' | 'now'>,
): ManagedEntries {
  const { type } = by
  const moved = mergeUpdate({ schema: type.schema, ref: type.root }, live, updated, managedSets(entries), {
    manager: SELF,
    apiVersion: type.apiVersion,
    reset: resetFields(type, by.subresource),
  })
  const out = new Map<string, ManagedEntry>()
  for (const [id, managed] of moved) {
    const entry = entries.get(id)
    if (entry !== undefined) out.set(id, { ...entry, set: managed.set })
  }
  const own = moved.get(SELF)
  const set = own === undefined ? undefined : difference(own.set, STRIP_SET)
  if (set === undefined || isEmpty(set)) return out
  const writer: Omit<ManagedEntry, 'set'> = {
    manager: by.manager === '' ? 'unknown' : by.manager,
    operation: 'Update',
    apiVersion: type.apiVersion,
    ...(by.subresource === undefined ? {} : { subresource: by.subresource }),
    time: by.now,
  }
  const id = managerId(writer)
  const previous = out.get(id)
  out.set(id, { ...writer, set: previous === undefined ? set : union(set, previous.set) })
  return out
}

export function managedSets(entries: ManagedEntries): Map<string, ManagedSet> {
  const sets = new Map<string, ManagedSet>()
  for (const [id, entry] of entries) {
    sets.set(id, { set: entry.set, apiVersion: entry.apiVersion, applied: entry.operation === 'Apply' })
  }
  return sets
}

/** The entries a write starts from: the request's own when it has any, else the live ones; none after a reset. */
function entriesOf({ live, object, subresource, type }: UpdateRequest): ManagedEntries {
  const current = decodeManagedFields(live ?? {}) ?? new Map()
  if (subresource !== undefined) return current
  if (isReset(metadataOf(object)['managedFields'], type)) return new Map()
  const requested = decodeManagedFields(object)
  return requested === undefined || requested.size === 0 ? current : requested
}

/** `[{}]` resets; so does `[]`, save for a custom resource, where decoding drops it. */
function isReset(list: JsonValue | undefined, type: ObjectType): boolean {
  if (!isJsonArray(list)) return false
  if (list.length === 0) return type.structural === undefined
  const first = list[0]
  return list.length === 1 && isJsonObject(first) && Object.keys(first).length === 0
}

/** Folds the oldest updaters into `ancient-changes` once there are more than ten. Source: capmanagers.go. */
function capUpdaters(entries: ManagedEntries): ManagedEntries {
  const updaters = [...entries.entries()].filter(([, entry]) => entry.operation === 'Update')
  if (updaters.length <= MAX_UPDATERS) return entries
  updaters.sort(([idA, a], [idB, b]) => secondsOf(a) - secondsOf(b) || (idA < idB ? -1 : 1))
  const out = new Map(entries)
  const firstOf = new Map<string, string>()
  let count = updaters.length
  for (const [id, entry] of updaters) {
    if (count <= MAX_UPDATERS) break
    const bucket: Omit<ManagedEntry, 'set'> = { manager: ANCIENT, operation: 'Update', apiVersion: entry.apiVersion }
    const bucketId = managerId(bucket)
    const first = firstOf.get(entry.apiVersion)
    if (first === undefined) {
      firstOf.set(entry.apiVersion, id)
      continue
    }
    const start = out.get(bucketId) ?? out.get(first)
    if (!out.has(bucketId)) out.delete(first)
    const time = entry.time === undefined ? {} : { time: entry.time }
    out.set(bucketId, { ...bucket, ...time, set: start === undefined ? entry.set : union(entry.set, start.set) })
    out.delete(id)
    count -= 1
  }
  return out
}
