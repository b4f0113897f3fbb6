import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../../util/json.ts'
import { invalidValue } from '../field-error.ts'
import { fieldsOf } from '../fields.ts'
import { OPENAPI_SCHEMAS } from '../openapi-data.ts'
import { internal, invalid } from '../refusal.ts'

const DIRECTIVE = '$patch'
const SET_ORDER = '$setElementOrder/'
const DELETE_FROM = '$deleteFromPrimitiveList/'
const RETAIN_KEYS = '$retainKeys'

/**
 * Strategic merge patch of a built-in kind: lists with a merge key merge by it, sets add up, `$patch`,
 * `$setElementOrder/…`, `$deleteFromPrimitiveList/…` and `$retainKeys` direct. The schema's `x-kubernetes-patch-*`
 * marks say which list is which. Source: apimachinery, pkg/util/strategicpatch/patch.go.
 * @throws Refusal 422 or 500.
 */
export function applyStrategicMergePatch(object: JsonObject, patch: JsonObject, component: string): JsonObject {
  try {
    return mergeObject(object, patch, schemaNamed(component))
  } catch (error) {
    if (!(error instanceof FormError)) throw error
    throw invalid({ group: '', kind: '' }, [invalidValue('patch', goMap(patch), error.message)])
  }
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: JsonObject): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return stripDirectives(without(patch, DIRECTIVE))
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') {
    throw internal(`unknown patch type: ${String(directive)} in map: ${goMap(patch)}`)
  }
  return orderLists(mergeFields(target, patch, schema), target, patch, schema)
}

function mergeFields(target: JsonObject, patch: JsonObject, schema: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = retained(target, patch[RETAIN_KEYS])
  for (const [key, value] of Object.entries(patch)) {
    if (key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(SET_ORDER)) continue
    if (key.startsWith(DELETE_FROM)) {
      const list = key.slice(DELETE_FROM.length)
      out[list] = withoutItems(out[list], value)
    } else if (value === null) delete out[key]
    else out[key] = mergeValue(out[key], value, propertyOf(schema, key))
  }
  return out
}

/** Puts merged lists in the order the patch directs, or has itself. */
function orderLists(merged: JsonObject, before: JsonObject, patch: JsonObject, schema: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = { ...merged }
  for (const [key, order] of Object.entries(patch)) {
    const name = key.startsWith(SET_ORDER) ? key.slice(SET_ORDER.length) : key
    if (name === key && patch[`${SET_ORDER}${name}`] !== undefined) continue
    const property = propertyOf(schema, name)
    const list = out[name]
    const isMerged = property['x-kubernetes-patch-strategy'] === 'merge'
    if (!isMerged || !isJsonArray(order) || !isJsonArray(list)) continue
    out[name] = ordered(list, listAt(before, name), order, idOfItems(property))
  }
  return out
}

function mergeValue(target: JsonValue | undefined, value: JsonValue, schema: JsonObject): JsonValue {
  if (isJsonObject(value)) {
    checkForm(target, 'slice', 'map')
    if (target === undefined) return stripDirectives(value)
    return mergeObject(fieldsOf(target), value, resolved(schema))
  }
  if (!isJsonArray(value)) return value
  checkForm(target, 'map', 'slice')
  if (schema['x-kubernetes-patch-strategy'] !== 'merge') return stripList(value)
  const key = schema['x-kubernetes-patch-merge-key']
  const list = isJsonArray(target) ? target : []
  return typeof key === 'string' ? mergeByKey(list, value, key, itemSchema(schema)) : mergeSet(list, value)
}

function mergeByKey(target: JsonArray, patch: JsonArray, key: string, schema: JsonObject): JsonArray {
  const items = patch.filter(isJsonObject)
  const isReplaced = items.some((item) => item[DIRECTIVE] === 'replace' && item[key] === undefined)
  if (isReplaced) return items.filter((item) => item[DIRECTIVE] !== 'replace').map(stripDirectives)
  const out: JsonValue[] = [...target]
  for (const item of items) {
    const id = item[key]
    if (id === undefined) throw internal(`map: ${goMap(item)} does not contain declared merge key: ${key}`)
    const at = out.findIndex((other) => isJsonObject(other) && jsonEquals(other[key], id))
    if (item[DIRECTIVE] === 'delete') {
      if (at >= 0) out.splice(at, 1)
      continue
    }
    const before = out[at]
    const merged = mergeObject(fieldsOf(before), item, schema)
    if (at >= 0) out[at] = merged
    else out.push(merged)
  }
  return out
}

function mergeSet(target: JsonArray, patch: JsonArray): JsonArray {
  const added = patch.filter((item) => !target.some((other) => jsonEquals(other, item)))
  return [...target, ...added]
}

