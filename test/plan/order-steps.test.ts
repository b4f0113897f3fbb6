import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { orderSteps } from '../../src/plan/order-steps.ts'
import type { ObjectStep, Op } from '../../src/plan/types.ts'
import { CASES } from './cases.ts'

const KINDS = ['Service', 'Endpoints', 'ServiceOffer', 'Namespace', 'ConfigMap', 'CustomResourceDefinition', 'Widget']

function step(id: string, kind: string, op: Op, dependsOn: readonly string[]): ObjectStep {
  const ref = { apiVersion: 'v1', kind, name: id }
  const nothing = { changes: [], transfers: [], conflicts: [], diagnostics: [] }
  return { kind: 'object', id, op, ref, plural: 'things', dependsOn, ...nothing }
}

/** Steps whose edges go to steps with a smaller number, shuffled: any graph without cycles. */
const graphs = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      op: fc.constantFrom<Op>('create', 'update', 'delete'),
      needs: fc.array(fc.nat({ max: 99 }), { maxLength: 3 }),
      place: fc.nat(),
    }),
    { maxLength: 25 },
  )
  .map((items) =>
    items
      .map(({ kind, op, needs, place }, i) => {
        const dependsOn = i === 0 ? [] : [...new Set(needs.map((need) => `s${need % i}`))]
        return { place, step: step(`s${i}`, kind, op, dependsOn) }
      })
      .sort((a, b) => a.place - b.place)
      .map((item) => item.step),
  )

test('default: every step is there once and after all it depends on', () => {
  fc.assert(
    fc.property(graphs, (steps) => {
      const ordered = orderSteps(steps)
      assert.deepEqual(new Set(ordered), new Set(steps))
      assert.equal(ordered.length, steps.length)
      const place = new Map(ordered.map((item, i) => [item.id, i]))
      for (const item of ordered) {
        for (const id of item.dependsOn) assert.ok((place.get(id) ?? Infinity) < (place.get(item.id) ?? -1))
      }
    }),
    { numRuns: 400, seed: 11 },
  )
})

test('behavior: the order depends on the input alone', () => {
  fc.assert(
    fc.property(graphs, (steps) => {
      assert.deepEqual(orderSteps(steps), orderSteps([...steps]))
    }),
    { numRuns: 100, seed: 13 },
  )
})

test('behavior: free steps go by kind, deletions last and the other way round', () => {
  const steps = [
    step('old-service', 'Service', 'delete', []),
    step('old-offer', 'ServiceOffer', 'delete', []),
    step('offer', 'ServiceOffer', 'create', []),
    step('service', 'Service', 'create', []),
    step('namespace', 'Namespace', 'create', []),
  ]
  assert.deepEqual(
    orderSteps(steps).map((item) => item.id),
    ['namespace', 'service', 'offer', 'old-offer', 'old-service'],
  )
})

test('behavior: steps that wait for each other come last instead of getting lost', () => {
  const steps = [
    step('a', 'Service', 'create', ['b']),
    step('b', 'Service', 'create', ['a']),
    step('c', 'Service', 'create', []),
  ]
  assert.deepEqual(
    orderSteps(steps).map((item) => item.id),
    ['c', 'a', 'b'],
  )
})

test('behavior: every plan of the cases is in order, and the same when built twice', () => {
  for (const { name, plan } of CASES) {
    const first = plan()
    const seen = new Set<string>()
    for (const item of first.steps) {
      for (const id of item.dependsOn) assert.ok(seen.has(id), `${name}: ${item.id} before ${id}`)
      seen.add(item.id)
    }
    assert.deepEqual(plan(), first, name)
  }
})
