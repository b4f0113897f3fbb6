import { EMPTY_SET, type FieldSet, FieldSetBuilder, isEmpty, recursiveDifference, union } from './field-set.ts'
import type { PathElement } from './path-element.ts'
import { fieldType, formOf, resolve } from './resolve.ts'
import type { ListType, MapType, Schema, TypeRef } from './schema.ts'

/**
 * Brings a set that was written under an older schema up to date: where a map or list has become atomic, who owned
 * anything below it owns the whole. Source: structured-merge-diff, typed/reconcile_schema.go.
 */
export function reconcileSet(schema: Schema, root: TypeRef, set: FieldSet): FieldSet {
  const whole = new FieldSetBuilder()
  const path: PathElement[] = []

  function visit(ref: TypeRef, below: FieldSet, isAtomic: boolean): void {
    const atom = resolve(schema, ref)
    if (atom === undefined) return
    const form = formOf(atom)
    if (form === 'map' && atom.map !== undefined) visitMap(atom.map, below, isAtomic)
    else if (form === 'list' && atom.list !== undefined) visitList(atom.list, below, isAtomic)
  }

  function visitMap(map: MapType, below: FieldSet, isAtomic: boolean): void {
    if (isUntypedDeduced(map)) return
    if (!isAtomic && map.elementRelationship === 'atomic') {
      if (!isEmpty(below)) whole.insert(path)
      return
    }
    descend(below, (element) => {
      const type = element.startsWith('f:') ? fieldType(map, element.slice(2)) : (map.elementType ?? {})
      return type.named === undefined && type.inlined === undefined ? undefined : type
    })
  }

  function visitList(list: ListType, below: FieldSet, isAtomic: boolean): void {
    if (!isAtomic && list.elementRelationship === 'atomic') whole.insert(path)
    else descend(below, () => list.elementType)
  }

  function descend(below: FieldSet, typeOf: (element: PathElement) => TypeRef | undefined): void {
    const step = (element: PathElement, isMember: boolean): void => {
      const type = typeOf(element)
      if (type === undefined) return
      const child = below.children.get(element)
      path.push(element)
      visit(type, child ?? EMPTY_SET, isMember && child === undefined)
      path.pop()
    }
    for (const element of below.children.keys()) if (!below.members.has(element)) step(element, false)
    for (const element of below.members) step(element, true)
  }

  visit(root, set, false)
  const atomics = whole.build()
  return isEmpty(atomics) ? set : union(recursiveDifference(set, atomics), atomics)
}

/** A map of anything (preserve-unknown-fields without properties): its values have no markers to change. */
function isUntypedDeduced(map: MapType): boolean {
  const element = map.elementType
  if (element === undefined || map.fields.size > 0) return false
  return element.named === undefined ? element.inlined?.scalar === 'untyped' : element.named === '__untyped_deduced_'
}
