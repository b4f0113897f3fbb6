import { difference, EMPTY_SET, type FieldSet, intersection, isEmpty, pathsOf, union } from '../ssa/field-set.ts'
import { type ManagedEntries, type ManagedEntry, managerId } from '../ssa/managed-fields.ts'
import { FIELD_MANAGER, type ObjectType } from '../ssa/types.ts'
import { showPath } from './field-path.ts'
import { ownersOf } from './owners.ts'
import type { Transfer } from './types.ts'

/** Our identity among the owners: `obol/Apply`, the same whatever API version it last wrote. */
export function ownEntryId(apiVersion: string): string {
  return managerId({ manager: FIELD_MANAGER, operation: 'Apply', apiVersion })
}

/**
 * Step 1 of transfer-then-apply: gives `obol/Apply` sole ownership of the stale paths, and of nothing else, so that
 * the apply that follows drops them in one revision. Whoever writes through a subresource keeps what it has.
 */
export function transferOwnership(
  entries: ManagedEntries,
  stale: FieldSet,
  type: ObjectType,
  now: string,
): { readonly entries: ManagedEntries; readonly transfers: readonly Transfer[] } {
  const id = ownEntryId(type.apiVersion)
  const own = entries.get(id)
  const missing = difference(stale, own?.set ?? EMPTY_SET)
  const foreign = [...entries].some(([key, entry]) => key !== id && movable(entry) && overlaps(entry.set, stale))
  if (isEmpty(missing) && !foreign) return { entries, transfers: [] }
  const out = new Map<string, ManagedEntry>()
  for (const [key, entry] of entries) {
    if (key === id) continue
    const set = movable(entry) ? difference(entry.set, stale) : entry.set
    if (!isEmpty(set)) out.set(key, set === entry.set ? entry : { ...entry, set })
  }
  out.set(id, {
    manager: FIELD_MANAGER,
    operation: 'Apply',
    apiVersion: type.apiVersion,
    time: own?.time ?? now,
    set: union(own?.set ?? EMPTY_SET, stale),
  })
  const transfers = [...pathsOf(stale)]
    .map((path) => ({ path, from: ownersOf(entries, path).filter((owner) => owner.subresource === undefined) }))
    .map(({ path, from }) => ({ path: showPath(path), from: from.filter((owner) => !isUs(owner)) }))
  return { entries: out, transfers: transfers.filter(({ from }) => from.length > 0 || own === undefined) }
}

function isUs(owner: { readonly name: string; readonly operation: string }): boolean {
  return owner.name === FIELD_MANAGER && owner.operation === 'Apply'
}

function movable(entry: ManagedEntry): boolean {
  return entry.subresource === undefined
}

function overlaps(a: FieldSet, b: FieldSet): boolean {
  return !isEmpty(intersection(a, b))
}
