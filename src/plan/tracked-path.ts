import { itemElement, type Path, type PathElement } from '../ssa/path-element.ts'
import { fieldType, resolve } from '../ssa/resolve.ts'
import type { Schema, TypeRef } from '../ssa/schema.ts'
import type { ObjectType } from '../ssa/types.ts'
import { valueAt } from '../ssa/value-at.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'

/**
 * A path as the server tracks it: indexes and partial keys of keyed lists become the items' full keys. Undefined when
 * the object has nothing there.
 */
export function trackedPath(type: ObjectType, object: JsonObject, asked: Path): Path | undefined {
  const path: PathElement[] = []
  let at: JsonValue = object
  let ref: TypeRef = type.root
  for (const element of asked) {
    const next = valueAt(at, [element])
    if (next === undefined) return undefined
    const step = stepInto(type.schema, ref, { at, element, next })
    path.push(step.element)
    ref = step.ref
    at = next
  }
  return path
}

function stepInto(
  schema: Schema,
  ref: TypeRef,
  { at, element, next }: { readonly at: JsonValue; readonly element: PathElement; readonly next: JsonValue },
): { readonly element: PathElement; readonly ref: TypeRef } {
  const { list, map } = resolve(schema, ref) ?? {}
  if (isJsonObject(at)) return { element, ref: map === undefined ? {} : fieldType(map, element.slice(2)) }
  if (!isJsonArray(at) || list === undefined) return { element, ref: {} }
  const item = list.elementRelationship === 'associative' ? itemElement(schema, list, next) : undefined
  return { element: item !== undefined && 'element' in item ? item.element : element, ref: list.elementType }
}
