import { plural } from '../util/plural.ts'
import { printable } from '../util/printable.ts'
import { visibleWidth } from '../util/visible-width.ts'
import type { Decision } from './desired.ts'
import { fitMiddle, padTo, wrapParts, wrapWords } from './fit-text.ts'
import { type Paint, paintWith } from './paint.ts'
import type { ChangeView, ConflictView, GroupView, RowView } from './plan-view.ts'
import { chainRemark, renderChainFacts } from './render-chain.ts'
import { ownerText, type Page, renderChanges, showCell } from './render-changes.ts'
import type { Diagnostic } from './types.ts'

const FIELD_INDENT = '      '
const ROW_INDENT = '    '
const PLAIN = paintWith(false)

/** A group with its steps: each with what it changes, moves, conflicts with and says. */
export function renderGroup(group: GroupView, page: Page): readonly string[] {
  const title = printable(group.title)
  const widths = {
    kind: Math.max(...group.rows.map((row) => visibleWidth(nounOf(row)))),
    name: Math.max(...group.rows.filter((row) => remarkOf(row) !== '').map((row) => visibleWidth(row.label)), 0),
  }
  return [...renderHeading(title, group.subtitle, page), ...group.rows.flatMap((row) => renderRow(row, widths, page))]
}

/** The price stands in the subtitle: it is wrapped below the title rather than cut. */
function renderHeading(title: string, subtitle: string, { columns, paint }: Page): readonly string[] {
  if (subtitle === '') return [paint.bold(title)]
  const text = printable(subtitle)
  if (visibleWidth(title) + visibleWidth(text) + 2 <= columns) return [`${paint.bold(title)}  ${paint.dim(text)}`]
  const lines = wrapRemark(text, columns - 2)
  return [paint.bold(title), ...lines.map((line) => paint.dim(`  ${line}`))]
}

/** Breaks between two facts where it can, else between two words. */
function wrapRemark(text: string, width: number): readonly string[] {
  return wrapParts(text.split(' · '), ' · ', width).flatMap((line) => wrapWords(line, width))
}

function renderRow(
  row: RowView,
  widths: { readonly kind: number; readonly name: number },
  page: Page,
): readonly string[] {
  const { paint, columns } = page
  const colour = colourOf(row, paint)
  const noun = padTo(nounOf(row), widths.kind)
  const text = remarkOf(row)
  const head = `  ${row.symbol} ${noun}  `
  const room = columns - visibleWidth(head)
  const name = fitMiddle(printable(row.label), room)
  const remark = room - widths.name - 2
  const isBeside = text !== '' && visibleWidth(text) <= remark
  const line = `  ${colour(row.symbol)} ${noun}  ${isBeside ? `${padTo(name, widths.name)}  ${paint.dim(text)}` : name}`
  const below = isBeside || text === '' ? [] : wrapRemark(text, columns - ROW_INDENT.length)
  return [
    line,
    ...below.map((words) => `${ROW_INDENT}${paint.dim(words)}`),
    ...renderRowChanges(row, page),
    ...renderChainFacts(row, FIELD_INDENT, page),
    ...renderDefaults(row, page),
    ...renderTransfers(row, page),
    // What was taken is told by its change.
    ...row.conflicts.filter(isTold).flatMap((conflict) => renderRowConflict(conflict, row, page)),
    ...row.diagnostics.flatMap((diagnostic) => renderDiagnostic(diagnostic, ROW_INDENT, page)),
  ]
}

/** Of a step that the base has otherwise, what it has just so stands last. */
function renderRowChanges({ review, op, type, changes }: RowView, page: Page): readonly string[] {
  const isNew = op === 'create' && type === 'object'
  const isShared = (change: ChangeView): boolean => review === 'changed' && change.inBase === true
  const own = changes.filter((change) => !isShared(change))
  const shared = changes.filter(isShared)
  const marked = shared.length === 0 ? [] : [`${FIELD_INDENT}also on base:`]
  const below = renderChanges(shared, FIELD_INDENT, { ...page, paint: PLAIN, isNew })
  return [...renderChanges(own, FIELD_INDENT, { ...page, isNew }), ...dimLines([...marked, ...below], page.paint)]
}

/** Lines without colours in one shade. */
export function dimLines(lines: readonly string[], paint: Paint): readonly string[] {
  return lines.map((line) => line.replace(/^( *)(.*)$/s, (_, indent: string, text: string) => indent + paint.dim(text)))
}

/** A conflict that the base has as well is not the reviewer's. */
function renderRowConflict(conflict: ConflictView, row: RowView, page: Page): readonly string[] {
  if (row.review !== 'changed' || conflict.inBase !== true) return renderConflict(conflict, row, page)
  const lines = renderConflict(conflict, row, { ...page, paint: PLAIN })
  return dimLines([`${FIELD_INDENT}also on base:`, ...lines], page.paint)
}

/** A step on a chain is called by what it does: `register`, `set-uri`. */
function nounOf(row: RowView): string {
  return row.type === 'register' && row.op !== 'settled' ? row.op : printable(row.kind)
}

function remarkOf(row: RowView): string {
  const review = row.review === 'changed' ? 'on base too, with another effect' : ''
  return printable([row.text, chainRemark(row), review].filter((words) => words !== '').join(' · '))
}

