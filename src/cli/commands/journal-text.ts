import { describeEvent } from '../../journal/describe-event.ts'
import type {
  ChainWords,
  EffortView,
  IdentityView,
  JournalView,
  RunView,
  TransactionView,
} from '../../journal/journal-view.ts'
import type { RecordedEvent } from '../../journal/read-state.ts'
import { stepLabel } from '../../journal/step-label.ts'
import { wrapParts, wrapWords } from '../../plan/fit-text.ts'
import { showDay } from '../../plan/show-time.ts'
import { plural } from '../../util/plural.ts'
import { printable } from '../../util/printable.ts'
import { visibleWidth } from '../../util/visible-width.ts'
import type { Output } from '../context.ts'
import type { Style } from '../style.ts'

/** A journal to be shown. */
export type ShownJournal = {
  readonly file: string
  readonly view: JournalView
  /** With --events only. */
  readonly events?: readonly RecordedEvent[]
  readonly words: ChainWords
}

type Page = Pick<Output, 'columns' | 'style'> & {
  /** RFC 3339. */
  readonly now: string
  /** The command that goes on with what is open. */
  readonly next: string
}

/** A journal for people: cluster, last run, then per identity each step on its chain. Links are never cut. Pure. */
export function journalText({ file, view }: ShownJournal, page: Page): string {
  const { style } = page
  const { cluster, lastRun, identities, counts } = view
  const sums = [plural(counts.events, 'record'), plural(counts.runs, 'run'), ...passedOver(view)]
  const [first = '', ...rest] = wrapParts(
    [`obol journal  ${printable(file)}  ${sums[0]}`, ...sums.slice(1)],
    ' · ',
    page.columns,
  )
  const blocks = [
    [first.replace('obol journal', style.bold('obol journal')), ...rest],
    [
      ...(cluster === undefined ? [] : clusterLines(cluster, page)),
      ...(lastRun === undefined ? ['Last run  none'] : runLines(lastRun, page)),
    ],
    ...identities.map((identity) => identityLines(identity, page)),
    openLines(view, page),
  ]
  const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'))
  return `${text.join('\n\n')}\n`
}

/** `1 torn record passed over`; nothing when every line was read. */
export function passedOver({ counts }: JournalView): readonly string[] {
  return [
    ...(counts.torn === 0 ? [] : [`${plural(counts.torn, 'torn record')} passed over`]),
    ...(counts.unknown === 0 ? [] : [`${plural(counts.unknown, 'record')} of a later release passed over`]),
  ]
}

/** Every record in words, one line each: time, run, what happened. Pure. */
export function eventLines({ events = [], words }: ShownJournal, { style }: Pick<Output, 'style'>): string {
  const lines = events.map((event) => {
    const run = 'run' in event ? event.run.slice(0, RUN_DIGITS) : ''
    const at = typeof event.at === 'string' ? event.at : '(no time)'
    const text = oneLine(describeEvent(event, words))
    return `${style.dim(`${oneLine(at)}  ${oneLine(run).padEnd(RUN_DIGITS)}`)}  ${text}\n`
  })
  return lines.join('')
}

/** Enough of a run's id to tell it from others. */
const RUN_DIGITS = 8

/** Below `Cluster` and `Last run`. */
const INDENT = ' '.repeat(10)

function clusterLines({ server, uid }: { readonly server: string; readonly uid?: string }, page: Page) {
  const line = `Cluster   ${oneLine(server)}`
  if (uid === undefined) return [line]
  return fitBeside(line, `(kube-system ${printable(uid)})`, page)
}

function runLines(run: RunView, page: Page): readonly string[] {
  const { style, columns } = page
  const begun = run.startedAt === undefined ? '' : `begun ${showTime(run.startedAt, page)}, `
  const result = run.finished ? finishedText(run) : 'not finished: it runs, or was interrupted'
  const said = wrapWords(`${begun}${result}`, columns - 10).map((line) => (run.finished ? line : style.yellow(line)))
  const lines = said.map((line, i) => `${i === 0 ? 'Last run  ' : INDENT}${line}`)
  return [
    ...lines.slice(0, -1),
    ...fitBeside(lines.at(-1) ?? '', `(${printable(run.run)})`, page),
    ...run.failures.flatMap(({ step, code, message }) => {
      const words = wrapWords(oneLine(`${code} ${message}`), columns - 6)
      return [`  ${style.red('✗')} ${oneLine(stepLabel(step))}`, ...words.map((line) => `      ${line}`)]
    }),
    ...run.open.map((step) => `  ${style.yellow('·')} ${oneLine(stepLabel(step))}  begun, its end is not recorded`),
  ]
}

