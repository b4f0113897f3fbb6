import { withoutManagedFields } from '../ssa/managed-fields.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../util/json.ts'
import { childPath } from './child-path.ts'
import { WORKSPACE_LABEL_PATH } from './describe-conflict.ts'
import { expandChange } from './expand-change.ts'
import { isAtOrBelow } from './field-path.ts'
import { listsInOtherOrder } from './list-order.ts'
import { maskPair } from './mask-object.ts'
import type { ChangeView } from './plan-view.ts'
import type { FieldChange, ObjectStep } from './types.ts'

/** The rows of a step's changes, masked, values that are replaced as a whole taken apart; and how many defaults are left out. */
export function describeChanges(
  step: ObjectStep,
  all: boolean,
): { readonly changes: readonly ChangeView[]; readonly defaults: number } {
  const found = step.op === 'create' ? (all ? createdFields(step) : []) : step.changes
  const listed = found.filter((change) => change.path !== WORKSPACE_LABEL_PATH)
  const shown = listed.filter((change) => all || change.reason !== 'default')
  return {
    changes: [...shown.flatMap((change) => expand(step, change)), ...reorderedLists(step)],
    defaults: listed.length - shown.length,
  }
}

/** Keyed lists whose order alone changes: no field of theirs differs, so no change says so. */
function reorderedLists(step: ObjectStep): readonly ChangeView[] {
  const { before, after, op } = step
  if (before === undefined || after === undefined || op === 'noop') return []
  const lists = listsInOtherOrder(withoutManagedFields(after), before)
  const isListed = (path: string): boolean => step.changes.some((change) => isAtOrBelow(path, change.path))
  return lists
    .filter(({ path }) => !isListed(path))
    .map(({ path, list, other }) => {
      const [was, is] = maskPair({ kind: step.ref.kind, path }, other, list)
      const values = { ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }
      return { path, ...values, reason: 'set', owners: [], reordered: 'keyed' }
    })
}

function expand(step: ObjectStep, change: FieldChange): readonly ChangeView[] {
  const { kind } = step.ref
  const isTaken = step.conflicts.some(
    (conflict) => conflict.decision === 'take' && isAtOrBelow(change.path, conflict.path),
  )
  return expandChange(change.path, change.before, change.after).map((difference) => {
    const { path, reordered } = difference
    const [before, after] = maskPair({ kind, path }, difference.before, difference.after)
    return {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      reason: change.reason,
      owners: change.owners,
      ...(reordered === undefined ? {} : { reordered: 'list' as const }),
      ...(isTaken ? { taken: true as const } : {}),
    }
  })
}

/** Every field of a new object; identity and what only the server writes are left out. */
function createdFields(step: ObjectStep): readonly FieldChange[] {
  if (step.after === undefined) return []
  const manifest = step.write?.type === 'apply' ? step.write.manifest : undefined
  const { apiVersion: _a, kind: _k, metadata, ...rest } = step.after
  const { managedFields: _m, name: _n, namespace: _s, ...ownMetadata } = isJsonObject(metadata) ? metadata : {}
  const fields: FieldChange[] = []
  const visit = (path: string, after: JsonValue, wanted: JsonValue | undefined): void => {
    const children = childrenOf(after)
    if (children.length === 0) {
      const reason = manifest !== undefined && wanted === undefined ? 'default' : 'set'
      fields.push({ path, before: undefined, after, reason, owners: [] })
    }
    for (const [key, child] of children) visit(childPath(path, key), child, childOf(wanted, key))
  }
  for (const [key, value] of Object.entries({ metadata: ownMetadata, ...rest })) {
    if (key !== 'metadata' || Object.keys(ownMetadata).length > 0) visit(key, value, manifest?.[key])
  }
  return fields
}

function childrenOf(value: JsonValue): readonly (readonly [string | number, JsonValue])[] {
  if (isJsonArray(value)) return [...value.entries()]
  return isJsonObject(value) ? Object.entries(value) : []
}

function childOf(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (isJsonArray(value)) return typeof key === 'number' ? value[key] : undefined
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined
}
