import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChainFacts } from '../../src/plan/chain.ts'
import { decideIdentity, type IdentityHints, NEW_IDENTITY } from '../../src/register/decide-identity.ts'
import { OTHER } from '../support/fake-chain.ts'
import { chainFacts, IDEM, ownedIdentity, TARGET } from './factories.ts'

const decide = (change: Partial<ChainFacts>, hints: IdentityHints = {}) =>
  decideIdentity(chainFacts(change), TARGET, hints)

const OURS = ownedIdentity({ agentId: '4', idem: IDEM, uri: 'https://old.example' })
const PLAIN = ownedIdentity({ agentId: '2', uri: 'https://elsewhere.example' })
const MATCHING = ownedIdentity({ agentId: '3' })
const OTHER_WORKSPACE = ownedIdentity({ agentId: '9', idem: '0x01' })

function assertOurs(change: Partial<ChainFacts>, hints: IdentityHints, agentId: string, by: string): void {
  const decision = decide(change, hints)
  assert.ok(decision.result === 'ours', decision.result)
  assert.deepEqual([decision.identity.agentId, decision.by], [agentId, by])
}

test('default: an owner without identities may mint', () => {
  assert.equal(decide({}).result, 'none')
})

test('behavior: the key says which, whatever the URI, the journal and the cluster say', () => {
  assertOurs({ identities: [MATCHING, PLAIN, OURS] }, { journal: '2', cluster: '3' }, '4', 'key')
})

test('behavior: of two with our key it is the older one, beyond 2^53 too', () => {
  const older = { ...OURS, agentId: '9007199254740993' }
  const newer = { ...OURS, agentId: '9007199254740994' }
  assertOurs({ identities: [newer, older] }, {}, '9007199254740993', 'key')
  assertOurs(
    {
      identities: [
        { ...OURS, agentId: '10' },
        { ...OURS, agentId: '9' },
      ],
    },
    {},
    '9',
    'key',
  )
})

test('behavior: what the workspace file names comes before the key', () => {
  assertOurs({ identities: [PLAIN, OURS] }, { configured: '2' }, '2', 'configured')
})

test('behavior: without a key the journal says which, then the URI, then the cluster', () => {
  assertOurs({ identities: [PLAIN, MATCHING] }, { journal: '2', cluster: '3' }, '2', 'journal')
  assertOurs({ identities: [PLAIN, MATCHING] }, { cluster: '2' }, '3', 'uri')
  assertOurs({ identities: [PLAIN] }, { cluster: '2' }, '2', 'cluster')
})

test('behavior: agentId 0 is an identity like any other', () => {
  const zero = ownedIdentity({ agentId: '0', uri: '' })
  assertOurs({ identities: [zero] }, { cluster: '0' }, '0', 'cluster')
  assertOurs({ identities: [zero] }, { configured: '0' }, '0', 'configured')
})

test("behavior: another workspace's identity is never taken, by URI or by the cluster's word", () => {
  assert.equal(decide({ identities: [OTHER_WORKSPACE] }, { cluster: '9' }).result, 'ambiguous')
})

test('behavior: two of the same URI are ambiguous', () => {
  const decision = decide({ identities: [MATCHING, { ...MATCHING, agentId: '5' }] })
  assert.ok(decision.result === 'ambiguous')
  assert.equal(decision.candidates.length, 2)
})

test('behavior: identities that cannot be told to be ours keep it from minting, unless a new one is allowed', () => {
  assert.equal(decide({ identities: [PLAIN] }).result, 'ambiguous')
  assert.equal(decide({ identities: [PLAIN] }, { configured: NEW_IDENTITY }).result, 'none')
})

test('behavior: a new one is allowed once: then the key says which', () => {
  assertOurs({ identities: [PLAIN, OURS] }, { configured: NEW_IDENTITY }, '4', 'key')
})

test('behavior: what went to somebody else is not replaced by itself', () => {
  const left = [{ agentId: '4', to: OTHER }]
  const decision = decide({ left })
  assert.ok(decision.result === 'left')
  assert.deepEqual([decision.agentId, decision.to], ['4', OTHER])
  assert.equal(decide({ left }, { configured: NEW_IDENTITY }).result, 'none')
})

test('error: the workspace file names one that the owner does not hold', () => {
  assert.deepEqual(decide({ identities: [OURS] }, { configured: '77' }), { result: 'missing', agentId: '77' })
})
