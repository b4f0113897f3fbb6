import type { ChainView, RowView, TransferView } from '../plan/plan-view.ts'
import { ownersText } from '../plan/render-changes.ts'
import { showCoin, showCoinRange } from '../plan/show-coin.ts'
import { groupDigits } from '../util/group-digits.ts'
import { plural } from '../util/plural.ts'
import { findingsOfRow } from './findings.ts'
import { findingCard } from './html-concerns.ts'
import { html, type Markup } from './html-markup.ts'
import { nameOf, signOf } from './html-signs.ts'
import { changeTable, showValue } from './html-values.ts'

/** One step: what it does, its fields, what moves, what it sends to a chain, and what is said about it. */
export function stepArticle(row: RowView, names: ReadonlyMap<string, string>, now: string): Markup {
  return html`<article class="step">
<h4>${signOf(row)} ${nameOf(row)}${reviewMark(row)}</h4>
${row.text === '' ? undefined : html`<p>${row.text}</p>`}${afterWords(row, names)}
${changeTable(row, now)}${row.defaults > 0 && row.op !== 'create' ? html`<p class="muted">and ${plural(row.defaults, 'default')} of the schema</p>` : undefined}
${transferList(row.transfers, now)}${settledList(row)}${row.chain === undefined ? undefined : chainFacts(row.chain, row)}${identityFacts(row)}
${findingsOfRow(row, now)
  .slice(row.conflicts.filter(({ undecided }) => undecided).length)
  .map((finding) => findingCard(finding, 'h5'))}</article>
`
}

const REVIEWS = { new: 'new in this change', changed: 'changed by this change', same: 'pending already' } as const

function reviewMark({ review }: RowView): Markup | undefined {
  return review === undefined ? undefined : html` <span class="muted">· ${REVIEWS[review]}</span>`
}

function afterWords({ dependsOn }: RowView, names: ReadonlyMap<string, string>): Markup | undefined {
  const known = dependsOn.flatMap((id) => names.get(id) ?? [])
  const words = [...known.slice(0, 6), ...(known.length > 6 ? [`${groupDigits(known.length - 6)} more`] : [])].join(
    ', ',
  )
  return known.length === 0 ? undefined : html`<p class="muted">comes after ${words}</p>`
}

function transferList(transfers: readonly TransferView[], now: string): Markup | undefined {
  if (transfers.length === 0) return undefined
  const items = transfers.map(({ path, from }) => html`<li><code>${path}</code> from ${ownersText(from, now)}</li>`)
  return html`<p>First moves the ownership of ${plural(transfers.length, 'field')} to obol/Apply, then changes the values in one step:</p><ul>${items}</ul>`
}

const DECIDED = {
  take: 'taken: our value, owned by us alone',
  yield: 'yielded: their value stays, we no longer ask for ours',
  share: 'shared: their value stays, owned by both',
} as const

/** What was taken is told by its change. */
function settledList({ conflicts }: RowView): Markup | undefined {
  const items = conflicts.flatMap(({ undecided, decision, path, ours, theirs }) => {
    if (undecided || decision === undefined || decision === 'take') return []
    return [
      html`<li><code>${path}</code> ${DECIDED[decision]}. Ours ${showValue(ours, 'del')}, theirs ${showValue(theirs, 'ins')}</li>`,
    ]
  })
  return items.length === 0 ? undefined : html`<p>Conflicts that are settled:</p><ul>${items}</ul>`
}

function chainFacts(chain: ChainView, { text }: RowView): Markup {
  const { network, chainId, registry, owner, agentId, outcome, call, fee, coin, balance, confirmations, offers } = chain
  return factList([
    ['Network', html`${network} (chain ${chainId})`],
    ['Wanted by', html`${offers.join(', ')}`],
    [
      'Fee',
      fee === undefined
        ? undefined
        : html`${showCoinRange(fee.low, fee.high, coin)}, gas ${groupDigits(Number(fee.gas))}, at most ${groupDigits(Number(fee.gasLimit))}`,
    ],
    [
      'Wallet',
      balance === undefined
        ? undefined
        : html`holds ${showCoin(balance.held, 3)} ${coin}${balance.held < balance.needed ? html` and <strong>needs ${showCoin(balance.needed, 3, 'up')} ${coin}</strong>` : undefined}`,
    ],
    ['Simulated', outcome === undefined || text.includes(outcome) ? undefined : html`${outcome}`],
    ['Calldata hash', call === undefined ? undefined : html`<code>${call.dataHash ?? 'known when it is sent'}</code>`],
    ['Identity', agentId === undefined ? undefined : html`<code>${agentId}</code>`],
    ['Owner', owner === undefined ? undefined : html`<code>${owner}</code>`],
    ['Registry', html`<code>${registry}</code>`],
    ['Final after', html`${plural(confirmations, 'confirmation')}`],
  ])
}

function identityFacts({ identity }: RowView): Markup | undefined {
  if (identity === undefined) return undefined
  const { object, network, agentId, before, offers } = identity
  const place = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`
  return factList([
    ['Writes to', html`status of ${object.kind} ${place}`],
    ['Network', html`${network}`],
    ['Wanted by', html`${offers.join(', ')}`],
    ['agentId', agentId === undefined ? html`known once it is final` : html`<code>${agentId}</code>`],
    ['Now', before === undefined ? undefined : html`<code>${before}</code>`],
  ])
}

/** Names and values in two columns; what has no value is left out. */
export function factList(facts: readonly (readonly [name: string, value: Markup | undefined])[]): Markup {
  const items = facts.flatMap(([name, value]) => (value === undefined ? [] : [html`<dt>${name}</dt><dd>${value}</dd>`]))
  return html`<dl class="facts">${items}</dl>`
}
