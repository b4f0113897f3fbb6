import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { canonicalJson, isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { alignItems } from './align-items.ts'
import { childPath } from './child-path.ts'

/** One difference inside a value; `reordered`: the same items in another order. */
export type Difference = {
  readonly path: string
  readonly before: JsonValue | undefined
  readonly after: JsonValue | undefined
  readonly reordered?: true
}

/**
 * What differs inside a value that is replaced as a whole (an atomic list or map), down to its leaves, by index:
 * `spec.payments[0].price.perMTok`. An item that comes or goes is one difference.
 */
export function expandChange(
  path: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): readonly Difference[] {
  if (jsonEquals(before, after)) return []
  if (isJsonObject(before) && isJsonObject(after)) return expandFields(path, before, after)
  if (isJsonArray(before) && isJsonArray(after)) return expandItems(path, before, after)
  return [{ path, before, after }]
}

function expandFields(path: string, before: JsonObject, after: JsonObject): readonly Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => expandChange(childPath(path, key), own(before, key), own(after, key)))
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function expandItems(path: string, before: JsonArray, after: JsonArray): readonly Difference[] {
  if (isReordered(before, after)) return [{ path, before, after, reordered: true }]
  return alignItems(before, after, jsonEquals).flatMap((pair) => {
    const was = pair.before === undefined ? undefined : before[pair.before]
    const is = pair.after === undefined ? undefined : after[pair.after]
    return expandChange(childPath(path, pair.after ?? pair.before ?? 0), was, is)
  })
}

/** True when two unequal lists hold the same items. */
export function isReordered(before: JsonArray, after: JsonArray): boolean {
  if (before.length !== after.length || before.length < 2) return false
  const left = before.map(canonicalJson).sort()
  const right = after.map(canonicalJson).sort()
  return left.every((item, i) => item === right[i])
}
