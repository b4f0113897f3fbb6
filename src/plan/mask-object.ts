import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { childPath } from './child-path.ts'

const MASK = '***'
const LAST_APPLIED = 'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]'
const SECRET_NAME = /pass(word|wd|phrase)|secret|token|api_?key|private_?key|mnemonic|credential/i
const SECRET_KEY = /^(password|passwd|passphrase|private_?key|mnemonic|secret_?key|api_?key|client_?secret)$/i

/** Words that tell two masked values apart: `*** (before)` and `*** (after)`. */
export type MaskWords = readonly [left: string, right: string]

/**
 * Two values of one field, with everything secret replaced by `***`; where a secret differs, `*** (before)` and
 * `*** (after)` keep the difference visible. Secret: `data` and `stringData` of a Secret, the last-applied annotation,
 * values of variables and keys named like a credential, credentials inside any text.
 */
export function maskPair(
  field: { readonly kind: string; readonly path: string },
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  [leftWord, rightWord]: MaskWords = ['before', 'after'],
): readonly [left: JsonValue | undefined, right: JsonValue | undefined] {
  const { kind, path } = field
  return [
    left === undefined ? undefined : mask({ kind, path, word: leftWord }, left, right),
    right === undefined ? undefined : mask({ kind, path, word: rightWord }, right, left),
  ]
}

/** One value of a field, masked. */
export function maskValue(kind: string, path: string, value: JsonValue): JsonValue {
  return mask({ kind, path, word: '' }, value, undefined)
}

/** A whole object, masked: what may be printed of it. */
export function maskObject(object: JsonObject): JsonObject {
  const kind = object['kind']
  const masked = maskValue(typeof kind === 'string' ? kind : '', '', object)
  return isJsonObject(masked) ? masked : {}
}

type At = { readonly kind: string; readonly path: string; readonly word: string }

function mask(at: At, value: JsonValue, other: JsonValue | undefined): JsonValue {
  if (isJsonArray(value)) {
    return value.map((item, i) => maskChild(at, i, item, isJsonArray(other) ? other[i] : undefined))
  }
  if (isJsonObject(value)) return maskFields(at, value, other)
  if (isSecret(at)) return marked(MASK, at, value, other, true)
  if (typeof value !== 'string') return value
  const text = maskText(value)
  return text === value ? value : marked(text, at, value, other, typeof other === 'string' && maskText(other) === text)
}

function maskFields(at: At, value: JsonObject, other: JsonValue | undefined): JsonObject {
  const isSecretVariable = typeof value['name'] === 'string' && SECRET_NAME.test(value['name'])
  const out: Record<string, JsonValue> = {}
  for (const key in value) {
    const was = isJsonObject(other) && Object.hasOwn(other, key) ? other[key] : undefined
    const item = value[key] ?? null
    const isVariable = key === 'value' && isSecretVariable && typeof item === 'string'
    out[key] = isVariable ? marked(MASK, at, item, was, true) : maskChild(at, key, item, was)
  }
  return out
}

function maskChild(at: At, child: string | number, value: JsonValue, other: JsonValue | undefined): JsonValue {
  return mask({ ...at, path: childPath(at.path, child) }, value, other)
}

/** Without the word the two sides of a change would look alike. */
function marked(text: string, at: At, value: JsonValue, other: JsonValue | undefined, alike: boolean): string {
  const differs = other !== undefined && alike && !jsonEquals(value, other)
  return differs && at.word !== '' ? `${text} (${at.word})` : text
}

function isSecret({ kind, path }: At): boolean {
  if (kind === 'Secret' && /^(data|stringData)(\.|\[|$)/.test(path)) return true
  if (path === LAST_APPLIED) return true
  const variable = /\[name="([^"]*)"\]\.value$/.exec(path)?.[1]
  if (variable !== undefined && SECRET_NAME.test(variable)) return true
  return SECRET_KEY.test(/(?:^|\.)([^.[\]]+)$/.exec(path)?.[1] ?? '')
}
