import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAN_ERRORS } from '../../src/errors/plan.ts'
import { compareStored } from '../../src/plan/compare-stored.ts'
import type { JsonArray, JsonObject } from '../../src/util/json.ts'
import { applied, LABEL_PATH, labelled, ours, planOf, service, serviceOffer, stepOf, wanted } from './factories.ts'

const TWO_WAYS = {
  payments: [{ network: 'base-sepolia', payTo: `0x${'1'.repeat(40)}`, price: { perMTok: '23' } }],
}

test('default: an apply that would only reorder the owners is no step', () => {
  // The list is atomic and its items have defaults, so that an equal apply counts as a change and gets a new time.
  const offer = serviceOffer({ spec: TWO_WAYS })
  const live = applied({ ...offer, spec: { limits: { rps: 1 } } }, { by: 'zoe' }, ours(offer))
  assert.equal(stepOf(planOf([wanted(offer)], { live: [live] }), 'ServiceOffer').op, 'noop')
})

test('error: an object left to another workspace is refused, not silently passed over', () => {
  const live = labelled(applied(serviceOffer(), { by: 'obol' }), 'shop-2')
  const decisions = [{ path: LABEL_PATH, decision: 'yield' as const }]
  const step = stepOf(planOf([wanted(serviceOffer())], { live: [live] }, { decisions }), 'ServiceOffer')
  assert.equal(step.write, undefined)
  assert.deepEqual(
    step.diagnostics.map(({ code }) => code),
    [PLAN_ERRORS.OTHER_WORKSPACE.code],
  )
})

test('behavior: a node port that only the server has is its own allocation, another one is a difference', () => {
  const ports = (nodePort?: number): JsonArray => [{ port: 80, ...(nodePort === undefined ? {} : { nodePort }) }]
  const stored = (nodePort?: number): JsonObject => service('aeon', 'llm', ports(nodePort))
  assert.deepEqual(compareStored(stored(), stored(30080)), [])
  assert.deepEqual(
    compareStored(stored(30081), stored(30080)).map(({ path }) => path),
    ['spec.ports[0].nodePort'],
  )
})
