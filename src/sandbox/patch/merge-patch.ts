import type { JsonValue } from '../../util/json.ts'
import { isJsonObject } from '../../util/json.ts'

/** RFC 7386: objects merge, null removes, anything else replaces. */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch
  const out: Record<string, JsonValue> = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key]
    else out[key] = applyMergePatch(Object.hasOwn(out, key) ? out[key] : undefined, value)
  }
  return out
}
