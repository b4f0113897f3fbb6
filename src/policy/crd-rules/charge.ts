import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { type Budget, isTagged, spend, type Tagged, type Value } from './values.ts'

/**
 * Takes off the budget what looking at all of a value costs, `times` over: a step per item, and one per 50 characters.
 * SIDE EFFECTS: on the budget. Throws NotChecked when it is used up, before all of a large value was counted.
 */
export function charge(value: Value, budget: Budget, times = 1): void {
  if (typeof value === 'string') spend(budget, times * Math.ceil(value.length / 50))
  else if (isTagged(value)) chargeTagged(value, budget, times)
}

function chargeTagged(value: Tagged, budget: Budget, times: number): void {
  switch (value.type) {
    case 'bytes':
      spend(budget, times * Math.ceil(value.value.length / 50))
      break
    case 'optional':
      charge(value.value ?? null, budget, times)
      break
    case 'list':
      chargeAll(value.items, budget, times)
      break
    case 'map':
      chargeAll(value.entries.values(), budget, times)
      spend(budget, value.raw === undefined ? 0 : times * sizeOf(value.raw))
      break
    default:
  }
}

function chargeAll(items: Iterable<Value>, budget: Budget, times: number): void {
  for (const item of items) {
    spend(budget, times)
    charge(item, budget, times)
  }
}

const sizes = new WeakMap<JsonObject, number>()

/** What comparing the stored form of an object costs; counted once. */
function sizeOf(raw: JsonObject): number {
  const known = sizes.get(raw)
  if (known !== undefined) return known
  const size = count(raw)
  sizes.set(raw, size)
  return size
}

function count(value: JsonValue): number {
  if (typeof value === 'string') return 1 + Math.ceil(value.length / 50)
  const below = isJsonArray(value) ? value : isJsonObject(value) ? Object.values(value) : []
  return below.reduce((sum: number, item) => sum + count(item), 1)
}
