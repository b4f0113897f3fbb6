import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Desired } from '../../src/plan/desired.ts'
import type { ObjectStep } from '../../src/plan/types.ts'
import { recordedObjects } from '../../src/snapshot/recorded-objects.ts'
import { markSettled, withSettled } from '../../src/snapshot/settled.ts'
import type { ClusterRecord } from '../../src/snapshot/types.ts'
import { isJsonObject, type JsonObject } from '../../src/util/json.ts'
import { desiredOf, ours, planOf, service, serviceOffer, stepOf, wanted } from '../plan/factories.ts'

const DESIRED = desiredOf(wanted(serviceOffer()), wanted(service()))

/** The record of a cluster in which both are applied. */
function recordOf(objects: readonly JsonObject[]): ClusterRecord {
  const kinds = objects.map((object) => ({
    ...{ apiVersion: String(object['apiVersion']), kind: String(object['kind']), plural: 'x', namespaced: true },
    ...{ rootName: 'x', known: 'everywhere' as const, ours: [], others: [], absent: [], denied: [], tokens: [] },
    ...{ objects: recordedObjects([object]), settled: {} },
  }))
  return { context: 'c', server: 's', fingerprint: 'f', version: 'v1.37.2', groups: {}, kinds }
}

function livesOf({ objects }: Desired): readonly JsonObject[] {
  return objects.map(({ manifest }, i) => {
    const live = ours(manifest)
    const metadata = isJsonObject(live['metadata']) ? live['metadata'] : {}
    return { ...live, metadata: { ...metadata, uid: `u-${i}`, resourceVersion: `${i + 7}` } }
  })
}

const LIVE = livesOf(DESIRED)

test('default: an object that a plan left alone is marked, and planned again it is the same step', () => {
  const plan = planOf(DESIRED.objects, { live: LIVE })
  const record = withSettled(recordOf(LIVE), DESIRED, plan)
  const marked = markSettled(DESIRED, record)
  assert.deepEqual(
    marked.objects.map(({ settledAt }) => settledAt),
    ['7', '8'],
  )
  assert.deepEqual(planOf(marked.objects, { live: LIVE }), plan)
})

test('behavior: what is wanted otherwise, or is stored otherwise, is planned', () => {
  const record = withSettled(recordOf(LIVE), DESIRED, planOf(DESIRED.objects, { live: LIVE }))
  const [first, second] = DESIRED.objects
  assert.ok(first !== undefined && second !== undefined)
  const manifest = {
    ...first.manifest,
    spec: { ...(isJsonObject(first.manifest['spec']) ? first.manifest['spec'] : {}), path: '/x' },
  }
  const others: readonly Desired[] = [
    { ...DESIRED, objects: [{ ...first, manifest }] },
    { ...DESIRED, objects: [{ ...first, closed: ['spec.other'] }] },
    { ...DESIRED, objects: [{ ...first, decisions: [{ path: 'spec', decision: 'take' }] }] },
    { ...DESIRED, objects: [{ ...first, ref: { ...first.ref, name: 'other' } }] },
  ]
  for (const other of others) {
    assert.deepEqual(
      markSettled(other, record).objects.map(({ settledAt }) => settledAt),
      [undefined],
    )
  }
  const marked = { ...first, manifest, settledAt: 'another' }
  const step: ObjectStep = stepOf(planOf([marked], { live: LIVE }), first.ref.kind)
  assert.equal(step.op, 'update')
})

test('behavior: nothing is remembered of what changes, nor of a secret', () => {
  const [first] = DESIRED.objects
  assert.ok(first !== undefined)
  const record = recordOf(LIVE)
  const changing = {
    ...first,
    manifest: { ...first.manifest, metadata: { name: 'aeon', namespace: 'llm', labels: { a: 'b' } } },
  }
  const desired = { ...DESIRED, objects: [changing] }
  assert.deepEqual(
    withSettled(record, desired, planOf(desired.objects, { live: LIVE })).kinds.map(({ settled }) => settled),
    [{}, {}],
  )
  const annotations = { url: 'https://user:password@host.example.com' }
  const withSecret = wanted({ ...service(), metadata: { name: 'aeon', namespace: 'llm', annotations } })
  const secretDesired = desiredOf(withSecret)
  const live = livesOf(secretDesired)
  const plan = planOf(secretDesired.objects, { live })
  assert.equal(stepOf(plan, 'Service').op, 'noop')
  assert.deepEqual(
    withSettled(recordOf(live), secretDesired, plan).kinds.map(({ settled }) => settled),
    [{}],
  )
})
