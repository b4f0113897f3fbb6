import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { describeEvent } from '../../src/journal/describe-event.ts'
import { describeJournal } from '../../src/journal/describe-journal.ts'
import type { ChainEvent, JournalEvent } from '../../src/journal/journal-events.ts'
import type { ChainWords, EffortView, JournalView } from '../../src/journal/journal-view.ts'
import { type JournalRecord, parseJournal, type RecordedEvent } from '../../src/journal/read-state.ts'
import { stepLabel } from '../../src/journal/step-label.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/journal')
const WORDS: ChainWords = { link: (_, hash) => `x:${hash}`, amount: (_, wei) => `${wei} wei` }

function events(name: string): readonly RecordedEvent[] {
  return [...parseJournal(readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8'), name)]
}

/** The events of a fixture on its first effort. */
function story(name: string): readonly ChainEvent[] {
  const found = events(name).filter((event) => 'key' in event)
  return found.filter(({ key }) => key === found[0]?.key)
}

function view(all: readonly JournalEvent[]): JournalView {
  return describeJournal(
    all.map((event): JournalRecord => ({ result: 'event', event })),
    WORDS,
  )
}

function effort(all: readonly JournalEvent[]): EffortView {
  const found = view(all).identities[0]?.efforts[0]
  assert.ok(found !== undefined)
  return found
}

function states({ transactions }: EffortView): readonly string[] {
  return transactions.map(({ state }) => state)
}

test('default: after each record, where the step stands and its transaction', () => {
  const all = story('reorganised')
  const steps = all.map((_, i) => effort(all.slice(0, i + 1))).map((at) => [at.state, ...states(at)])
  assert.deepEqual(steps, [
    ['intended'],
    ['signed', 'signed'],
    ['sent', 'sent'],
    ['confirming', 'mined'],
    ['final', 'mined'],
    ['reorganised', 'sent'],
  ])
})

test('behavior: a step that goes on after a reorganisation is told as it stands then', () => {
  const all = story('reorganised')
  const mined = all.filter(({ type }) => type === 'tx-mined')
  const final = all.filter(({ type }) => type === 'chain-final')
  assert.equal(effort([...all, ...mined]).state, 'confirming')
  assert.equal(effort([...all, ...mined, ...final]).state, 'final')
  assert.equal(view([...all, ...mined, ...final]).open, 0)
})

test('behavior: an intent on top of a transaction that may still be mined changes nothing', () => {
  const all = story('open')
  const again = all.slice(0, 1).map((event) => ({ ...event, run: 'later', at: '2030-01-01T00:00:00Z' }))
  assert.deepEqual(effort([...all, ...again]), effort(all))
})

test('behavior: transactions of an earlier effort of the same step are left out', () => {
  const all = story('final')
  const again = effort([...all, ...all.slice(0, 1)])
  assert.deepEqual([again.state, ...states(again)], ['intended'])
})

test('behavior: of the transactions of one nonce the others are spent, and after a revert all of them', () => {
  assert.deepEqual(states(effort(story('bumped-final'))), ['spent', 'mined', 'spent'])
  assert.deepEqual(states(effort(story('bumped-final').slice(0, -1))), ['spent', 'mined', 'spent'])
  assert.deepEqual(states(effort(story('reverted'))), ['reverted'])
  assert.deepEqual(states(effort(story('superseded-then-sent'))), ['spent', 'sent'])
})

test('behavior: a mint is adopted when its nonce is spent; another call that nobody needs any more may still be mined', () => {
  const [intent, signed] = story('signed')
  const [, adopted] = story('adopted')
  assert.ok(intent?.type === 'chain-intended' && signed !== undefined && adopted !== undefined)
  const withOp = (op: 'register' | 'set-uri'): EffortView =>
    effort([{ ...intent, op }, signed, { ...adopted, key: intent.key }])
  assert.deepEqual([withOp('register').state, ...states(withOp('register'))], ['adopted', 'spent'])
  assert.deepEqual([withOp('set-uri').state, ...states(withOp('set-uri'))], ['adopted', 'signed'])
})

test('behavior: events of an effort that never began are passed over', () => {
  assert.deepEqual(view(story('final').slice(1)).identities, [])
})

test('behavior: identities are told apart by chain, registry and owner, letter case aside', () => {
  const shown = view(events('two-chains')).identities
  assert.deepEqual(
    shown.map(({ network, agentId, efforts }) => [network, agentId, efforts.length]),
    [
      ['base-sepolia', '42', 1],
      ['anvil', undefined, 1],
      ['base-sepolia', undefined, 1],
    ],
  )
  const one = story('final').map((event) => ({ ...event, key: `${event.key}/x` }))
  const upper = one.map((event) =>
    event.type === 'chain-intended'
      ? { ...event, target: { ...event.target, owner: `0x${event.target.owner.slice(2).toUpperCase()}` as const } }
      : event,
  )
  assert.equal(view([...story('final'), ...upper]).identities.length, 1)
})

test('behavior: the last run is the one that began last', () => {
  const { lastRun, counts } = view(events('interrupted'))
  assert.equal(counts.runs, 2)
  assert.equal(lastRun?.finished, false)
  assert.deepEqual(lastRun?.open, ['ServiceOffer.obol.org/llm/aeon'])
  assert.deepEqual(
    lastRun?.failures.map(({ step }) => step),
    ['Service/llm/weather'],
  )
})

test('default: labels of steps', () => {
  const labels = [
    ['ServiceOffer.obol.org/llm/aeon', 'ServiceOffer llm/aeon'],
    ['Namespace/llm', 'Namespace llm'],
    ['identity/base-sepolia', 'identity base-sepolia'],
    ['register/base-sepolia/set-uri', 'base-sepolia set-uri'],
    ['register/base/set-metadata/a/b', 'base set-metadata a/b'],
    ['odd', 'odd'],
    ['', ''],
  ]
  for (const [step = '', label] of labels) assert.equal(stepLabel(step), label)
})

test('behavior: every type of record has words, in one line', () => {
  const all = ['final', 'interrupted', 'reverted', 'superseded', 'reorganised'].flatMap(events)
  assert.equal(new Set(all.map(({ type }) => type)).size, 18)
  for (const event of all) assert.match(describeEvent(event, WORDS), /^\S.*\S$/, event.type)
})
