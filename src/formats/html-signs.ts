import type { RowSymbol, RowView } from '../plan/plan-view.ts'
import { html, type Markup } from './html-markup.ts'

/** The class of a colour; always beside a sign and a word. */
export type Tone = 'create' | 'change' | 'remove' | 'held' | 'wait'

export const TONES: Readonly<Record<RowSymbol, Tone>> = {
  '+': 'create',
  '~': 'change',
  '-': 'remove',
  '!': 'held',
  '=': 'wait',
  '·': 'wait',
}

/** What a step does, in a word or two. */
export function verbOf(row: RowView): string {
  if (row.symbol === '!') return `${row.op}, held back`
  if (row.identity?.waits === true) return `${row.op}, waits`
  const state = row.chain?.state ?? 'ready'
  return state === 'ready' || state === row.op ? row.op : `${row.op}, ${state}`
}

/** `ServiceOffer llm/aeon`; a step on a chain is about its network. */
export function nameOf({ type, kind, label }: RowView): string {
  return type === 'register' ? label : `${kind} ${label}`
}

/** What a step is called where its sign is not beside it: a step on a chain by what it does. */
export function callOf(row: RowView): string {
  return row.type === 'register' ? `${row.op} on ${row.label}` : nameOf(row)
}

/** The sign and the word of a step, coloured. */
export function signOf(row: RowView): Markup {
  return html`<span class="sign ${TONES[row.symbol]}">${row.symbol} ${verbOf(row)}</span>`
}
