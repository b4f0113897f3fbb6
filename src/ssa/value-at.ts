import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { elementKey, type Path, type PathElement } from './path-element.ts'

/**
 * The value at a field path, or undefined. An item of a keyed list is found by its key fields; a key field that the
 * item leaves out counts as equal, because only a schema default can have put it into the path.
 */
export function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  let at = value
  for (const element of path) {
    at = at === undefined ? undefined : step(at, element)
    if (at === undefined) return undefined
  }
  return at
}

function step(value: JsonValue, element: PathElement): JsonValue | undefined {
  const rest = element.slice(2)
  if (element.startsWith('f:')) {
    return isJsonObject(value) && Object.hasOwn(value, rest) ? value[rest] : undefined
  }
  if (!isJsonArray(value)) return undefined
  if (element.startsWith('i:')) return value[Number(rest)]
  const key = elementKey(element)
  if (key !== undefined) return value.find((item) => isJsonObject(item) && matchesKey(item, key))
  const wanted: JsonValue = JSON.parse(rest)
  return value.find((item) => jsonEquals(item, wanted))
}

/** The item has all the key fields it gives with these values, and gives at least one of them. */
function matchesKey(item: JsonObject, key: JsonObject): boolean {
  let given = 0
  for (const name in key) {
    if (!Object.hasOwn(item, name)) continue
    if (!jsonEquals(item[name], key[name])) return false
    given += 1
  }
  return given > 0
}

/**
 * The value with another value at a path that exists; the same value when the path does not exist.
 * `undefined` takes the path away; containers that become empty by it go with it.
 */
export function withValueAt(value: JsonValue, path: Path, next: JsonValue | undefined): JsonValue {
  return replace(value, path, next) ?? (isJsonArray(value) ? [] : {})
}

function replace(value: JsonValue, path: Path, next: JsonValue | undefined): JsonValue | undefined {
  const [element, ...rest] = path
  if (element === undefined) return next
  const child = step(value, element)
  if (child === undefined) return value
  const replaced = replace(child, rest, next)
  if (isJsonObject(value)) {
    const { [element.slice(2)]: _, ...others } = value
    if (replaced !== undefined) return { ...value, [element.slice(2)]: replaced }
    return Object.keys(others).length === 0 ? undefined : others
  }
  if (!isJsonArray(value)) return value
  if (replaced !== undefined) return value.map((item) => (item === child ? replaced : item))
  const others = value.filter((item) => item !== child)
  return others.length === 0 ? undefined : others
}
