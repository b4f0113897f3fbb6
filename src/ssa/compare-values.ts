import type { JsonArray, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { type FieldSet, FieldSetBuilder } from './field-set.ts'
import { fieldElement, itemElement, type PathElement } from './path-element.ts'
import { deduce, fieldType, formOf, type Maybe, resolve, sameAtom } from './resolve.ts'
import type { Atom, ListType, MapType, Schema, TypeRef } from './schema.ts'

/** The field paths by which two values differ. */
export type Comparison = {
  readonly removed: FieldSet
  readonly modified: FieldSet
  readonly added: FieldSet
}

/** Compares two values of a type. Source: structured-merge-diff, typed/compare.go. */
export function compareValues(schema: Schema, ref: TypeRef, before: JsonValue, after: JsonValue): Comparison {
  const walk = new CompareWalk(schema)
  walk.compare(ref, before, after)
  return walk.result()
}

/** The state of one comparison: the path it is at and the three sets it fills. */
class CompareWalk {
  readonly #schema: Schema
  readonly #path: PathElement[] = []
  readonly #removed = new FieldSetBuilder()
  readonly #modified = new FieldSetBuilder()
  readonly #added = new FieldSetBuilder()

  constructor(schema: Schema) {
    this.#schema = schema
  }

  result(): Comparison {
    return { removed: this.#removed.build(), modified: this.#modified.build(), added: this.#added.build() }
  }

  compare(ref: TypeRef, before: Maybe, after: Maybe): void {
    // The same value on both sides differs nowhere, whatever its type.
    if (before === after) return
    const atom = resolve(this.#schema, ref) ?? {}
    const left = deduce(atom, before)
    const right = deduce(atom, after)
    let wasLeaf: boolean
    if (after === undefined) wasLeaf = this.#visit(left, before, after)
    else if (before === undefined || sameAtom(left, right)) wasLeaf = this.#visit(right, before, after)
    else {
      this.#visit(left, before, after)
      wasLeaf = this.#visit(right, before, after)
    }
    if (wasLeaf) return
    if (before === undefined) this.#added.insert(this.#path)
    else if (after === undefined) this.#removed.insert(this.#path)
  }

  /** True when the value was compared as a whole. */
  #visit(atom: Atom, before: Maybe, after: Maybe): boolean {
    switch (formOf(atom)) {
      case 'map':
        return atom.map !== undefined && this.#map(atom.map, before, after)
      case 'list':
        return atom.list !== undefined && this.#list(atom.list, before, after)
      case 'scalar':
        return this.#leaf(before, after)
      case 'none':
        return false
    }
  }

  #leaf(before: Maybe, after: Maybe): boolean {
    if (before === undefined) this.#added.insert(this.#path)
    else if (after === undefined) this.#removed.insert(this.#path)
    else if (!jsonEquals(before, after)) this.#modified.insert(this.#path)
    return true
  }

  #map(map: MapType, before: Maybe, after: Maybe): boolean {
    const left = isJsonObject(before) ? before : {}
    const right = isJsonObject(after) ? after : {}
    const asLeaf = Object.keys(left).length === 0 && Object.keys(right).length === 0
    if (map.elementRelationship === 'atomic' || asLeaf) return this.#leaf(before, after)
    for (const key in left) {
      this.#below(fieldElement(key), fieldType(map, key), left[key], Object.hasOwn(right, key) ? right[key] : undefined)
    }
    for (const key in right) {
      if (!Object.hasOwn(left, key)) this.#below(fieldElement(key), fieldType(map, key), undefined, right[key])
    }
    return false
  }

  #below(element: PathElement, ref: TypeRef, before: Maybe, after: Maybe): void {
    this.#path.push(element)
    this.compare(ref, before, after)
    this.#path.pop()
  }

  #list(list: ListType, before: Maybe, after: Maybe): boolean {
    const left = isJsonArray(before) ? before : []
    const right = isJsonArray(after) ? after : []
    const asLeaf = left.length === 0 && right.length === 0
    if (list.elementRelationship === 'atomic' || asLeaf) return this.#leaf(before, after)
    const lefts = this.#group(list, left)
    const rights = this.#group(list, right)
    for (const element of new Set([...lefts.keys(), ...rights.keys()])) {
      this.#items(list, element, lefts.get(element) ?? [], rights.get(element) ?? [])
    }
    return false
  }

  #group(list: ListType, items: JsonArray): ReadonlyMap<PathElement, JsonValue[]> {
    const groups = new Map<PathElement, JsonValue[]>()
    for (const item of items) {
      const found = itemElement(this.#schema, list, item)
      if (!('element' in found)) continue
      const group = groups.get(found.element)
      if (group === undefined) groups.set(found.element, [item])
      else group.push(item)
    }
    return groups
  }

  /** Items with the same key: one by one normally; a group of duplicates counts as one value. */
  #items(list: ListType, element: PathElement, left: JsonArray, right: JsonArray): void {
    const path = [...this.#path, element]
    if (left.length <= 1 && right.length <= 1) {
      this.#below(element, list.elementType, left[0], right[0])
    } else if (left.length >= 2 && right.length >= 2) {
      if (!jsonEquals(left, right)) this.#modified.insert(path)
    } else if (left.length >= 2) {
      if (right.length > 0) this.#below(element, list.elementType, undefined, right[0])
      this.#removed.insert(path)
    } else {
      if (left.length > 0) this.#below(element, list.elementType, left[0], undefined)
      this.#added.insert(path)
    }
  }
}
