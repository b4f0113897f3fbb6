import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Receipt } from '../../src/chain/types.ts'
import type { Attempt, AttemptGroup, Effort } from '../../src/journal/reduce-chain.ts'
import { type NextAction, nextAction, type Sighting } from '../../src/register/next-action.ts'
import { hash, TARGET } from './factories.ts'

const LIMITS = { confirmations: 4, rebroadcastAfter: 10, bumpAfter: 30 }
const GENESIS = hash(0xff)

function attempt(n: number, change: Partial<Attempt> = {}): Attempt {
  return { hash: hash(n), raw: '0x02', maxFeePerGas: 100n, maxPriorityFeePerGas: 1n, ceiling: 160n, bump: 0, ...change }
}

function group(change: Partial<AttemptGroup> = {}): AttemptGroup {
  return { epoch: 1, nonce: 5, attempts: [attempt(1)], ...change }
}

function effort(change: Partial<Effort> = {}): Effort {
  const step = 'register/anvil/register'
  return { key: 'k', step, op: 'register', target: TARGET, genesis: GENESIS, groups: [group()], ...change }
}

function seen(change: Partial<Sighting> = {}): Sighting {
  return {
    head: 100n,
    genesis: GENESIS,
    nonce: { latest: 5, pending: 5, settled: 5 },
    receipts: new Map(),
    effect: { isDone: false },
    sinceBroadcast: undefined,
    sinceFirst: undefined,
    isTooCheap: false,
    isExpired: false,
    ...change,
  }
}

function mined(n: number, change: Partial<Receipt> = {}): Pick<Sighting, 'receipts'> {
  const logs: Receipt['logs'] = []
  const receipt = { hash: hash(n), status: 'success' as const, blockNumber: 97n, blockHash: hash(97), fee: 1n, logs }
  return { receipts: new Map([[hash(n), { ...receipt, ...change }]]) }
}

const DONE = { effect: { isDone: true as const, agentId: '7' } }
const SPENT = { nonce: { latest: 6, pending: 6, settled: 6 } }
const JUST_SPENT = { nonce: { latest: 6, pending: 6, settled: 5 } }

type Case = {
  readonly name: string
  readonly effort?: Effort
  readonly seen: Partial<Sighting>
  readonly expect: NextAction['action']
  readonly check?: (action: NextAction) => void
}

const FIRST_BROADCAST = { sinceBroadcast: 0, sinceFirst: 0 }

