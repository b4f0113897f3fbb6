import { visibleWidth } from './visible-width.ts'

/**
 * Rows of cells as lines in which each column starts at the same place, two blanks apart; no blanks at line ends.
 * Colour codes in cells take no width.
 */
export function alignColumns(rows: readonly (readonly string[])[], gap = '  '): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell))
    })
  }
  return rows.map((row) =>
    row
      .map((cell, column) => `${cell}${' '.repeat((widths[column] ?? 0) - visibleWidth(cell))}`)
      .join(gap)
      .trimEnd(),
  )
}
