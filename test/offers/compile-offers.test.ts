import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { compile, inferenceOffer, objectOf, offer, PAY_TO, serviceOffer, specOf } from './factories.ts'

const LABELS = { 'offers.obol.org/workspace': 'ws-test' }

describe('inference', () => {
  test('default: Service, Endpoints and ServiceOffer, with nothing that was not asked for', () => {
    const { desired, problems } = compile([inferenceOffer()])
    assert.deepEqual(problems, [])
    const metadata = { name: 'aeon', namespace: 'llm', labels: LABELS }
    assert.deepEqual(
      desired.objects.map(({ manifest }) => manifest),
      [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata,
          spec: { ports: [{ port: 8402, targetPort: 8402, protocol: 'TCP' }] },
        },
        {
          apiVersion: 'v1',
          kind: 'Endpoints',
          metadata,
          subsets: [{ addresses: [{ ip: '172.17.0.1' }], ports: [{ port: 8402, protocol: 'TCP' }] }],
        },
        {
          apiVersion: 'obol.org/v1alpha1',
          kind: 'ServiceOffer',
          metadata,
          spec: {
            type: 'inference',
            path: '/services/aeon',
            model: { name: 'aeon-ultimate', runtime: 'ollama' },
            upstream: { service: 'aeon', namespace: 'llm', port: 8402, healthPath: '/health' },
            payment: { payTo: PAY_TO, network: 'base-sepolia', price: { perRequest: '0.001' } },
          },
        },
      ],
    )
  })

  test('behavior: the port of the gateway reaches all three objects', () => {
    const { desired } = compile([inferenceOffer({ gateway: { listen: '0.0.0.0:9000' } })])
    assert.deepEqual(specOf(objectOf(desired.objects, 'Service'))['ports'], [
      { port: 9000, targetPort: 9000, protocol: 'TCP' },
    ])
    assert.deepEqual(objectOf(desired.objects, 'Endpoints').manifest['subsets'], [
      { addresses: [{ ip: '172.17.0.1' }], ports: [{ port: 9000, protocol: 'TCP' }] },
    ])
    const spec = specOf(objectOf(desired.objects, 'ServiceOffer'))
    assert.deepEqual(spec['upstream'], { service: 'aeon', namespace: 'llm', port: 9000, healthPath: '/health' })
    assert.equal('gateway' in spec, false)
  })

  test('behavior: with an upstream in the cluster there is no gateway', () => {
    const { desired, problems } = compile([inferenceOffer({ upstream: { service: 'litellm', port: 4000 } })], {})
    assert.deepEqual(problems, [])
    assert.equal(desired.objects.length, 1)
    const spec = specOf(objectOf(desired.objects, 'ServiceOffer'))
    assert.deepEqual(spec['upstream'], { namespace: 'llm', service: 'litellm', port: 4000 })
  })

  test('row 5: the model keeps its name (OfferSpec_ModelNameNotHardcoded)', () => {
    const { desired } = compile([inferenceOffer({ model: { name: 'qwen3:8b', runtime: 'vllm' } })])
    assert.deepEqual(specOf(objectOf(desired.objects, 'ServiceOffer'))['model'], { name: 'qwen3:8b', runtime: 'vllm' })
  })

  test('error: one problem names the remedy for all offers when the host address is missing', () => {
    const documents = [inferenceOffer(), inferenceOffer({ gateway: { listen: ':8403' } }, { name: 'other' }), offer()]
    const { desired, problems } = compile(documents, {})
    assert.deepEqual(
      problems.map(({ code, hint }) => ({ code, hint })),
      [{ code: OFFER_ERRORS.HOST_ADDRESS_MISSING.code, hint: 'set spec.host.address in obol.yaml' }],
    )
    assert.equal(desired.objects.filter(({ ref }) => ref.kind === 'Endpoints').length, 0)
  })
})

