import { PLAN_ERRORS } from '../errors/plan.ts'
import { canonicalJson, type JsonValue } from '../util/json.ts'
import { changeKey, conflictKey, effectOf, saysSomething } from './compare-effect.ts'
import type { BaseView, PlanView, Review, RowView } from './plan-view.ts'
import type { Diagnostic } from './types.ts'

export type AboutBase = {
  /** As given: `origin/main`. */
  readonly ref: string
  /** Full hash. */
  readonly commit: string
  /** Steps whose masked values look alike and are not. */
  readonly unlike?: ReadonlySet<string>
  /** The views to be shown, when they are not those that are compared; of the same two plans. */
  readonly shown?: { readonly head: PlanView; readonly base: PlanView }
}

/**
 * The plan with what the base would do by itself set against it: which of its steps are new, changed or the same, and
 * what the base would do that it does not. Both views must be of one observation, and with `all`, because a new object
 * lists its fields only then. A step that deletes what the base would write is new, and the base's withdrawn. Pure.
 */
export function compareWithBase(head: PlanView, base: PlanView, about: AboutBase): PlanView {
  const { ref, commit, unlike = new Set(), shown = { head, base } } = about
  const ofBase = stepsOf(base)
  const verdicts = new Map<string, Verdict>()
  const ofHead = stepsOf(head)
  for (const row of ofHead.values()) verdicts.set(row.id, judge(row, ofBase.get(row.id), unlike))
  const withdrawn = [...ofBase.keys()].filter((id) => (verdicts.get(id)?.review ?? 'new') === 'new')
  const count = (wanted: Review): number => [...verdicts.values()].filter(({ review }) => review === wanted).length
  const baseRows = new Map(rowsOf(shown.base).map((row) => [row.id, row]))
  const stillWanted = new Set(base.orphans.map(({ id }) => id))
  const compared: BaseView = {
    ref,
    commit,
    withdrawn: withdrawn.flatMap((id) => baseRows.get(id) ?? ofBase.get(id) ?? []),
    orphans: head.orphans.filter(({ id }) => !stillWanted.has(id)),
    resolved: resolvedOf(head, base),
    counts: { new: count('new'), changed: count('changed'), same: count('same'), withdrawn: withdrawn.length },
  }
  const groups = shown.head.groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => marked(row, verdicts.get(row.id), ofHead.get(row.id))),
  }))
  return { ...shown.head, groups, base: compared }
}

type Verdict = {
  readonly review: Review
  /** Changes and conflicts that the base has as well. */
  readonly shared: ReadonlySet<string>
}

function judge(row: RowView, base: RowView | undefined, unlike: ReadonlySet<string>): Verdict {
  if (base === undefined || (row.op === 'delete') !== (base.op === 'delete'))
    return { review: 'new', shared: new Set() }
  const isUnlike = unlike.has(row.id)
  const shared = [
    ...base.changes.filter(({ before, after }) => !(isUnlike && isMasked([before, after]))).map(changeKey),
    ...base.conflicts.filter(({ ours, theirs }) => !(isUnlike && isMasked([ours, theirs]))).map(conflictKey),
  ]
  const isSame = !isUnlike && effectOf(row) === effectOf(base)
  return { review: isSame ? 'same' : 'changed', shared: new Set(shared) }
}

/** Two masks are alike whatever they hide. */
function isMasked(values: readonly (JsonValue | undefined)[]): boolean {
  return canonicalJson(values.map((value) => value ?? '')).includes('***')
}

function marked(row: RowView, verdict: Verdict | undefined, whole = row): RowView {
  if (verdict === undefined) return row
  const { review, shared } = verdict
  // The fields of a new object are not listed, unless the base would make it otherwise: then it is they that matter.
  const isMadeOtherwise = review === 'changed' && row.op === 'create' && row.changes.length === 0
  const own = whole.changes.filter((change) => change.reason !== 'default' && !shared.has(changeKey(change)))
  const changes = isMadeOtherwise ? own : row.changes
  return {
    ...row,
    review,
    changes: changes.map((change) => (shared.has(changeKey(change)) ? { ...change, inBase: true } : change)),
    conflicts: row.conflicts.map((item) => (shared.has(conflictKey(item)) ? { ...item, inBase: true } : item)),
  }
}

function rowsOf(view: PlanView): readonly RowView[] {
  return view.groups.flatMap((group) => group.rows)
}

function stepsOf(view: PlanView): ReadonlyMap<string, RowView> {
  return new Map(rowsOf(view).flatMap((row) => (saysSomething(row) ? [[row.id, row] as const] : [])))
}

/**
 * Errors and warnings of the base that are gone. A text may count what the change adds to, so that what is about the same
 * field of the same object is taken for the same, as often as it occurs.
 */
function resolvedOf(head: PlanView, base: PlanView): readonly Diagnostic[] {
  const left = matching(diagnosticsOf(base), diagnosticsOf(head), (item) =>
    canonicalJson([aboutOf(item), item.message]),
  )
  return matching(left.unmatched, left.others, aboutOf).unmatched
}

function diagnosticsOf(view: PlanView): readonly Diagnostic[] {
  const all = [...view.diagnostics, ...rowsOf(view).flatMap((row) => row.diagnostics)]
  // A decision on the command line is about this version of the files.
  return all.filter(({ severity, code }) => severity !== 'info' && code !== PLAN_ERRORS.UNUSED_DECISION.code)
}

function aboutOf({ code, object, field }: Diagnostic): string {
  return canonicalJson([code, object ?? '', field ?? ''])
}

type Matching = { readonly unmatched: readonly Diagnostic[]; readonly others: readonly Diagnostic[] }

/** What is left on both sides when each item took one of the others with the same key. */
function matching(
  items: readonly Diagnostic[],
  others: readonly Diagnostic[],
  keyOf: (item: Diagnostic) => string,
): Matching {
  const byKey = Map.groupBy(others, keyOf)
  const unmatched = items.filter((item) => byKey.get(keyOf(item))?.pop() === undefined)
  return { unmatched, others: [...byKey.values()].flat() }
}
