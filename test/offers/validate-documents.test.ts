import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { getAddress } from 'viem/utils'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { createChecksumTest } from '../../src/offers/check-address.ts'
import { loadOffers } from '../../src/offers/load-offers.ts'
import { formatProblem } from '../../src/offers/problem.ts'
import type { JsonValue } from '../../src/util/json.ts'
import { assertGolden } from '../support/golden.ts'
import { codesOf, inferenceOffer, offer, PAY_TO, problemsOf, serviceOffer } from './factories.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/offers')

const payment = (more: Readonly<Record<string, JsonValue>>) => ({
  payment: { payTo: PAY_TO, network: 'base-sepolia', price: { perRequest: '0.001' }, ...more },
})

test('default: a right offer has no problems', () => {
  assert.deepEqual(problemsOf(offer(), inferenceOffer()), [])
})

test('behavior: every mistake of a folder is reported at once, in order (golden)', async () => {
  const { problems } = await loadOffers(['mistakes'], { base: FIXTURES, workspaceId: 'ws-test' })
  assertGolden('fixtures/offers/mistakes.txt', `${problems.map(formatProblem).join('\n')}\n`)
  const codes = new Set(problems.map(({ code }) => code))
  const elsewhere = [
    // No chain of the table lacks a registry: test/offers/registration.test.ts makes one.
    'REGISTRATION_NETWORK',
    // These need special files.
    'OFFERS_INVALID',
    'SOURCE_UNREADABLE',
    'SOURCE_TOO_LARGE',
    'SOURCE_NOT_TEXT',
    'SOURCE_EMPTY',
  ]
  const missing = Object.entries(OFFER_ERRORS).filter(
    ([name, { code }]) => !codes.has(code) && !elsewhere.includes(name),
  )
  assert.deepEqual(missing, [], 'the fixture has every mistake of the catalogue')
})

describe('price', () => {
  const codesOfPrice = (price: JsonValue) => codesOf(offer(payment({ price })))

  test('default: one key is right, but for that which is not charged', () => {
    assert.deepEqual(codesOfPrice({ perRequest: '0.002' }), [])
    assert.deepEqual(codesOfPrice({ perMTok: '5.0' }), [])
    const warnings = [
      ...problemsOf(offer(payment({ price: { perHour: '1' } }))),
      ...problemsOf(offer(payment({ price: { perEpoch: '1' } }))),
    ]
    assert.deepEqual(
      warnings.map(({ severity, code }) => [severity, code]),
      [
        ['warning', OFFER_ERRORS.PRICE_UNIT.code],
        ['error', OFFER_ERRORS.PRICE_UNIT.code],
      ],
    )
  })

  test('error: two keys, no key, a misspelt key', () => {
    assert.deepEqual(codesOfPrice({ perRequest: '1', perMTok: '2' }), [OFFER_ERRORS.PRICE_KEYS.code])
    assert.deepEqual(codesOfPrice({}), [OFFER_ERRORS.PRICE_KEYS.code])
    assert.deepEqual(codesOfPrice({ perMtok: '2' }), [OFFER_ERRORS.UNKNOWN_FIELD.code])
    assert.deepEqual(codesOfPrice({ perMTok: '2', perDay: '2' }), [OFFER_ERRORS.UNKNOWN_FIELD.code])
  })

  test('error: anything but a positive decimal string', () => {
    for (const wrong of [
      1,
      null,
      true,
      ['1'],
      '',
      '-1',
      '+1',
      '1e3',
      ' 1',
      '1 ',
      '.5',
      '5.',
      '0',
      '0.000',
      '1,5',
      'free',
    ])
      assert.deepEqual(codesOfPrice({ perRequest: wrong }), [OFFER_ERRORS.PRICE_FORMAT.code], JSON.stringify(wrong))
  })

  test('error: a price that would be charged as nothing', () => {
    assert.deepEqual(codesOfPrice({ perRequest: '0.0000005' }), [OFFER_ERRORS.PRICE_ROUNDED.code])
    assert.deepEqual(codesOfPrice({ perRequest: '0.0000004' }), [OFFER_ERRORS.PRICE_TOO_SMALL.code])
    assert.deepEqual(codesOfPrice({ perMTok: '0.0004' }), [OFFER_ERRORS.PRICE_TOO_SMALL.code])
    assert.deepEqual(codesOf(offer(payment({ token: 'OBOL', price: { perMTok: '0.0004' } }))), [])
  })

  test('error: routes and payments are checked as well', () => {
    assert.deepEqual(codesOf(offer({ routes: [{ path: '/a', price: {} }] })), [OFFER_ERRORS.PRICE_KEYS.code])
    const free = { path: '/a', gate: 'free', price: { perRequest: '1' } }
    assert.deepEqual(codesOf(offer({ routes: [free] })), [OFFER_ERRORS.ROUTE_GATE.code])
    const other = { payTo: PAY_TO, network: 'base', price: { perRequest: '-1' } }
    const first = payment({}).payment
    assert.deepEqual(codesOf(offer({ payments: [first, other] })), [OFFER_ERRORS.PRICE_FORMAT.code])
  })
})

