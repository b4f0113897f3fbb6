import { groupDigits } from '../util/group-digits.ts'
import { printable } from '../util/printable.ts'
import { visibleWidth } from '../util/visible-width.ts'
import { fitMiddle, padTo, wrapParts } from './fit-text.ts'
import type { ChainView, RowView, SummaryView } from './plan-view.ts'
import type { Page } from './render-changes.ts'
import { showCoin, showCoinRange } from './show-coin.ts'

/** `0.00003 to 0.00006 ETH, wallet holds 0.02 ETH`; empty for a row that costs nothing or waits. */
export function chainRemark({ chain, blockedBy }: RowView): string {
  if (chain === undefined || !isActive(chain) || blockedBy.length > 0) return ''
  const { fee, coin } = chain
  const cost = fee === undefined ? [] : [showCoinRange(fee.low, fee.high, coin)]
  return [...cost, ...walletWords(chain)].join(', ')
}

function walletWords({ balance, coin }: ChainView): readonly string[] {
  if (balance === undefined) return []
  const { needed, held } = balance
  const isShort = held < needed
  return [`wallet holds ${showCoin(held, 3)} ${coin}${isShort ? ` and needs ${showCoin(needed, 3, 'up')}` : ''}`]
}

function isActive({ state }: ChainView): boolean {
  return state === 'ready' || state === 'pending'
}

/** What a step on a chain sends, below its changes: owner, simulation, calldata, gas. Nothing of a step that only waits. */
export function renderChainFacts(row: RowView, indent: string, page: Page): readonly string[] {
  const facts = row.chain === undefined || !isActive(row.chain) ? [] : factsOf(row.chain, row)
  const width = Math.max(0, ...facts.map(([name]) => name.length))
  const { columns, paint } = page
  return facts.flatMap(([name, value]) => {
    const text = printable(value)
    if (indent.length + width + 2 + visibleWidth(text) <= columns) {
      return [`${indent}${paint.dim(`${padTo(name, width)}  ${text}`)}`]
    }
    const room = columns - indent.length - 2
    return [name, `  ${fitMiddle(text, room)}`].map((line) => `${indent}${paint.dim(line)}`)
  })
}

type Fact = readonly [name: string, value: string]

function factsOf({ owner, outcome, call, fee }: ChainView, { text }: RowView): readonly Fact[] {
  const isTold = outcome === undefined || text.includes(outcome)
  return [
    ...(owner === undefined ? [] : [['owner', owner] as const]),
    ...(isTold ? [] : [['simulated', outcome] as const]),
    ...(call === undefined ? [] : [['calldata', call.dataHash ?? 'known when it is sent'] as const]),
    ...(fee === undefined ? [] : [['gas', `${digits(fee.gas)}, at most ${digits(fee.gasLimit)}`] as const]),
  ]
}

function digits(gas: bigint): string {
  return groupDigits(Number(gas))
}

/** `Fees: 0.00003 to 0.00006 ETH on base-sepolia`, broken between chains only; no line where nothing is paid. */
export function renderFees({ fees }: SummaryView, columns: number): readonly string[] {
  const sums = fees.map(({ low, high, coin, network }) => printable(`${showCoinRange(low, high, coin)} on ${network}`))
  return sums.length === 0 ? [] : wrapParts([`Fees: ${sums[0] ?? ''}`, ...sums.slice(1)], ' · ', columns)
}
