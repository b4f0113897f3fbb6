import type { JsonArray, JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject } from '../../src/util/json.ts'

/** One change of a JSON document. Without a value: the field is taken away. */
export type FieldEdit = { readonly path: readonly (string | number)[]; readonly value?: JsonValue }

export const VERBS = [
  'create',
  'replace',
  'apply',
  'force-apply',
  'merge-patch',
  'json-patch',
  'strategic-patch',
  'status-patch',
  'status-apply',
  'clear-owners',
  'delete',
] as const
export type Verb = (typeof VERBS)[number]

/** A write by somebody else to an object of one of the documents. */
export type ForeignWrite = {
  readonly does: 'foreign'
  /** Index of the document. */
  readonly doc: number
  readonly kind: string
  readonly verb: Verb
  readonly manager: string
  /** Begin with what the document compiles to, for an apply; a create always does. */
  readonly whole: boolean
  readonly edits: readonly FieldEdit[]
}

/** Observe, plan, check the plan, apply, check what is stored, plan again. */
export type Reconcile = {
  readonly does: 'reconcile'
  /** How conflicts are settled: not at all, all alike, or each by its path and `salt`. */
  readonly policy: 'none' | 'take' | 'yield' | 'share' | 'mixed'
  readonly salt: number
  readonly prune: boolean
  /** Writes of others between the plan and the apply. */
  readonly race: readonly ForeignWrite[]
}

export type StoryStep =
  | ForeignWrite
  | Reconcile
  | { readonly does: 'edit'; readonly doc: number; readonly edits: readonly FieldEdit[] }
  /** Takes a document out of the workspace, or puts it back. */
  | { readonly does: 'drop' | 'restore'; readonly doc: number }

/** What happens in one run; all of it is data, so that a failing story can be made smaller. */
export type Story = {
  /** Whether the namespace is there at the start, or is for the plan to create. */
  readonly namespace: 'present' | 'absent'
  /** Offers and manifests, without namespace. */
  readonly docs: readonly JsonObject[]
  readonly steps: readonly StoryStep[]
}

/** The document with the edits made; parents that are missing are made, those that are no mapping replaced. */
export function withEdits(document: JsonObject, edits: readonly FieldEdit[]): JsonObject {
  let edited: JsonValue = document
  for (const { path, value } of edits) edited = withEdit(edited, path, value)
  return isJsonObject(edited) ? edited : document
}

function withEdit(at: JsonValue | undefined, path: FieldEdit['path'], value: JsonValue | undefined): JsonValue {
  const [key, ...rest] = path
  if (key === undefined) return value ?? null
  if (typeof key === 'number') return withItem(isJsonArray(at) ? at : [], key, rest, value)
  const fields = isJsonObject(at) ? at : {}
  if (rest.length === 0 && value === undefined) {
    const { [key]: _, ...others } = fields
    return others
  }
  if (value === undefined && fields[key] === undefined) return fields
  return { ...fields, [key]: withEdit(fields[key], rest, value) }
}

function withItem(items: JsonArray, index: number, rest: FieldEdit['path'], value: JsonValue | undefined): JsonValue {
  if (rest.length === 0 && value === undefined) return items.filter((_, i) => i !== index)
  if (index >= items.length) return value === undefined ? items : [...items, withEdit(undefined, rest, value)]
  return items.map((item, i) => (i === index ? withEdit(item, rest, value) : item))
}
