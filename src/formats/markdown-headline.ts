import { REFUSALS } from '../plan/plan-verdict.ts'
import type { PlanView, RowView } from '../plan/plan-view.ts'
import { plural } from '../util/plural.ts'
import type { Concern } from './markdown-concern.ts'
import { code } from './markdown-safe.ts'

/** What a reviewer is told first; `isUnchanged`: there is nothing else to be told. */
export type Headline = { readonly sign: string; readonly words: string; readonly isUnchanged: boolean }

/** The verdict on a plan, the gravest first, as `planVerdict` has it; with a base, on the change alone. */
export function headlineOf({ view, groups, conflicts, findings }: Concern): Headline {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const decide = `${plural(conflicts.length, 'conflict')} to decide`
  if (errors.some((error) => REFUSALS.has(error.code))) return grave('⛔', 'refused by a safety rule')
  if (errors.length > 0) {
    return grave('❌', `${plural(errors.length, 'error')}${conflicts.length === 0 ? '' : ` and ${decide}`}`)
  }
  if (conflicts.length > 0) return grave('⚠️', decide)
  const rows = groups.flatMap((group) => group.rows)
  const isChange = rows.some((row) => row.applies || row.symbol === '!') || (view.base?.counts.withdrawn ?? 0) > 0
  if (!isChange) return stillHeadline(view, rows)
  const deleted = rows.filter(({ op, applies }) => op === 'delete' && applies).length
  return grave('✅', `ready to apply${deleted === 0 ? '' : `, deletes ${plural(deleted, 'object')}`}`)
}

/** Of a plan that has nothing to apply: what is not known, or is given up, is worth a look all the same. */
function stillHeadline({ base }: PlanView, rows: readonly RowView[]): Headline {
  const unknown = rows.filter(({ chain }) => chain?.state === 'unknown').length
  if (unknown > 0) return grave('⚠️', `nothing to apply as far as is known, ${plural(unknown, 'step')} unknown`)
  const givenUp = base?.orphans?.length ?? 0
  if (givenUp > 0) return grave('✅', `nothing to apply, ${plural(givenUp, 'object')} no longer wanted`)
  return { sign: '✅', words: base === undefined ? 'nothing changes' : 'this change alters nothing', isUnchanged: true }
}

function grave(sign: string, words: string): Headline {
  return { sign, words, isUnchanged: false }
}

/** ` for ` and the short hash of a commit; empty where it is not known. */
export function forCommit(commit: string | undefined): string {
  return commit === undefined ? '' : ` for ${code([...commit].slice(0, 7).join(''))}`
}