function withoutItems(list: JsonValue | undefined, remove: JsonValue): JsonValue {
  if (!isJsonArray(list) || !isJsonArray(remove)) return list ?? []
  return list.filter((item) => !remove.some((other) => jsonEquals(item, other)))
}

type IdOf = (item: JsonValue) => JsonValue | undefined

/** What identifies an item of the list: its merge key, or itself. */
function idOfItems(schema: JsonObject): IdOf {
  const key = schema['x-kubernetes-patch-merge-key']
  return typeof key === 'string' ? (item) => (isJsonObject(item) ? item[key] : undefined) : (item) => item
}

/**
 * Items that `order` names come in its order. The others, in theirs, come before a named one only where both stood in
 * the list before and they stood first. Source: strategicpatch, normalizeElementOrder and mergeSortedSlice.
 */
function ordered(list: JsonArray, before: JsonArray, order: JsonArray, idOf: IdOf): JsonArray {
  const indexIn = (items: JsonArray, item: JsonValue): number =>
    items.findIndex((other) => jsonEquals(idOf(other), idOf(item)))
  const named = list.filter((item) => indexIn(order, item) >= 0).sort((a, b) => indexIn(order, a) - indexIn(order, b))
  const others = list.filter((item) => indexIn(order, item) < 0)
  const out: JsonValue[] = []
  let next = 0
  for (const item of named) {
    const place = indexIn(before, item)
    for (let other = others[next]; other !== undefined; other = others[next]) {
      const otherPlace = indexIn(before, other)
      if (place < 0 || otherPlace < 0 || otherPlace > place) break
      out.push(other)
      next += 1
    }
    out.push(item)
  }
  return [...out, ...others.slice(next)]
}

function listAt(object: JsonObject, key: string): JsonArray {
  const value = object[key]
  return isJsonArray(value) ? value : []
}

function retained(target: JsonObject, keys: JsonValue | undefined): Record<string, JsonValue> {
  if (!isJsonArray(keys)) return { ...target }
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)))
}

function checkForm(target: JsonValue | undefined, bad: 'map' | 'slice', wanted: string): void {
  const found = isJsonArray(target) ? 'slice' : isJsonObject(target) ? 'map' : undefined
  if (found === bad) throw new FormError(`cannot restore ${bad} from ${wanted}`)
}

/** A patch value of another form than the object's; turned into the answer where the whole patch is known. */
class FormError extends Error {
  override readonly name = 'FormError'
}

/** What a new value is without its directives: one that is a directive itself comes to nothing. */
function stripDirectives(item: JsonObject): JsonObject {
  if (item[DIRECTIVE] !== undefined) return {}
  return Object.fromEntries(
    Object.entries(item)
      .filter(([key, value]) => value !== null && key !== DIRECTIVE && key !== RETAIN_KEYS && !key.startsWith('$'))
      .map(([key, value]) => [
        key,
        isJsonObject(value) ? stripDirectives(value) : isJsonArray(value) ? stripList(value) : value,
      ]),
  )
}

function stripList(list: JsonArray): JsonArray {
  return list
    .filter((item) => !isJsonObject(item) || item[DIRECTIVE] === undefined)
    .map((item) => (isJsonObject(item) ? stripDirectives(item) : item))
}

function without(object: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== field))
}

function propertyOf(schema: JsonObject, key: string): JsonObject {
  const properties = schema['properties']
  const property = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (isJsonObject(property)) return property
  const additional = schema['additionalProperties']
  return fieldsOf(additional)
}

function itemSchema(schema: JsonObject): JsonObject {
  return isJsonObject(schema['items']) ? resolved(schema['items']) : {}
}

function resolved(schema: JsonObject): JsonObject {
  const all = schema['allOf']
  const nested = isJsonArray(all) && isJsonObject(all[0]) ? all[0]['$ref'] : undefined
  const ref = typeof schema['$ref'] === 'string' ? schema['$ref'] : nested
  return typeof ref === 'string' ? schemaNamed(ref.slice(ref.lastIndexOf('/') + 1)) : schema
}

function schemaNamed(component: string): JsonObject {
  const schema = OPENAPI_SCHEMAS[component]
  return fieldsOf(schema)
}

/** How Go prints a map with `%v`: keys sorted, `map[a:1 b:[x y]]`. */
function goMap(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(goMap).join(' ')}]`
  if (isJsonObject(value)) {
    const fields = Object.keys(value).sort()
    return `map[${fields.map((key) => `${key}:${goMap(value[key] ?? null)}`).join(' ')}]`
  }
  return value === null ? '<nil>' : String(value)
}
