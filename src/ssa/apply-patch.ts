import { metadataOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject, jsonEquals } from '../util/json.ts'
import { coreDefaults } from './core-defaults.ts'
import { difference, isEmpty, pathsOf } from './field-set.ts'
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
import { emptyObject, managedSets, updateEntries } from './track-update.ts'
import type { ApplyConflict, ApplyOutcome, ApplyRequest, ObjectType } from './types.ts'
import { mergeApply } from './updater.ts'
import { validateTyped } from './validate-typed.ts'

const BEFORE_FIRST_APPLY = 'before-first-apply'

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
  return merge(request, live, decoded.size === 0 ? beforeFirstApply(request, live) : decoded, owner)
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
  const object = withManagedFields(value, out)
  const before = withManagedFields(live, decodeManagedFields(request.live ?? {}) ?? new Map())
  return { result: 'applied', object, changed: request.live === undefined || !jsonEquals(before, object) }
}

function timeOf(entry: ManagedEntry | undefined): { readonly time?: string } {
  return entry?.time === undefined ? {} : { time: entry.time }
}

/** Defaults as the server fills them in after the merge: from the CRD's schema, or the built-in kind's own. */
export function withDefaults(object: JsonObject, type: ObjectType): JsonObject {
  return type.structural === undefined ? coreDefaults(object) : applyDefaults(object, type.structural)
}

/** An object without tracking: all it has belongs to whoever wrote it before the first apply. */
function beforeFirstApply(request: ApplyRequest, live: JsonObject): ManagedEntries {
  if (request.live === undefined) return new Map()
  const { type, now } = request
  return updateEntries(emptyObject(type), live, new Map(), { manager: BEFORE_FIRST_APPLY, type, now })
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
      path: formatPath(path),
    }))
  })
}
