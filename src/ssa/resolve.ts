import type { JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Atom, MapType, Schema, TypeRef } from './schema.ts'

/** A value or its absence: `undefined` is "not there", `null` is an explicit null. */
export type Maybe = JsonValue | undefined

const NOTHING: Atom = {}
const overridden = new WeakMap<TypeRef, Atom>()

/** The atom a reference stands for, with its relationship override applied; undefined for an unknown name. */
export function resolve(schema: Schema, ref: TypeRef): Atom | undefined {
  const plain = ref.named === undefined ? (ref.inlined ?? NOTHING) : schema.types.get(ref.named)
  if (ref.elementRelationship === undefined || plain === undefined) return plain
  const known = overridden.get(ref)
  if (known !== undefined) return known
  const atom = withRelationship(plain, ref.elementRelationship)
  if (atom !== undefined) overridden.set(ref, atom)
  return atom
}

function withRelationship(atom: Atom, relationship: NonNullable<TypeRef['elementRelationship']>): Atom | undefined {
  if (atom.map !== undefined) {
    return { ...atom, map: { ...atom.map, elementRelationship: relationship === 'atomic' ? 'atomic' : 'separable' } }
  }
  if (atom.list !== undefined) {
    const elementRelationship = relationship === 'separable' ? 'unspecified' : relationship
    return { ...atom, list: { ...atom.list, elementRelationship } }
  }
  return undefined
}

/** Narrows an atom that allows several forms to the form of the value; null and absence narrow nothing. */
export function deduce(atom: Atom, value: Maybe): Atom {
  if (value === undefined || value === null) return atom
  if (isJsonArray(value)) return atom.list === undefined || only(atom, 'list') ? atom : { list: atom.list }
  if (isJsonObject(value)) return atom.map === undefined || only(atom, 'map') ? atom : { map: atom.map }
  return atom.scalar === undefined || only(atom, 'scalar') ? atom : { scalar: atom.scalar }
}

function only(atom: Atom, form: 'list' | 'map' | 'scalar'): boolean {
  return (
    (form === 'list' || atom.list === undefined) &&
    (form === 'map' || atom.map === undefined) &&
    (form === 'scalar' || atom.scalar === undefined)
  )
}

/** Which form an atom is handled as: the server looks at map, then scalar, then list. */
export function formOf(atom: Atom): 'map' | 'scalar' | 'list' | 'none' {
  if (atom.map !== undefined) return 'map'
  if (atom.scalar !== undefined) return 'scalar'
  return atom.list === undefined ? 'none' : 'list'
}

/** Two deduced atoms are the same form of the same type. */
export function sameAtom(a: Atom, b: Atom): boolean {
  return a === b || (a.map === b.map && a.list === b.list && a.scalar === b.scalar)
}

const EMPTY_REF: TypeRef = {}

/** The type of a key: its declared field's, else the map's element type (empty when undeclared keys are not allowed). */
export function fieldType(map: MapType, key: string): TypeRef {
  return map.fields.get(key)?.type ?? map.elementType ?? EMPTY_REF
}
