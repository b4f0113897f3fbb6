import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from '../../../src/util/json.ts'
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
    const value = isChange ? changed(last, spec, random) : valueOf(spec, random, nulls && how !== 'merge', 0)
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

function valueOf(schema: JsonObject, random: Random, nulls: boolean, depth: number): JsonValue {
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
  const items = isJsonObject(schema['items']) ? schema['items'] : {}
  const keys = isJsonArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : []
  const properties = isJsonObject(items['properties']) ? items['properties'] : {}
  const seen = new Map<string, JsonValue>()
  for (let i = random(4); i > 0; i -= 1) {
    const item = valueOf(items, random, nulls && keys.length === 0, depth + 1)
    const key: Record<string, JsonValue> = {}
    const given: Record<string, JsonValue> = {}
    for (const name of keys.map(String)) {
      const property = properties[name]
      if (!isJsonObject(property)) continue
      const fallback = property['default']
      if (fallback === undefined || random(2) === 0) given[name] = valueOf(property, random, false, 1)
      key[name] = given[name] ?? fallback ?? null
    }
    const whole = isJsonObject(item) ? { ...withoutKeys(item, keys), ...given } : item
    const isAtomic = schema['x-kubernetes-list-type'] === undefined
    const identity = keys.length > 0 ? canonicalJson(key) : JSON.stringify(whole)
    seen.set(isAtomic ? String(i) : identity, whole)
  }
  return [...seen.values()]
}

function withoutKeys(item: JsonObject, keys: JsonArray): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !keys.includes(name)))
}

function fieldsOf(schema: JsonObject, random: Random, nulls: boolean, depth: number): JsonValue {
  const out: Record<string, JsonValue> = {}
  if (schema['x-kubernetes-embedded-resource'] === true) {
    Object.assign(out, { apiVersion: 'v1', kind: pick(random, ['X', 'Y']) })
    if (random(2) === 0) out['metadata'] = { labels: { [pick(random, ['l', 'm'])]: pick(random, ['a', 'b']) } }
  }
  for (const [name, property] of Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {})) {
    if (isJsonObject(property) && random(depth === 0 ? 5 : 2) === 0) {
      out[name] = valueOf(property, random, nulls, depth + 1)
    }
  }
  const additional = schema['additionalProperties']
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  for (let i = isJsonObject(additional) || isOpen ? random(3) : 0; i > 0; i -= 1) {
    const key = pick(random, ['k1', 'k2', 'k3'])
    out[key] = isJsonObject(additional) ? valueOf(additional, random, nulls, depth + 1) : freeValue(random, depth + 1)
  }
  return out
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
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const out: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(last)) {
    const property = properties[name]
    const what = random(5)
    if (what === 0) continue
    out[name] = what === 1 && isJsonObject(property) ? valueOf(property, random, false, 1) : value
  }
  const more = fieldsOf(schema, random, false, 0)
  return { ...(random(3) === 0 && isJsonObject(more) ? more : {}), ...out }
}
