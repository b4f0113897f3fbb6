import type { JsonValue } from '../util/json.ts'

/**
 * The one-line scalar from `at` to the line's end, a comment behind it left out: a quoted text without escapes, a plain
 * text, a whole number, true, false, null, `{}`, a list of simple words. Undefined for all else, and for what takes a
 * closer look: escapes, other numbers, other brackets, anchors, tags, block scalars.
 */
export function scanPlainScalar(text: string, at: number, end: number): JsonValue | undefined {
  const first = text.charAt(at)
  if (first === '"' || first === "'") return scanQuoted(text, at, end, first)
  if (first === '[' || first === '{') return scanBrackets(text, at, end, first)
  const comment = text.indexOf(' #', at)
  const value = text.slice(at, endOfText(text, comment < 0 || comment > end ? end : comment))
  if (value.includes(': ') || value.endsWith(':')) return undefined
  if (TEXT_START.test(first)) return WORDS.has(value) ? WORDS.get(value) : value
  return /[0-9]/.test(first) ? readNumber(value) : undefined
}

function readNumber(value: string): JsonValue | undefined {
  if (value.length < 16 && WHOLE.test(value)) return Number(value)
  return NOT_A_NUMBER.test(value) ? value : undefined
}

const TEXT_START = /[A-Za-z_/($\u00a0-\uffff]/
const WHOLE = /^(?:0|[1-9][0-9]*)$/
/** A character that stands in no number of any notation. */
const NOT_A_NUMBER = /[^0-9A-Fa-fxXoO.+_-]/

/** Words that are no texts; the unusual spellings are left to the parser. */
const WORDS: ReadonlyMap<string, JsonValue | undefined> = new Map<string, JsonValue | undefined>([
  ['true', true],
  ['false', false],
  ['null', null],
  ...['True', 'TRUE', 'False', 'FALSE', 'Null', 'NULL'].map((word) => [word, undefined] as const),
])

/** Where a plain text ends: it is followed by spaces, which are not part of it. Other white space is. */
function endOfText(text: string, end: number): number {
  let at = end
  while (text.charAt(at - 1) === ' ') at -= 1
  return at
}

function scanQuoted(text: string, at: number, end: number, quote: '"' | "'"): string | undefined {
  const close = text.indexOf(quote, at + 1)
  if (close < 0 || close >= end || !isRestEmpty(text, close + 1, end)) return undefined
  const value = text.slice(at + 1, close)
  return quote === '"' && value.includes('\\') ? undefined : value
}

/** `{}`, or a list of simple words: `[GET, POST]`. */
function scanBrackets(text: string, at: number, end: number, open: '[' | '{'): JsonValue | undefined {
  const close = text.indexOf(open === '[' ? ']' : '}', at)
  if (close < 0 || close >= end || !isRestEmpty(text, close + 1, end)) return undefined
  const inside = text.slice(at + 1, close).replaceAll(' ', '')
  if (inside === '') return open === '[' ? [] : {}
  // A space may only stand beside a comma.
  if (open === '{' || !WORD_LIST.test(text.slice(at + 1, close))) return undefined
  const items = inside.split(',')
  return items.some((item) => WORDS.has(item)) ? undefined : items
}

const WORD_LIST = /^ *[A-Za-z_][\w./-]*(?: *, *[A-Za-z_][\w./-]*)* *$/

/** Nothing more on the line than spaces and a comment. */
function isRestEmpty(text: string, from: number, end: number): boolean {
  let at = from
  while (at < end && text.charAt(at) === ' ') at += 1
  return at === end || (at > from && text.charAt(at) === '#')
}
