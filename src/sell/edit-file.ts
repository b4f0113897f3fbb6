import {
  Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Node,
  type Pair,
  parseAllDocuments,
  Scalar,
  type YAMLMap,
} from 'yaml'
import { YAML_OPTIONS } from '../offers/parse-sources.ts'
import type { Path } from '../offers/source.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import type { FieldEdit } from './field-edit.ts'

/** Lines are never folded: a long description stays the line that it is. */
const LAYOUT = { lineWidth: 0 } as const

/** An object in a file: which YAML document, and where in it. */
export type ObjectPlace = { readonly index: number; readonly prefix: Path }

/**
 * A file's text with fields of one of its objects edited, in order. Everything else stays as it is, byte for byte: comments,
 * blanks, quotes, the order of keys. A mapping that loses its last field goes with it. Pure.
 */
export function editFile(text: string, at: ObjectPlace, edits: readonly FieldEdit[]): string {
  return edits.reduce((before, edit) => editField(before, at, edit), text)
}

/** The text of a file with one new offer: the fields of `edits` in their order, below a header. */
export function newFile(offer: JsonObject, edits: readonly FieldEdit[], header: string): string {
  const text = `${header}${blockOf(offer, 0)}`
  return editFile(text, { index: 0, prefix: [] }, edits)
}

function editField(text: string, { index, prefix }: ObjectPlace, { path, value }: FieldEdit): string {
  const at = { index, prefix }
  const root = rootOf(text, at)
  if (value === undefined) return remove(text, root, path)
  const before = root.getIn(path, true)
  if (isScalar(before) && before.range && isSimple(value) && !isBlock(before)) {
    return splice(text, before.range[0], before.range[1], scalarText(before, value))
  }
  const { map, rest } = deepest(root, path)
  const [key] = rest
  // The field itself, or what stands in the way where a mapping is wanted.
  const isInTheWay = key !== undefined && map.has(key)
  const blocker = path.slice(0, path.length - rest.length + 1)
  return insert(isInTheWay ? remove(text, root, blocker) : text, at, path, value)
}

function rootOf(text: string, { index, prefix }: ObjectPlace): YAMLMap {
  const documents = parseAllDocuments(text, YAML_OPTIONS)
  const document = Array.isArray(documents) ? documents[index] : undefined
  const root = prefix.length === 0 ? document?.contents : document?.getIn(prefix, true)
  if (!isMap(root)) throw new Error('the object is not in the file')
  return root
}

function insert(text: string, at: ObjectPlace, path: Path, value: JsonValue): string {
  const { map, rest } = deepest(rootOf(text, at), path)
  const [key, ...below] = rest
  if (key === undefined) throw new Error('there is no field to set')
  const nested = below.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value)
  if (map.flow === true) return insertInFlow(text, map, String(key), nested)
  const [first] = map.items
  const last = map.items.at(-1)
  if (first === undefined || last === undefined) throw new Error('the mapping is empty')
  const column = columnOf(text, startOf(first))
  const end = lineEnd(text, endOf(last))
  const gap = text[end - 1] === '\n' || end === 0 ? '' : '\n'
  return splice(text, end, end, `${gap}${blockOf({ [key]: nested }, column)}`)
}

/** The deepest mapping on the way that is there, and what is left of the way. */
function deepest(root: YAMLMap, path: Path): { readonly map: YAMLMap; readonly rest: Path } {
  let found = { map: root, rest: path }
  for (let length = 1; length < path.length; length += 1) {
    const node = root.getIn(path.slice(0, length), true)
    if (isMap(node)) found = { map: node, rest: path.slice(length) }
  }
  return found
}

function insertInFlow(text: string, map: YAMLMap, key: string, value: JsonValue): string {
  const { range } = map
  if (!range) throw new Error('the mapping has no place')
  const document = new Document(null, YAML_OPTIONS)
  map.set(key, document.createNode(value, { flow: true }))
  return splice(text, range[0], range[1], flowText(text, map))
}

function flowText(text: string, map: YAMLMap): string {
  const start = map.range?.[0] ?? 0
  const document = new Document(null, YAML_OPTIONS)
  document.contents = map
  return document.toString({ ...LAYOUT, flowCollectionPadding: text[start + 1] === ' ' }).trimEnd()
}

/** A field's parent goes with its last field; an object is never left without any. */
function remove(text: string, root: YAMLMap, path: Path): string {
  const parent = path.length === 1 ? root : root.getIn(path.slice(0, -1), true)
  const key = path.at(-1)
  if (!isMap(parent)) return text
  const at = parent.items.findIndex((pair) => keyOf(pair) === key)
  const pair = parent.items[at]
  if (pair === undefined) return text
  if (parent.items.length === 1 && path.length > 1) return remove(text, root, path.slice(0, -1))
  if (parent.flow === true && parent.range) {
    parent.delete(key)
    return splice(text, parent.range[0], parent.range[1], flowText(text, parent))
  }
  const start = startOf(pair)
  const line = start - columnOf(text, start)
  const next = parent.items[at + 1]
  // The first field of a list's item shares its line with the dash.
  if (text.slice(line, start).trim() !== '' && next !== undefined) return splice(text, start, startOf(next), '')
  return splice(text, line, lineEnd(text, endOf(pair)), '')
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : undefined
}

function startOf({ key }: Pair): number {
  const range = isScalar(key) ? key.range : undefined
  if (!range) throw new Error('the field has no place')
  return range[0]
}

/** Where the last character of a pair's value is, comments after it left aside. */
function endOf(pair: Pair): number {
  const { key, value } = pair
  const node = (isScalar(value) && value.range) || isCollection(value) ? (value as Node) : (key as Node)
  return leafEnd(node)
}

function leafEnd(node: Node): number {
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (isPair(last)) return endOf(last)
    if (last !== undefined) return leafEnd(last as Node)
  }
  return node.range?.[1] ?? 0
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** Behind the line feed of the line that ends here; what ends with one is a line already. */
function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset
  const found = text.indexOf('\n', offset)
  return found < 0 ? text.length : found + 1
}

function isSimple(value: JsonValue): value is string | number | boolean | null {
  return value === null || typeof value !== 'object'
}

function isBlock({ type }: Scalar): boolean {
  return type === Scalar.BLOCK_FOLDED || type === Scalar.BLOCK_LITERAL
}

/** In the quotes that the value before had, or in those that it needs. */
function scalarText(before: Scalar, value: string | number | boolean | null): string {
  // On one line, whatever it is: the next lines belong to others.
  if (typeof value === 'string' && /[\n\r]/.test(value)) return JSON.stringify(value)
  const scalar = new Scalar(value)
  if (before.type !== undefined && typeof value === 'string') scalar.type = before.type
  const document = new Document(null, YAML_OPTIONS)
  document.contents = scalar
  return document.toString(LAYOUT).trimEnd()
}

function blockOf(value: JsonObject, column: number): string {
  const text = new Document(value, YAML_OPTIONS).toString(LAYOUT)
  return column === 0 ? text : text.replace(/^(?=.)/gm, ' '.repeat(column))
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to)
}
