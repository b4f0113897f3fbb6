import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { resolveNetwork } from '../../src/networks/resolve-network.ts'
import type { Network } from '../../src/networks/table.ts'
import { checkRegistration } from '../../src/offers/check-registration.ts'
import type { JsonValue } from '../../src/util/json.ts'
import { codesOf, compile, inferenceOffer, offer, PAY_TO, problemsOf, serviceOffer } from './factories.ts'

const OTHER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const paidOn = (network: string, payTo = PAY_TO) => ({ payTo, network, price: { perRequest: '0.001' } })
const registered = (registration: JsonValue, name = 'weather') => offer({ registration }, { name })
const identitiesOf = (...documents: readonly JsonValue[]) => compile(documents).desired.identities

describe('rules', () => {
  const findingsOn = (network: Network, registration: JsonValue, dialect: 'offer' | 'manifest' = 'offer') => {
    const found: [string, string][] = []
    checkRegistration(
      registration,
      dialect,
      network,
      () => true,
      ({ code }, _path, _message, more) => found.push([code, more?.severity ?? 'error']),
    )
    return found
  }

  test('error: enabled on a chain without a registry', () => {
    const base = resolveNetwork('base')
    assert.ok(base)
    const { identityRegistry: _, ...bare } = base
    const refused = [[OFFER_ERRORS.REGISTRATION_NETWORK.code, 'error']]
    assert.deepEqual(findingsOn(bare, {}), refused)
    assert.deepEqual(findingsOn({ ...bare, registration: false }, { enabled: true }, 'manifest'), refused)
    assert.deepEqual(findingsOn(bare, { enabled: false }), [])
    assert.deepEqual(findingsOn(bare, {}, 'manifest'), [])
    assert.deepEqual(findingsOn(base, {}), [])
  })

  test('behavior: enabled on a chain that the controller does not follow is a warning', () => {
    const problems = problemsOf(offer({ payment: paidOn('polygon'), registration: {} }))
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [[OFFER_ERRORS.REGISTRATION_UNFOLLOWED.code, 'warning']],
    )
    assert.deepEqual(codesOf(offer({ payment: paidOn('polygon'), registration: { enabled: false } })), [])
  })

  test('error: a wallet that is no address, or of a ServiceOffer', () => {
    assert.deepEqual(codesOf(registered({ wallet: PAY_TO })), [])
    assert.deepEqual(codesOf(registered({ wallet: PAY_TO.toLowerCase() })), [])
    assert.deepEqual(codesOf(registered({ wallet: PAY_TO.replace('C', 'c') })), [OFFER_ERRORS.ADDRESS_CHECKSUM.code])
    assert.deepEqual(codesOf(registered({ wallet: 'me.eth' })), [OFFER_ERRORS.ADDRESS_INVALID.code])
    assert.deepEqual(codesOf(registered({ wallet: `0x${'0'.repeat(40)}` })), [OFFER_ERRORS.ADDRESS_INVALID.code])
    const manifest = serviceOffer({ payment: paidOn('base'), registration: { enabled: true, wallet: PAY_TO } })
    assert.deepEqual(codesOf(manifest), [OFFER_ERRORS.UNKNOWN_FIELD.code])
  })

  test('error: metadata keys that others keep', () => {
    const { code } = OFFER_ERRORS.REGISTRATION_METADATA
    for (const key of ['agentWallet', 'obol.idem'])
      assert.deepEqual(codesOf(registered({ metadata: { [key]: 'x' } })), [code])
    const manifest = serviceOffer({
      payment: paidOn('base'),
      registration: { enabled: true, metadata: { agentWallet: '' } },
    })
    assert.deepEqual(codesOf(manifest), [code])
    assert.deepEqual(codesOf(registered({ metadata: { agentwallet: 'x', 'obol.idem2': 'x', toString: 'x' } })), [])
  })

  test('error: metadata that is too long, counted in bytes', () => {
    const codesWith = (key: string, value: string) => codesOf(registered({ metadata: { [key]: value } }))
    const { code } = OFFER_ERRORS.REGISTRATION_METADATA
    assert.deepEqual(codesWith('k'.repeat(64), 'v'.repeat(1024)), [])
    assert.deepEqual(codesWith('k'.repeat(65), 'v'), [code])
    assert.deepEqual(codesWith('', 'v'), [code])
    assert.deepEqual(codesWith('é'.repeat(33), 'v'), [code])
    assert.deepEqual(codesWith('k', 'é'.repeat(513)), [code])
  })
})

