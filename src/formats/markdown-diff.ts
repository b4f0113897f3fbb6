import { alignItems } from '../plan/align-items.ts'
import type { Decision } from '../plan/desired.ts'
import type { ChangeView, ConflictView, RowView } from '../plan/plan-view.ts'
import { ownersText, ownerText, showCell } from '../plan/render-changes.ts'
import { isJsonArray, type JsonValue } from '../util/json.ts'
import { plural } from '../util/plural.ts'
import { MAX_VALUE, oneLine } from './markdown-safe.ts'

/** What dates are relative to, and the version compared with. */
export type DiffContext = { readonly now: string; readonly base?: string }

/** More fields or lines of one step than this are counted, not shown. */
const MAX_FIELDS = 40
const MAX_TEXT_LINES = 40

/** What the rows do as lines of a diff: old and new values per field, notes behind `#`. */
export function diffLines(rows: readonly RowView[], context: DiffContext): readonly string[] {
  const blocks = rows.map((row) => rowLines(row, context))
  return blocks.flatMap((block, i) => {
    const isApart = i > 0 && (block.length > 1 || (blocks[i - 1]?.length ?? 0) > 1)
    return isApart ? ['', ...block] : block
  })
}

/** `ServiceOffer llm/aeon`; a step on a chain is called by what it does. */
export function stepName({ type, op, kind, label }: RowView): string {
  return `${type === 'register' && op !== 'settled' ? op : kind} ${label}`
}

function rowLines(row: RowView, context: DiffContext): readonly string[] {
  const isNew = row.op === 'create' && row.type === 'object'
  const fields = [...row.changes]
    .sort((a, b) => Number(a.inBase === true) - Number(b.inBase === true))
    .map((change) => changeLines(change, row.symbol !== '~', context))
  const left = fields.length - MAX_FIELDS
  return [
    heading(row),
    ...fields.slice(0, MAX_FIELDS).flat(),
    ...(left > 0 ? [`# … ${plural(left, 'more field')}`] : []),
    ...(row.defaults > 0 && !isNew ? [`# and ${plural(row.defaults, 'default')} of the schema`] : []),
    ...transferLines(row, context),
    ...row.conflicts.filter(isTold).flatMap((conflict) => conflictLines(conflict, context)),
  ]
}

function heading(row: RowView): string {
  const name = oneLine(stepName(row), MAX_VALUE)
  const text = oneLine(row.text, 2 * MAX_VALUE)
  switch (row.symbol) {
    case '~':
      if (row.type !== 'object') return `@@ ${name}${text === '' ? '' : `: ${text}`} @@`
      return `@@ ${row.op} ${name}${text === '' ? '' : `: ${text}`} @@`
    case '+':
    case '-':
    case '!':
      return `${row.symbol} ${name}${remark(text)}`
    case '=':
    case '·':
      return `  ${name}${remark(text)}`
  }
}

function changeLines(change: ChangeView, isIndented: boolean, context: DiffContext): readonly string[] {
  const path = oneLine(change.path, MAX_VALUE)
  const note = remark(noteOf(change, context))
  if (change.reordered !== undefined) {
    const count = isJsonArray(change.after) ? plural(change.after.length, 'item') : 'items'
    return [`  ${path}: the same ${count} in another order${note}`]
  }
  const lines = textLines(change.before, change.after)
  if (lines !== undefined) return [`  ${path}:${note}`, ...lines]
  const indent = isIndented ? '  ' : ''
  const before = change.before === undefined ? [] : [`- ${indent}${path}: ${cell(change.before)}`]
  const after = change.after === undefined ? [] : [`+ ${indent}${path}: ${cell(change.after)}`]
  const both = [...before, ...after]
  return both.map((line, i) => (i === both.length - 1 ? `${line}${note}` : line))
}

function cell(value: JsonValue | undefined): string {
  return oneLine(showCell(value), MAX_VALUE)
}

function noteOf(change: ChangeView, { now, base }: DiffContext): string {
  const owners = change.owners.length === 0 ? '' : ownersText(change.owners, now)
  const also = change.inBase === true && base !== undefined ? [`${base} does so too`] : []
  return [...reasonOf(change, owners), ...also].join('; ')
}

function reasonOf({ reason, reordered, taken }: ChangeView, owners: string): readonly string[] {
  switch (reason) {
    case 'null-out':
      return [owners === '' ? 'null-out' : `null-out: ${owners}`]
    case 'removed':
      return ['no longer in the offer']
    case 'default':
      return ['default']
    case 'set':
      if (reordered === 'keyed') return ['no effect: the list goes by its keys']
      return owners === '' ? [] : [`${taken === true ? 'taken from' : 'was'} ${owners}`]
  }
}

/** The lines of a longer text that differ. */
function textLines(before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] | undefined {
  if (typeof before !== 'string' || typeof after !== 'string' || !`${before}${after}`.includes('\n')) return undefined
  const [old, now] = [before.split('\n'), after.split('\n')]
  const lines = alignItems(old, now, (a, b) => a === b).flatMap((pair) => {
    const was = pair.before === undefined ? undefined : old[pair.before]
    const is = pair.after === undefined ? undefined : now[pair.after]
    if (was === is) return []
    return [...(was === undefined ? [] : [`-   ${was}`]), ...(is === undefined ? [] : [`+   ${is}`])]
  })
  const left = lines.length - MAX_TEXT_LINES
  const shown = lines.slice(0, MAX_TEXT_LINES).map((line) => oneLine(line, MAX_VALUE))
  return left > 0 ? [...shown, `# … ${plural(left, 'more line')}`] : shown
}

/** The transfer is a write of its own, so it is announced; what a null-out says is not said again. */
function transferLines({ transfers, changes }: RowView, { now }: DiffContext): readonly string[] {
  if (transfers.length === 0) return []
  const told = new Set(changes.filter(({ reason }) => reason === 'null-out').map(({ path }) => path))
  const moved = transfers.filter(({ path }) => !told.has(path)).slice(0, MAX_FIELDS)
  return [
    `# first moves ${plural(transfers.length, 'field')} to obol/Apply, then changes the values in one step`,
    ...moved.map(({ path, from }) => {
      return `#   ${oneLine(path, MAX_VALUE)}${from.length === 0 ? '' : `, owned by ${oneLine(ownersText(from, now), MAX_VALUE)}`}`
    }),
  ]
}

/** What was taken is told by its change. */
function isTold({ undecided, decision }: ConflictView): boolean {
  return undecided || decision !== 'take'
}

const DECIDED: Readonly<Record<Decision, string>> = {
  take: 'taken',
  yield: 'yielded: their value stays, ours is no longer asked for',
  share: 'shared: their value stays, owned by both',
}

/** Two lines where there is a decision to make: two addresses beside each other are wider than a page. */
function conflictLines(conflict: ConflictView, { now }: DiffContext): readonly string[] {
  const { ours, theirs, owner, undecided, decision } = conflict
  const path = oneLine(conflict.path, MAX_VALUE)
  const by = oneLine(ownerText(owner, now), MAX_VALUE)
  if (undecided) return [`! ${path}: ours ${cell(ours)}`, `! ${path}: theirs ${cell(theirs)}${remark(by)}`]
  const so = decision === undefined ? '' : `; ${DECIDED[decision]}`
  return [`  ${path}: ours ${cell(ours)}, theirs ${cell(theirs)}${remark(`${by}${so}`)}`]
}

function remark(text: string): string {
  return text === '' ? '' : `  # ${text}`
}
