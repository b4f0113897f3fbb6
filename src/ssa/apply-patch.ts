import { metadataOf } from '../kube/ref.ts'
import type { JsonArray, JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { coreDefaults } from './core-defaults.ts'
import { dropDependentFields } from './drop-dependent-fields.ts'
import { dropEmpty } from './drop-empty.ts'
import { emptyObject } from './empty-object.ts'
import { difference, type FieldSet, isEmpty, pathsOf, setEquals } from './field-set.ts'
import { firstApplyEntries } from './first-apply.ts'
import {
  decodeManagedFields,
  type ManagedEntries,
  type ManagedEntry,
  managerId,
  withManagedFields,
  withoutManagedFields,
} from './managed-fields.ts'
import { formatPath } from './path-element.ts'
import { resetFields } from './reset-fields.ts'
import { STRIP_SET } from './strip-set.ts'
import { applyDefaults, isLoose, pruneUnknown, pruneUntypedNulls } from './structural.ts'
import { managedSets } from './track-update.ts'
import type { ApplyConflict, ApplyOutcome, ApplyRequest, ObjectType } from './types.ts'
import { type Managers, mergeApply } from './updater.ts'
import { validateTyped } from './validate-typed.ts'

/**
 * What the API server makes of a server-side apply: the object it would store (defaults and owners included, metadata
 * that only the server can give excluded), or the conflicts, or why the value does not fit its type.
 * Source: apimachinery, managedfields/internal/structuredmerge.go; KEP-555.
 */
export function applyPatch(request: ApplyRequest): ApplyOutcome {
  const { patch, type } = request
  const live = request.live === undefined ? emptyObject(type) : withoutManagedFields(request.live)
  if ((metadataOf(patch)['managedFields'] ?? null) !== null) {
    return { result: 'invalid', errors: [{ path: '.metadata.managedFields', message: 'must be nil' }] }
  }
  const problems = [
    ...validateTyped(type.schema, type.root, patch, { allowDuplicates: false }),
    ...validateTyped(type.schema, type.root, live, { allowDuplicates: true }),
  ]
  if (problems.length > 0) return { result: 'invalid', errors: problems }
  const decoded = decodeManagedFields(request.live ?? {})
  if (decoded === undefined) {
    return {
      result: 'invalid',
      errors: [{ path: '.metadata.managedFields', message: 'failed to decode managed fields' }],
    }
  }
  const owner: Omit<ManagedEntry, 'set' | 'time'> = {
    manager: request.manager,
    operation: 'Apply',
    apiVersion: type.apiVersion,
  }
  return merge(request, live, startEntries(request, decoded), owner)
}

function merge(
  request: ApplyRequest,
  live: JsonObject,
  entries: ManagedEntries,
  owner: Omit<ManagedEntry, 'set' | 'time'>,
): ApplyOutcome {
  const { type } = request
  const merged = mergeApply({ schema: type.schema, ref: type.root }, live, request.patch, managedSets(entries), {
    manager: managerId(owner),
    apiVersion: type.apiVersion,
    reset: resetFields(type, undefined),
    force: request.force,
  })
  if (merged.result === 'conflict') return { result: 'conflict', conflicts: describe(merged.conflicts, entries) }
  // An apply that moves nothing but ownership leaves the time of its entry as it was.
  const time = merged.changed ? { time: request.now } : timeOf(entries.get(managerId(owner)))
  const owners = ownersAfter(merged.managers, entries, { ...owner, ...time })
  const value = merged.changed && isJsonObject(merged.value) ? stored(merged.value, live, request) : live
  const object = withManagedFields(value, owners)
  const isSame = value === live || jsonEquals(withoutManagedFields(value), live)
  return request.live !== undefined && isSame && sameOwners(request.live, object)
    ? { result: 'applied', object: request.live, changed: false }
    : { result: 'applied', object: asRead(object, type), changed: true }
}

/**
 * The merge lets through what reading drops, though it is stored and owned, so that each apply of it is a change: empty
 * fields of metadata, fields unknown below a known one of a preserved object, and nulls of untyped fields. (A null of a
 * typed field stays: it makes the server refuse the object.)
 */
function asRead(object: JsonObject, { structural }: ObjectType): JsonObject {
  if (structural === undefined) return object
  const read = dropEmpty(object)
  return isLoose(structural) ? pruneUntypedNulls(pruneUnknown(read, structural).object, structural) : read
}

function ownersAfter(managers: Managers, before: ManagedEntries, owner: Omit<ManagedEntry, 'set'>): ManagedEntries {
  const id = managerId(owner)
  const out = new Map<string, ManagedEntry>()
  for (const [key, managed] of managers) {
    const entry = key === id ? owner : before.get(key)
    const set = key === id ? asBefore(difference(managed.set, STRIP_SET), before.get(id)?.set) : managed.set
    if (entry !== undefined && !isEmpty(set)) out.set(key, { ...entry, set })
  }
  return out
}

/** The very set of before where nothing moved: it is written already. */
function asBefore(set: FieldSet, before: FieldSet | undefined): FieldSet {
  return before !== undefined && setEquals(set, before) ? before : set
}

/** What the server makes of a merged object before it stores it. */
function stored(merged: JsonObject, live: JsonObject, request: ApplyRequest): JsonObject {
  const { type } = request
  const bare = type.structural === undefined ? dropEmpty(merged) : merged
  if (type.statusSubresource !== true) return withDefaults(bare, type)
  const { status: _, ...rest } = bare
  const status = request.live === undefined ? undefined : live['status']
  const full = withDefaults(status === undefined ? rest : { ...rest, status }, type)
  const isService = type.apiVersion === 'v1' && type.kind === 'Service'
  return isService && request.live !== undefined ? dropDependentFields(full, live) : full
}

/** A write that changes no more than timestamps is not stored (apiserver, IgnoreManagedFieldsTimestampsTransformer). */
function sameOwners(before: JsonObject, after: JsonObject): boolean {
  return jsonEquals(timelessOwners(before), timelessOwners(after))
}

function timelessOwners(object: JsonObject): JsonArray {
  const list = metadataOf(object)['managedFields']
  return (isJsonArray(list) ? list : []).map((entry) => {
    if (!isJsonObject(entry)) return entry
    const { time: _, ...rest } = entry
    return rest
  })
}

function timeOf(entry: ManagedEntry | undefined): { readonly time?: string } {
  return entry?.time === undefined ? {} : { time: entry.time }
}

/** Defaults as the server fills them in after the merge: from the CRD's schema, or the built-in kind's own. */
export function withDefaults(object: JsonObject, type: ObjectType): JsonObject {
  return type.structural === undefined ? coreDefaults(object) : applyDefaults(object, type.structural)
}

function startEntries(request: ApplyRequest, decoded: ManagedEntries): ManagedEntries {
  if (decoded.size > 0 || request.live === undefined) return decoded
  return firstApplyEntries(request.live, request.type, request.now)
}

function describe(conflicts: ReadonlyMap<string, FieldSet>, entries: ManagedEntries): readonly ApplyConflict[] {
  return [...conflicts.keys()].sort().flatMap((id) => {
    const entry = entries.get(id)
    const set = conflicts.get(id)
    if (entry === undefined || set === undefined) return []
    return [...pathsOf(set)].map((path) => ({
      manager: `${entry.manager}/${entry.operation}`,
      operation: entry.operation,
      name: entry.manager,
      apiVersion: entry.apiVersion,
      ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
      ...timeOf(entry),
      elements: path,
      path: formatPath(path),
    }))
  })
}
