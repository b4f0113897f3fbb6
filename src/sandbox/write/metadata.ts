import { metadataOf } from '../../kube/ref.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'

/** The object with some metadata fields set; a field set to undefined is removed. */
export function withMetadata(object: JsonObject, fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const entries = Object.entries({ ...metadataOf(object), ...fields }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  return { ...object, metadata: Object.fromEntries(entries) }
}

/** The object without one top-level field. */
export function without(object: JsonObject, field: string): JsonObject {
  if (!Object.hasOwn(object, field)) return object
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== field))
}

/** The object with `status` of another one, or without when that has none. */
export function withStatusOf(object: JsonObject, other: JsonObject | undefined): JsonObject {
  const status = other?.['status']
  return status === undefined ? without(object, 'status') : { ...object, status }
}
