import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject, type JsonValue } from '../util/json.ts'
import { damaged } from './decode.ts'
import { namespaceIn, placeNameOf } from './place-name.ts'

/** Objects of one kind, by name, sorted. A plan of one namespace must not pay for a cluster full of others. */
export type RecordedObjects = {
  all(): readonly JsonObject[]
  /** Those of a namespace; of undefined: those without one. */
  in(namespace: string | undefined): readonly JsonObject[]
}

/** Objects as they are at hand. Pure. */
export function recordedObjects(objects: readonly JsonObject[]): RecordedObjects {
  let parts: ReadonlyMap<string | undefined, readonly JsonObject[]> | undefined
  return {
    all: () => objects,
    in: (namespace) => {
      parts ??= Map.groupBy(objects, namespaceOf)
      return parts.get(namespace) ?? []
    },
  }
}

/** The objects of a namespace in the text that a file has for them. */
export type PackedPart = { readonly namespace?: string; readonly text: () => string }

/**
 * Objects whose text is read when it is first needed. What is wrong with it is found then: throws DAMAGED with the place
 * `at`.
 */
export function packedObjects(parts: readonly PackedPart[], at: string): RecordedObjects {
  const opened = new Map<string | undefined, readonly JsonObject[]>()
  const open = (part: PackedPart): readonly JsonObject[] => {
    const before = opened.get(part.namespace)
    if (before !== undefined) return before
    const objects = openPart(part, at)
    opened.set(part.namespace, objects)
    return objects
  }
  return {
    all: () => parts.flatMap(open),
    in: (namespace) => parts.flatMap((part) => (part.namespace === namespace ? open(part) : [])),
  }
}

function openPart({ namespace, text }: PackedPart, at: string): readonly JsonObject[] {
  const objects = parse(text(), at)
  if (!isJsonArray(objects)) throw damaged(at, 'a list')
  return objects.map((object) => {
    if (isJsonObject(object) && namespaceOf(object) === namespace) return object
    throw damaged(at, `objects of namespace ${namespace ?? '(none)'}`)
  })
}

function parse(text: string, at: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(at, 'JSON')
  }
}

function namespaceOf(object: JsonObject): string | undefined {
  return namespaceIn(placeNameOf(object))
}