function isTold(conflict: ConflictView): boolean {
  return conflict.undecided || conflict.decision !== 'take'
}

function colourOf(row: RowView, paint: Paint): (text: string) => string {
  switch (row.symbol) {
    case '+':
      return paint.green
    case '~':
      return paint.yellow
    case '-':
      return paint.red
    case '!':
      return paint.magenta
    case '=':
    case '·':
      return paint.dim
  }
}

function renderDefaults(row: RowView, { paint }: Page): readonly string[] {
  if (row.defaults === 0 || row.op === 'create') return []
  return [`${FIELD_INDENT}${paint.dim(`and ${plural(row.defaults, 'default')} of the schema`)}`]
}

/** The transfer is a write of its own, so it is announced. */
function renderTransfers(row: RowView, { columns, paint }: Page): readonly string[] {
  if (row.transfers.length === 0) return []
  const sentence = `first moves ${plural(row.transfers.length, 'field')} to obol/Apply, then changes the values in one step`
  return wrapWords(sentence, columns - ROW_INDENT.length).map((words) => `${ROW_INDENT}${paint.dim(words)}`)
}

function renderConflict(conflict: ConflictView, row: RowView, page: Page): readonly string[] {
  const { columns, paint } = page
  const owner = ownerText(conflict.owner, page.now)
  const path = printable(conflict.path)
  const width = columns - FIELD_INDENT.length - 10
  const value = (label: string, text: string): string =>
    `${FIELD_INDENT}  ${paint.dim(padTo(label, 6))}  ${fitMiddle(text, width)}`
  const theirs = showCell(conflict.theirs)
  const isBeside = visibleWidth(theirs) + visibleWidth(owner) + 2 <= width
  const lines = [
    `${FIELD_INDENT}${conflict.undecided ? paint.magenta(path) : path}`,
    value('ours', showCell(conflict.ours)),
    value('theirs', isBeside ? `${theirs}  ${paint.dim(owner)}` : theirs),
    ...(isBeside ? [] : [`${FIELD_INDENT}          ${paint.dim(fitMiddle(owner, width))}`]),
  ]
  if (conflict.decision !== undefined && !conflict.undecided) return [...lines, value('so', DECIDED[conflict.decision])]
  return [...lines, ...renderEdits(conflict, row, page)]
}

const DECIDED: Readonly<Record<Decision, string>> = {
  take: 'taken: our value, owned by us alone',
  yield: 'yielded: their value stays, we no longer ask for ours',
  share: 'shared: their value stays, owned by both',
}

/** The edits that settle a conflict: as commands, and as a line of the offer. */
function renderEdits(conflict: ConflictView, row: RowView, page: Page): readonly string[] {
  const { columns, paint } = page
  const effect = Math.max(...conflict.edits.map((edit) => visibleWidth(printable(edit.effect))))
  const command = Math.max(...conflict.edits.map((edit) => visibleWidth(edit.command)))
  const isBeside = FIELD_INDENT.length + 10 + effect + 2 + command <= columns
  const edits = conflict.edits.flatMap((edit) => {
    const label = `${FIELD_INDENT}  ${padTo(edit.decision, 6)}  `
    // A command is to be copied: it may be too long for the line, but is never cut.
    return isBeside
      ? [`${label}${padTo(printable(edit.effect), effect)}  ${paint.cyan(printable(edit.command))}`]
      : [`${label}${printable(edit.effect)}`, `${FIELD_INDENT}          ${paint.cyan(printable(edit.command))}`]
  })
  const yaml = conflict.edits[0]?.yaml
  if (yaml === undefined || row.origin === undefined) return edits
  const where = printable(`${row.origin.file}:${row.origin.line}`)
  const forGood = wrapWords(`or for good, under fieldDecisions of ${where}:`, columns - FIELD_INDENT.length - 2)
  return [
    ...edits,
    ...forGood.map((line) => `${FIELD_INDENT}  ${paint.dim(line)}`),
    `${FIELD_INDENT}          ${paint.cyan(printable(yaml))}`,
  ]
}

/** One diagnostic, its words wrapped, with what to do next. */
export function renderDiagnostic(diagnostic: Diagnostic, indent: string, { columns, paint }: Page): readonly string[] {
  const { severity, message, field, hint, origin } = diagnostic
  const code = printable(diagnostic.code)
  const colour = severity === 'error' ? paint.red : severity === 'warning' ? paint.yellow : paint.dim
  const where = field === undefined || field === '' ? '' : `${field}: `
  const at = origin === undefined ? '' : ` (${origin.file}:${origin.line})`
  const width = columns - indent.length - code.length - severity.length - 3
  const words = wrapWords(printable(`${where}${message}${at}`), width).map((line) => fitMiddle(line, width))
  const [first = '', ...rest] = words
  const room = ' '.repeat(severity.length + code.length + 3)
  return [
    `${indent}${colour(severity)} ${paint.bold(code)}: ${first}`,
    ...rest.map((line) => `${indent}${room}${line}`),
    ...(hint === undefined ? [] : [`${indent}${paint.dim('next')} ${paint.cyan(printable(hint))}`]),
  ]
}
