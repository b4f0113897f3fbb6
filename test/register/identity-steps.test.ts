import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stringToHex } from 'viem'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import type { ChainStep } from '../../src/plan/chain.ts'
import { effortKey } from '../../src/register/effort-key.ts'
import { type IdentityInput, identitySteps } from '../../src/register/identity-steps.ts'
import { OTHER, OWNER } from '../support/fake-chain.ts'
import { chainFacts, desiredIdentity, FakeLedger, hash, IDEM, ownedIdentity, TARGET, URI } from './factories.ts'

function steps(change: Partial<IdentityInput> = {}): readonly ChainStep[] {
  return identitySteps({
    desired: desiredIdentity(),
    target: TARGET,
    facts: chainFacts(),
    ledger: new Map(),
    hints: {},
    recall: { result: 'none' },
    stamp: true,
    canSign: () => true,
    ...change,
  })
}

/** A step in one line. */
function line({ id, op, state, agentId, text, changes, diagnostics, call }: ChainStep): string {
  const name = id.slice('register/anvil/'.length)
  const sends = call === undefined ? '' : call.data === undefined ? ' sends later' : ' sends'
  const changed = changes.map(({ path, before, after }) => ` ${path}: ${before ?? '(none)'} → ${after ?? '(none)'}`)
  const codes = diagnostics.map(({ code }) => ` !${code}`)
  return [
    `${name} ${op} ${state}${agentId === undefined ? '' : ` #${agentId}`}${sends}: ${text}`,
    ...changed,
    ...codes,
  ].join(';')
}

const lines = (change: Partial<IdentityInput> = {}): readonly string[] => steps(change).map(line)

const REGISTER_KEY = effortKey(TARGET, 'register')

function event(change: Partial<ChainEvent> & Pick<ChainEvent, 'type'>): ChainEvent {
  const of = { run: 'r', step: 'register/anvil/register', key: REGISTER_KEY }
  const fees = { maxFeePerGas: '1', maxPriorityFeePerGas: '1', ceiling: '2' }
  switch (change.type) {
    case 'chain-intended': {
      const intent = {
        op: 'register' as const,
        target: TARGET,
        fromBlock: '1',
        genesis: hash(9),
        registryVersion: '2.0.0',
      }
      return { ...of, ...intent, type: 'chain-intended', ...('op' in change ? change : {}) }
    }
    case 'tx-signed':
      return {
        ...of,
        type: 'tx-signed',
        epoch: 1,
        nonce: 3,
        hash: hash(0xabc),
        raw: '0x02',
        ...fees,
        bump: 0,
        ...('key' in change ? { key: change.key ?? '' } : {}),
      }
    case 'chain-final':
      return { ...of, type: 'chain-final', agentId: '4', adopted: false, blockNumber: '7', blockHash: hash(7) }
    default:
      throw new Error(`no factory for ${change.type}`)
  }
}

const OURS = ownedIdentity({ agentId: '4', idem: IDEM })
const RECORDED = new FakeLedger([
  event({ type: 'chain-intended' }),
  event({ type: 'tx-signed' }),
  event({ type: 'chain-final' }),
])

test('default: nothing on the chain: one mint, stamped with our key', () => {
  assert.deepEqual(lines(), [
    `register register ready sends: mints an identity; agentURI: (none) → ${URI}; metadata.obol.idem: (none) → ${IDEM}`,
  ])
  const [mint] = steps()
  assert.deepEqual(mint?.entries, [{ key: 'obol.idem', value: IDEM }])
})

test('behavior: metadata goes into the mint, a wallet into a step after it; the stamp can be left out', () => {
  const desired = desiredIdentity({ metadata: { tier: 'gold' }, wallet: OTHER })
  assert.deepEqual(lines({ desired, stamp: false }), [
    `register register ready sends: mints an identity; agentURI: (none) → ${URI}; metadata.tier: (none) → gold`,
    `set-wallet set-wallet ready sends later: agent wallet: signed by the wallet when it is sent; agentWallet: ${OWNER} → ${OTHER}`,
  ])
})

const CANONICAL = { result: 'canonical', agentId: '4' } as const

test('behavior: nothing to do is one settled step', () => {
  const facts = chainFacts({ identities: [OURS] })
  assert.deepEqual(lines({ facts, ledger: RECORDED.current(), recall: CANONICAL }), [
    'settled settled settled #4: identity 4',
  ])
  assert.deepEqual(lines({ facts, hints: { cluster: '4' } }), ['settled settled settled #4: identity 4'])
})

