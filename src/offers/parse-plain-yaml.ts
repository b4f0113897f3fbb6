import type { JsonObject, JsonValue } from '../util/json.ts'
import { scanPlainScalar } from './scan-plain-scalar.ts'

/** A document of the plain part of YAML, and the offset at which its first key stands. */
export type PlainDocument = { readonly value: JsonObject; readonly offset: number }

/**
 * Reads the part of YAML 1.2 in which offers are written: block mappings with simple keys, block lists, one-line scalars,
 * comments, documents between `---` lines. Undefined for any text that has anything else, or a mistake: the YAML parser
 * then says what it is. What it does read, the parser reads as the same values, which a test checks. Ten times as fast.
 */
export function parsePlainYaml(text: string): readonly PlainDocument[] | undefined {
  if (UNUSUAL.test(text)) return undefined
  const documents: PlainDocument[] = []
  const lines: Lines = { text, at: 0, indent: 0, end: -1 }
  nextLine(lines)
  if (isSeparator(lines)) nextLine(lines)
  while (lines.indent === 0) {
    const offset = lines.at
    const value = readMap(lines, 0, 0)
    if (value === undefined) return undefined
    documents.push({ value, offset })
    if (!isSeparator(lines)) break
    nextLine(lines)
    if (isAtEnd(lines)) return undefined
  }
  return isAtEnd(lines) && documents.length > 0 ? documents : undefined
}

/** Tabs, carriage returns, other control characters, byte order marks, what is beyond the basic plane. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const UNUSUAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/

/** Far more than an offer has, and far less than the stack holds. */
const MAX_DEPTH = 50

const END = -1

/** The line that is being read; `indent` is END after the last one. */
type Lines = {
  readonly text: string
  /** Offset of the first character that is neither a space nor read already. */
  at: number
  /** Column of `at`. */
  indent: number
  /** Offset of the line's end. */
  end: number
}

const SPACE = 0x20
const HASH = 0x23
const DASH = 0x2d
const COLON = 0x3a

/** Goes to the next line that holds more than a comment. */
function nextLine(lines: Lines): void {
  const { text } = lines
  for (let start = lines.end + 1; start < text.length; ) {
    let at = start
    while (text.charCodeAt(at) === SPACE) at += 1
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    if (at < end && text.charCodeAt(at) !== HASH) {
      lines.at = at
      lines.indent = at - start
      lines.end = end
      return
    }
    start = end + 1
  }
  lines.indent = END
}

function isAtEnd({ indent }: Lines): boolean {
  return indent === END
}

function isSeparator({ text, at, indent, end }: Lines): boolean {
  return indent === 0 && end - at === 3 && text.startsWith('---', at)
}

/** A dash with a space or nothing after it. */
function isItem({ text, at, end }: Lines): boolean {
  return text.charCodeAt(at) === DASH && (at + 1 === end || text.charCodeAt(at + 1) === SPACE)
}

function readBlock(lines: Lines, depth: number): JsonValue | undefined {
  return isItem(lines) ? readList(lines, lines.indent, depth) : readMap(lines, lines.indent, depth)
}

function readMap(lines: Lines, indent: number, depth: number): JsonObject | undefined {
  const object: Record<string, JsonValue> = {}
  let colon = endOfKey(lines)
  if (colon < 0 || depth > MAX_DEPTH) return undefined
  while (colon >= 0 && lines.indent === indent) {
    const key = lines.text.slice(lines.at, colon)
    // Given twice, or a name that plain assignment or the parser takes for something else.
    if (Object.hasOwn(object, key) || NO_KEYS.has(key)) return undefined
    const value = readValue(lines, colon + 1, indent, depth)
    if (value === undefined) return undefined
    object[key] = value
    colon = endOfKey(lines)
  }
  // What is left belongs to a mapping or list further out, or the text is not plain.
  const isWhole = lines.indent < indent || (lines.indent === indent && (isItem(lines) || isSeparator(lines)))
  return isWhole ? object : undefined
}

const NO_KEYS: ReadonlySet<string> = new Set(
  ['__proto__', 'true', 'false', 'null'].flatMap((word) => [
    word,
    word.toUpperCase(),
    word.charAt(0).toUpperCase() + word.slice(1),
  ]),
)

/** Far below the length at which a key needs a `?`. */
const MAX_KEY = 256

/** Offset of the colon that ends the simple key at `at`, or -1. */
function endOfKey({ text, at, end }: Lines): number {
  if (!isLetter(text.charCodeAt(at))) return -1
  let colon = at + 1
  while (colon < end && isOfKey(text.charCodeAt(colon))) colon += 1
  if (text.charCodeAt(colon) !== COLON || colon - at > MAX_KEY) return -1
  return colon + 1 === end || text.charCodeAt(colon + 1) === SPACE ? colon : -1
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
}

/** Letters, digits, `_`, `-`, `.`, `/`. */
function isOfKey(code: number): boolean {
  return isLetter(code) || (code >= DASH && code <= 0x39)
}

/** What stands behind a colon: a scalar on the same line, or a block below. Undefined when that is not plain. */
function readValue(lines: Lines, after: number, indent: number, depth: number): JsonValue | undefined {
  const value = skipSpaces(lines, after)
  if (value < lines.end) return readScalar(lines, value)
  nextLine(lines)
  // The items of a list may stand as far to the left as its key.
  if (lines.indent > indent) return readBlock(lines, depth + 1)
  return lines.indent === indent && isItem(lines) ? readList(lines, indent, depth + 1) : null
}

function readList(lines: Lines, indent: number, depth: number): readonly JsonValue[] | undefined {
  if (depth > MAX_DEPTH) return undefined
  const items: JsonValue[] = []
  while (lines.indent === indent && isItem(lines)) {
    const item = readItem(lines, indent, depth)
    if (item === undefined) return undefined
    items.push(item)
  }
  return lines.indent > indent ? undefined : items
}

function readItem(lines: Lines, indent: number, depth: number): JsonValue | undefined {
  const content = skipSpaces(lines, lines.at + 1)
  if (content === lines.end) {
    nextLine(lines)
    return lines.indent > indent ? readBlock(lines, depth + 1) : null
  }
  lines.indent += content - lines.at
  lines.at = content
  if (isItem(lines)) return undefined
  return endOfKey(lines) < 0 ? readScalar(lines, content) : readMap(lines, lines.indent, depth + 1)
}

function readScalar(lines: Lines, at: number): JsonValue | undefined {
  const value = scanPlainScalar(lines.text, at, lines.end)
  nextLine(lines)
  return value
}

/** Offset of what comes next on the line; its end when there is nothing, or only a comment. */
function skipSpaces({ text, end }: Lines, from: number): number {
  let at = from
  while (at < end && text.charCodeAt(at) === SPACE) at += 1
  return at > from && text.charCodeAt(at) === HASH ? end : at
}