describe('other types', () => {
  test('default: http becomes a ServiceOffer alone, in the default namespace', () => {
    const { desired } = compile([offer()])
    assert.deepEqual(
      desired.objects.map(({ manifest }) => manifest),
      [
        {
          apiVersion: 'obol.org/v1alpha1',
          kind: 'ServiceOffer',
          metadata: { name: 'weather', namespace: 'default', labels: LABELS },
          spec: {
            type: 'http',
            upstream: { namespace: 'default', service: 'weather' },
            payment: { payTo: PAY_TO, network: 'base-sepolia', price: { perRequest: '0.001' } },
          },
        },
      ],
    )
  })

  test('behavior: the agent is looked for in the namespace of the offer', () => {
    const agent = offer(
      { type: 'agent', upstream: undefined, agent: { ref: { name: 'quant' } } },
      { namespace: 'agents' },
    )
    const { desired } = compile([agent])
    assert.deepEqual(specOf(objectOf(desired.objects, 'ServiceOffer'))['agent'], {
      ref: { namespace: 'agents', name: 'quant' },
    })
  })

  test('behavior: every other field is passed on as written', () => {
    const fields = {
      path: '/services/w',
      hostname: 'w.example.com',
      branding: { displayName: 'W', theme: 'dark' },
      routes: [{ path: '/a/*', gate: 'free' }],
      async: { enabled: true, ttl: '24h' },
      limits: { rps: 5 },
      listing: { weight: 3, category: 'data' },
      provenance: { source: 'x' },
      drainAt: '2026-01-31T18:00:00Z',
      drainGracePeriod: '15m',
    }
    const spec = specOf(objectOf(compile([offer(fields)]).desired.objects, 'ServiceOffer'))
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(spec[name], value, name)
  })

  test('behavior: labels go to every object, annotations to the ServiceOffer', () => {
    const metadata = { labels: { team: 'a' }, annotations: { note: 'b' } }
    const { objects } = compile([inferenceOffer({}, metadata)]).desired
    for (const { manifest } of objects) {
      assert.deepEqual(manifest['metadata'], {
        name: 'aeon',
        namespace: 'llm',
        labels: { team: 'a', ...LABELS },
        ...(manifest['kind'] === 'ServiceOffer' ? { annotations: { note: 'b' } } : {}),
      })
    }
  })
})

describe('payment', () => {
  const OBOL = {
    address: '0x0a09371a8b011d5110656ceBCc70603e53FD2c78',
    symbol: 'OBOL',
    decimals: 18,
    transferMethod: 'permit2',
    eip712Name: 'Obol Network',
    eip712Version: '1',
  }
  const base = { payTo: PAY_TO, network: 'base-sepolia', price: { perMTok: '23' } }

  test('default: USDC by name is no asset, because no asset means the USDC of the chain', () => {
    const { desired } = compile([offer({ payment: { ...base, token: 'USDC' } })])
    assert.deepEqual(specOf(objectOf(desired.objects, 'ServiceOffer'))['payment'], base)
  })

  test('behavior: another token is lowered to its asset, in payment and in payments', () => {
    const payments = [
      { ...base, token: 'OBOL' },
      { ...base, network: 'eip155:84532' },
    ]
    const { desired } = compile([offer({ payment: payments[0], payments })])
    const spec = specOf(objectOf(desired.objects, 'ServiceOffer'))
    assert.deepEqual(spec['payment'], { ...base, asset: OBOL })
    assert.deepEqual(spec['payments'], [
      { ...base, asset: OBOL },
      { ...base, network: 'eip155:84532' },
    ])
  })

  test('behavior: an asset of the author is passed on', () => {
    const asset = { address: '0x1111111111111111111111111111111111111111', symbol: 'EURC', decimals: 6 }
    const { desired } = compile([offer({ payment: { ...base, network: 'sepolia', asset } })])
    assert.deepEqual(specOf(objectOf(desired.objects, 'ServiceOffer'))['payment'], {
      ...base,
      network: 'sepolia',
      asset,
    })
  })
})

describe('registration', () => {
  const registrationOf = (registration: object | undefined) => {
    const { desired } = compile([
      inferenceOffer(registration === undefined ? {} : { registration: { ...registration } }),
    ])
    return specOf(objectOf(desired.objects, 'ServiceOffer'))['registration']
  }

  test('row 2: the block is enabled and named like the offer (OfferSpec_RegistrationEnabledByDefault)', () => {
    assert.deepEqual(registrationOf({}), { enabled: true, name: 'aeon' })
  })

  test('row 3: opted out means no block (OfferSpec_NoRegisterOmitsRegistration)', () => {
    assert.equal(registrationOf({ enabled: false, name: 'Aeon' }), undefined)
    assert.equal(registrationOf(undefined), undefined)
  })

  test('row 4: what the operator says wins (OfferSpec_OperatorOverridesWin)', () => {
    const stated = { name: 'Aeon', description: 'D', image: 'https://x/y.png', skills: ['a'], domains: ['b'] }
    assert.deepEqual(registrationOf(stated), { ...stated, enabled: true })
  })

  test('behavior: the wallet is for the chain, and no field of the ServiceOffer', () => {
    assert.deepEqual(registrationOf({ wallet: PAY_TO }), { enabled: true, name: 'aeon' })
  })
})

