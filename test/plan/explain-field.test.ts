import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildPlan } from '../../src/plan/build-plan.ts'
import type { Decision } from '../../src/plan/desired.ts'
import { explainField, type FieldExplanation } from '../../src/plan/explain-field.ts'
import { showPath } from '../../src/plan/field-path.ts'
import { parsePath, parseTarget } from '../../src/plan/parse-path.ts'
import { renderWhy, whyToJson } from '../../src/plan/render-why.ts'
import { assertGolden } from '../support/golden.ts'
import {
  applied,
  changed,
  desiredOf,
  LAST_YEAR,
  NOW,
  OTHER_PAYEE,
  observedOf,
  ours,
  service,
  serviceOffer,
  wanted,
  withMetadata,
  withPayment,
  withSpec,
} from './factories.ts'

/** An offer with one field for each rule, and a Service that is not there yet. */
function explain(path: string, options: { readonly decision?: Decision; readonly object?: string } = {}) {
  const mine = ours(serviceOffer({ price: { perRequest: '0.002' }, spec: { hostname: 'old.example' } }))
  const flux = applied(
    { ...serviceOffer({ price: { perRequest: '0.002' } }), spec: { payment: { network: 'base-sepolia' } } },
    { by: 'flux' },
    mine,
  )
  const edited = changed(
    flux,
    (object) => {
      const spec = { listing: { category: 'llm', weight: 7 } }
      return withSpec(withPayment(object, { payTo: OTHER_PAYEE, price: { perRequest: '0.003' } }), spec)
    },
    { by: 'kubectl-edit', at: LAST_YEAR },
  )
  const live = changed(edited, (object) => ({ ...object, status: { agentId: '57' } }), {
    by: 'serviceoffer-controller',
    subresource: 'status',
  })
  const offer = serviceOffer({ spec: { listing: { category: 'llm' }, branding: { theme: 'dark' } } })
  const desired = desiredOf(wanted(offer), wanted(service('fresh')))
  const observed = observedOf({ live: [withMetadata(live, { uid: 'uid-1' })] })
  const decisions = options.decision === undefined ? [] : [{ path: 'spec.payment.payTo', decision: options.decision }]
  const plan = buildPlan(desired, observed, { decisions })
  const object = options.object === undefined ? {} : { object: options.object }
  return explainField({ plan, desired, observed, path, ...object })
}

function only(fields: readonly FieldExplanation[]): FieldExplanation {
  const [field] = fields
  assert.equal(fields.length, 1)
  if (field === undefined) throw new Error('no field')
  return field
}

test('default: each rule is found where it decides', () => {
  const decided: Decision = 'take'
  const rules = (path: string): string => only(explain(path, { decision: decided, object: 'llm/aeon' })).rule
  assert.equal(rules('spec.payment.price.perRequest'), 'null-out')
  assert.equal(rules('spec.payment.price.perMTok'), 'set')
  assert.equal(rules('spec.payment.network'), 'shared')
  assert.equal(rules('spec.payment.scheme'), 'default')
  assert.equal(rules('spec.hostname'), 'removed')
  assert.equal(rules('spec.path'), 'ours')
  assert.equal(rules('spec.listing.category'), 'same-value')
  assert.equal(rules('spec.listing.weight'), 'theirs')
  assert.equal(rules('metadata.uid'), 'server')
  assert.equal(rules('status.agentId'), 'server')
})

test('behavior: a conflict is explained with and without a decision', () => {
  const path = 'spec.payment.payTo'
  const open = only(explain(path))
  assert.equal(open.rule, 'conflict')
  assert.equal(open.heldBack, true)
  assert.equal(open.planned, undefined)
  assert.equal(only(explain(path, { decision: 'take' })).rule, 'taken')
  assert.equal(only(explain(path, { decision: 'yield' })).rule, 'yielded')
  assert.equal(only(explain(path, { decision: 'share' })).rule, 'shared-by-decision')
})

test('behavior: a mapping stands for its fields, an index for the key of its item', () => {
  const paths = explain('spec.payment.price', { decision: 'take' }).map((field) => field.path)
  assert.deepEqual(paths, ['spec.payment.price.perMTok', 'spec.payment.price.perRequest'])
  const port = only(explain('spec.ports[0].port'))
  assert.equal(port.path, 'spec.ports[port=8402,protocol="TCP"].port')
  assert.equal(port.rule, 'created')
  assert.deepEqual(only(explain("spec.ports[protocol='TCP'].port")), port)
})

test('behavior: values, owners and the place in the file come along', () => {
  const field = only(explain('spec.payment.payTo', { decision: 'take' }))
  assert.equal(field.live, OTHER_PAYEE)
  assert.equal(field.wanted, field.planned)
  assert.deepEqual(field.owners, [{ name: 'kubectl-edit', operation: 'Update', time: LAST_YEAR }])
  assert.deepEqual(field.origin, { file: 'offers/aeon.yaml', line: 1, column: 1 })
})

test('error: a field that no object has is explained by nothing', () => {
  assert.deepEqual(explain('spec.nope'), [])
  assert.deepEqual(explain('spec..nope'), [])
  assert.deepEqual(explain('spec.path', { object: 'llm/other' }), [])
})

test('default: explanations as text and JSON', () => {
  const fields = explain('spec', { decision: 'take', object: 'llm/aeon' })
  assertGolden('plan/golden/why.txt', renderWhy(fields, { columns: 80, colour: false, now: NOW }))
  assertGolden('plan/golden/why.json', `${JSON.stringify(whyToJson(fields.slice(0, 3)), undefined, 2)}\n`)
})

const element = fc.oneof(
  fc.constantFrom('spec', 'a.b/c', 'with "quotes"', 'with ]', '1x').map((name) => `f:${name}`),
  fc.nat({ max: 9 }).map((index) => `i:${index}`),
  fc.constantFrom('k:{"name":"http"}', 'k:{"port":80,"protocol":"TCP"}', 'v:"x"', 'v:3'),
)

test('default: a path is read back as it was shown', () => {
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 6 }), (path) => {
      assert.deepEqual(parsePath(showPath(path)), path)
    }),
    { numRuns: 300, seed: 5 },
  )
})

test('behavior: paths as people type them', () => {
  assert.deepEqual(parsePath('.spec.ports[name=http].port'), ['f:spec', 'f:ports', 'k:{"name":"http"}', 'f:port'])
  assert.deepEqual(parsePath("metadata.labels['a.b/c']"), ['f:metadata', 'f:labels', 'f:a.b/c'])
  for (const bad of ['', 'spec..x', 'spec.[', 'spec x', '[=', 'a[name=]b c'])
    assert.equal(parsePath(bad), undefined, bad)
})

test('behavior: an object may stand before the path', () => {
  assert.deepEqual(parseTarget('llm/aeon:spec.path'), { object: 'llm/aeon', path: 'spec.path' })
  assert.deepEqual(parseTarget('metadata.annotations["a:b"]'), { path: 'metadata.annotations["a:b"]' })
  assert.deepEqual(parseTarget('llm/aeon:metadata.annotations["a:b"]'), {
    object: 'llm/aeon',
    path: 'metadata.annotations["a:b"]',
  })
})
