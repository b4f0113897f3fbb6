import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../src/util/json.ts'
import type { Step } from './predict-step.ts'

type Random = (below: number) => number

/** A sequence of steps by several managers, the same for the same seed; every fourth seed has nulls. */
export function randomSteps(seed: number, spec: JsonObject, count: number): readonly Step[] {
  const random = generator(seed)
  const nulls = seed % 4 === 0
  let last: JsonObject = {}
  return Array.from({ length: count }, (_, i): Step => {
    const how = i === 0 ? 'force' : pick(random, ['apply', 'apply', 'force', 'force', 'update', 'merge'] as const)
    const isChange = random(3) > 0
    const value = isChange ? changed(last, spec, random) : randomValue(spec, random, nulls && how !== 'merge', 0)
    const body = isJsonObject(value) ? value : {}
    last = body
    return { do: how, by: pick(random, ['a', 'b', 'c']), body: { spec: body } }
  })
}

/** Numerical Recipes' linear congruence: enough to vary cases, and the same everywhere. */
function generator(seed: number): Random {
  let state = (seed * 2654435761) >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[random(from.length)]
  if (chosen === undefined) throw new Error('nothing to pick from')
  return chosen
}

function randomValue(schema: JsonObject, random: Random, nulls: boolean, depth: number): JsonValue {
  if (nulls && depth > 0 && random(14) === 0) return null
  switch (schema['type']) {
    case 'string':
      return schema['format'] === undefined ? pick(random, TEXTS) : '2026-01-01T00:00:00Z'
    case 'integer':
      return pick(random, [0, 1, 80, 443])
    case 'number':
      return pick(random, [0, 1, 2.5, -3, 1000000.5])
    case 'boolean':
      return random(2) === 0
    case 'array':
      return listOf(schema, random, nulls, depth)
    case 'object':
      return fieldsOf(schema, random, nulls, depth)
    default:
      return schema['x-kubernetes-int-or-string'] === true ? pick(random, [80, 'http']) : freeValue(random, depth)
  }
}

const TEXTS = ['a', 'b', 'c', 'd', 'a<b', 'é']

function listOf(schema: JsonObject, random: Random, nulls: boolean, depth: number): JsonValue {
  const items = objectOf(schema['items'])
  const keys = isJsonArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'].map(String) : []
  const isAtomic = schema['x-kubernetes-list-type'] === undefined
  const seen = new Map<string, JsonValue>()
  for (let i = random(4); i > 0; i -= 1) {
    const value = randomValue(items, random, nulls && keys.length === 0, depth + 1)
    const { item, key } = withKeys(value, keys, objectOf(items['properties']), random)
    const identity = keys.length > 0 ? canonicalJson(key) : JSON.stringify(item)
    seen.set(isAtomic ? String(i) : identity, item)
  }
  return [...seen.values()]
}

/** An item with its keys, of which one that has a default is sometimes left out, and the key it has by that. */
function withKeys(
  value: JsonValue,
  keys: readonly string[],
  properties: JsonObject,
  random: Random,
): { readonly item: JsonValue; readonly key: JsonObject } {
  if (!isJsonObject(value)) return { item: value, key: {} }
  const given: Record<string, JsonValue> = {}
  const key: Record<string, JsonValue> = {}
  for (const name of keys) {
    const property = objectOf(properties[name])
    const fallback = property['default']
    if (fallback === undefined || random(2) === 0) given[name] = randomValue(property, random, false, 1)
    key[name] = given[name] ?? fallback ?? null
  }
  const others = Object.entries(value).filter(([name]) => !keys.includes(name))
  return { item: { ...Object.fromEntries(others), ...given }, key }
}

function fieldsOf(schema: JsonObject, random: Random, nulls: boolean, depth: number): JsonObject {
  const out: Record<string, JsonValue> = {}
  if (schema['x-kubernetes-embedded-resource'] === true) {
    Object.assign(out, { apiVersion: 'v1', kind: pick(random, ['X', 'Y']) })
    if (random(2) === 0) out['metadata'] = { labels: { [pick(random, ['l', 'm'])]: pick(random, ['a', 'b']) } }
  }
  for (const [name, property] of Object.entries(objectOf(schema['properties']))) {
    const isWanted = random(depth === 0 ? 5 : 2) === 0
    if (isWanted) out[name] = randomValue(objectOf(property), random, nulls, depth + 1)
  }
  return { ...out, ...undeclaredOf(schema, random, nulls, depth) }
}

function undeclaredOf(schema: JsonObject, random: Random, nulls: boolean, depth: number): JsonObject {
  const additional = schema['additionalProperties']
  const isOpen = isJsonObject(additional) || schema['x-kubernetes-preserve-unknown-fields'] === true
  const keys = Array.from({ length: isOpen ? random(3) : 0 }, () => pick(random, ['k1', 'k2', 'k3']))
  const value = (): JsonValue =>
    isJsonObject(additional) ? randomValue(additional, random, nulls, depth + 1) : freeValue(random, depth + 1)
  return Object.fromEntries(keys.map((key) => [key, value()]))
}

function freeValue(random: Random, depth: number): JsonValue {
  const form = random(depth > 4 ? 2 : 5)
  if (form < 2) return pick<JsonValue>(random, ['a', 'b', 1, 2.5, true])
  if (form === 2) return Array.from({ length: random(3) }, () => freeValue(random, depth + 1))
  const keys = Array.from({ length: random(3) }, () => pick(random, ['k1', 'k2', 'k3']))
  return Object.fromEntries(keys.map((key) => [key, freeValue(random, depth + 1)]))
}

/** The last body with some fields gone, some other and some more. */
function changed(last: JsonObject, schema: JsonObject, random: Random): JsonObject {
  const properties = objectOf(schema['properties'])
  const out: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(last)) {
    const what = random(5)
    const property = properties[name]
    if (what === 1 && isJsonObject(property)) out[name] = randomValue(property, random, false, 1)
    else if (what > 0) out[name] = value
  }
  return random(3) === 0 ? { ...fieldsOf(schema, random, false, 0), ...out } : out
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
