import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offerStatus } from '../../src/plan/offer-status.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { caseOf } from './cases.ts'
import { ours, planOf, serviceOffer, wanted, withPayment } from './factories.ts'

function statusWith(status: JsonObject | undefined) {
  const live = ours(serviceOffer())
  const object = status === undefined ? live : { ...live, status }
  return offerStatus(planOf([wanted(serviceOffer())], { live: [object] }))[0]
}

function condition(type: string, status: string, reason: string, message = ''): JsonObject {
  return { type, status, reason, message }
}

test('default: an offer that is ready and as the workspace says', () => {
  const conditions = [condition('Draining', 'False', 'Active'), condition('Ready', 'True', 'Reconciled')]
  assert.deepEqual(statusWith({ agentId: '57', conditions }), {
    offer: 'llm/aeon',
    type: 'http',
    network: 'base-sepolia',
    ready: 'yes',
    price: 'perMTok 23',
    agentId: '57',
    sync: 'in-sync',
    pending: 0,
  })
})

test('behavior: the first condition that is not met says why an offer is not ready', () => {
  const conditions = [
    condition('Ready', 'False', 'Reconciling'),
    condition('Draining', 'False', 'Active'),
    condition('UpstreamHealthy', 'False', 'Unhealthy', 'GET https://u:p@x/health: 503'),
  ]
  const status = statusWith({ conditions })
  assert.equal(status?.ready, 'no')
  assert.equal(status?.reason, 'UpstreamHealthy Unhealthy: GET https://***@x/health: 503')
  const bare = statusWith({ conditions: [condition('Ready', 'False', 'WaitingForAgent')] })
  assert.equal(bare?.reason, 'Ready WaitingForAgent')
})

test('behavior: an offer nobody looked at is unknown, one that is not there absent', () => {
  assert.equal(statusWith(undefined)?.ready, 'unknown')
  const [absent] = offerStatus(caseOf('create-all'))
  assert.equal(absent?.ready, 'absent')
  assert.equal(absent?.price, undefined)
  assert.deepEqual([absent?.sync, absent?.pending], ['pending', 3])
})

test('behavior: conflicts and errors show, and so do two prices', () => {
  assert.equal(offerStatus(caseOf('conflict-undecided'))[0]?.sync, 'conflict')
  assert.equal(offerStatus(caseOf('missing-crd'))[0]?.sync, 'error')
  assert.equal(offerStatus(caseOf('two-live-price-keys'))[0]?.price, 'perMTok 23 and perRequest 0.002')
  const free = planOf([wanted(serviceOffer())], { live: [withPayment(ours(serviceOffer()), { price: {} })] })
  assert.equal(offerStatus(free)[0]?.price, 'free')
})
