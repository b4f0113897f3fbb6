import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { printable } from '../util/printable.ts'

export const FORMATS = ['text', 'json', 'markdown', 'github', 'sarif', 'html', 'junit'] as const
export type Format = (typeof FORMATS)[number]

/** One rendering that was asked for; without a file it goes to stdout. */
export type FormatRequest = { readonly format: Format; readonly file?: string }

/**
 * Reads `markdown` or `markdown=plan.md`; everything after the first `=` is the file.
 * @throws ObolError OBOL-U003 when the word is no format or the file is empty.
 */
export function parseFormat(input: string): FormatRequest {
  const at = input.indexOf('=')
  const word = at === -1 ? input : input.slice(0, at)
  const format = FORMATS.find((name) => name === word)
  if (format === undefined) {
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
      message: `there is no format ${JSON.stringify(printable(word))}; the formats are ${FORMATS.join(', ')}`,
      hint: 'obol plan --format markdown=plan.md',
    })
  }
  if (at === -1) return { format }
  const file = input.slice(at + 1)
  if (file === '') {
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
      message: `the format ${format} has no file after its =`,
      hint: `obol plan --format ${format}=FILE`,
    })
  }
  return { format, file }
}

/**
 * Checks that at most one format goes to stdout and that no two go to one file.
 * @throws ObolError OBOL-U003 that names every format in the way of another.
 */
export function checkFormats(requests: readonly FormatRequest[]): void {
  const details = [...clashes(requests)]
  if (details.length === 0) return
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
    message: 'each format needs a place of its own: one may go to stdout, the others each to a file',
    details,
    hint: 'obol plan --format text --format markdown=plan.md --format sarif=plan.sarif',
  })
}

function* clashes(requests: readonly FormatRequest[]): Iterable<string> {
  const byFile = Map.groupBy(requests, ({ file }) => (file === undefined ? undefined : plainPath(file)))
  for (const [file, [first, ...others]] of byFile) {
    if (first === undefined || others.length === 0) continue
    const names = [first, ...others].map(({ format }) => format).join(' and ')
    yield file === undefined ? `${names} would all go to stdout` : `${names} would all go to ${printable(file)}`
  }
}

/** `./plan.md` and `plan.md` are one file. */
function plainPath(file: string): string {
  const parts = file.split('/').filter((part, i) => part !== '.' && (part !== '' || i === 0))
  return parts.join('/')
}
