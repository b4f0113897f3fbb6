import { printable } from '../util/printable.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/**
 * Text for XML 1.0, between tags: what XML has no character for (production [2] Char), and what steers a terminal, stands
 * as `\u001b`.
 */
export function xmlText(text: string): string {
  return printable(text.toWellFormed())
    .replace(/[\ufffe\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '')
}

/** Text for the value of an attribute in double quotes; tabs and newlines stay what they are when it is read back. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}
