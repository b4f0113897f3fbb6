import type { Figures, Target } from './measure-all.ts'

/** The timings and targets of a run as two aligned tables. Pure. */
export function renderTable({ timings, targets }: Figures): string {
  const times = timings.map(({ name, median, runs }) => [name, median.toFixed(3), String(runs.length)])
  const results = targets.map((target) => [
    target.name,
    target.value.toFixed(Number.isInteger(target.value) ? 0 : 2),
    boundText(target.bound),
    target.isMet ? 'met' : 'MISSED',
  ])
  return [align([['whole process', 'median s', 'runs'], ...times]), align([['target', 'is', '', ''], ...results])].join(
    '\n\n',
  )
}

function boundText(bound: Target['bound']): string {
  return 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  const pad = (cell: string, i: number): string =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
