import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { itemElement, type PathElement } from './path-element.ts'
import { deduce, fieldType, formOf, type Maybe, resolve } from './resolve.ts'
import type { ListType, MapType, Schema, TypeRef } from './schema.ts'
import { type Draft, setKey } from './set-key.ts'

/**
 * Merges an applied configuration into the live value: the configuration wins on every leaf, maps and keyed lists
 * are merged item by item, atomic ones replaced. Both values must have passed `validateTyped`. What does not change is
 * the live value itself, so that comparing it costs nothing. Source: structured-merge-diff, typed/merge.go.
 * @returns the merged value; undefined when nothing is left of it.
 */
export function mergeValues(schema: Schema, ref: TypeRef, live: Maybe, applied: Maybe): Maybe {
  const atom = resolve(schema, ref) ?? {}
  // With two different forms the applied one decides; the live one would only add validation errors.
  const deduced = applied === undefined ? deduce(atom, live) : deduce(atom, applied)
  switch (formOf(deduced)) {
    case 'map':
      return deduced.map === undefined ? undefined : mergeMap(schema, deduced.map, live, applied)
    case 'list':
      return deduced.list === undefined ? undefined : mergeList(schema, deduced.list, live, applied)
    case 'scalar':
      return keepApplied(live, applied)
    case 'none':
      return undefined
  }
}

function keepApplied(live: Maybe, applied: Maybe): Maybe {
  return applied === undefined || jsonEquals(live, applied) ? live : applied
}

function mergeMap(schema: Schema, map: MapType, live: Maybe, applied: Maybe): Maybe {
  const left = isJsonObject(live) ? live : undefined
  const right = isJsonObject(applied) ? applied : undefined
  // Two empty or null maps are a leaf: that keeps the difference between empty and null.
  if (map.elementRelationship === 'atomic' || (isEmptyMap(left) && isEmptyMap(right))) return keepApplied(live, applied)
  const out: Draft = {}
  let size = 0
  let isAsBefore = left !== undefined
  const visit = (key: string, l: Maybe, r: Maybe): void => {
    const merged = mergeValues(schema, fieldType(map, key), l, r)
    isAsBefore &&= merged === l
    if (merged === undefined) return
    setKey(out, key, merged)
    size += 1
  }
  for (const key in left) visit(key, left[key], ownValue(right, key))
  for (const key in right) if (left === undefined || !Object.hasOwn(left, key)) visit(key, undefined, right[key])
  if (isAsBefore) return left
  return size > 0 ? out : undefined
}

function ownValue(object: JsonObject | undefined, key: string): Maybe {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined
}

function isEmptyMap(map: JsonObject | undefined): boolean {
  for (const _ in map) return false
  return true
}

function mergeList(schema: Schema, list: ListType, live: Maybe, applied: Maybe): Maybe {
  const left = isJsonArray(live) ? live : []
  const right = isJsonArray(applied) ? applied : []
  const asLeaf = left.length === 0 && right.length === 0
  if (list.elementRelationship === 'atomic' || asLeaf) return keepApplied(live, applied)
  const out = mergeItems(schema, list, index(schema, list, left), index(schema, list, right))
  if (out.length === left.length && out.every((item, i) => item === left[i])) return left
  return out.length > 0 ? out : undefined
}

type Indexed = {
  readonly elements: readonly PathElement[]
  readonly items: JsonArray
  /** The item of each element; null for a group of duplicates, which is never merged with anything. */
  readonly byElement: ReadonlyMap<PathElement, JsonValue>
}

function index(schema: Schema, list: ListType, items: JsonArray): Indexed {
  const elements: PathElement[] = []
  const kept: JsonValue[] = []
  const byElement = new Map<PathElement, JsonValue>()
  for (const item of items) {
    const found = itemElement(schema, list, item)
    if (!('element' in found)) continue
    byElement.set(found.element, byElement.has(found.element) ? null : item)
    elements.push(found.element)
    kept.push(item)
  }
  return { elements, items: kept, byElement }
}

/**
 * The order of the result: items of both lists stand in the order of the applied one; items only in the live list
 * keep their place between them (kubernetes/kubernetes#107565).
 */
function mergeItems(schema: Schema, list: ListType, left: Indexed, right: Indexed): JsonArray {
  const out: JsonValue[] = []
  const shared = right.elements.filter((element) => left.byElement.has(element))
  const merged = new Set<PathElement>()
  let li = 0
  let ri = 0
  let next = 0

  const take = (l: Maybe, r: Maybe): void => {
    const item = mergeValues(schema, list.elementType, l, r)
    if (item !== undefined) out.push(item)
  }
  const takeShared = (element: PathElement): void => {
    merged.add(element)
    take(left.byElement.get(element), right.byElement.get(element))
  }
  /** Both lists are at the same item, or the live one is at a shared item whose turn is later or was before. */
  const takePair = (l: PathElement, r: PathElement): boolean => {
    if (l === r) {
      takeShared(l)
      ri += 1
      next += 1
    } else if (!right.byElement.has(l) || shared[next] === undefined || shared[next] === l) return false
    li += 1
    return true
  }
  const takeLive = (l: PathElement): boolean => {
    if (right.byElement.has(l)) {
      if (merged.has(l)) li += 1
      return false
    }
    take(left.items[li], undefined)
    li += 1
    return true
  }
  const takeApplied = (r: PathElement): void => {
    takeShared(r)
    ri += 1
    if (shared[next] === r) next += 1
  }

  while (li < left.elements.length || ri < right.elements.length) {
    const l = left.elements[li]
    const r = right.elements[ri]
    if (l !== undefined && r !== undefined && takePair(l, r)) continue
    if (l !== undefined && takeLive(l)) continue
    if (r !== undefined) takeApplied(r)
  }
  return out
}
