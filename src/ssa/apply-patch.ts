import { metadataOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject, jsonEquals } from '../util/json.ts'
import { coreDefaults } from './core-defaults.ts'
import { difference, isEmpty, pathsOf, setEquals } from './field-set.ts'
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
import { STRIP_SET } from './strip-set.ts'
import { applyDefaults } from './structural.ts'
import { emptyObject, managedSets } from './track-update.ts'
import type { ApplyConflict, ApplyOutcome, ApplyRequest, ObjectType } from './types.ts'
import { mergeApply } from './updater.ts'
import { validateTyped } from './validate-typed.ts'

/**
 * What the API server makes of a server-side apply: the object it would store (defaults and owners included, metadata
 * that only the server can give excluded), or the conflicts, or why the value does not fit its type.
 * Source: apimachinery, managedfields/internal/structuredmerge.go; KEP-555.
 */
export function applyPatch(request: ApplyRequest): ApplyOutcome {
  const { patch, type } = request
  const live = request.live === undefined ? emptyObject(type) : withoutManagedFields(request.live)
  if (metadataOf(patch)['managedFields'] !== undefined) {
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
  const id = managerId(owner)
  const by = { manager: id, apiVersion: type.apiVersion, force: request.force }
  const merged = mergeApply({ schema: type.schema, ref: type.root }, live, request.patch, managedSets(entries), by)
  if (merged.result === 'conflict') return { result: 'conflict', conflicts: describe(merged.conflicts, entries) }
  const out = new Map<string, ManagedEntry>()
  for (const [key, managed] of merged.managers) {
    const base = key === id ? { ...owner, ...timeOf(entries.get(id)) } : entries.get(key)
    if (base !== undefined) out.set(key, { ...base, set: managed.set })
  }
  const own = out.get(id)
  if (own !== undefined) {
    const set = difference(own.set, STRIP_SET)
    if (isEmpty(set)) out.delete(id)
    else out.set(id, { ...own, set, ...(merged.changed ? { time: request.now } : {}) })
  }
  const value = merged.changed && isJsonObject(merged.value) ? withDefaults(merged.value, type) : live
  // A write that changes no more than timestamps is not stored (apimachinery, IgnoreManagedFieldsTimestampsTransformer).
  const stored = request.live === undefined ? undefined : decodeManagedFields(request.live)
  if (request.live !== undefined && stored !== undefined && sameOwners(stored, out) && jsonEquals(value, live)) {
    return { result: 'applied', object: request.live, changed: false }
  }
  return { result: 'applied', object: withManagedFields(value, out), changed: true }
}

/** The same owners own the same fields, whenever they last wrote. */
function sameOwners(a: ManagedEntries, b: ManagedEntries): boolean {
  if (a.size !== b.size) return false
  for (const [id, entry] of a) {
    const other = b.get(id)
    if (other === undefined || other.apiVersion !== entry.apiVersion || !setEquals(entry.set, other.set)) return false
  }
  return true
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

function describe(
  conflicts: ReadonlyMap<string, Parameters<typeof pathsOf>[0]>,
  entries: ManagedEntries,
): readonly ApplyConflict[] {
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
