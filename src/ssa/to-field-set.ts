import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { type FieldSet, FieldSetBuilder } from './field-set.ts'
import { fieldElement, itemElement, type PathElement } from './path-element.ts'
import { deduce, fieldType, formOf, resolve } from './resolve.ts'
import type { ListType, MapType, Schema, TypeRef } from './schema.ts'

/**
 * The field paths an applied configuration claims: leaves, list items, and the keys of maps (struct fields only
 * when null or empty). Source: structured-merge-diff, typed/tofieldset.go.
 */
export function toFieldSet(schema: Schema, ref: TypeRef, value: JsonValue): FieldSet {
  const set = new FieldSetBuilder()
  const path: PathElement[] = []

  function visit(at: TypeRef, item: JsonValue): void {
    const atom = deduce(resolve(schema, at) ?? {}, item)
    const form = formOf(atom)
    if (form === 'scalar') set.insert(path)
    else if (form === 'map' && atom.map !== undefined) visitMap(atom.map, item)
    else if (form === 'list' && atom.list !== undefined) visitList(atom.list, item)
  }

  function visitMap(map: MapType, item: JsonValue): void {
    if (map.elementRelationship === 'atomic') set.insert(path)
    else if (isJsonObject(item)) visitFields(map, item)
  }

  function visitFields(map: MapType, item: JsonObject): void {
    for (const key in item) {
      const child = item[key] ?? null
      path.push(fieldElement(key))
      visit(fieldType(map, key), child)
      if (child === null || isEmptyMap(child) || !map.fields.has(key)) set.insert(path)
      path.pop()
    }
  }

  function visitList(list: ListType, item: JsonValue): void {
    if (list.elementRelationship === 'atomic') set.insert(path)
    else if (isJsonArray(item)) visitItems(list, item)
  }

  function visitItems(list: ListType, items: JsonArray): void {
    const seen = new Map<PathElement, JsonValue[]>()
    for (const item of items) {
      const found = itemElement(schema, list, item)
      if (!('element' in found)) continue
      const group = seen.get(found.element)
      if (group === undefined) seen.set(found.element, [item])
      else group.push(item)
    }
    for (const [element, group] of seen) {
      const [item = null] = group
      path.push(element)
      // Duplicates have no fields of their own: the group is claimed as one.
      if (group.length === 1) visit(list.elementType, item)
      set.insert(path)
      path.pop()
    }
  }

  visit(ref, value)
  return set.build()
}

function isEmptyMap(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false
  for (const _ in value) return false
  return true
}
