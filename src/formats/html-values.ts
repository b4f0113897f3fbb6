import { alignItems } from '../plan/align-items.ts'
import type { ChangeView, RowView } from '../plan/plan-view.ts'
import { ownersText, showCell } from '../plan/render-changes.ts'
import { isJsonArray, type JsonValue } from '../util/json.ts'
import { plural } from '../util/plural.ts'
import { changeReason } from './change-words.ts'
import { html, type Markup } from './html-markup.ts'
import { callOf } from './html-signs.ts'

/** More of one step are counted, not shown. */
const MAX_FIELDS = 100
const MAX_LINES = 60
const MAX_LETTERS = 600

/** The changed fields of a step as a table; the fields of a new object have no before. */
export function changeTable(row: RowView, now: string): Markup | undefined {
  const { changes } = row
  if (changes.length === 0) return undefined
  const isNew = row.op === 'create' && row.type === 'object'
  const shown = [...changes].sort((a, b) => Number(a.inBase === true) - Number(b.inBase === true)).slice(0, MAX_FIELDS)
  const left = changes.length - shown.length
  const hasOwners = shown.some(({ owners }) => owners.length > 0)
  const columns = [
    'Field',
    ...(isNew ? [] : ['Before']),
    isNew ? 'Value' : 'After',
    ...(hasOwners ? ['Owned by'] : []),
    'Why',
  ]
  const verb = row.type === 'object' ? (isNew ? 'Fields of the new' : 'Fields that change of') : 'What it sets:'
  const caption = html`${verb} ${callOf(row)}`
  const more = left > 0 ? html`<p class="muted">… and ${plural(left, 'more field')}</p>` : undefined
  return html`<table class="fields stack" role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${shown.map((change) => fieldRow(change, { isNew, hasOwners, now }))}
</tbody></table>${more}`
}

type Columns = { readonly isNew: boolean; readonly hasOwners: boolean; readonly now: string }

function fieldRow(change: ChangeView, { isNew, hasOwners, now }: Columns): Markup {
  const { path, owners, inBase } = change
  const values = valueCells(change, isNew)
  const held =
    owners.length === 0
      ? html`<td class="o none" role="cell"></td>`
      : html`<td class="o" role="cell" data-label="Owned by">${ownersText(owners, now)}</td>`
  const why = `${changeReason(change)}${inBase === true ? '; the base does the same' : ''}`
  return html`
<tr role="row"><th scope="row" role="rowheader"><code>${path}</code></th>${values}${hasOwners ? held : undefined}<td role="cell" data-label="Why">${why}</td></tr>`
}

function valueCells(change: ChangeView, isNew: boolean): Markup {
  const { before, after, reordered } = change
  if (reordered !== undefined) {
    const count = isJsonArray(after) ? plural(after.length, 'item') : 'items'
    const cell = html`<td class="v" role="cell" data-label="After">the same in another order</td>`
    return isNew ? cell : html`<td class="v" role="cell" data-label="Before">${count}</td>${cell}`
  }
  if (typeof before === 'string' && typeof after === 'string' && /\n/.test(before + after)) {
    return html`<td colspan="2" class="v" role="cell" data-label="Lines">${lineDiff(before, after)}</td>`
  }
  const old = html`<td class="v" role="cell" data-label="Before">${showValue(before, 'del')}</td>`
  const next = html`<td class="v" role="cell" data-label="${isNew ? 'Value' : 'After'}">${showValue(after, 'ins')}</td>`
  return isNew ? next : html`${old}${next}`
}

/** A value as what goes (`del`) or comes (`ins`); in the words of a screen reader as well. */
export function showValue(value: JsonValue | undefined, as: 'del' | 'ins'): Markup {
  if (value === undefined) return html`<span class="muted">(none)</span>`
  const text = shorten(showCell(value))
  return as === 'del' ? html`<del class="value cell">${text}</del>` : html`<ins class="value cell">${text}</ins>`
}

function shorten(text: string): string {
  const letters = [...text.toWellFormed()]
  if (letters.length <= MAX_LETTERS) return text
  const half = MAX_LETTERS / 2
  return `${letters.slice(0, half).join('')} … ${letters.slice(-half).join('')}`
}

/** The lines of a text that go and come. */
function lineDiff(before: string, after: string): Markup {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const lines = alignItems(old, now, (a, b) => a === b).flatMap((pair) => {
    const was = pair.before === undefined ? undefined : old[pair.before]
    const is = pair.after === undefined ? undefined : now[pair.after]
    if (was === is) return []
    return [
      ...(was === undefined ? [] : [html`<del>- ${shorten(was)}</del>`]),
      ...(is === undefined ? [] : [html`<ins>+ ${shorten(is)}</ins>`]),
    ]
  })
  const left = lines.length - MAX_LINES
  return html`<pre>${lines.slice(0, MAX_LINES)}${left > 0 ? html`… ${plural(left, 'more line')}` : undefined}</pre>`
}
