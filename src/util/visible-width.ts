import { stripVTControlCharacters } from 'node:util'

const ASCII = /^[\u0020-\u007e]*$/
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u
const INVISIBLE = /^[\p{Mark}\p{Control}\p{Format}]+$/u

let graphemes: Intl.Segmenter | undefined

function widthOfGrapheme(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}

/** Terminal columns that one line of text takes: colour codes take none, East Asian and emoji characters two. */
export function visibleWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  const plain = stripVTControlCharacters(text)
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let width = 0
  for (const { segment } of graphemes.segment(plain)) width += widthOfGrapheme(segment)
  return width
}
