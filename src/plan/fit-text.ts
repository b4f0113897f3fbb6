import { visibleWidth } from '../util/visible-width.ts'

/** The text in at most `width` columns: its middle gives way to `…`, so that both ends stay readable. */
export function fitMiddle(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text
  const characters = [...text]
  const keep = Math.max(1, width - 1)
  let left = Math.ceil(keep / 2)
  let right = keep - left
  const cut = (): string =>
    `${characters.slice(0, left).join('')}…${right === 0 ? '' : characters.slice(-right).join('')}`
  // Wide characters take two columns each.
  while (visibleWidth(cut()) > width && left + right > 1) {
    if (left >= right) left -= 1
    else right -= 1
  }
  return cut()
}

/** The text padded to `width` columns on the right. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)))
}

/** Parts in lines of at most `width` columns, broken between two parts only; the separator ends a line. */
export function wrapParts(parts: readonly string[], separator: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const [i, part] of parts.entries()) {
    const text = i === parts.length - 1 ? part : `${part}${separator}`
    if (line !== '' && visibleWidth(`${line}${text}`.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = text
    } else line += text
  }
  return [...lines, line.trimEnd()]
}

/** Words in lines of at most `width` columns; a word that is longer stands alone. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && visibleWidth(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
