import type { ChainView, GroupView, RowSymbol, RowView } from '../plan/plan-view.ts'
import { showCoin, showCoinRange } from '../plan/show-coin.ts'
import { groupDigits } from '../util/group-digits.ts'
import { plural } from '../util/plural.ts'
import { keyChanges, shortPath } from './markdown-changes.ts'
import { type DiffContext, diffLines, stepName } from './markdown-diff.ts'
import { code, codeCell, fence, folded, htmlCode, prose } from './markdown-safe.ts'

/** What an offer's steps come to: that of its gravest one. */
export type Nature = 'held' | 'deletes' | 'changes' | 'creates' | 'idle'

const NATURES: Readonly<Record<RowSymbol, Nature>> = {
  '!': 'held',
  '-': 'deletes',
  '~': 'changes',
  '+': 'creates',
  '·': 'idle',
  '=': 'idle',
}

/** The gravest first: also the order in which offers are shown. */
export const GRAVEST: readonly Nature[] = ['held', 'deletes', 'changes', 'creates', 'idle']

const SIGNS: Readonly<Record<Nature, string>> = {
  held: '`!`&nbsp;held&nbsp;back',
  deletes: '`-`&nbsp;delete',
  changes: '`~`&nbsp;change',
  creates: '`+`&nbsp;create',
  idle: '`·`&nbsp;wait',
}

/** The gravest nature among the steps. */
export function natureOf({ rows }: GroupView): Nature {
  const natures = new Set(rows.map(({ symbol }) => NATURES[symbol]))
  return GRAVEST.find((nature) => natures.has(nature)) ?? 'idle'
}

/** Lines before the rows of the table. */
export const TABLE_HEAD = '| | Offer | Type and price | What changes |\n|---|---|---|---|\n'

/** An offer's row of the table. */
export function offerRow(group: GroupView): string {
  const isStill = group.rows.every(({ symbol }) => symbol === '=')
  const sign = isStill ? '`=`&nbsp;stays' : SIGNS[natureOf(group)]
  return `| ${sign} | ${codeCell(group.title)} | ${prose(group.subtitle, 120)} | ${whatChanges(group.rows)} |`
}

const MAX_WORDS = 5

/** Objects before chains: the offer itself comes first. */
function whatChanges(rows: readonly RowView[]): string {
  const created = rows.filter(isPlainCreate)
  const creates = created.length === 0 ? [] : [`creates ${created.map(({ kind }) => codeCell(kind)).join(', ')}`]
  const facts = created.filter(({ text }) => text !== '').at(-1)
  const others = rows.filter((row) => !isPlainCreate(row))
  // That the agentId is written afterwards goes without saying.
  const registered = new Set(
    rows.filter(({ type, applies }) => type === 'register' && applies).map(({ label }) => label),
  )
  const objects = others.filter(({ type }) => type === 'object').flatMap(wordsOf)
  const all = [
    ...objects,
    ...creates,
    ...(objects.length > 0 || facts === undefined ? [] : [prose(facts.text, 120)]),
    ...others
      .filter(({ type, label }) => type !== 'object' && !(type === 'identity' && registered.has(label)))
      .flatMap(wordsOf),
  ]
  const left = all.length - MAX_WORDS
  return [...all.slice(0, MAX_WORDS), ...(left > 0 ? [`and ${groupDigits(left)} more`] : [])].join('<br>')
}

function isPlainCreate({ type, op, symbol }: RowView): boolean {
  return type === 'object' && op === 'create' && symbol === '+'
}

function wordsOf(row: RowView): readonly string[] {
  const kind = codeCell(row.kind)
  switch (row.symbol) {
    case '!':
      return heldWords(row)
    case '-':
      return [`deletes ${kind}`]
    case '·':
      return [`${codeCell(stepName(row))}: ${prose(row.text, 120)}`]
    case '=':
      return []
    case '+':
    case '~':
      return row.type === 'object' ? objectWords(row, kind) : [`${codeCell(stepName(row))}${cost(row.chain)}`]
  }
}

