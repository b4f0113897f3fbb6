import { wrapWords } from '../plan/fit-text.ts'
import { paintWith } from '../plan/paint.ts'
import type { Diagnostic } from '../plan/types.ts'
import { plural } from '../util/plural.ts'
import { printable } from '../util/printable.ts'

/** What kept a plan from being made, for a terminal: a line per place, then the message, then how many. Pure. */
export function renderProblems(
  problems: readonly Diagnostic[],
  options: { readonly columns: number; readonly colour: boolean },
): string {
  const paint = paintWith(options.colour)
  const width = Math.max(40, options.columns) - 2
  const blocks = problems.map((problem) => {
    const { severity, code, origin, field, message, hint } = problem
    const place = origin === undefined ? '' : `${origin.file}:${origin.line}:${origin.column} `
    const colour = { error: paint.red, warning: paint.yellow, info: paint.dim }[severity]
    return [
      `${printable(place)}${colour(severity)} ${printable(code)}${field === undefined ? '' : `  ${printable(field)}`}`,
      ...printable(message)
        .split('\n')
        .flatMap((line) => wrapWords(line, width))
        .map((line) => `  ${line}`),
      ...(hint === undefined ? [] : [`  ${paint.dim('next:')} ${paint.cyan(printable(hint))}`]),
    ].join('\n')
  })
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return `${[...blocks, paint.red(`No plan: ${plural(errors, 'error')}`)].join('\n\n')}\n`
}
