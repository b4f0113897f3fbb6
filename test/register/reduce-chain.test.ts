import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import { parseJournal } from '../../src/journal/read-state.ts'
import { type ChainLedger, isOpen, openGroup, reduceChain } from '../../src/journal/reduce-chain.ts'
import { hash, TARGET } from './factories.ts'

const OF = { run: 'r', step: 'register/anvil/register', key: 'k' }

const INTENDED: ChainEvent = {
  ...OF,
  type: 'chain-intended',
  op: 'register',
  target: TARGET,
  fromBlock: '1',
  genesis: hash(0xff),
  registryVersion: '2.0.0',
}

function signed(n: number, epoch = 1, nonce = 0): ChainEvent {
  const fees = { maxFeePerGas: '9007199254740993', maxPriorityFeePerGas: '1', ceiling: '9007199254740995' }
  return { ...OF, type: 'tx-signed', epoch, nonce, hash: hash(n), raw: '0x02', ...fees, bump: 0 }
}

const MINED: ChainEvent = { ...OF, type: 'tx-mined', hash: hash(1), blockNumber: '2', blockHash: hash(2) }
const FINAL: ChainEvent = {
  ...OF,
  type: 'chain-final',
  agentId: '9007199254740993',
  adopted: false,
  blockNumber: '5',
  blockHash: hash(5),
  hash: hash(1),
  fee: '12',
}
const SUPERSEDED: ChainEvent = { ...OF, type: 'tx-superseded', epoch: 1, nonce: 0, why: 'w' }
const REVERTED: ChainEvent = { ...OF, type: 'tx-reverted', epoch: 1, hash: hash(1), reason: 'r' }
const REORGANISED: ChainEvent = { ...OF, type: 'chain-reorganised', why: 'w' }

function reduce(events: readonly ChainEvent[], ledger: ChainLedger = new Map()): ChainLedger {
  return events.reduce(reduceChain, ledger)
}

function effortOf(...events: readonly ChainEvent[]) {
  const effort = reduce(events).get('k')
  assert.ok(effort)
  return effort
}

test('default: intent, signature, block, end', () => {
  const effort = effortOf(INTENDED, signed(1), { ...OF, type: 'tx-sent', hash: hash(1) }, MINED, FINAL)
  assert.equal(effort.final?.agentId, '9007199254740993')
  assert.equal(effort.final?.fee, 12n)
  assert.equal(effort.mined?.blockNumber, 2n)
  assert.equal(effort.groups[0]?.attempts[0]?.maxFeePerGas, 9_007_199_254_740_993n)
  assert.equal(isOpen(effort), false)
})

test('behavior: a bump joins the group of its epoch, a new epoch opens another', () => {
  const bumped = effortOf(INTENDED, signed(1), signed(2))
  assert.deepEqual(
    openGroup(bumped)?.attempts.map((attempt) => attempt.hash),
    [hash(1), hash(2)],
  )
  const anew = effortOf(INTENDED, signed(1), SUPERSEDED, signed(3, 2, 1))
  assert.deepEqual(
    anew.groups.map(({ end }) => end),
    ['superseded', undefined],
  )
  assert.equal(openGroup(anew)?.nonce, 1)
})

test('behavior: a reverted or superseded group is not open', () => {
  assert.equal(isOpen(effortOf(INTENDED, signed(1), REVERTED)), false)
  assert.equal(isOpen(effortOf(INTENDED, signed(1), SUPERSEDED)), false)
})

test('behavior: an intent on top of an open effort changes nothing', () => {
  assert.deepEqual(effortOf(INTENDED, signed(1), INTENDED), effortOf(INTENDED, signed(1)))
})

test('behavior: after the end an intent begins anew, and old hashes are kept', () => {
  const effort = effortOf(INTENDED, signed(1), FINAL, INTENDED)
  assert.equal(effort.final, undefined)
  assert.equal(isOpen(effort), false)
  assert.deepEqual(
    effort.groups.map(({ end }) => end),
    ['mined'],
  )
})

test('behavior: a reorganisation opens the last group again', () => {
  const effort = effortOf(INTENDED, signed(1), MINED, FINAL, REORGANISED)
  assert.equal(effort.final, undefined)
  assert.equal(effort.mined, undefined)
  assert.equal(openGroup(effort)?.nonce, 0)
})

test('behavior: events without an effort are passed over', () => {
  assert.equal(reduce([signed(1), MINED, FINAL, SUPERSEDED, REORGANISED]).size, 0)
})

test('behavior: efforts of other keys are left alone', () => {
  const other = { ...INTENDED, key: 'other' }
  const ledger = reduce([INTENDED, other, signed(1)])
  assert.equal(ledger.get('other')?.groups.length, 0)
  assert.equal(ledger.get('k')?.groups.length, 1)
})

const EVENT = fc.oneof(
  fc.constantFrom(INTENDED, MINED, FINAL, SUPERSEDED, REVERTED, REORGANISED),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 })).map(([n, epoch]) => signed(n, epoch, epoch)),
)
const EVENTS = fc.array(EVENT, { maxLength: 30 })

test('behavior: the ledger is the same read in one piece or in two, and the earlier one is not changed', () => {
  fc.assert(
    fc.property(EVENTS, fc.nat(30), (events, at) => {
      const before = reduce(events.slice(0, at))
      const copy = structuredClone(before)
      assert.deepEqual(reduce(events.slice(at), before), reduce(events))
      assert.deepEqual(before, copy)
    }),
  )
})

test('behavior: no signed transaction is ever forgotten', () => {
  fc.assert(
    fc.property(EVENTS, (events) => {
      const begun = events.findIndex(({ type }) => type === 'chain-intended')
      const kept = events.slice(begun < 0 ? events.length : begun)
      const known = reduce(events)
        .get('k')
        ?.groups.flatMap(({ attempts }) => attempts.map((attempt) => attempt.hash))
      for (const event of kept) if (event.type === 'tx-signed') assert.ok(known?.includes(event.hash))
    }),
  )
})

test('behavior: a record read twice does not open what is closed, nor close what is open', () => {
  fc.assert(
    fc.property(EVENTS, fc.nat(30), (events, at) => {
      const event = events[at]
      const before = reduce(events.slice(0, at + 1)).get('k')
      if (event === undefined || before === undefined) return
      const twice = reduce([...events.slice(0, at + 1), event]).get('k')
      assert.equal(twice && isOpen(twice), isOpen(before))
      assert.equal(twice?.final?.agentId, before.final?.agentId)
    }),
  )
})

test('behavior: a torn record at any byte loses that record only', () => {
  const line = (event: ChainEvent): string => `${JSON.stringify({ v: 1, at: '2026-01-01T00:00:00Z', ...event })}\n`
  const whole = line(INTENDED)
  const torn = line(signed(1))
  for (let cut = 0; cut < torn.length - 1; cut += 1) {
    const events = [...parseJournal(`${whole}${torn.slice(0, cut)}\n${line(signed(2))}`, 'journal.jsonl')]
    assert.deepEqual(
      events.map(({ type }) => type),
      ['chain-intended', 'tx-signed'],
    )
  }
})