/** Texts of others may have line breaks. */
function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}

function finishedText({ steps, applied = 0, failed = 0 }: RunView): string {
  return `finished: ${applied} of ${plural(steps, 'step')} applied${failed === 0 ? '' : `, ${failed} failed`}`
}

function identityLines(identity: IdentityView, page: Page): readonly string[] {
  const { network, owner, registry, agentId, efforts } = identity
  const { style } = page
  const title = `${printable(network)}  ${printable(shortAddress(owner))}`
  return [
    `${style.bold(title)}${agentId === undefined ? '' : `  identity ${printable(agentId)}`}`,
    style.dim(`  owner     ${printable(owner)}`),
    style.dim(`  registry  ${printable(registry)}`),
    ...efforts.flatMap((effort) => effortLines(effort, page)),
  ]
}

function effortLines(effort: EffortView, page: Page): readonly string[] {
  const { style } = page
  const time = effort.at === undefined ? '' : `  ${style.dim(showTime(effort.at, page))}`
  const indent = ' '.repeat(6)
  return [
    `  ${markOf(effort, style)} ${oneLine(effort.label)}${time}`,
    ...wrapWords(oneLine(effort.text), page.columns - indent.length).map((line) => `${indent}${line}`),
    ...transactionLines(effort.transactions, indent, page),
  ]
}

/** Links take a line of their own, so that they can be opened. */
function transactionLines(
  transactions: readonly TransactionView[],
  indent: string,
  { style }: Page,
): readonly string[] {
  const isOne = transactions.length === 1
  return transactions.flatMap(({ hash, nonce, bump, state, link }) => {
    const raised = bump === 0 ? '' : `, fee raised (${bump})`
    const what = isOne ? [] : [`${indent}${style.dim(`nonce ${nonce}${raised}: ${STATES[state]}`)}`]
    return [...what, `${indent}${isOne ? '' : '  '}${style.cyan(printable(link ?? hash))}`]
  })
}

const STATES: Readonly<Record<TransactionView['state'], string>> = {
  mined: 'in a block',
  sent: 'sent',
  signed: 'signed, not known to have been sent',
  reverted: 'reverted',
  spent: 'void, its nonce is spent',
}

function markOf({ state }: EffortView, style: Style): string {
  switch (state) {
    case 'final':
    case 'adopted':
      return style.green('✓')
    case 'reverted':
      return style.red('✗')
    case 'confirming':
    case 'sent':
    case 'signed':
    case 'intended':
    case 'superseded':
    case 'reorganised':
      return style.yellow('·')
  }
}

/** What the next apply is for, and its command; nothing when nothing is open. */
function openLines({ open, lastRun }: JournalView, { style, next }: Page): readonly string[] {
  const isLeft = lastRun !== undefined && (!lastRun.finished || lastRun.open.length > 0)
  const what = [
    ...(open > 0 ? [`${plural(open, 'step')} on a chain ${open === 1 ? 'is' : 'are'} not done.`] : []),
    ...(isLeft ? ['What the last run left undone is planned anew.'] : []),
  ]
  return what.length === 0 ? [] : [...what, `  ${style.dim('next')}  ${style.cyan(next)}`]
}

function fitBeside(line: string, more: string, { columns, style }: Page): readonly string[] {
  const isBeside = visibleWidth(line) + 2 + visibleWidth(more) <= columns
  return isBeside ? [`${line}  ${style.dim(more)}`] : [line, `${INDENT}${style.dim(more)}`]
}

/** `20 Nov 12:00`, UTC. */
function showTime(at: string, { now }: Page): string {
  const clock = /T(\d\d:\d\d)/.exec(at)?.[1]
  return `${printable(showDay(at, now))}${clock === undefined ? '' : ` ${clock} UTC`}`
}

function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`
}