describe('payments', () => {
  const first = payment({}).payment

  test('default: the first repeats payment, in the same or in other words', () => {
    assert.deepEqual(codesOf(offer({ payments: [first] })), [])
    assert.deepEqual(
      codesOf(offer({ payments: [{ ...first, token: 'USDC', scheme: 'exact', maxTimeoutSeconds: 300 }] })),
      [],
    )
  })

  test('error: the first says something else', () => {
    for (const other of [
      { network: 'base' },
      { token: 'OBOL' },
      { price: { perRequest: '0.002' } },
      { maxTimeoutSeconds: 60 },
    ])
      assert.deepEqual(codesOf(offer({ payments: [{ ...first, ...other }] })), [OFFER_ERRORS.PAYMENTS_MIRROR.code])
  })

  test('error: a mistake of the first is reported once', () => {
    const wrong = { ...first, network: 'nowhere' }
    assert.deepEqual(codesOf(offer({ payment: wrong, payments: [wrong] })), [OFFER_ERRORS.NETWORK_UNKNOWN.code])
  })

  test('error: one token of one chain twice, by whatever name', () => {
    const again = {
      ...first,
      network: 'eip155:84532',
      asset: { address: '0x036cbd53842c5426634e7929541ec2318f3dcf7e' },
    }
    assert.deepEqual(codesOf(offer({ payments: [first, again] })), [OFFER_ERRORS.PAYMENTS_DUPLICATE.code])
    assert.deepEqual(
      codesOf(offer({ payments: [first, { ...first, token: 'OBOL' }, { ...first, network: 'base' }] })),
      [],
    )
  })
})

describe('network and token', () => {
  test('error: an unknown network has a nearest one', () => {
    const [problem] = problemsOf(offer(payment({ network: 'base-seplia' })))
    assert.equal(problem?.code, OFFER_ERRORS.NETWORK_UNKNOWN.code)
    assert.match(problem?.hint ?? '', /base-sepolia/)
  })

  test('error: OBOL is not on every chain', () => {
    assert.deepEqual(codesOf(offer(payment({ token: 'OBOL', network: 'ethereum' }))), [])
    assert.deepEqual(codesOf(offer(payment({ token: 'OBOL', network: 'base' }))), [OFFER_ERRORS.TOKEN_UNKNOWN.code])
  })

  test('error: a chain without a known token needs an asset', () => {
    assert.deepEqual(codesOf(offer(payment({ network: 'sepolia' }))), [OFFER_ERRORS.TOKEN_UNKNOWN.code])
    const asset = { address: '0x1111111111111111111111111111111111111111', decimals: 6 }
    assert.deepEqual(codesOf(offer(payment({ network: 'sepolia', asset }))), [])
  })

  test('error: a known token described wrongly', () => {
    const address = '0x036CbD53842c5426634e7929541eC2318f3dCF7e'
    assert.deepEqual(codesOf(offer(payment({ asset: { address, decimals: 18 } }))), [OFFER_ERRORS.ASSET_MISMATCH.code])
    assert.deepEqual(codesOf(offer(payment({ asset: { address, decimals: 6 } }))), [])
  })
})

