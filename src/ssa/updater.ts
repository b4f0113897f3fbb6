import type { JsonValue } from '../util/json.ts'
import { jsonEquals } from '../util/json.ts'
import { claimsAllOf } from './claims-all-of.ts'
import { type Comparison, compareValues } from './compare-values.ts'
import { difference, EMPTY_SET, type FieldSet, intersection, isEmpty, recursiveDifference, union } from './field-set.ts'
import { mergeValues } from './merge-values.ts'
import { pruneDropped } from './prune-dropped.ts'
import { reconcileSet } from './reconcile-set.ts'
import type { Schema, TypeRef } from './schema.ts'
import { toFieldSet } from './to-field-set.ts'

/** What one manager owns. `applied` tells an applier from an updater. */
export type ManagedSet = { readonly set: FieldSet; readonly apiVersion: string; readonly applied: boolean }

/** Owners by identifier (name + operation, and what else tells two entries apart). */
export type Managers = ReadonlyMap<string, ManagedSet>

export type Typed = { readonly schema: Schema; readonly ref: TypeRef }

/** Who writes. */
export type Writer = {
  readonly manager: string
  readonly apiVersion: string
  /** What this endpoint does not let anyone change, and so not own, with all that lies below (`status`). */
  readonly reset?: FieldSet
}

export type MergeOutcome =
  | { readonly result: 'merged'; readonly value: JsonValue; readonly managers: Managers; readonly changed: boolean }
  | { readonly result: 'conflict'; readonly conflicts: ReadonlyMap<string, FieldSet> }

/**
 * Server-side apply: merges `config` into `live`, takes away what the manager applied before and no longer does (unless
 * someone else owns it), and moves ownership. Without `force` a change of another manager's field is a conflict.
 * All managers must be of one API version. Source: structured-merge-diff, merge/update.go.
 */
export function mergeApply(
  type: Typed,
  live: JsonValue,
  config: JsonValue,
  managers: Managers,
  by: Writer & { readonly force: boolean },
): MergeOutcome {
  const before = reconcileAll(type, managers)
  const last = before.get(by.manager)
  const owned = new Map(before)
  const { reset = EMPTY_SET } = by
  const claimed = without(toFieldSet(type.schema, type.ref, config), reset)
  owned.set(by.manager, { set: claimed, apiVersion: by.apiVersion, applied: true })
  const merged = mergeValues(type.schema, type.ref, live, config) ?? null
  // Who still claims everything of last time dropped nothing.
  const isKept = last === undefined || isEmpty(last.set) || claimsAllOf(claimed, last.set)
  const sets = [...owned.values()].map((managed) => managed.set)
  const value = isKept ? merged : pruneDropped(type, merged, sets, last.set)
  const comparison = compare(type, live, value, reset)
  const moved = moveOwnership(comparison, owned, by.manager, by.force)
  if (moved.result === 'conflict') return moved
  return { result: 'merged', value, managers: moved.managers, changed: !jsonEquals(live, value) }
}

/**
 * A create, update or patch: the manager owns what it changed or added; whoever owned those paths loses them.
 * Source: structured-merge-diff, merge/update.go.
 */
export function mergeUpdate(
  type: Typed,
  live: JsonValue,
  updated: JsonValue,
  managers: Managers,
  by: Writer,
): Managers {
  const { reset = EMPTY_SET } = by
  const comparison = compare(type, live, updated, reset)
  const moved = moveOwnership(comparison, reconcileAll(type, managers), by.manager, true)
  if (moved.result === 'conflict') return managers
  const own = moved.managers.get(by.manager)?.set ?? EMPTY_SET
  const changed = union(union(difference(own, comparison.removed), comparison.modified), comparison.added)
  const set = without(changed, reset)
  const out = new Map(moved.managers)
  if (isEmpty(set)) out.delete(by.manager)
  else out.set(by.manager, { set, apiVersion: by.apiVersion, applied: false })
  return out
}

function reconcileAll(type: Typed, managers: Managers): Managers {
  const out = new Map<string, ManagedSet>()
  for (const [name, managed] of managers) {
    const set = reconcileSet(type.schema, type.ref, managed.set)
    out.set(name, set === managed.set ? managed : { ...managed, set })
  }
  return out
}

function without(set: FieldSet, reset: FieldSet): FieldSet {
  return isEmpty(reset) ? set : recursiveDifference(set, reset)
}

function compare(type: Typed, before: JsonValue, after: JsonValue, reset: FieldSet): Comparison {
  const { removed, modified, added } = compareValues(type.schema, type.ref, before, after)
  return { removed: without(removed, reset), modified: without(modified, reset), added: without(added, reset) }
}

/** Whoever else owned what changed loses it, which without `force` is a conflict; what went away nobody else owns. */
function moveOwnership(
  comparison: Comparison,
  managers: Managers,
  workflow: string,
  force: boolean,
):
  | { readonly result: 'moved'; readonly managers: Managers }
  | { readonly result: 'conflict'; readonly conflicts: ReadonlyMap<string, FieldSet> } {
  const touched = union(comparison.modified, comparison.added)
  const conflicts = conflictsWith(managers, workflow, touched)
  if (!force && conflicts.size > 0) return { result: 'conflict', conflicts }
  const lost = union(touched, comparison.removed)
  const out = new Map<string, ManagedSet>()
  for (const [name, managed] of managers) {
    const set = name === workflow ? managed.set : difference(managed.set, lost)
    if (!isEmpty(set)) out.set(name, { ...managed, set })
  }
  return { result: 'moved', managers: out }
}

function conflictsWith(managers: Managers, workflow: string, touched: FieldSet): ReadonlyMap<string, FieldSet> {
  const conflicts = new Map<string, FieldSet>()
  for (const [name, managed] of managers) {
    const conflict = name === workflow ? EMPTY_SET : intersection(managed.set, touched)
    if (!isEmpty(conflict)) conflicts.set(name, conflict)
  }
  return conflicts
}
