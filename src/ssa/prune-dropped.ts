import type { JsonValue } from '../util/json.ts'
import { difference, EMPTY_SET, type FieldSet, intersection, union, withNamedFields } from './field-set.ts'
import { removeItems } from './remove-items.ts'
import type { Schema, TypeRef } from './schema.ts'
import { toFieldSet } from './to-field-set.ts'

/**
 * The merged value without what the manager owned last time and nobody, its new configuration included, owns now.
 * @param owned what each manager owns now. Source: structured-merge-diff, merge/update.go.
 */
export function pruneDropped(
  { schema, ref }: { readonly schema: Schema; readonly ref: TypeRef },
  merged: JsonValue,
  owned: readonly FieldSet[],
  last: FieldSet,
): JsonValue {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema, ref)
  const lastNamed = named(last)
  const mergedSet = named(toFieldSet(schema, ref, merged))
  const fieldsOf = (value: JsonValue): FieldSet => named(toFieldSet(schema, ref, value))
  let everyone: FieldSet = EMPTY_SET
  for (const set of owned) everyone = union(everyone, set)
  const stripped = removeItems(schema, ref, merged, lastNamed)
  const addedBack = removeItems(schema, ref, merged, difference(mergedSet, union(fieldsOf(stripped), named(everyone))))
  // Items nobody owns, or that only updaters own, are not ours to remove: go back to what we owned last time.
  return removeItems(schema, ref, merged, intersection(difference(mergedSet, fieldsOf(addedBack)), lastNamed))
}
