import { fitMiddle } from '../plan/fit-text.ts'
import { printable } from '../util/printable.ts'

/** What is not seen, beyond what `printable` knows: soft hyphens, joiners, tags; variations of emoji stay. */
const HIDDEN = /[[\p{Cf}\p{Default_Ignorable_Code_Point}]--[\ufe00-\ufe0f]]/gv
/** An entity, so that the text itself holds nothing invisible. */
const BREAK = '&#8203;'

/** How long one value may be in a comment, in columns: more is no longer read. */
export const MAX_VALUE = 160

/**
 * A text of strangers on one line: line ends, control characters and whatever hides or reorders text are written out,
 * the beginning of an HTML comment is spoilt (or it could repeat the marker of the comment), the middle of a long text
 * gives way.
 */
export function oneLine(text: string, max = Number.POSITIVE_INFINITY): string {
  const near = text.length > 4 * max ? `${text.slice(0, 2 * max)}…${text.slice(-2 * max)}` : text
  const flat = printable(near.toWellFormed())
    .replace(HIDDEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('<!--', '<!\u2010\u2010')
  return max === Number.POSITIVE_INFINITY ? flat : fitMiddle(flat, max)
}

/** A text of strangers as a code span: the hosts look for no mention, link, picture or emoji in it. */
export function code(text: string, max = MAX_VALUE): string {
  return span(oneLine(text, max))
}

/** The same inside a table, where a pipe would end the cell. */
export function codeCell(text: string, max = 60): string {
  // After a backslash a pipe cannot be escaped: readers disagree on how many of them count.
  return span(oneLine(text, max).replace(/\\?\|/g, (pipe) => (pipe === '|' ? '\\|' : '\\¦')))
}

function span(flat: string): string {
  if (flat.trim() === '') return '` `'
  const ticks = '`'.repeat(longestRun(flat) + 1)
  const pad = /^`|`$|^ .* $/.test(flat) ? ' ' : ''
  return `${ticks}${pad}${flat}${pad}${ticks}`
}

/**
 * A sentence that may quote strangers, as plain text for Markdown, tables and HTML alike: nothing in it is markup, and
 * mentions, references, addresses and emoji are broken by a character without width.
 */
export function prose(text: string, max = 400): string {
  const broken = oneLine(text, max)
    .trim()
    .replace(/^(?=[-+=]|\d+[.)](?:\s|$))/, '\0')
    .replace(/[@#!~%$&^](?=[\w"])/g, '$&\0')
    .replace(/:(?=\/\/|[\w+-]+:)|(?:mailto|xmpp):|www(?=\.)|\b[A-Za-z]{2,}-(?=\d)/gi, '$&\0')
    .replace(/\b[0-9a-f]{7,40}\b/gi, (hash) => hash.replace(/.{6}/g, '$&\0'))
  return broken.replace(/[\\`*_{}[\]<>#!|~&$^]/g, (char) => `&#${char.charCodeAt(0)};`).replaceAll('\0', BREAK)
}

/** A text of strangers as HTML code, for where Markdown is not read (summaries). */
export function htmlCode(text: string, max = 80): string {
  const escaped = oneLine(text, max).replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`)
  return `<code>${escaped}</code>`
}

/** Lines in a fence that is longer than any run of backticks in them. */
export function fence(language: string, lines: readonly string[]): string {
  const flat = lines.map((line) => oneLine(line))
  const ticks = fenceFor(flat)
  return [`${ticks}${language}`, ...flat, ticks].join('\n')
}

/** The backticks of a fence around these lines. */
export function fenceFor(lines: readonly string[]): string {
  return '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
}

/** A block that is folded until it is opened; `summary` is HTML. */
export function folded(summary: string, body: string, isOpen = false): string {
  return `<details${isOpen ? ' open' : ''}>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
}