function heldWords(row: RowView): readonly string[] {
  const name = codeCell(row.type === 'register' ? stepName(row) : row.kind)
  const contested = row.conflicts.filter(({ undecided }) => undecided)
  if (contested.length === 0) return [`${name}: ${prose(row.text, 120)}`]
  return [
    `${name}: conflict on ${contested
      .map(({ path }) => codeCell(shortPath(path)))
      .slice(0, 3)
      .join(', ')}`,
  ]
}

function objectWords(row: RowView, kind: string): readonly string[] {
  const changes = keyChanges(row).map(
    ({ what, before, after }) => `${codeCell(what)} ${value(before)} → ${value(after)}`,
  )
  if (row.op === 'adopt') return [`adopts ${kind}`, ...changes]
  return changes.length === 0 ? [`updates ${kind}`] : changes
}

function value(text: string): string {
  return text === '(none)' ? '(none)' : codeCell(text, 48)
}

function cost(chain: ChainView | undefined): string {
  return chain?.fee === undefined ? '' : `, ${prose(showCoinRange(chain.fee.low, chain.fee.high, chain.coin))}`
}

/** An offer's folded block: its steps as a diff, then what its steps on chains send. */
export function offerBlock(group: GroupView, context: DiffContext, isOpen: boolean): string {
  const subtitle = group.subtitle === '' ? [] : [prose(group.subtitle)]
  const chain = group.rows.filter(sends).map(chainList).join('\n')
  const diff = fence('diff', diffLines(group.rows, context))
  const body = [...subtitle, diff, ...(chain === '' ? [] : [chain])].join('\n\n')
  const count = plural(group.rows.length, 'step')
  return folded(`${SIGNS_HTML[natureOf(group)]} <b>${htmlCode(group.title)}</b> · ${count}`, body, isOpen)
}

const SIGNS_HTML: Readonly<Record<Nature, string>> = {
  held: '<code>!</code>',
  deletes: '<code>-</code>',
  changes: '<code>~</code>',
  creates: '<code>+</code>',
  idle: '<code>·</code>',
}

function sends({ chain }: RowView): boolean {
  return chain !== undefined && (chain.state === 'ready' || chain.state === 'pending')
}

/** What is sent, what it costs, and what the simulation said. */
function chainList(row: RowView): string {
  const { chain } = row
  if (chain === undefined) return ''
  const { fee, coin, balance, call, outcome, owner, registry, agentId, confirmations } = chain
  const said = outcome !== undefined && !row.text.includes(outcome) ? [`simulated: ${prose(outcome)}`] : []
  const facts = [
    ...said,
    ...(fee === undefined
      ? []
      : [
          `fee ${prose(showCoinRange(fee.low, fee.high, coin))}, gas ${digits(fee.gas)}, at most ${digits(fee.gasLimit)}`,
        ]),
    ...(balance === undefined ? [] : [walletWords(balance, coin)]),
    ...(call === undefined ? [] : [`calldata hash ${code(call.dataHash ?? 'known when it is sent')}`]),
    ...(agentId === undefined ? [] : [`identity ${code(agentId)}`]),
    `registry ${code(registry)}${owner === undefined ? '' : `, owner ${code(owner)}`}, ${plural(confirmations, 'confirmation')}`,
  ]
  const text = row.text === '' ? '' : `: ${prose(row.text)}`
  return [`- **${code(stepName(row))}**${text}`, ...facts.map((fact) => `  - ${fact}`)].join('\n')
}

function walletWords({ needed, held }: { readonly needed: bigint; readonly held: bigint }, coin: string): string {
  const short = held < needed ? ` and **needs ${prose(`${showCoin(needed, 3, 'up')} ${coin}`)}**` : ''
  return `the wallet holds ${prose(`${showCoin(held, 3)} ${coin}`)}${short}`
}

function digits(gas: bigint): string {
  return groupDigits(Number(gas))
}
