import type { JsonArray, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { childPath } from './child-path.ts'

export type ReorderedList = { readonly path: string; readonly list: JsonArray; readonly other: JsonArray }

/** The lists whose items stand in another order in one object than in the other, all of them present in both. */
export function listsInOtherOrder(
  object: JsonValue,
  other: JsonValue | undefined,
  path = '',
): readonly ReorderedList[] {
  if (isJsonArray(object)) return isJsonArray(other) ? itemsInOtherOrder(object, other, path) : []
  if (!isJsonObject(object) || !isJsonObject(other)) return []
  const found: ReorderedList[] = []
  for (const key in object) {
    const value = object[key]
    if (typeof value !== 'object' || value === null) continue
    found.push(...listsInOtherOrder(value, other[key], childPath(path, key)))
  }
  return found
}

function itemsInOtherOrder(object: JsonArray, other: JsonArray, path: string): readonly ReorderedList[] {
  const isInPlace = object.every((item, i) => isPartOf(item, other[i]))
  if (isInPlace) return object.flatMap((item, i) => listsInOtherOrder(item, other[i], childPath(path, i)))
  const places = object.map((item) => other.findIndex((candidate) => isPartOf(item, candidate)))
  const isComplete = places.every((place) => place >= 0) && new Set(places).size === places.length
  const isAscending = places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0))
  return isComplete && !isAscending ? [{ path, list: object, other }] : []
}

/** True when all that one object says of a value holds for the other one, which may have more fields. */
function isPartOf(value: JsonValue, live: JsonValue | undefined): boolean {
  if (isJsonObject(value) && isJsonObject(live)) {
    return Object.keys(value).every((key) => Object.hasOwn(live, key) && isPartOf(value[key] ?? null, live[key]))
  }
  if (isJsonArray(value) && isJsonArray(live)) {
    return value.length === live.length && value.every((item, i) => isPartOf(item, live[i]))
  }
  return jsonEquals(value, live)
}
