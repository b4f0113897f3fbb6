import type { ChangeView, RowView } from '../plan/plan-view.ts'
import { showCell } from '../plan/render-changes.ts'

/** A change in the fewest words: `price`, `perRequest "0.002"`, `perMTok "23"`. Unsafe text: to be put into code spans. */
export type KeyChange = { readonly what: string; readonly before: string; readonly after: string }

const PRICE = 'spec.payment.price.'
/** What a buyer notices first. */
const IMPORTANT = [/price/i, /payTo$/, /network$/, /asset/, /payments/]

/** What a step changes, the most telling first: one price key that replaces another is one change. What the base does too is left out. */
export function keyChanges(row: RowView): readonly KeyChange[] {
  const changes = row.changes.filter(({ reason, inBase }) => reason !== 'default' && inBase !== true)
  const removed = changes.filter((change) => isPrice(change) && change.after === undefined)
  const added = changes.filter((change) => isPrice(change) && change.before === undefined)
  const isSwitch = removed.length > 0 && added.length === 1
  const rest = isSwitch ? changes.filter((change) => !removed.includes(change) && !added.includes(change)) : changes
  const [now] = added
  const priced = isSwitch && now !== undefined ? [priceSwitch(removed, now)] : []
  const others = rest.toSorted((a, b) => weight(a.path) - weight(b.path)).map(keyChange)
  return [...priced, ...others]
}

/** True when one price key replaces another. */
export function isPriceSwitch(row: RowView): boolean {
  return keyChanges(row)[0]?.what === 'price'
}

function isPrice({ path }: ChangeView): boolean {
  return path.startsWith(PRICE)
}

function priceSwitch(removed: readonly ChangeView[], added: ChangeView): KeyChange {
  const before = removed.map(({ path, before: value }) => `${path.slice(PRICE.length)} ${showCell(value)}`)
  return {
    what: 'price',
    before: before.join(', '),
    after: `${added.path.slice(PRICE.length)} ${showCell(added.after)}`,
  }
}

function keyChange(change: ChangeView): KeyChange {
  const what = shortPath(change.path)
  if (change.reordered !== undefined) return { what, before: 'order', after: 'another order' }
  return { what, before: showCell(change.before), after: showCell(change.after) }
}

/** `payTo` of `spec.payment.payTo`: what every offer's path begins with is left out. */
export function shortPath(path: string): string {
  return path.replace(/^spec\.(?:payment\.)?/, '')
}

function weight(path: string): number {
  const at = IMPORTANT.findIndex((pattern) => pattern.test(path))
  return at < 0 ? IMPORTANT.length : at
}
