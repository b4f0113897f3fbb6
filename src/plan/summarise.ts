import { groupDigits } from '../util/group-digits.ts'
import { plural } from '../util/plural.ts'
import type { FeeView, PlanView, RegistrationCounts, RowView, SummaryView } from './plan-view.ts'
import type { Diagnostic } from './types.ts'

/** Counts and the sentence under a plan. Takes every row, those that are not shown included. */
export function summarise(rows: readonly RowView[], diagnostics: readonly Diagnostic[], orphans: number): SummaryView {
  const said = [...diagnostics, ...rows.flatMap((row) => row.diagnostics)]
  const running = rows.filter((row) => row.applies)
  const doing = (op: RowView['op']): number => running.filter((row) => row.op === op && isOfCluster(row)).length
  const counts: Omit<SummaryView, 'sentence'> = {
    create: doing('create'),
    update: doing('update'),
    adopt: doing('adopt'),
    delete: doing('delete'),
    wait: doing('wait'),
    unchanged: rows.filter((row) => row.symbol === '=').length,
    heldBack: rows.filter((row) => row.symbol === '!').length,
    nullOuts: sum(running, (row) => row.changes.filter((change) => change.reason === 'null-out').length),
    transfers: sum(running, (row) => row.transfers.length),
    conflicts: sum(rows, (row) => row.conflicts.filter((conflict) => conflict.undecided).length),
    errors: said.filter((diagnostic) => diagnostic.severity === 'error').length,
    warnings: said.filter((diagnostic) => diagnostic.severity === 'warning').length,
    orphans,
    registrations: countRegistrations(rows),
    identities: running.filter(({ type }) => type === 'identity').length,
    fees: sumFees(running),
  }
  return { ...counts, sentence: sentenceOf(counts) }
}

/**
 * The counts of what a view does beyond its base: new and changed steps, without the changes and conflicts that the base
 * has as well. Diagnostics of the plan as a whole count, whoever brought them. The view has a base.
 */
export function summariseReview(view: PlanView): SummaryView {
  const rows = view.groups.flatMap((group) => group.rows)
  const own = rows.filter(({ review }) => review === 'new' || review === 'changed').map(withoutShared)
  const orphans = view.base?.orphans ?? view.orphans
  const summary = summarise(own, view.diagnostics, orphans.length)
  const withdrawn = view.base?.counts.withdrawn ?? 0
  const sentence = [
    summary.sentence.replace('Plan: ', 'This change: '),
    ...some(withdrawn, `${groupDigits(withdrawn)} withdrawn`),
  ]
  return { ...summary, sentence: sentence.join(' · ') }
}

function withoutShared(row: RowView): RowView {
  return {
    ...row,
    changes: row.changes.filter(({ inBase }) => inBase !== true),
    conflicts: row.conflicts.filter(({ inBase }) => inBase !== true),
  }
}

function isOfCluster({ type }: RowView): boolean {
  return type === 'object' || type === 'wait'
}

function countRegistrations(rows: readonly RowView[]): RegistrationCounts {
  const steps = rows.filter(({ type }) => type === 'register')
  const ready = steps.filter(({ chain, applies }) => applies && chain?.state === 'ready')
  const mint = ready.filter(({ op }) => op === 'register').length
  const adopt = ready.filter(({ op }) => op === 'adopt').length
  const inState = (state: string): number => steps.filter(({ chain }) => chain?.state === state).length
  return {
    mint,
    adopt,
    change: ready.length - mint - adopt,
    pending: inState('pending'),
    waiting: inState('waiting'),
    unknown: inState('unknown'),
    settled: inState('settled'),
  }
}

function sumFees(running: readonly RowView[]): readonly FeeView[] {
  const sums = new Map<string, FeeView>()
  for (const { chain } of running) {
    if (chain?.fee === undefined) continue
    const { network, coin, fee } = chain
    const before = sums.get(network)
    sums.set(network, { network, coin, low: (before?.low ?? 0n) + fee.low, high: (before?.high ?? 0n) + fee.high })
  }
  return [...sums.values()]
}

function sentenceOf(counts: Omit<SummaryView, 'sentence'>): string {
  const { mint, adopt, change, pending, waiting, unknown } = counts.registrations
  const extra = [
    ...some(counts.nullOuts, plural(counts.nullOuts, 'null-out')),
    ...some(counts.transfers, plural(counts.transfers, 'transfer')),
  ]
  const detail = extra.length === 0 ? '' : ` (${extra.join(', ')})`
  const carriesDetail = counts.update > 0 ? 'update' : 'adopt'
  const doing = [
    ...(['create', 'update', 'adopt', 'delete'] as const).flatMap((op) =>
      some(counts[op], `${groupDigits(counts[op])} to ${op}${op === carriesDetail ? detail : ''}`),
    ),
    ...some(mint, plural(mint, 'registration')),
    ...some(adopt, `${plural(adopt, 'registration')} to adopt`),
    ...some(change, `${plural(change, 'change')} on chain`),
    ...some(counts.identities, `${plural(counts.identities, 'identity', 'identities')} to write`),
  ]
  const parts = [
    doing.length === 0 ? 'nothing to change' : doing.join(', '),
    plural(counts.conflicts, 'conflict'),
    ...some(counts.errors, plural(counts.errors, 'error')),
    ...some(counts.heldBack, `${groupDigits(counts.heldBack)} held back`),
    ...some(pending, `${groupDigits(pending)} pending`),
    ...some(waiting, plural(waiting, 'waits', 'wait')),
    ...some(unknown, `${groupDigits(unknown)} unknown`),
    ...some(counts.unchanged, `${groupDigits(counts.unchanged)} unchanged`),
  ]
  return `Plan: ${parts.join(' · ')}`
}

/** The words, unless they would say none. */
function some(count: number, words: string): readonly string[] {
  return count === 0 ? [] : [words]
}

function sum(rows: readonly RowView[], of: (row: RowView) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
