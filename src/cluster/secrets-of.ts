import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import type { Decoded } from './read-answer.ts'

/** Shorter texts are found everywhere and tell nothing. */
const MIN_LENGTH = 4

/** The values of a Secret's `data` and `stringData`, as they are and out of base64; none for another kind. */
export function secretsOf({ kind, data, stringData }: JsonObject): readonly string[] {
  if (kind !== 'Secret') return []
  const encoded = textsIn(data ?? null)
  const decoded = encoded.map((text) => Buffer.from(text, 'base64').toString('utf8'))
  const all = [...encoded, ...decoded, ...textsIn(stringData ?? null)].filter((text) => text.length >= MIN_LENGTH)
  // The longest first: one may be part of another.
  return [...new Set(all)].sort((a, b) => b.length - a.length)
}

/** A refusal without the values: a server or webhook may quote what it refuses. */
export function withoutSecrets<T extends Decoded & { readonly ok: false }>(refusal: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return refusal
  const mask = (text: string): string => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
  return { ...refusal, message: mask(refusal.message), object: maskTexts(refusal.object, mask) }
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (isJsonArray(value)) return value.flatMap(textsIn)
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : []
}

function maskTexts(object: JsonObject, mask: (text: string) => string): JsonObject {
  const masked = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return mask(value)
    if (isJsonArray(value)) return value.map(masked)
    return isJsonObject(value) ? maskTexts(value, mask) : value
  }
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, masked(value)]))
}
