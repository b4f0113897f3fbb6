import { metadataOf } from '../../../src/kube/ref.ts'
import { pruneNulls } from '../../../src/sandbox/write/prune-nulls.ts'
import { applyPatch, withDefaults } from '../../../src/ssa/apply-patch.ts'
import { dropEmpty } from '../../../src/ssa/drop-empty.ts'
import { setKey } from '../../../src/ssa/set-key.ts'
import { pruneUnknown } from '../../../src/ssa/structural.ts'
import { trackUpdate } from '../../../src/ssa/track-update.ts'
import type { ObjectType } from '../../../src/ssa/types.ts'
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEquals,
} from '../../../src/util/json.ts'

/** One request of a case. `merge` is a JSON merge patch. */
export type Step = {
  readonly do: 'apply' | 'force' | 'create' | 'update' | 'merge'
  readonly by: string
  readonly body: JsonObject
  readonly subresource?: 'status'
}

export type Outcome =
  | { readonly result: 'stored'; readonly object: JsonObject; readonly changed: boolean }
  | { readonly result: 'conflict'; readonly conflicts: readonly string[] }
  | { readonly result: 'refused' }

/**
 * What `src/ssa` says a server makes of a step.
 * @param now the time a changed entry gets.
 */
export function predictStep(step: Step, live: JsonObject | undefined, type: ObjectType, now: string): Outcome {
  if (step.do === 'apply' || step.do === 'force') return predictApply(step, live, type, now)
  if (live === undefined && step.do !== 'create') return { result: 'refused' }
  const written = decode(writtenObject(step, live), type)
  const object = trackUpdate({
    live,
    object: written,
    manager: step.by,
    type,
    now,
    ...(step.subresource === undefined ? {} : { subresource: step.subresource }),
  })
  const whole = withDefaults(resetOthers(object, live, type, step.subresource), type)
  if (isRefused(whole, type)) return { result: 'refused' }
  return { result: 'stored', object: whole, changed: !jsonEquals(whole, live) }
}

function predictApply(step: Step, live: JsonObject | undefined, type: ObjectType, now: string): Outcome {
  const outcome = applyPatch({ live, patch: step.body, manager: step.by, force: step.do === 'force', type, now })
  switch (outcome.result) {
    case 'applied':
      if (isRefused(outcome.object, type)) return { result: 'refused' }
      return { result: 'stored', object: outcome.object, changed: outcome.changed }
    case 'conflict': {
      const conflicts = outcome.conflicts.map(({ name, path }) => `${name} ${path}`)
      return { result: 'conflict', conflicts: conflicts.sort() }
    }
    case 'invalid':
      return { result: 'refused' }
  }
}

function writtenObject(step: Step, live: JsonObject | undefined): JsonObject {
  if (step.do === 'create' || live === undefined) return step.body
  if (step.do === 'merge') {
    const merged = mergePatch(live, step.body)
    return isJsonObject(merged) ? merged : live
  }
  const { managedFields: _, ...kept } = metadataOf(live)
  return { ...step.body, metadata: { ...kept, ...metadataOf(step.body) } }
}

/** RFC 7386. */
function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch
  const out: Record<string, JsonValue> = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key]
    else setKey(out, key, mergePatch(Object.hasOwn(out, key) ? out[key] : undefined, value))
  }
  return out
}

/** What decoding a request body, other than that of an apply, does to an object. */
function decode(object: JsonObject, type: ObjectType): JsonObject {
  const full = withOwnersOf(dropEmpty(object), object)
  if (type.structural === undefined) return withDefaults(full, type)
  return withDefaults(pruneNulls(pruneUnknown(full, type.structural).object, type.structural), type)
}

/** An empty list of owners says something: it is a reset. */
function withOwnersOf(object: JsonObject, source: JsonObject): JsonObject {
  const { managedFields } = metadataOf(source)
  return managedFields === undefined ? object : { ...object, metadata: { ...metadataOf(object), managedFields } }
}

/** What validation refuses after the merge: a null where none may be, a required field that went, items that are there twice. */
function isRefused(value: JsonValue, type: ObjectType): boolean {
  return type.structural !== undefined && isWrong(value, type.structural)
}

function isWrong(value: JsonValue, schema: JsonValue | undefined): boolean {
  if (!isJsonObject(schema)) return false
  const isTyped = schema['type'] !== undefined || schema['x-kubernetes-int-or-string'] === true
  if (value === null) return isTyped && schema['nullable'] !== true
  if (isJsonArray(value)) {
    const isSet = schema['x-kubernetes-list-type'] === 'set'
    const texts = value.map(canonicalJson)
    return (isSet && new Set(texts).size < texts.length) || value.some((item) => isWrong(item, schema['items']))
  }
  if (!isJsonObject(value)) return false
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const required = isJsonArray(schema['required']) ? schema['required'].map(String) : []
  const needed = [...required, ...(isEmbedded ? ['apiVersion', 'kind'] : [])]
  if (needed.some((name) => !Object.hasOwn(value, name))) return true
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  return Object.entries(value).some(([key, child]) => isWrong(child, properties[key] ?? schema['additionalProperties']))
}

/** What the endpoint does not let its writers change comes from the live object. */
function resetOthers(
  object: JsonObject,
  live: JsonObject | undefined,
  type: ObjectType,
  subresource: string | undefined,
): JsonObject {
  if (subresource === 'status') {
    const owners = metadataOf(object)['managedFields']
    const metadata = { ...metadataOf(live ?? {}), ...(owners === undefined ? {} : { managedFields: owners }) }
    return withStatusOf({ ...live, metadata }, object)
  }
  return type.statusSubresource === true ? withStatusOf(object, live ?? {}) : object
}

function withStatusOf(object: JsonObject, source: JsonObject): JsonObject {
  const { status: _, ...rest } = object
  return source['status'] === undefined ? rest : { ...rest, status: source['status'] }
}
