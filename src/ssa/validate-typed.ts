import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { fieldElement, formatPath, itemElement, type PathElement } from './path-element.ts'
import { deduce, type Maybe, resolve } from './resolve.ts'
import type { ListType, MapType, Scalar, Schema, TypeRef } from './schema.ts'
import type { TypedError } from './types.ts'

/**
 * Checks that a value fits its type, as the server does before it merges: unknown fields, wrong forms, list items
 * without a key, and (unless allowed) duplicate items. Source: structured-merge-diff, typed/validate.go.
 */
export function validateTyped(
  schema: Schema,
  ref: TypeRef,
  value: JsonValue,
  options: { readonly allowDuplicates: boolean },
): readonly TypedError[] {
  const errors: TypedError[] = []
  const path: PathElement[] = []
  const report = (message: string): void => {
    errors.push({ path: formatPath(path), message })
  }

  function visit(at: TypeRef, item: JsonValue): void {
    const atom = resolve(schema, at)
    if (atom === undefined) {
      report(`schema error: no type found matching: ${at.named ?? 'inlined type'}`)
      return
    }
    const { map, scalar, list } = deduce(atom, item)
    if (map !== undefined) visitMap(map, item)
    else if (scalar !== undefined) visitScalar(scalar, item)
    else if (list !== undefined) visitList(list, item)
    else report(`schema error: invalid atom: ${at.named === undefined ? 'inlined' : `named type: ${at.named}`}`)
  }

  function visitScalar(scalar: Scalar, item: JsonValue): void {
    const problem = scalarProblem(scalar, item)
    if (problem !== undefined) report(problem)
  }

  function visitMap(map: MapType, item: JsonValue): void {
    if (isJsonObject(item)) visitFields(map, item)
    else if (item !== null) report(`expected map, got ${describe(item)}`)
  }

  function visitFields(map: MapType, item: JsonObject): void {
    for (const key in item) {
      path.push(fieldElement(key))
      const declared = map.fields.get(key)?.type ?? map.elementType
      if (declared === undefined) report('field not declared in schema')
      else visit(declared, item[key] ?? null)
      path.pop()
    }
  }

  function visitList(list: ListType, item: JsonValue): void {
    if (isJsonArray(item)) visitItems(list, item)
    else if (item !== null) report(`expected list, got ${describe(item)}`)
  }

  function visitItems(list: ListType, items: JsonArray): void {
    const seen = new Set<PathElement>()
    for (const [i, child] of items.entries()) {
      let element: PathElement = `i:${i}`
      if (list.elementRelationship === 'associative') {
        const found = itemElement(schema, list, child)
        if ('error' in found) {
          report(`element ${i}: ${found.error}`)
          return
        }
        element = found.element
        if (seen.has(element) && !options.allowDuplicates) report(`duplicate entries for key ${formatPath([element])}`)
        seen.add(element)
      }
      path.push(element)
      visit(list.elementType, child)
      path.pop()
    }
  }

  visit(ref, value)
  return errors
}

/** Why a value is not a scalar of the type, in the server's words; undefined when it is, or is null or absent. */
function scalarProblem(scalar: Scalar, value: Maybe): string | undefined {
  if (value === undefined || value === null) return undefined
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${describe(value)}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${describe(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${describe(value)}`
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got ${describe(value)}` : undefined
  }
}

function describe(value: JsonArray | JsonObject | JsonValue): string {
  return isJsonObject(value) ? 'a map' : isJsonArray(value) ? 'a list' : JSON.stringify(value)
}
