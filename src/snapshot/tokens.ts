import { createHmac } from 'node:crypto'
import { maskObject } from '../plan/mask-object.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import { maskText } from '../util/mask.ts'

const MASK = '***'

/** First eight hex digits of the key's own HMAC: tells keys apart and says nothing of them. */
export function keyIdOf(key: Buffer): string {
  return createHmac('sha256', key).update('obol key id').digest('hex').slice(0, 8)
}

/**
 * The object with exactly that replaced which masking replaces: each `***` is the token `***hmac:<16 hex>` of the whole
 * value (HMAC-SHA-256), so that equal values have equal tokens; a number becomes another number. The value of a Secret's
 * `data` has the token of its decoded bytes, which is that of the same text in `stringData`. The object itself where
 * nothing is masked. Pure.
 */
export function tokenise(object: JsonObject, key: Buffer): JsonObject {
  const masked = maskObject(object)
  const replaced = replace(object, masked, { key, isData: false })
  return isJsonObject(replaced) ? withTokenKeys(replaced, key) : object
}

/**
 * A tokenised Secret as the plan is to have it: its `data` in base64 again, since the merge encodes `stringData` so. Any
 * other object as it is. Pure.
 */
export function encodeTokens(object: JsonObject): JsonObject {
  const { kind, data } = object
  if (kind !== 'Secret' || !isJsonObject(data)) return object
  const encoded = Object.entries(data).map(([key, value]) => [key, isToken(value) ? base64(value) : value])
  return { ...object, data: Object.fromEntries(encoded) }
}

/** True when a text holds a token. */
export function hasToken(text: string): boolean {
  return text.includes('***hmac:')
}

function isToken(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^\*\*\*hmac:[0-9a-f]{16}$/.test(value)
}

type At = { readonly key: Buffer; readonly isData: boolean }

function replace(value: JsonValue, masked: JsonValue | undefined, at: At): JsonValue {
  if (isJsonArray(value)) {
    const items = value.map((item, i) => replace(item, isJsonArray(masked) ? masked[i] : undefined, at))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (isJsonObject(value)) return replaceFields(value, isJsonObject(masked) ? masked : {}, at)
  if (value === masked) return value
  // Nothing can be told from either, and a token would be of another type.
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return numberToken(value, at.key)
  const token = `${MASK}hmac:${digest(at.isData ? decoded(value) : value, at.key)}`
  return typeof masked === 'string' ? masked.replaceAll(MASK, token) : token
}

function replaceFields(value: JsonObject, masked: JsonObject, at: At): JsonObject {
  const out: Record<string, JsonValue> = {}
  let isSame = true
  for (const field in value) {
    const item = value[field] ?? null
    const isData = at.isData || (field === 'data' && value['kind'] === 'Secret')
    const next = replace(item, masked[field], isData === at.isData ? at : { ...at, isData })
    if (next !== item) isSame = false
    out[field] = next
  }
  return isSame ? value : out
}

/** Items of sets and keys of lists stand in the names of managedFields: `v:"https://user:password@host"`. */
function withTokenKeys(object: JsonObject, key: Buffer): JsonObject {
  const { metadata } = object
  const fields = isJsonObject(metadata) ? metadata['managedFields'] : undefined
  if (!isJsonObject(metadata) || fields === undefined) return object
  const replaced = replaceKeys(fields, key)
  return replaced === fields ? object : { ...object, metadata: { ...metadata, managedFields: replaced } }
}

function replaceKeys(value: JsonValue, key: Buffer): JsonValue {
  if (isJsonArray(value)) {
    const items = value.map((item) => replaceKeys(item, key))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (!isJsonObject(value)) return value
  let isSame = true
  const entries = Object.entries(value).map(([name, item]) => {
    const next = [replaceName(name, key), replaceKeys(item, key)] as const
    if (next[0] !== name || next[1] !== item) isSame = false
    return next
  })
  return isSame ? value : Object.fromEntries(entries)
}

function replaceName(name: string, key: Buffer): string {
  if (!/^[vk]:/.test(name) || maskText(name) === name) return name
  const element: JsonValue = JSON.parse(name.slice(2))
  const replaced = mapTexts(element, (text) => {
    const masked = maskText(text)
    return masked === text ? text : masked.replaceAll(MASK, `${MASK}hmac:${digest(text, key)}`)
  })
  return name.slice(0, 2) + JSON.stringify(replaced)
}

function mapTexts(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === 'string') return map(value)
  if (isJsonArray(value)) return value.map((item) => mapTexts(item, map))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, map)]))
}

/** The bytes behind base64; a text that is none stands for itself, and never for the bytes of another. */
function decoded(text: string): string | Buffer {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : `not base64: ${text}`
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function digest(value: string | Buffer, key: Buffer): string {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 16)
}

/** Whole, below 2^48, so that JSON keeps it. */
function numberToken(value: number, key: Buffer): number {
  return createHmac('sha256', key).update(`number: ${value}`).digest().readUIntBE(0, 6)
}