describe('objects', () => {
  test('default: what leftovers of others would break is closed', () => {
    const closed = ['spec.payment.price', 'spec.payment.asset', 'spec.payments', 'spec.routes']
    const manifest = serviceOffer({ payment: { payTo: PAY_TO, network: 'base', price: { perRequest: '1' } } })
    const { objects } = compile([inferenceOffer(), manifest]).desired
    assert.deepEqual(
      objects.map((object) => [object.ref.kind, object.ref.name, object.offer, object.closed]),
      [
        ['Service', 'aeon', 'llm/aeon', ['spec.ports', 'spec.selector']],
        ['Endpoints', 'aeon', 'llm/aeon', []],
        ['ServiceOffer', 'aeon', 'llm/aeon', closed],
        ['ServiceOffer', 'manifest', undefined, closed],
      ],
    )
  })

  test('behavior: decisions go to the object they are about', () => {
    const fieldDecisions = [
      { path: 'spec.payment.payTo', decision: 'take' },
      { path: 'spec.ports', decision: 'yield', kind: 'Service' },
    ]
    const { objects } = compile([{ ...inferenceOffer(), fieldDecisions }]).desired
    assert.deepEqual(
      objects.map(({ ref, decisions }) => [ref.kind, decisions]),
      [
        ['Service', [{ path: 'spec.ports', decision: 'yield' }]],
        ['Endpoints', []],
        ['ServiceOffer', [{ path: 'spec.payment.payTo', decision: 'take' }]],
      ],
    )
  })

  test('behavior: each knows where it came from', () => {
    const { objects, offers } = compile([offer(), inferenceOffer()]).desired
    assert.deepEqual(
      objects.map(({ origin }) => origin.line),
      [1, 3, 3, 3],
    )
    assert.deepEqual(offers.map(({ origin }) => origin)[1], { file: 'offers.json', line: 3, column: 1 })
  })
})

describe('manifests', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys', labels: { team: 'a' } },
    stringData: { a: 'b', empty: null },
  }

  test('default: planned as it stands, with our label and the namespace kubectl would take', () => {
    const object = objectOf(compile([secret]).desired.objects, 'Secret')
    assert.deepEqual(object.ref, { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 'keys' })
    assert.deepEqual(object.manifest, {
      ...secret,
      metadata: { name: 'keys', namespace: 'default', labels: { team: 'a', ...LABELS } },
    })
  })

  test('behavior: cluster-scoped and unknown kinds get no namespace', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'llm' } }
    const unknown = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'thing' } }
    const { objects } = compile([namespace, unknown]).desired
    assert.deepEqual(
      objects.map(({ ref }) => ref),
      [
        { apiVersion: 'v1', kind: 'Namespace', name: 'llm' },
        { apiVersion: 'example.com/v1', kind: 'Thing', name: 'thing' },
      ],
    )
  })

  test('behavior: what only the server writes is left out', () => {
    const generated = {
      ...secret,
      metadata: { name: 'keys', creationTimestamp: null, annotations: { keep: 'me' } },
      status: {},
    }
    const { manifest } = objectOf(compile([generated]).desired.objects, 'Secret')
    assert.deepEqual(manifest['metadata'], {
      name: 'keys',
      namespace: 'default',
      annotations: { keep: 'me' },
      labels: LABELS,
    })
    assert.equal('status' in manifest, false)
  })

  test('behavior: our own label is no contradiction, that of another workspace is', () => {
    const marked = (id: string) => ({ ...secret, metadata: { name: 'k', labels: { 'offers.obol.org/workspace': id } } })
    assert.deepEqual(compile([marked('ws-test')]).problems, [])
    assert.deepEqual(
      compile([marked('ws-other')]).problems.map(({ code }) => code),
      [OFFER_ERRORS.LABEL_RESERVED.code],
    )
  })
})

describe('price text', () => {
  const priceOf = (spec: object) => compile([offer({ ...spec })]).desired.offers[0]?.price
  const payment = { payTo: PAY_TO, network: 'base-sepolia' }

  test('default', () => {
    assert.equal(priceOf({}), '0.001 USDC per request')
    const perMTok = { ...payment, price: { perMTok: '23' } }
    assert.equal(priceOf({ payment: perMTok }), '23 USDC per million tokens (0.023 per request)')
  })

  test('behavior: digits are exact', () => {
    const perMTok = { ...payment, token: 'OBOL', price: { perMTok: '0.1000000000000010' } }
    assert.equal(
      priceOf({ payment: perMTok }),
      '0.100000000000001 OBOL per million tokens (0.000100000000000001 per request)',
    )
  })

  test('behavior: every way to pay, and the routes with a price of their own', () => {
    const payments = [
      { ...payment, price: { perRequest: '0.01' } },
      { ...payment, network: 'ethereum', token: 'OBOL', price: { perRequest: '2' } },
      { ...payment, asset: { address: '0x1111111111111111111111111111111111111111' }, price: { perRequest: '3' } },
    ]
    const routes = [{ path: '/a', price: { perRequest: '1' } }, { path: '/b' }]
    assert.equal(
      priceOf({ payment: payments[0], payments, routes }),
      '0.01 USDC per request or 2 OBOL per request on ethereum or 3 0x1111…1111 per request; 1 route has its own price',
    )
  })
})
