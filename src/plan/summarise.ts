import { groupDigits } from '../util/group-digits.ts'
import { plural } from '../util/plural.ts'
import type { RowView, SummaryView } from './plan-view.ts'
import type { Diagnostic } from './types.ts'

/** Counts and the sentence under a plan. Takes every row, those that are not shown included. */
export function summarise(rows: readonly RowView[], diagnostics: readonly Diagnostic[], orphans: number): SummaryView {
  const said = [...diagnostics, ...rows.flatMap((row) => row.diagnostics)]
  const running = rows.filter((row) => row.applies)
  const doing = (op: RowView['op']): number => running.filter((row) => row.op === op).length
  const counts: Omit<SummaryView, 'sentence'> = {
    create: doing('create'),
    update: doing('update'),
    adopt: doing('adopt'),
    delete: doing('delete'),
    wait: doing('wait'),
    unchanged: rows.filter((row) => row.op === 'noop').length,
    heldBack: rows.filter((row) => row.op !== 'noop' && row.type === 'object' && !row.applies).length,
    nullOuts: sum(running, (row) => row.changes.filter((change) => change.reason === 'null-out').length),
    transfers: sum(running, (row) => row.transfers.length),
    conflicts: sum(rows, (row) => row.conflicts.filter((conflict) => conflict.undecided).length),
    errors: said.filter((diagnostic) => diagnostic.severity === 'error').length,
    warnings: said.filter((diagnostic) => diagnostic.severity === 'warning').length,
    orphans,
  }
  return { ...counts, sentence: sentenceOf(counts) }
}

function sentenceOf(counts: Omit<SummaryView, 'sentence'>): string {
  const extra = [
    ...(counts.nullOuts === 0 ? [] : [plural(counts.nullOuts, 'null-out')]),
    ...(counts.transfers === 0 ? [] : [plural(counts.transfers, 'transfer')]),
  ]
  const detail = extra.length === 0 ? '' : ` (${extra.join(', ')})`
  const carriesDetail = counts.update > 0 ? 'update' : 'adopt'
  const doing = (['create', 'update', 'adopt', 'delete'] as const)
    .filter((op) => counts[op] > 0)
    .map((op) => `${groupDigits(counts[op])} to ${op}${op === carriesDetail ? detail : ''}`)
  const parts = [
    doing.length === 0 ? 'nothing to change' : doing.join(', '),
    plural(counts.conflicts, 'conflict'),
    ...(counts.errors === 0 ? [] : [plural(counts.errors, 'error')]),
    ...(counts.heldBack === 0 ? [] : [`${groupDigits(counts.heldBack)} held back`]),
    ...(counts.unchanged === 0 ? [] : [`${groupDigits(counts.unchanged)} unchanged`]),
  ]
  return `Plan: ${parts.join(' · ')}`
}

function sum(rows: readonly RowView[], of: (row: RowView) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
