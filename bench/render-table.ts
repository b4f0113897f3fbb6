import type { Figures } from './measure-all.ts'

/** The figures and targets of a run as two aligned tables. */
export function renderTable(figures: Figures): string {
  const rows = figures.timings.map(({ name, median, runs }) => [name, `${median.toFixed(3)} s`, `${runs} runs`])
  const targets = figures.targets.map(({ name, value, bound, isMet }) => [
    name,
    String(Math.round(value * 100) / 100),
    bound,
    isMet ? 'met' : 'MISSED',
  ])
  return `${align(rows)}\n\n${align(targets)}`
}

function align(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
