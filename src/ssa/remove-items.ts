import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { type FieldSet, isEmpty } from './field-set.ts'
import { fieldElement, itemElement } from './path-element.ts'
import { deduce, fieldType, formOf, resolve } from './resolve.ts'
import type { ListType, MapType, Schema, TypeRef } from './schema.ts'
import { type Draft, setKey } from './set-key.ts'

/**
 * The value without the paths of a set. A map, struct or list from which something goes and nothing is left becomes
 * null; with `schema.keepsEmptied`, one below the root stays empty. Atomic values are never looked into.
 * Source: structured-merge-diff, typed/remove.go (v6.3.2 for `keepsEmptied`).
 */
export function removeItems(schema: Schema, ref: TypeRef, value: JsonValue, paths: FieldSet): JsonValue {
  const atom = deduce(resolve(schema, ref) ?? {}, value)
  switch (formOf(atom)) {
    case 'map':
      return atom.map === undefined ? null : removeFromMap(schema, atom.map, value, paths)
    case 'list':
      return atom.list === undefined ? null : removeFromList(schema, atom.list, value, paths)
    case 'scalar':
      return value
    case 'none':
      return null
  }
}

function removeFromMap(schema: Schema, map: MapType, value: JsonValue, paths: FieldSet): JsonValue {
  if (!isJsonObject(value) || map.elementRelationship === 'atomic') return null
  const kept = keepFields(schema, map, value, paths)
  for (const _ in kept) return kept
  return null
}

function keepFields(schema: Schema, map: MapType, value: JsonObject, paths: FieldSet): JsonObject {
  const out: Draft = {}
  for (const key in value) {
    const element = fieldElement(key)
    if (paths.members.has(element)) continue
    const below = paths.children.get(element)
    const child = value[key] ?? null
    const isWhole = below === undefined || isEmpty(below)
    setKey(out, key, isWhole ? child : removeBelow(schema, fieldType(map, key), child, below))
  }
  return out
}

function removeFromList(schema: Schema, list: ListType, value: JsonValue, paths: FieldSet): JsonValue {
  if (!isJsonArray(value) || list.elementRelationship === 'atomic') return null
  const kept = keepItems(schema, list, value, paths)
  return kept.length > 0 ? kept : null
}

function keepItems(schema: Schema, list: ListType, items: JsonArray, paths: FieldSet): JsonArray {
  const out: JsonValue[] = []
  for (const item of items) {
    const found = itemElement(schema, list, item)
    const element = 'element' in found ? found.element : undefined
    if (element !== undefined && paths.members.has(element)) continue
    const below = element === undefined ? undefined : paths.children.get(element)
    out.push(below === undefined || isEmpty(below) ? item : removeBelow(schema, list.elementType, item, below))
  }
  return out
}

function removeBelow(schema: Schema, ref: TypeRef, child: JsonValue, paths: FieldSet): JsonValue {
  const left = removeItems(schema, ref, child, paths)
  if (left !== null || schema.keepsEmptied !== true) return left
  if (isJsonObject(child)) return {}
  return isJsonArray(child) ? [] : null
}
