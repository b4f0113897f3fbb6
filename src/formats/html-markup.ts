import { printable } from '../util/printable.ts'

/** HTML that is safe to put into a page: made by `html` alone. */
export type Markup = { readonly [SAFE]: string }

/** What may stand between the pieces of a template: text and numbers are escaped, markup is not, a list is joined. */
export type MarkupPart = string | number | Markup | readonly Markup[] | undefined

const SAFE = Symbol('markup')

/** A template of HTML: every text in it is escaped, also inside of an attribute in double quotes. */
export function html(pieces: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  const text = pieces.map((piece, i) => (i === 0 ? piece : `${show(parts[i - 1])}${piece}`))
  return { [SAFE]: text.join('') }
}

/** The text of a whole page. */
export function markupText(markup: Markup): string {
  return markup[SAFE]
}

function show(part: MarkupPart): string {
  if (part === undefined) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return escapeHtml(part)
  return isList(part) ? part.map(markupText).join('') : part[SAFE]
}

function isList(part: Markup | readonly Markup[]): part is readonly Markup[] {
  return Array.isArray(part)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What steers a terminal or reorders text stands as `\u001b`; lone surrogates are replaced. */
function escapeHtml(text: string): string {
  return printable(text.toWellFormed()).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '')
}
