/** One mistake in a file; line and column count from 1. */
export type Problem = {
  readonly severity: 'error' | 'warning'
  /** A code of the catalogue: `OBOL-O020`. */
  readonly code: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** `spec.payments[1].price`; empty where the whole document or file is meant. */
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/** A problem as one line: `file:line:col path message`, with the hint and the code behind it. */
export function formatProblem(problem: Problem): string {
  const { severity, code, file, line, column, path, message, hint } = problem
  const words = [
    `${file}:${line}:${column}`,
    ...(path === '' ? [] : [path]),
    severity === 'warning' ? `warning: ${message}` : message,
    ...(hint === undefined ? [] : [`(${hint})`]),
    `[${code}]`,
  ]
  return words.join(' ')
}

/** Order of a report: by file, then by position, then by path and code. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.path, b.path) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  )
}

/** True when a report has at least one mistake that stops a plan. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
