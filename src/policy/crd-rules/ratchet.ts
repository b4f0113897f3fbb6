import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../../util/json.ts'
import { counterpart, propertiesOf } from './properties.ts'

/** A value and what it was before, where the two belong together. */
type Pair = { readonly now: JsonValue; readonly before: JsonValue; readonly schema: JsonObject }

/**
 * What decides whether a violation is an old one: the pair at a node, or above a node without a counterpart the nearest one.
 * Source: apiextensions-apiserver, schema/cel/validation.go (ratchetingOptions), and k8s.io/apiserver/pkg/cel/common/equality.go.
 */
export type Ratchet = { readonly pair?: Pair; readonly nearest?: Pair }

/** At the root of an object; without an object before nothing is ratcheted. */
export function rootRatchet(now: JsonObject, before: JsonObject | undefined, schema: JsonObject): Ratchet {
  return before === undefined ? {} : { pair: { now, before, schema } }
}

/** At a field, or at an item of a list. */
export function ratchetAt({ pair, nearest }: Ratchet, child: string | number): Ratchet {
  if (pair === undefined) return nearest === undefined ? {} : { nearest }
  const below = typeof child === 'string' ? atField(pair, child) : atItem(pair, child)
  return below === undefined ? { nearest: pair } : { pair: below, nearest: pair }
}

/** Whether what violates a rule here is as it was: then the server warns instead of refusing. */
export function isRatcheted({ pair, nearest }: Ratchet): boolean {
  const decisive = pair ?? nearest
  return decisive !== undefined && isSame(decisive)
}

function atField({ now, before, schema }: Pair, name: string): Pair | undefined {
  if (!isJsonObject(now) || !isJsonObject(before)) return undefined
  const [own, old] = [fieldOf(now, name), fieldOf(before, name)]
  const additional = schema['additionalProperties']
  const property = fieldOf(propertiesOf(schema), name) ?? additional
  if (own === undefined || old === undefined || !isJsonObject(property)) return undefined
  return { now: own, before: old, schema: property }
}

function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function atItem({ now, before, schema }: Pair, index: number): Pair | undefined {
  const item = isJsonArray(now) ? now[index] : undefined
  const items = schema['items']
  if (item === undefined || !isJsonArray(before) || !isJsonObject(items)) return undefined
  const old = counterpart(schema, before, item)
  return old === undefined ? undefined : { now: item, before: old, schema: items }
}

/** Fields without a schema count as changed. */
function isSame(pair: Pair): boolean {
  const { now, before, schema } = pair
  if (isJsonArray(now) && isJsonArray(before)) {
    if (schema['x-kubernetes-list-type'] !== 'map') return jsonEquals(now, before)
    return now.length === before.length && now.every((_, i) => isSameBelow(atItem(pair, i)))
  }
  if (isJsonObject(now) && isJsonObject(before)) {
    const names = Object.keys(now)
    return names.length === Object.keys(before).length && names.every((name) => isSameBelow(atField(pair, name)))
  }
  return jsonEquals(now, before)
}

function isSameBelow(pair: Pair | undefined): boolean {
  return pair !== undefined && isSame(pair)
}