test('behavior: found on the chain, known neither here nor in the cluster: adopted, with what differs', () => {
  const identity = ownedIdentity({
    agentId: '0',
    idem: IDEM,
    uri: 'https://old.example',
    metadata: { tier: stringToHex('tin') },
  })
  const desired = desiredIdentity({ metadata: { tier: 'gold' } })
  assert.deepEqual(lines({ desired, facts: chainFacts({ identities: [identity] }) }), [
    'adopt adopt ready #0: identity 0 is on the chain already: it is recorded, nothing is sent',
    `set-uri set-uri ready #0 sends: identity 0: another URI; agentURI: https://old.example → ${URI}`,
    'set-metadata/tier set-metadata ready #0 sends: identity 0: metadata tier; metadata.tier: tin → gold',
  ])
})

test('behavior: begun here and ended by another process: adopted, although the cluster says it already', () => {
  const ledger = new FakeLedger([event({ type: 'chain-intended' })]).current()
  assert.deepEqual(
    steps({ ledger, facts: chainFacts({ identities: [OURS] }), hints: { cluster: '4' } }).map(({ op }) => op),
    ['adopt'],
  )
})

test('behavior: an identity found by its URI gets the stamp', () => {
  const facts = chainFacts({ identities: [ownedIdentity({ agentId: '2' })] })
  assert.deepEqual(lines({ facts, hints: { cluster: '2' } }), [
    `set-metadata/obol.idem set-metadata ready #2 sends: identity 2: metadata obol.idem; metadata.obol.idem: (none) → ${IDEM}`,
  ])
})

test('behavior: a mint under way is gone on with, and nothing else is minted', () => {
  const ledger = new FakeLedger([event({ type: 'chain-intended' }), event({ type: 'tx-signed' })]).current()
  const [only, ...others] = steps({ ledger })
  assert.deepEqual(others, [])
  assert.deepEqual([only?.op, only?.state, only?.text.includes('nonce 3')], ['register', 'pending', true])
})

test('behavior: what was final and is gone from the chain is gone on with', () => {
  const ledger = new FakeLedger([
    event({ type: 'chain-intended' }),
    event({ type: 'tx-signed' }),
    ...RECORDED.events.slice(-1),
  ])
  const recall = { result: 'reorganised', agentId: '4' } as const
  const [only, ...others] = steps({ ledger: ledger.current(), recall })
  assert.deepEqual(others, [])
  assert.deepEqual([only?.op, only?.state], ['register', 'pending'])
})

test('behavior: an open change of metadata comes first and is not planned twice', () => {
  const key = effortKey(TARGET, 'set-metadata', 'tier')
  const ledger = new FakeLedger([
    ...RECORDED.events,
    { ...event({ type: 'chain-intended', op: 'set-metadata' }), key },
    { ...event({ type: 'tx-signed' }), key },
  ]).current()
  const desired = desiredIdentity({ metadata: { tier: 'gold' } })
  const planned = steps({ ledger, desired, facts: chainFacts({ identities: [OURS] }), recall: CANONICAL })
  assert.deepEqual(
    planned.map(({ id, state }) => [id, state]),
    [['register/anvil/set-metadata/tier', 'pending']],
  )
  assert.deepEqual(planned[0]?.entries, [{ key: 'tier', value: stringToHex('gold') }])
})

test("error: the owner's identities cannot be told to be ours: nothing is minted", () => {
  const facts = chainFacts({ identities: [ownedIdentity({ uri: 'https://x.example' })] })
  assert.deepEqual(lines({ facts }), ['register register waiting: held back: see below; !OBOL-R012'])
})

test('error: the identity went to somebody else, or is not the one the workspace names', () => {
  const codes = (change: Partial<IdentityInput>) =>
    steps(change).flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))
  assert.deepEqual(codes({ facts: chainFacts({ left: [{ agentId: '4', to: OTHER }] }) }), ['OBOL-R013'])
  assert.deepEqual(codes({ hints: { configured: '8' } }), ['OBOL-R014'])
})

test('error: no signer of the wallet: that step waits, the mint does not', () => {
  const planned = steps({ desired: desiredIdentity({ wallet: OTHER }), canSign: () => false })
  assert.deepEqual(
    planned.map(({ op, state, diagnostics }) => [op, state, diagnostics.map(({ code }) => code)]),
    [
      ['register', 'ready', []],
      ['set-wallet', 'waiting', ['OBOL-R017']],
    ],
  )
})
