import { type JsonValue, jsonEquals } from '../util/json.ts'
import type { FieldChange, ObjectStep } from './types.ts'

/**
 * True when a step planned anew from a newer version of the object does no more than the plan that was shown: the same
 * writes with the same effect on every field. Transfers and conflicts that are already settled may be missing.
 */
export function isSameEffect(shown: ObjectStep, anew: ObjectStep): boolean {
  if (shown.op !== anew.op || shown.write?.type !== anew.write?.type) return false
  if (anew.diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return false
  if (!sameWrite(shown, anew)) return false
  const known = new Set(shown.transfers.map((transfer) => transfer.path))
  if (anew.transfers.some((transfer) => !known.has(transfer.path))) return false
  const decided = new Map(shown.conflicts.map((conflict) => [conflict.path, conflict]))
  const isKnown = anew.conflicts.every((conflict) => {
    const before = decided.get(conflict.path)
    return before?.decision === conflict.decision && jsonEquals(before?.theirs, conflict.theirs)
  })
  return isKnown && sameChanges(shown.changes, anew.changes)
}

/** A conflict that is gone needs no force any more; nothing else of what is sent may differ. */
function sameWrite(shown: ObjectStep, anew: ObjectStep): boolean {
  if (shown.write?.type !== 'apply' || anew.write?.type !== 'apply') return true
  return jsonEquals(shown.write.manifest, anew.write.manifest) && (shown.write.force || !anew.write.force)
}

function sameChanges(a: readonly FieldChange[], b: readonly FieldChange[]): boolean {
  return a.length === b.length && a.every((change, i) => jsonEquals(essence(change), essence(b[i])))
}

function essence(change: FieldChange | undefined): JsonValue {
  if (change === undefined) return null
  return [
    change.path,
    change.before ?? null,
    change.after ?? null,
    change.before !== undefined,
    change.after !== undefined,
  ]
}
