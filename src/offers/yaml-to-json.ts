import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Descriptor } from '../errors/descriptor.ts'
import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { formatPath } from './format-path.ts'

/** Something in a YAML document that has no place in JSON, at an offset of the text. */
export type ConversionProblem = {
  readonly descriptor: Descriptor
  readonly offset: number
  readonly path: string
  readonly message: string
}

/**
 * The JSON value of a YAML document, in one pass: aliases and `<<` merges expanded (values are shared, not copied),
 * integer keys taken as text. Duplicate keys (the first wins) and integers beyond 2^53 are reported; so are keys and values
 * without a JSON form and aliases that expand to more than 100,000 values, and then there is no value.
 */
export function yamlToJson(document: Document): {
  readonly value: JsonValue | undefined
  readonly problems: readonly ConversionProblem[]
} {
  const state: State = { anchors: new Map(), path: [], expanded: 0, problems: [] }
  const { value } = convert(document.contents, state)
  const isWhole = state.problems.every(({ descriptor }) => HARMLESS.has(descriptor))
  return { value: isWhole ? value : undefined, problems: state.problems }
}

const MAX_EXPANDED = 100_000

/** What leaves a value in place, so that the other mistakes of the document can be told at the same time. */
const HARMLESS: ReadonlySet<Descriptor> = new Set([OFFER_ERRORS.DUPLICATE_KEY, OFFER_ERRORS.INTEGER_TOO_LARGE])

/** A value with the number of values in it, itself included. */
type Sized = { readonly value: JsonValue; readonly size: number }

type State = {
  /** Anchors met so far; `open` while the value is being built. */
  readonly anchors: Map<string, Sized | 'open'>
  /** Where we are; pushed and popped. */
  readonly path: (string | number)[]
  /** Values that came out of aliases. */
  expanded: number
  readonly problems: ConversionProblem[]
}

const NOTHING: Sized = { value: null, size: 1 }

function convert(node: unknown, state: State): Sized {
  if (isAlias(node)) return convertAlias(node, state)
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined
  if (anchor === undefined) return convertPlain(node, state)
  state.anchors.set(anchor, 'open')
  const sized = convertPlain(node, state)
  state.anchors.set(anchor, sized)
  return sized
}

function convertPlain(node: unknown, state: State): Sized {
  if (isScalar(node)) return { value: convertScalar(node, state), size: 1 }
  if (isMap(node)) return convertMap(node, state)
  if (isSeq(node)) return convertSeq(node, state)
  return NOTHING
}

function convertAlias(node: Alias, state: State): Sized {
  const sized = state.anchors.get(node.source)
  if (sized === undefined) return fail(state, OFFER_ERRORS.ALIAS, node, 'no anchor of this name comes before the alias')
  if (sized === 'open') return fail(state, OFFER_ERRORS.ALIAS, node, 'the alias is inside the value it stands for')
  const isFirstExcess = state.expanded <= MAX_EXPANDED
  state.expanded += sized.size
  if (state.expanded <= MAX_EXPANDED) return sized
  const message = `the aliases of this document expand to more than ${MAX_EXPANDED} values`
  return isFirstExcess ? fail(state, OFFER_ERRORS.ALIAS, node, message) : NOTHING
}

function convertScalar(node: Scalar, state: State): JsonValue {
  const { value } = node
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return fail(state, OFFER_ERRORS.NOT_JSON, node, 'the value has no JSON form').value
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    fail(state, OFFER_ERRORS.INTEGER_TOO_LARGE, node, 'the number is beyond 2^53 and would lose digits')
  }
  return Object.is(value, -0) ? 0 : value
}

function convertSeq(node: YAMLSeq, state: State): Sized {
  let size = 1
  const value = node.items.map((item, i) => {
    state.path.push(i)
    const sized = convert(item, state)
    state.path.pop()
    size += sized.size
    return sized.value
  })
  return { value, size }
}

function convertMap(node: YAMLMap, state: State): Sized {
  const object: Record<string, JsonValue> = {}
  const seen = new Set<string>()
  const merged: JsonObject[] = []
  let size = 1
  for (const pair of node.items) {
    const key = convertKey(pair, node, state)
    if (key === undefined) continue
    state.path.push(key)
    const isAgain = seen.has(key)
    if (isAgain) fail(state, OFFER_ERRORS.DUPLICATE_KEY, pair.key, 'the key is given twice in this mapping')
    seen.add(key)
    const sized = convert(pair.value, state)
    size += sized.size
    if (isMergeKey(pair, key)) merged.push(...mergedObjects(pair, sized.value, state))
    else if (!isAgain) object[key] = sized.value
    state.path.pop()
  }
  return { value: merged.length === 0 ? object : withMerged(object, merged), size }
}

/** The key as text; undefined, with a problem, when it cannot be one. */
function convertKey(pair: Pair, map: YAMLMap, state: State): string | undefined {
  const key = pair.key
  const value = isScalar(key) ? key.value : undefined
  if (isScalar(key) && key.anchor !== undefined) state.anchors.set(key.anchor, { value: String(value), size: 1 })
  if (typeof value === 'number' && isScalar(key)) return key.source ?? String(value)
  // As a plain assignment this key would replace the object's prototype.
  if (typeof value === 'string' && value !== '__proto__') return value
  fail(state, OFFER_ERRORS.NOT_JSON, key ?? map, 'a key must be a string')
  return undefined
}

function isMergeKey(pair: Pair, key: string): boolean {
  return key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN'
}

function mergedObjects(pair: Pair, value: JsonValue, state: State): readonly JsonObject[] {
  const values = Array.isArray(value) ? value : [value]
  if (values.every(isJsonObject)) return values
  fail(state, OFFER_ERRORS.NOT_JSON, pair.key, '<< takes a mapping or a list of mappings')
  return []
}

/** Own keys win over merged ones, earlier merged ones over later. */
function withMerged(object: JsonObject, merged: readonly JsonObject[]): JsonObject {
  return Object.assign({}, ...merged.toReversed(), object)
}

function fail(state: State, descriptor: Descriptor, node: unknown, message: string): Sized {
  const offset = offsetOf(node)
  state.problems.push({ descriptor, offset, path: formatPath(state.path), message })
  return NOTHING
}

function offsetOf(node: unknown): number {
  return isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? (rangeOf(node)?.[0] ?? 0) : 0
}

function rangeOf(node: Node): readonly number[] | null | undefined {
  return node.range
}