describe('addresses', () => {
  const codesOfPayTo = (payTo: JsonValue) => codesOf(offer(payment({ payTo })))

  test('default: one letter case needs no checksum', () => {
    assert.deepEqual(codesOfPayTo(PAY_TO), [])
    assert.deepEqual(codesOfPayTo(PAY_TO.toLowerCase()), [])
    assert.deepEqual(codesOfPayTo(`0x${PAY_TO.slice(2).toUpperCase()}`), [])
  })

  test('error: a wrong checksum, a wrong form, the zero address', () => {
    assert.deepEqual(codesOfPayTo(PAY_TO.replace('C', 'c')), [OFFER_ERRORS.ADDRESS_CHECKSUM.code])
    for (const wrong of [
      '0x1',
      PAY_TO.slice(2),
      PAY_TO.replace('0x', '0X'),
      `${PAY_TO}00`,
      'a.eth',
      7,
      `0x${'0'.repeat(40)}`,
    ])
      assert.deepEqual(codesOfPayTo(wrong), [OFFER_ERRORS.ADDRESS_INVALID.code], String(wrong))
  })

  test('behavior: checksums are those of viem', () => {
    const isChecksummed = createChecksumTest()
    for (let i = 1; i <= 200; i++) {
      const address = getAddress(`0x${(BigInt(i) ** 21n).toString(16).padStart(40, 'abcdef').slice(-40)}`)
      assert.equal(isChecksummed(address), true, address)
      const letter = [...address].findIndex((digit, at) => at > 1 && /[a-fA-F]/.test(digit))
      const flipped = address[letter] === address[letter]?.toLowerCase() ? 'toUpperCase' : 'toLowerCase'
      const altered = address.slice(0, letter) + (address[letter] ?? '')[flipped]() + address.slice(letter + 1)
      assert.equal(isChecksummed(altered), false, altered)
    }
  })
})

describe('registration', () => {
  test('error: on a network where it is not followed', () => {
    assert.deepEqual(codesOf(offer({ ...payment({ network: 'polygon' }), registration: {} })), [
      OFFER_ERRORS.REGISTRATION_UNFOLLOWED.code,
    ])
    assert.deepEqual(codesOf(offer({ ...payment({ network: 'polygon' }), registration: { enabled: false } })), [])
    assert.deepEqual(codesOf(offer({ ...payment({ network: 'base' }), registration: {} })), [])
  })

  test('behavior: a ServiceOffer registers only with enabled: true', () => {
    const spec = payment({ network: 'polygon' })
    assert.deepEqual(codesOf(serviceOffer({ ...spec, registration: { name: 'x' } })), [])
    assert.deepEqual(codesOf(serviceOffer({ ...spec, registration: { enabled: true } })), [
      OFFER_ERRORS.REGISTRATION_UNFOLLOWED.code,
    ])
  })
})

describe('paths', () => {
  test('error: reserved paths, with everything below and a trailing slash', () => {
    const reserved = [
      '/',
      '/services',
      '/services/',
      '/api',
      '/api/',
      '/api/x',
      '/rpc/base',
      '/skill.md',
      '/openapi.json',
      '/.well-known/x',
      '/a/../api',
      '//',
      '/a//b',
    ]
    for (const path of reserved) assert.deepEqual(codesOf(offer({ path })), [OFFER_ERRORS.PATH_RESERVED.code], path)
    for (const path of ['/services/x', '/apis', '/a/api', '/x/']) assert.deepEqual(codesOf(offer({ path })), [], path)
  })

  test('error: routes may not take /auth either, but their own root', () => {
    for (const path of ['/auth', '/auth/x', '/api/x'])
      assert.deepEqual(codesOf(offer({ routes: [{ path }] })), [OFFER_ERRORS.PATH_RESERVED.code], path)
    for (const path of ['/', '/*', '/services', '/authors'])
      assert.deepEqual(codesOf(offer({ routes: [{ path }] })), [], path)
  })
})

