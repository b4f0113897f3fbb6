import type { JsonObject } from '../util/json.ts'

/** The static defaults of the built-in kinds an offer compiles to. */
export function coreDefaults(object: JsonObject): JsonObject {
  return object
}
