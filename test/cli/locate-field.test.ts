import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeLocator } from '../../src/cli/locate-field.ts'
import type { SourceFile } from '../../src/offers/source.ts'
import type { Origin } from '../../src/plan/desired.ts'

const OFFER: SourceFile = {
  path: 'offers/a.yaml',
  text: `# Two documents
apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata:
  name: first
---
apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata:
  name: aeon
  labels: { team: a, "a.b/c": d }
spec:
  payment:
    network: base-sepolia
    token: OBOL
    price:
      perRequest: "0.01"
  payments:
    - price: { perMTok: "1" }
    - price: { perMTok: "2" }
`,
}

const SERVICE: SourceFile = {
  path: 'offers/service.yaml',
  text: `apiVersion: v1
kind: Service
metadata: { name: web, finalizers: [x, y] }
spec:
  ports:
    - { name: http, port: 80 }
    - name: metrics
      port: 9090
`,
}

const AEON = { offer: 'default/aeon', origin: { file: 'offers/a.yaml', line: 7, column: 1 } }
const WEB = { origin: { file: 'offers/service.yaml', line: 1, column: 1 } }

function ref(kind: string): { readonly apiVersion: string; readonly kind: string; readonly name: string } {
  return { apiVersion: 'v1', kind, name: 'x' }
}

function at(origin: Origin | undefined): string {
  return origin === undefined ? 'nowhere' : `${origin.line}:${origin.column}`
}

test('default: a field of an offer is where the file says it', () => {
  const locate = changeLocator([OFFER, SERVICE])
  const offer = (path: string): string => at(locate({ ...AEON, ref: ref('ServiceOffer') }, path))
  assert.equal(offer('spec.payment.price.perRequest'), '17:7')
  assert.equal(offer('spec.payments[1].price.perMTok'), '20:16')
  assert.equal(offer('metadata.labels["a.b/c"]'), '11:22')
  assert.equal(offer('spec.payment.asset.symbol'), '15:5')
})

test('behavior: what the file does not say is nowhere', () => {
  const locate = changeLocator([OFFER, SERVICE])
  for (const path of [
    'spec.payment.price.perMTok',
    'spec.upstream.namespace',
    'metadata.name',
    'spec.payments[2]',
    'a[',
  ]) {
    assert.equal(at(locate({ ...AEON, ref: ref('ServiceOffer') }, path)), 'nowhere', path)
  }
  assert.equal(at(locate({ ...AEON, ref: ref('Service') }, 'spec.payment.price')), 'nowhere')
  assert.equal(at(locate({ ...AEON, ref: ref('Service') }, 'metadata.labels.team')), '11:13')
  assert.equal(at(locate({ ref: ref('Service') }, 'spec')), 'nowhere')
  const elsewhere = { ...AEON, origin: { file: 'offers/gone.yaml', line: 1, column: 1 } }
  assert.equal(at(locate({ ...elsewhere, ref: ref('ServiceOffer') }, 'spec.payment.price')), 'nowhere')
})

test('behavior: items that go by their key, a default left out, and values', () => {
  const locate = changeLocator([SERVICE])
  const manifest = (path: string): string => at(locate({ ...WEB, ref: ref('Service') }, path))
  assert.equal(manifest('spec.ports[port=9090,protocol="TCP"].port'), '8:7')
  assert.equal(manifest('spec.ports[name="http"].port'), '6:21')
  assert.equal(manifest('spec.ports[protocol="TCP"].port'), 'nowhere')
  assert.equal(manifest('metadata.finalizers[="y"]'), '3:40')
})

test('behavior: no file is parsed before it is asked about, and then once', () => {
  let reads = 0
  const counted: SourceFile = {
    path: OFFER.path,
    get text() {
      reads += 1
      return OFFER.text
    },
  }
  const locate = changeLocator([counted])
  assert.equal(reads, 0)
  locate({ ...AEON, ref: ref('ServiceOffer') }, 'spec.payment.price.perRequest')
  const afterFirst = reads
  assert.equal(afterFirst > 0, true)
  locate({ ...AEON, ref: ref('ServiceOffer') }, 'spec.payment.network')
  assert.equal(reads, afterFirst)
})
