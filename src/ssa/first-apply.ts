import type { JsonObject } from '../util/json.ts'
import { emptyObject } from './empty-object.ts'
import { type ManagedEntries, withoutManagedFields } from './managed-fields.ts'
import { updateEntries } from './track-update.ts'
import type { ObjectType } from './types.ts'

const BEFORE_FIRST_APPLY = 'before-first-apply'

/**
 * The owners of an object without tracking at its first apply: all it has belongs to `before-first-apply/Update`.
 * Source: apimachinery, managedfields/internal/skipnonapplied.go.
 */
export function firstApplyEntries(live: JsonObject, type: ObjectType, now: string): ManagedEntries {
  const bare = withoutManagedFields(live)
  return updateEntries(emptyObject(type), bare, new Map(), { manager: BEFORE_FIRST_APPLY, type, now })
}
