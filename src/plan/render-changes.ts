import { isJsonArray, isJsonObject, type JsonValue } from '../util/json.ts'
import { plural } from '../util/plural.ts'
import { printable } from '../util/printable.ts'
import { visibleWidth } from '../util/visible-width.ts'
import { alignItems } from './align-items.ts'
import { fitMiddle, padTo, wrapParts } from './fit-text.ts'
import { ownerLabel } from './owners.ts'
import type { Paint } from './paint.ts'
import type { ChangeView } from './plan-view.ts'
import { showDay } from './show-time.ts'
import type { Owner } from './types.ts'

export type Page = {
  readonly columns: number
  readonly paint: Paint
  readonly now: string
  /** The fields are those of a new object: there is no before. */
  readonly isNew?: boolean
}

const ARROW = ' → '
const GAP = '  '
/** Lines of context of a long text are left out; a change of more lines than this is cut. */
const MAX_LINES = 24
const MAX_VALUE_LINES = 4

/**
 * The changed fields of one object: path, before → after, note, in columns. What is too wide for its column stands
 * below its path instead, so that an address is never cut; only a value longer than the line loses its middle. The
 * fields of a new object have no before.
 */
export function renderChanges(changes: readonly ChangeView[], indent: string, page: Page): readonly string[] {
  const arrow = page.isNew === true ? '' : ARROW
  const cells = changes.map((change) => cellsOf(change, page.now, arrow))
  const available = page.columns - indent.length
  const columns = columnsOf(cells, available)
  return changes.flatMap((change, i) => {
    const cell = cells[i]
    if (cell === undefined) return []
    if (cell.lines !== undefined) return renderText(cell, indent, page)
    const isInColumns = columns.rows.has(cell)
    return isInColumns ? renderRow(change, cell, columns, indent, page) : renderStacked(change, cell, indent, page)
  })
}

type Cells = {
  readonly path: string
  readonly before: string
  /** Empty where every field is new. */
  readonly arrow: string
  readonly after: string
  readonly note: string
  /** A change of a text of several lines. */
  readonly lines?: readonly { readonly sign: '+' | '-'; readonly text: string }[]
}

function cellsOf(change: ChangeView, now: string, arrow: string): Cells {
  const path = printable(change.path)
  const note = noteOf(change, now)
  if (change.reordered !== undefined) {
    const count = isJsonArray(change.after) ? plural(change.after.length, 'item') : 'items'
    return { path, before: count, arrow: ARROW, after: 'the same in another order', note }
  }
  const lines = changedLines(change.before, change.after)
  const before = arrow === '' ? '' : showCell(change.before)
  const cells = { path, before, arrow, after: showCell(change.after), note }
  return lines === undefined ? cells : { ...cells, lines }
}

/** A value on one line. */
export function showCell(value: JsonValue | undefined): string {
  if (value === undefined) return '(none)'
  // A mask is no value: no quotes.
  if (typeof value === 'string' && /^\*\*\*( \(\w+\))?$/.test(value)) return value
  return printable(showJson(value))
}

