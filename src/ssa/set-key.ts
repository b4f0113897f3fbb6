import type { JsonValue } from '../util/json.ts'

/** An object that is still being built. */
export type Draft = Record<string, JsonValue>

/** Sets a key as JSON.parse does: `__proto__` too, which a ConfigMap may well have as a key, becomes an own property. */
export function setKey(draft: Draft, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(draft, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    draft[key] = value
  }
}
