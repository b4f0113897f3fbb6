import { compareValues } from '../ssa/compare-values.ts'
import { type FieldSet, hasPath, leavesOf, pathsOf, union } from '../ssa/field-set.ts'
import { decodeManagedFields, withoutManagedFields } from '../ssa/managed-fields.ts'
import type { ObjectType } from '../ssa/types.ts'
import { valueAt } from '../ssa/value-at.ts'
import type { JsonObject } from '../util/json.ts'
import { showPath } from './field-path.ts'
import { ownersOf } from './owners.ts'
import { ownEntryId } from './transfer-ownership.ts'
import type { FieldChange } from './types.ts'

/** How the stored object will differ, leaf by leaf, with who owned each leaf before; managedFields left out. */
export function fieldChanges(
  type: ObjectType,
  live: JsonObject,
  after: JsonObject,
  manifest: JsonObject,
  stale: FieldSet,
): readonly FieldChange[] {
  const before = withoutManagedFields(live)
  const comparison = compareValues(type.schema, type.root, before, withoutManagedFields(after))
  const touched = leavesOf(union(union(comparison.removed, comparison.modified), comparison.added))
  const entries = decodeManagedFields(live) ?? new Map()
  const ours = entries.get(ownEntryId(type.apiVersion))
  return [...pathsOf(touched)].map((path) => {
    const all = ownersOf(entries, path)
    const owners = all.filter(
      (owner) => ours === undefined || owner.name !== ours.manager || owner.operation !== 'Apply',
    )
    const value = valueAt(after, path)
    const isOursAlone = all.length > 0 && owners.length === 0
    const gone = hasPath(stale, path) && !isOursAlone ? 'null-out' : 'removed'
    const there = valueAt(manifest, path) === undefined ? 'default' : 'set'
    const reason = value === undefined ? gone : there
    return { path: showPath(path), before: valueAt(before, path), after: value, reason, owners }
  })
}