const CASES: readonly Case[] = [
  {
    name: 'nothing done yet: signs with the nonce that was read',
    seen: {},
    expect: 'sign',
    check: (action) => assert.deepEqual(action, { action: 'sign', nonce: 5, epoch: 1 }),
  },
  {
    name: 'an earlier group is spent: signs in the next epoch',
    effort: effort({ groups: [group({ epoch: 3, end: 'superseded' })] }),
    seen: SPENT,
    expect: 'sign',
    check: (action) => assert.deepEqual(action, { action: 'sign', nonce: 6, epoch: 4 }),
  },
  {
    name: 'a foreign transaction is pending: waits',
    seen: { nonce: { latest: 5, pending: 6, settled: 5 } },
    expect: 'wait',
  },
  { name: 'the last transaction of the owner is not final: waits', seen: JUST_SPENT, expect: 'wait' },
  { name: 'the effect is there without a transaction of ours: adopts', seen: DONE, expect: 'finish' },
  { name: 'the effect is there and not final: waits', seen: { ...DONE, ...JUST_SPENT }, expect: 'wait' },
  {
    name: 'the effect is there while our mint may still be mined: waits',
    effort: effort(),
    seen: { ...DONE, nonce: { latest: 5, pending: 6, settled: 5 } },
    expect: 'wait',
  },
  {
    name: 'the effect is there, and the nonce of our mint is spent by another: adopts',
    effort: effort(),
    seen: { ...DONE, ...SPENT },
    expect: 'finish',
    check: (action) => assert.deepEqual(action, { action: 'finish', agentId: '7' }),
  },
  {
    name: 'mined with enough confirmations: finishes with the receipt',
    effort: effort(),
    seen: { ...DONE, ...SPENT, ...mined(1) },
    expect: 'finish',
    check: (action) => assert.equal(action.action === 'finish' && action.receipt?.hash, hash(1)),
  },
  {
    name: 'mined with one confirmation too few: waits',
    effort: effort(),
    seen: { ...DONE, ...JUST_SPENT, ...mined(1, { blockNumber: 98n }) },
    expect: 'wait',
    check: (action) => assert.match(action.action === 'wait' ? action.why : '', /3 of 4 confirmations/),
  },
  {
    name: 'mined above the head that was read, by a node that is ahead: waits',
    effort: effort(),
    seen: { ...DONE, ...JUST_SPENT, ...mined(1, { blockNumber: 103n }) },
    expect: 'wait',
    check: (action) => assert.match(action.action === 'wait' ? action.why : '', /0 of 4 confirmations/),
  },
  {
    name: 'a transaction of a spent group was mined after all, by a reorganisation: finishes with it',
    effort: effort({
      groups: [group({ end: 'superseded' }), group({ epoch: 2, nonce: 6, attempts: [attempt(2)] })],
    }),
    seen: { ...DONE, ...SPENT, ...mined(1) },
    expect: 'finish',
    check: (action) => assert.equal(action.action === 'finish' && action.receipt?.hash, hash(1)),
  },
  {
    name: 'the receipt of an earlier effort says nothing of this one',
    effort: effort({ groups: [group({ end: 'mined' })] }),
    seen: { ...SPENT, ...mined(1) },
    expect: 'sign',
  },
  {
    name: 'mined and reverted, final: reverted',
    effort: effort(),
    seen: { ...SPENT, ...mined(1, { status: 'reverted' }) },
    expect: 'reverted',
  },
  {
    name: 'mined and reverted, not final: waits',
    effort: effort(),
    seen: { ...JUST_SPENT, ...mined(1, { status: 'reverted', blockNumber: 100n }) },
    expect: 'wait',
  },
  {
    name: 'succeeded for good without effect: stuck',
    effort: effort(),
    seen: { ...SPENT, ...mined(1) },
    expect: 'stuck',
  },
  { name: 'the nonce is spent by another, for good: superseded', effort: effort(), seen: SPENT, expect: 'superseded' },
  { name: 'the nonce is spent by another, not final: waits', effort: effort(), seen: JUST_SPENT, expect: 'wait' },
  { name: 'signed and never broadcast by this process: broadcasts', effort: effort(), seen: {}, expect: 'broadcast' },
  {
    name: 'broadcasts the newest of the group',
    effort: effort({ groups: [group({ attempts: [attempt(1), attempt(2, { bump: 1 })] })] }),
    seen: {},
    expect: 'broadcast',
    check: (action) => assert.equal(action.action === 'broadcast' && action.attempt.hash, hash(2)),
  },
  { name: 'broadcast just now: waits', effort: effort(), seen: FIRST_BROADCAST, expect: 'wait' },
  {
    name: 'broadcast a while ago: again',
    effort: effort(),
    seen: { sinceBroadcast: 10, sinceFirst: 10 },
    expect: 'broadcast',
  },
  {
    name: 'not mined for long: bumps with the same nonce',
    effort: effort(),
    seen: { sinceBroadcast: 1, sinceFirst: 30 },
    expect: 'bump',
    check: (action) => assert.equal(action.action === 'bump' && action.group.nonce, 5),
  },
  {
    name: 'the node says it pays too little: bumps at once',
    effort: effort(),
    seen: { sinceBroadcast: 0, sinceFirst: 0, isTooCheap: true },
    expect: 'bump',
  },
  {
    name: 'its signature expired: bumps, even before it was ever broadcast here',
    effort: effort({ op: 'set-wallet' }),
    seen: { isExpired: true },
    expect: 'bump',
  },
  {
    name: 'a nonce gap after a deep reorganisation: broadcasts, and never bumps',
    effort: effort(),
    seen: { nonce: { latest: 3, pending: 3, settled: 3 }, sinceBroadcast: 10, sinceFirst: 99 },
    expect: 'broadcast',
  },
  {
    name: 'a nonce gap: says so while it waits',
    effort: effort(),
    seen: { nonce: { latest: 3, pending: 3, settled: 3 }, ...FIRST_BROADCAST },
    expect: 'wait',
    check: (action) => assert.match(action.action === 'wait' ? action.why : '', /nonce 3/),
  },
  {
    name: 'another genesis: the local chain was started anew',
    effort: effort(),
    seen: { genesis: hash(0xee), ...DONE },
    expect: 'superseded',
  },
  {
    name: 'another genesis, with nothing open: says nothing of it',
    effort: effort({ groups: [group({ end: 'superseded' })] }),
    seen: { genesis: hash(0xee) },
    expect: 'sign',
  },
  {
    name: 'a group without a transaction: stuck',
    effort: effort({ groups: [group({ attempts: [] })] }),
    seen: {},
    expect: 'stuck',
  },
  {
    name: 'final before, and still there: finishes again',
    effort: effort({ final: { agentId: '7', adopted: false, blockNumber: 97n, blockHash: hash(97) } }),
    seen: { ...DONE, ...SPENT, ...mined(1) },
    expect: 'finish',
  },
]

for (const { name, effort: known, seen: change, expect, check } of CASES) {
  test(`behavior: ${name}`, () => {
    const action = nextAction(known, seen(change), LIMITS)
    assert.equal(
      action.action,
      expect,
      JSON.stringify(action, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    )
    check?.(action)
  })
}
