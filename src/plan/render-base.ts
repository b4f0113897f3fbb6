import { groupDigits } from '../util/group-digits.ts'
import { plural } from '../util/plural.ts'
import { printable } from '../util/printable.ts'
import { fitMiddle, padTo, wrapWords } from './fit-text.ts'
import { paintWith } from './paint.ts'
import type { BaseView, GroupView, RowView } from './plan-view.ts'
import type { Page } from './render-changes.ts'
import { dimLines, renderGroup } from './render-group.ts'

/** More groups than this with drift are counted. */
const MAX_DRIFT = 10

/**
 * The blocks of a plan that is compared with a base: what this change does, what it takes back, and in one line per group
 * what is pending on the base anyway. Pure.
 */
export function renderBase(groups: readonly GroupView[], base: BaseView, page: Page): readonly (readonly string[])[] {
  const ofChange = groups
    .map((group) => ({ ...group, rows: group.rows.filter(({ review }) => review === 'new' || review === 'changed') }))
    .filter(({ rows }) => rows.length > 0)
  return [
    renderIntroduction(ofChange, base, page),
    ...ofChange.map((group) => renderGroup(group, page)),
    renderWithdrawn(base, page),
    renderDrift(groups, base, page),
  ]
}

/** `base origin/main (abc1234)` */
export function baseTitle({ ref, commit }: BaseView): string {
  return `base ${printable(ref)} (${commit.slice(0, 7)})`
}

function renderIntroduction(ofChange: readonly GroupView[], { ref }: BaseView, page: Page): readonly string[] {
  const { columns, paint } = page
  if (ofChange.length > 0) return [paint.bold('This change')]
  return wrapWords(`This change adds no step to what ${printable(ref)} would do.`, columns).map(paint.bold)
}

function renderWithdrawn({ withdrawn, ref }: BaseView, page: Page): readonly string[] {
  if (withdrawn.length === 0) return []
  const subtitle = `pending on ${printable(ref)}, and no more with this change`
  const [title = '', ...lines] = renderGroup(
    { title: 'Withdrawn', subtitle, rows: withdrawn.map(withoutAdvice) },
    { ...page, paint: PLAIN },
  )
  return [page.paint.bold(title), ...dimLines(lines, page.paint)]
}

/** What is gone needs no settling. */
function withoutAdvice(row: RowView): RowView {
  return {
    ...row,
    conflicts: row.conflicts.map((conflict) => ({ ...conflict, edits: [] })),
    diagnostics: row.diagnostics.map(({ hint: _, ...diagnostic }) => diagnostic),
  }
}

const PLAIN = paintWith(false)

function renderDrift(groups: readonly GroupView[], { ref }: BaseView, page: Page): readonly string[] {
  const { columns, paint } = page
  const pending = groups
    .map(({ title, rows }) => ({ title: printable(title), count: rows.filter(isDrift).length }))
    .filter(({ count }) => count > 0)
  const total = pending.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return []
  const verb = total === 1 ? 'is' : 'are'
  const sentence = `${plural(total, 'step')} ${verb} pending on ${printable(ref)} already (drift): obol plan without --base shows them`
  const listed = pending.slice(0, MAX_DRIFT)
  const rest = pending.length - listed.length
  const width = Math.max(...listed.map(({ title }) => title.length))
  const lines = listed.map(({ title, count }) =>
    fitMiddle(`  ${padTo(title, width)}  ${plural(count, 'step')}`, columns),
  )
  const more = rest > 0 ? [`  and ${groupDigits(rest)} more`] : []
  return [...wrapWords(sentence, columns), ...lines, ...more].map(paint.dim)
}

function isDrift({ review, symbol }: RowView): boolean {
  return review === 'same' && symbol !== '='
}
