import type { GroupView, RowSymbol, RowView } from '../plan/plan-view.ts'
import { showCoinRange } from '../plan/show-coin.ts'
import { plural } from '../util/plural.ts'
import { html, type Markup } from './html-markup.ts'
import { nameOf, TONES, verbOf } from './html-signs.ts'
import { stepArticle } from './html-step.ts'
import { keyChanges } from './markdown-changes.ts'

/** The gravest first. */
const BY_GRAVITY: readonly RowSymbol[] = ['!', '-', '~', '+', '·', '=']
const WORDS: Readonly<Record<RowSymbol, string>> = {
  '!': 'held back',
  '-': 'deletes',
  '~': 'changes',
  '+': 'creates',
  '·': 'waits',
  '=': 'stays',
}
const MAX_WORDS = 4

/** Every group in a row: what it is, and what changes in the fewest words. The n-th links to `#offer-<n>`. */
export function offerTable(groups: readonly GroupView[]): Markup {
  const rows = groups.map(
    ({ title, subtitle, rows: steps }, i) => html`
<tr role="row"><th scope="row" role="rowheader"><a href="#offer-${i + 1}">${title}</a></th><td role="cell">${gravest(steps)}</td><td role="cell">${subtitle}</td><td role="cell">${whatChanges(steps)}</td></tr>`,
  )
  const heads = ['Offer', 'Sign', 'Type and price', 'What changes']
  return html`<table class="stack" role="table"><caption>Offers, and what belongs to none</caption>
<thead role="rowgroup"><tr role="row">${heads.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows}
</tbody></table>`
}

function gravest(rows: readonly RowView[]): Markup {
  const symbol = BY_GRAVITY.find((one) => rows.some((row) => row.symbol === one)) ?? '='
  return html`<span class="sign ${TONES[symbol]}">${symbol} ${WORDS[symbol]}</span>`
}

function whatChanges(rows: readonly RowView[]): Markup {
  const all = rows.toSorted((a, b) => weight(a) - weight(b)).flatMap(wordsOf)
  const left = all.length - MAX_WORDS
  const shown = [...all.slice(0, MAX_WORDS), ...(left > 0 ? [html`and ${left} more`] : [])]
  return html`<ul class="plain">${shown.map((words) => html`<li>${words}</li>`)}</ul>`
}

function weight({ symbol, type }: RowView): number {
  return BY_GRAVITY.indexOf(symbol) * 2 + (type === 'object' ? 0 : 1)
}

function wordsOf(row: RowView): readonly Markup[] {
  const { symbol, op, type, text, conflicts, chain } = row
  if (symbol === '=') return []
  const contested = conflicts.filter(({ undecided }) => undecided)
  if (contested.length > 0) return contested.map(({ path }) => html`conflict on <code>${path}</code>`)
  if (symbol === '!' || symbol === '·') return [html`${nameOf(row)}: ${text}`]
  if (type === 'identity') return [html`${op} the agentId on ${row.label}`]
  if (type !== 'object') {
    const cost = chain?.fee === undefined ? '' : `, ${showCoinRange(chain.fee.low, chain.fee.high, chain.coin)}`
    return [html`${verbOf(row)} on ${row.label}${cost}`]
  }
  const changes = op === 'create' || op === 'delete' ? [] : keyChanges(row)
  if (changes.length === 0) return [html`${op} ${row.kind}${text === '' || op === 'delete' ? '' : `: ${text}`}`]
  return changes.map(({ what, before, after }) => html`<code>${what}</code> ${short(before)} → ${short(after)}`)
}

function short(text: string): string {
  const letters = [...text.toWellFormed()]
  return letters.length <= 60 ? text : `${letters.slice(0, 40).join('')}…${letters.slice(-16).join('')}`
}

export type CardOptions = {
  /** From 1: the id is `offer-<number>`. */
  readonly number: number
  readonly isOpen: boolean
  /** What steps are called, by id. */
  readonly names: ReadonlyMap<string, string>
  readonly now: string
}

/** A group with its steps, to be folded. */
export function groupCard({ title, subtitle, rows }: GroupView, { number, isOpen, names, now }: CardOptions): Markup {
  const head = html`<h3>${title}</h3> <span class="muted">${subtitle === '' ? '' : `${subtitle} · `}${plural(rows.length, 'step')}</span>`
  const body = html`<summary>${gravest(rows)} ${head}</summary>
<div class="body">${rows.map((row) => stepArticle(row, names, now))}</div>`
  return isOpen
    ? html`<details class="card" id="offer-${number}" open>${body}</details>
`
    : html`<details class="card" id="offer-${number}">${body}</details>
`
}

/** Steps that are not of this change, folded away. */
export function rowsCard(
  title: string,
  rows: readonly RowView[],
  options: Omit<CardOptions, 'number' | 'isOpen'>,
): Markup {
  return html`<details class="card"><summary><h3>${title}</h3></summary>
<div class="body">${rows.map((row) => stepArticle(row, options.names, options.now))}</div></details>
`
}