describe('identities', () => {
  test('default: no registration, no identity', () => {
    assert.deepEqual(identitiesOf(offer(), registered({ enabled: false }, 'second')), [])
  })

  test('default: one per chain, wanted by every offer and ServiceOffer that is registered there', () => {
    const manifest = (name: string, enabled: JsonValue) =>
      serviceOffer({ payment: paidOn('eip155:84532', OTHER.toLowerCase()), registration: { enabled } }, name)
    const identities = identitiesOf(
      registered({ metadata: { zeta: '1' } }),
      manifest('on', true),
      manifest('off', false),
      inferenceOffer({ payment: paidOn('mainnet'), registration: { metadata: { alpha: '2' }, wallet: OTHER } }),
      registered({ metadata: { alpha: '3', zeta: '1' } }, 'third'),
    )
    assert.deepEqual(identities, [
      {
        network: 'base-sepolia',
        chainId: 84532,
        registry: '0x8004A818BFB912233c491871b3d84c89A494BD9e',
        confirmations: 5,
        explorer: 'https://sepolia.basescan.org',
        coin: 'ETH',
        offers: ['default/weather', 'llm/on', 'default/third'],
        origin: identities[0]?.origin,
        metadata: { alpha: '3', zeta: '1' },
        payees: [
          { offer: 'default/weather', payTo: PAY_TO },
          { offer: 'llm/on', payTo: OTHER },
          { offer: 'default/third', payTo: PAY_TO },
        ],
      },
      {
        network: 'ethereum',
        chainId: 1,
        registry: '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432',
        confirmations: 12,
        explorer: 'https://etherscan.io',
        coin: 'ETH',
        offers: ['llm/aeon'],
        origin: identities[1]?.origin,
        metadata: { alpha: '2' },
        wallet: OTHER,
        payees: [{ offer: 'llm/aeon', payTo: PAY_TO }],
      },
    ])
    assert.deepEqual(Object.keys(identities[0]?.metadata ?? {}), ['alpha', 'zeta'])
    assert.deepEqual(
      identities.map(({ origin }) => [origin.file, origin.line]),
      [
        ['offers.json', 1],
        ['offers.json', 7],
      ],
    )
    assert.ok(identities.every(({ origin }) => origin.column > 1))
  })

  test('behavior: an offer that drains or has stopped keeps its identity', () => {
    const draining = offer({ registration: {}, drainAt: '2020-01-31T18:00:00Z', drainGracePeriod: '0s' })
    assert.equal(identitiesOf(draining).length, 1)
  })

  test('behavior: the workspace may want other confirmations', () => {
    const documents = [registered({}), inferenceOffer({ payment: paidOn('base'), registration: {} })]
    const confirmations = new Map([
      ['base-sepolia', { confirmations: 2 }],
      ['base', {}],
    ])
    const { identities } = compile(documents, { hostAddress: '172.17.0.1', confirmations }).desired
    assert.deepEqual(
      identities.map((identity) => [identity.network, identity.confirmations]),
      [
        ['base-sepolia', 2],
        ['base', 5],
      ],
    )
  })

  test('behavior: a wallet is the same in any letter case, and one of the offers may leave it out', () => {
    const { desired, problems } = compile([
      registered({}),
      registered({ wallet: OTHER }, 'second'),
      registered({ wallet: OTHER.toLowerCase() }, 'third'),
    ])
    assert.deepEqual(problems, [])
    assert.equal(desired.identities[0]?.wallet, OTHER)
  })

  test('error: two offers of a chain that want different things, each with both places', () => {
    const { desired, problems } = compile([
      registered({ wallet: OTHER, metadata: { unit: 'hour', plan: 'a' } }),
      registered({ wallet: PAY_TO, metadata: { unit: 'day', plan: 'a' } }, 'second'),
      offer(
        { payment: paidOn('base'), registration: { wallet: PAY_TO, metadata: { unit: 'day' } } },
        { name: 'third' },
      ),
    ])
    const { code } = OFFER_ERRORS.IDENTITY_CONFLICT
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.severity, problem.line, problem.path]),
      [
        [code, 'error', 3, 'spec.registration.wallet'],
        [code, 'error', 3, 'spec.registration.metadata.unit'],
      ],
    )
    for (const { message } of problems) assert.match(message, /offers\.json:1:\d+/)
    assert.equal(desired.identities[0]?.wallet, OTHER)
    assert.equal(desired.identities[0]?.metadata['unit'], 'hour')
  })
})