function showJson(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(showJson).join(', ')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value).map((key) => `${plainKey(key)}: ${showJson(value[key] ?? null)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function plainKey(key: string): string {
  return /^[\w$-]+$/.test(key) ? key : JSON.stringify(key)
}

function noteOf(change: ChangeView, now: string): string {
  switch (change.reason) {
    case 'null-out':
      return change.owners.length === 0 ? 'null-out' : `null-out: ${ownersText(change.owners, now)}`
    case 'removed':
      return 'no longer in the offer'
    case 'default':
      return 'default'
    case 'set':
      if (change.reordered === 'keyed') return 'no effect: the list goes by its keys'
      if (change.owners.length === 0) return ''
      return `${change.taken === true ? 'taken from' : 'was'} ${ownersText(change.owners, now)}`
  }
}

/** `kubectl-patch/Update since 20 Nov` */
export function ownersText(owners: readonly Owner[], now: string): string {
  return owners.map((owner) => ownerText(owner, now)).join(', ')
}

export function ownerText(owner: Owner, now: string): string {
  const since = owner.time === undefined ? '' : ` since ${showDay(owner.time, now)}`
  return printable(`${ownerLabel(owner)}${since}`)
}

type Columns = {
  readonly rows: ReadonlySet<Cells>
  readonly path: number
  readonly before: number
  readonly after: number
  /** False: the notes stand below their rows. */
  readonly notes: boolean
}

/** The rows that share columns: the widest ones leave until the rest fits. */
function columnsOf(cells: readonly Cells[], available: number): Columns {
  const rows = new Set(cells.filter((cell) => cell.lines === undefined))
  const arrow = cells[0]?.arrow ?? ARROW
  for (;;) {
    const widths = {
      path: widest(rows, (cell) => cell.path),
      before: widest(rows, (cell) => cell.before),
      after: widest(rows, (cell) => cell.after),
    }
    const total = widths.path + GAP.length + widths.before + arrow.length + widths.after
    if (total <= available || rows.size === 0) {
      const note = widest(rows, (cell) => cell.note)
      return { rows, ...widths, notes: note === 0 || total + GAP.length + note <= available }
    }
    rows.delete([...rows].reduce((a, b) => (rowWidth(b) > rowWidth(a) ? b : a)))
  }
}

function widest(rows: ReadonlySet<Cells>, of: (cell: Cells) => string): number {
  return Math.max(0, ...[...rows].map((cell) => visibleWidth(of(cell))))
}

function rowWidth(cell: Cells): number {
  return visibleWidth(cell.path) + visibleWidth(cell.before) + visibleWidth(cell.after)
}

function renderRow(change: ChangeView, cell: Cells, columns: Columns, indent: string, page: Page): readonly string[] {
  const { paint } = page
  const after = columns.notes && cell.note !== '' ? padTo(cell.after, columns.after) : cell.after
  const path = padTo(cell.path, columns.path)
  const values = `${paintBefore(change, padTo(cell.before, columns.before), paint)}${paint.dim(cell.arrow)}${paintAfter(change, after, paint)}`
  const line = `${indent}${path}${GAP}${values}`
  if (cell.note === '') return [line]
  if (columns.notes) return [`${line}${GAP}${paint.dim(cell.note)}`]
  return [line, ...noteBelow(cell, indent, page)]
}

function renderStacked(change: ChangeView, cell: Cells, indent: string, page: Page): readonly string[] {
  const { paint } = page
  const width = page.columns - indent.length - 4
  const isShort = visibleWidth(cell.before) + cell.arrow.length + visibleWidth(cell.after) <= width + 2
  const values = isShort
    ? [
        `${indent}  ${paintBefore(change, cell.before, paint)}${paint.dim(cell.arrow)}${paintAfter(change, cell.after, paint)}`,
      ]
    : [
        ...(cell.arrow === '' ? [] : valueLines(cell.before, width)).map((line) => {
          return `${indent}    ${paintBefore(change, line, paint)}`
        }),
        ...valueLines(cell.after, width).map((line, i) => {
          return `${indent}  ${i === 0 ? paint.dim(cell.arrow.trim().padEnd(1)) : ' '} ${paintAfter(change, line, paint)}`
        }),
      ]
  return [`${indent}${fitMiddle(cell.path, page.columns - indent.length)}`, ...values, ...noteBelow(cell, indent, page)]
}

/** A long value: wrapped between its parts, and without its middle where that takes too many lines. */
function valueLines(value: string, width: number): readonly string[] {
  const parts = fitMiddle(value, width * MAX_VALUE_LINES).split(', ')
  return wrapParts(parts, ', ', width).map((line) => fitMiddle(line, width))
}

function renderText(cell: Cells, indent: string, page: Page): readonly string[] {
  const { paint } = page
  const lines = cell.lines ?? []
  const width = page.columns - indent.length - 4
  const shown = lines.slice(0, MAX_LINES).map(({ sign, text }) => {
    const line = fitMiddle(`${sign} ${text}`, width)
    return `${indent}  ${sign === '+' ? paint.green(line) : paint.red(line)}`
  })
  const rest = lines.length - shown.length
  const more = rest > 0 ? [`${indent}  ${paint.dim(`… ${plural(rest, 'more line')}`)}`] : []
  return [`${indent}${cell.path}`, ...shown, ...more, ...noteBelow(cell, indent, page)]
}

function noteBelow(cell: Cells, indent: string, page: Page): readonly string[] {
  if (cell.note === '') return []
  return [`${indent}  ${page.paint.dim(fitMiddle(cell.note, page.columns - indent.length - 2))}`]
}

function paintBefore(change: ChangeView, text: string, paint: Paint): string {
  if (change.before === undefined) return paint.dim(text)
  return change.after === undefined ? paint.red(text) : paint.yellow(text)
}

function paintAfter(change: ChangeView, text: string, paint: Paint): string {
  if (change.after === undefined) return paint.red(text)
  return change.before === undefined ? paint.green(text) : paint.yellow(text)
}

function changedLines(before: JsonValue | undefined, after: JsonValue | undefined): Cells['lines'] {
  if (typeof before !== 'string' || typeof after !== 'string') return undefined
  if (!before.includes('\n') && !after.includes('\n')) return undefined
  const old = before.split('\n')
  const now = after.split('\n')
  return alignItems(old, now, (a, b) => a === b).flatMap((pair) => {
    const was = pair.before === undefined ? undefined : old[pair.before]
    const is = pair.after === undefined ? undefined : now[pair.after]
    if (was === is) return []
    return [
      ...(was === undefined ? [] : [{ sign: '-' as const, text: printable(was) }]),
      ...(is === undefined ? [] : [{ sign: '+' as const, text: printable(is) }]),
    ]
  })
}