describe('duplicates', () => {
  const named = (name: string, spec: Readonly<Record<string, JsonValue>> = {}) => offer(spec, { name })

  test('error: a name, also of what an offer compiles to', () => {
    assert.deepEqual(codesOf(named('a'), named('a')), [OFFER_ERRORS.DUPLICATE_NAME.code])
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'aeon', namespace: 'llm' } }
    assert.deepEqual(codesOf(inferenceOffer(), service), [OFFER_ERRORS.DUPLICATE_NAME.code])
    assert.deepEqual(codesOf(inferenceOffer({}, { name: 'manifest' }), serviceOffer(payment({}))), [
      OFFER_ERRORS.DUPLICATE_NAME.code,
    ])
  })

  test('error: a path, a host name, a port', () => {
    assert.deepEqual(codesOf(named('a', { path: '/x' }), named('b', { path: '/x/' })), [
      OFFER_ERRORS.DUPLICATE_PATH.code,
    ])
    assert.deepEqual(codesOf(named('a'), named('b', { path: '/services/a' })), [OFFER_ERRORS.DUPLICATE_PATH.code])
    assert.deepEqual(codesOf(named('a', { hostname: 'X.example' }), named('b', { hostname: 'x.example' })), [
      OFFER_ERRORS.DUPLICATE_HOSTNAME.code,
    ])
    const other = inferenceOffer({ gateway: { listen: '10.0.0.1:8402' } }, { name: 'other' })
    assert.deepEqual(codesOf(inferenceOffer(), other), [OFFER_ERRORS.DUPLICATE_PORT.code])
  })

  test('behavior: the same name in another namespace conflicts by its path only', () => {
    const elsewhere = offer({}, { namespace: 'other' })
    assert.deepEqual(codesOf(offer(), elsewhere), [OFFER_ERRORS.DUPLICATE_PATH.code])
    assert.deepEqual(codesOf(offer(), offer({ path: '/services/w2' }, { namespace: 'other' })), [])
  })
})

describe('manifests', () => {
  test('default: anything with apiVersion, kind and a name', () => {
    assert.deepEqual(
      codesOf({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, anything: [1] }),
      [],
    )
  })

  test('error: the money of a ServiceOffer is checked', () => {
    const { PRICE_KEYS, NETWORK_UNKNOWN, ADDRESS_CHECKSUM, UNKNOWN_FIELD, MISSING_FIELD } = OFFER_ERRORS
    const codesOfPayment = (more: Readonly<Record<string, JsonValue>>) => codesOf(serviceOffer(payment(more)))
    assert.deepEqual(codesOfPayment({}), [])
    assert.deepEqual(codesOfPayment({ price: { perRequest: '1', perHour: '1' } }).includes(PRICE_KEYS.code), true)
    assert.deepEqual(codesOfPayment({ network: 'x' }), [NETWORK_UNKNOWN.code])
    assert.deepEqual(codesOfPayment({ payTo: PAY_TO.replace('C', 'c') }), [ADDRESS_CHECKSUM.code])
    assert.deepEqual(codesOfPayment({ token: 'OBOL' }), [UNKNOWN_FIELD.code])
    assert.deepEqual(codesOf(serviceOffer({})), [MISSING_FIELD.code])
  })

  test('error: a RegistrationRequest is the controller’s', () => {
    const request = { apiVersion: 'obol.org/v1alpha1', kind: 'RegistrationRequest', metadata: { name: 'a' }, spec: {} }
    assert.deepEqual(codesOf(request), [OFFER_ERRORS.CONTROLLER_OWNED.code])
  })
})

describe('schema', () => {
  test('error: unknown fields name the nearest one, or where they belong', () => {
    const found = [
      ...problemsOf({ ...offer(), payment: {} }),
      ...problemsOf(offer({ hostnam: 'a' })),
      ...problemsOf(offer({ colour: 1 })),
    ]
    assert.deepEqual(
      found.map(({ code, hint }) => [code, hint]),
      [
        [OFFER_ERRORS.UNKNOWN_FIELD.code, 'payment belongs under spec'],
        [OFFER_ERRORS.UNKNOWN_FIELD.code, 'did you mean hostname?'],
        [OFFER_ERRORS.UNKNOWN_FIELD.code, undefined],
      ],
    )
  })

  test('error: a number where text is wanted says how to write it', () => {
    const [problem] = problemsOf(offer({ model: { name: 7 } }))
    assert.equal(problem?.code, OFFER_ERRORS.WRONG_TYPE.code)
    assert.equal(problem?.hint, 'write "7" in quotes')
  })

  test('error: where a rule has spoken the schema is silent', () => {
    assert.deepEqual(codesOf(offer({ upstream: undefined })), [OFFER_ERRORS.MISSING_FIELD.code])
    assert.deepEqual(codesOf(offer({ payment: undefined })), [OFFER_ERRORS.MISSING_FIELD.code])
  })
})
