// Control characters, and the marks that reorder or hide text: a name from a cluster must not steer the terminal.
const UNPRINTABLE = /[[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b-\u200f\ufeff]--[\t\n]]/gv

/** The text with control characters other than tab and newline written as `\u001b`: safe on a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
