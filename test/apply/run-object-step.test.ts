import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import { isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import {
  changed,
  endpoints,
  labelled,
  OTHER_PAYEE,
  ours,
  service,
  serviceOffer,
  updated,
  wanted,
  withMetadata,
  withPayment,
} from '../plan/factories.ts'
import type { FakeCluster, FakeHook } from '../support/fake-cluster.ts'
import { eventLines, fakeRun, outcomes } from './fake-run.ts'

const OFFER = 'ServiceOffer.obol.org/llm/aeon'
const SERVICE = 'Service/llm/aeon'

function priceOf(object: JsonObject | undefined): JsonValue | undefined {
  return jsonAt(object, ['spec', 'payment', 'price'])
}

function revisionsOf(cluster: FakeCluster, id = OFFER): readonly JsonValue[] {
  return cluster.revisions(id).map((revision) => priceOf(revision) ?? null)
}

/** The live offer at `perRequest`, applied by us once, its price changed by `sell update` since. */
function foreignPrice(price = '0.002'): JsonObject {
  const first = ours(serviceOffer({ price: { perRequest: '0.001' } }))
  return changed(first, (live) => withPayment(live, { price: { perRequest: price } }), { by: 'kubectl-patch' })
}

/** A controller's write of status: a new resourceVersion, nothing of ours. */
function bumpStatus(cluster: FakeCluster, id = OFFER): void {
  const seen = cluster.revisions(id).length
  const status = { conditions: [{ type: 'Ready', status: 'True', reason: `seen-${seen}` }] }
  cluster.change(id, 'serviceoffer-controller', (live) => ({ ...live, status }), 'status')
}

function onVerb(verb: string, run: (cluster: FakeCluster, nth: number) => void, from = 1, to = from): FakeHook {
  return (request, cluster) => {
    if (request.verb === verb && request.nth >= from && request.nth <= to) run(cluster, request.nth)
    return undefined
  }
}

describe('one object', () => {
  test('default: a create is one apply with an intent before and a result after it', async () => {
    const run = fakeRun({ wanted: [wanted(serviceOffer())] })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} created`])
    assert.deepEqual(run.cluster.requests, ['apply serviceoffers aeon'])
    assert.deepEqual(eventLines(events), [
      'run-started',
      `apply-intended ${OFFER}`,
      `object-applied ${OFFER}`,
      'run-finished',
    ])
    assert.deepEqual(
      run.plan().steps.map((step) => step.kind === 'object' && step.op),
      ['noop'],
    )
  })

  test('default: an update changes the object in one revision', async () => {
    const live = ours(serviceOffer({ price: { perRequest: '0.001' } }))
    const run = fakeRun({ wanted: [wanted(serviceOffer())], live: [live] })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} configured`])
    assert.deepEqual(revisionsOf(run.cluster), [{ perRequest: '0.001' }, { perMTok: '23' }])
  })

  test("default: another owner's price key is transferred, then dropped in one revision", async () => {
    const run = fakeRun({ wanted: [wanted(serviceOffer())], live: [foreignPrice()] })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} configured`])
    assert.deepEqual(run.cluster.requests, ['patchJson serviceoffers aeon', 'apply serviceoffers aeon'])
    const generations = run.cluster.revisions(OFFER).map((revision) => metadataOf(revision)['generation'])
    assert.deepEqual(generations, [1, 1, 2])
    assert.deepEqual(revisionsOf(run.cluster), [{ perRequest: '0.002' }, { perRequest: '0.002' }, { perMTok: '23' }])
    assert.deepEqual(eventLines(events).slice(1, 5), [
      `transfer-intended ${OFFER}`,
      `ownership-transferred ${OFFER}`,
      `apply-intended ${OFFER}`,
      `object-applied ${OFFER}`,
    ])
  })

  test('default: a delete names uid and version', async () => {
    const run = fakeRun({
      wanted: [],
      live: [ours(service())],
      options: { prune: { maxCount: 3, maxPercent: 10 } },
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${SERVICE} deleted`])
    assert.equal(run.cluster.object(SERVICE), undefined)
    assert.deepEqual(eventLines(events).slice(1, 3), [`delete-intended ${SERVICE}`, `object-deleted ${SERVICE}`])
  })

  test('default: an object without our label is adopted', async () => {
    const live = updated(serviceOffer({ price: { perRequest: '0.001' } }), { by: 'kubectl-create' })
    const run = fakeRun({ wanted: [wanted(serviceOffer())], live: [live] })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} adopted`])
    assert.deepEqual(priceOf(run.cluster.object(OFFER)), { perMTok: '23' })
  })
})

describe('races', () => {
  test('behavior: a status writer between plan and apply does not stop an update', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [ours(serviceOffer({ price: { perRequest: '0.001' } }))],
      hook: onVerb('apply', (cluster) => bumpStatus(cluster), 1, 3),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} configured`])
    assert.equal(run.cluster.requests.filter((line) => line.startsWith('apply')).length, 4)
    assert.deepEqual(priceOf(run.cluster.object(OFFER)), { perMTok: '23' })
  })

  test('error: an object that never holds still is given up after eight attempts', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [ours(serviceOffer({ price: { perRequest: '0.001' } }))],
      hook: onVerb('apply', (cluster) => bumpStatus(cluster), 1, 100),
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A004`])
    assert.equal(run.cluster.requests.filter((line) => line.startsWith('apply')).length, 8)
    assert.deepEqual(eventLines(events).slice(-2), [`step-failed ${OFFER}`, 'run-finished'])
  })

  test('behavior: a status writer between transfer and apply: the transfer is not repeated', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [foreignPrice()],
      hook: onVerb('apply', (cluster) => bumpStatus(cluster)),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} configured`])
    assert.equal(run.cluster.requests.filter((line) => line.startsWith('patchJson')).length, 1)
    assert.deepEqual(priceOf(run.cluster.object(OFFER)), { perMTok: '23' })
  })

  test('behavior: a status writer before the transfer: it is computed anew', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [foreignPrice()],
      hook: onVerb('patchJson', (cluster) => bumpStatus(cluster), 1, 2),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} configured`])
    assert.equal(run.cluster.requests.filter((line) => line.startsWith('patchJson')).length, 3)
  })

  test('error: a second price between transfer and apply stops the step and is not overwritten', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [foreignPrice()],
      hook: onVerb('apply', (cluster) => {
        const price = { perRequest: '0.002', perHour: '5' }
        cluster.change(OFFER, 'kubectl-edit', (live) => withPayment(live, { price }))
      }),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A004`])
    assert.deepEqual(priceOf(run.cluster.object(OFFER)), { perRequest: '0.002', perHour: '5' })
    const next = await run.apply(run.plan())
    assert.deepEqual(outcomes(next.result.steps), [`${OFFER} configured`])
    assert.deepEqual(priceOf(run.cluster.object(OFFER)), { perMTok: '23' })
  })

  test('error: another value of the same price key stops the step and names the field', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [foreignPrice()],
      hook: onVerb('patchJson', (cluster) => {
        cluster.change(OFFER, 'kubectl-patch', (live) => withPayment(live, { price: { perRequest: '0.009' } }))
      }),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A004`])
    assert.match(result.steps[0]?.diagnostics[0]?.message ?? '', /^spec\.payment\.price\.perRequest /)
    assert.equal(run.cluster.revisions(OFFER).length, 2)
  })

  test('error: a new owner of a field that we change is a conflict nobody decided', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [ours(serviceOffer({ price: { perRequest: '0.001' } }))],
      hook: onVerb('apply', (cluster) => {
        cluster.change(OFFER, 'kubectl-edit', (live) => withPayment(live, { payTo: OTHER_PAYEE }))
      }),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A004`])
    assert.equal(jsonAt(run.cluster.object(OFFER), ['spec', 'payment', 'payTo']), OTHER_PAYEE)
  })

  test('behavior: somebody who did the same in between leaves nothing to do', async () => {
    const manifest = labelled(serviceOffer())
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      hook: onVerb('apply', (cluster) => cluster.put(ours(manifest))),
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} unchanged`])
    assert.ok(eventLines(events).includes(`object-applied ${OFFER}`))
    assert.equal(run.cluster.revisions(OFFER).length, 1)
  })

  test("error: a create does not merge into somebody's object of the same name", async () => {
    const theirs = updated(serviceOffer({ price: { perRequest: '9' } }), { by: 'kubectl-create' })
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      hook: onVerb('apply', (cluster) => cluster.put(theirs)),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A004`])
    assert.deepEqual(revisionsOf(run.cluster), [{ perRequest: '9' }])
  })

  test('error: an update does not create an object that was deleted', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [ours(serviceOffer({ price: { perRequest: '0.001' } }))],
      hook: onVerb('apply', (cluster) => cluster.remove(OFFER)),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A009`])
    assert.equal(run.cluster.object(OFFER), undefined)
  })

  test('error: an object deleted before its transfer is not created either', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [foreignPrice()],
      hook: onVerb('patchJson', (cluster) => cluster.remove(OFFER)),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A009`])
    assert.equal(run.cluster.object(OFFER), undefined)
  })
})

describe('deletion races', () => {
  const prune = { prune: { maxCount: 3, maxPercent: 10 } }

  test('behavior: an object that is gone already is not an error', async () => {
    const run = fakeRun({
      wanted: [],
      live: [ours(service())],
      options: prune,
      hook: onVerb('delete', (cluster) => cluster.remove(SERVICE)),
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${SERVICE} unchanged`])
    assert.ok(eventLines(events).includes(`object-deleted ${SERVICE}`))
  })

  test("behavior: an object of the same name made anew is somebody else's", async () => {
    const run = fakeRun({
      wanted: [],
      live: [ours(service())],
      options: prune,
      hook: onVerb('delete', (cluster) => {
        cluster.remove(SERVICE)
        cluster.put(withMetadata(updated(service(), { by: 'kubectl-create' }), { uid: 'uid-of-another' }))
      }),
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${SERVICE} unchanged`])
    assert.equal(metadataString(run.cluster.object(SERVICE) ?? {}, 'uid'), 'uid-of-another')
    assert.ok(eventLines(events).includes(`object-deleted ${SERVICE}`))
  })

  test('behavior: a status writer does not save it', async () => {
    const run = fakeRun({
      wanted: [],
      live: [ours(serviceOffer())],
      options: prune,
      hook: onVerb('delete', (cluster) => bumpStatus(cluster), 1, 2),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} deleted`])
  })

  test("error: somebody's edit in between keeps it", async () => {
    const run = fakeRun({
      wanted: [],
      live: [ours(serviceOffer())],
      options: prune,
      hook: onVerb('delete', (cluster) => {
        cluster.change(OFFER, 'kubectl-edit', (live) => withPayment(live, { payTo: OTHER_PAYEE }))
      }),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A004`])
    assert.notEqual(run.cluster.object(OFFER), undefined)
  })
})

describe('refusals', () => {
  test("error: 422 keeps the server's words, without credentials", async () => {
    const message = 'admission webhook denied: see https://bob:hunter2@hooks.example/x'
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      hook: ({ verb }) => (verb === 'apply' ? { result: 'invalid', message, causes: [] } : undefined),
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A005`])
    const said = JSON.stringify([result, events])
    assert.match(said, /admission webhook denied/)
    assert.doesNotMatch(said, /hunter2/)
    assert.equal(run.cluster.requests.length, 1)
  })

  test('error: 404 of a create: kind or namespace are gone', async () => {
    const run = fakeRun({ wanted: [wanted(serviceOffer())], unserved: new Set(['serviceoffers']) })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A009`])
  })

  test('error: a conflict that the prediction does not know ends the step instead of going round', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      live: [ours(serviceOffer({ price: { perRequest: '0.001' } }))],
      hook: ({ verb }) =>
        verb === 'apply'
          ? { result: 'conflict', causes: [{ field: '.spec.x', message: 'conflict with "z"' }] }
          : undefined,
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A005`])
    assert.match(result.steps[0]?.diagnostics[0]?.message ?? '', /\.spec\.x: conflict with "z"/)
    assert.deepEqual(run.cluster.requests, ['apply serviceoffers aeon', 'get serviceoffers aeon'])
  })

  test('error: a second price that a webhook puts into the stored object is found at once', async () => {
    const run = fakeRun({
      wanted: [wanted(serviceOffer())],
      hook: ({ verb }) => {
        const object = withPayment(ours(serviceOffer()), { price: { perMTok: '23', perRequest: '1' } })
        return verb === 'apply' ? { result: 'ok', object, created: true } : undefined
      },
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A006`])
    assert.equal(result.steps[0]?.diagnostics[0]?.field, 'spec.payment.price.perRequest')
  })

  test('error: yielding one field does not switch that check off', async () => {
    const live = changed(ours(serviceOffer()), (object) => withPayment(object, { payTo: OTHER_PAYEE }), {
      by: 'kubectl',
    })
    const run = fakeRun({
      wanted: [wanted(serviceOffer({ price: { perMTok: '24' } }))],
      live: [live],
      options: { decisions: [{ path: 'spec.payment.payTo', decision: 'yield' }] },
      hook: ({ verb }) => {
        const object = withPayment(live, { price: { perMTok: '24', perRequest: '1' } })
        return verb === 'apply' ? { result: 'ok', object, created: false } : undefined
      },
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-A006`])
  })

  test('behavior: other differences from the prediction are warnings, and secrets stay out of them', async () => {
    const secret = (value: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'llm' },
      data: { key: value },
    })
    const run = fakeRun({
      wanted: [wanted(secret('b2xk'), { manifest: true })],
      hook: ({ verb }) =>
        verb === 'apply' ? { result: 'ok', object: ours(secret('aHVudGVyMg==')), created: true } : undefined,
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), ['Secret/llm/keys created'])
    const [note] = result.steps[0]?.diagnostics ?? []
    assert.equal(note?.severity, 'warning')
    assert.match(note?.message ?? '', /\*\*\*/)
    assert.doesNotMatch(JSON.stringify([result, events]), /b2xk|aHVudGVyMg/)
  })

  test('error: an undecided conflict is reported with the code of the plan, and nothing is sent', async () => {
    const live = changed(ours(serviceOffer()), (object) => withPayment(object, { payTo: OTHER_PAYEE }), {
      by: 'kubectl',
    })
    const run = fakeRun({ wanted: [wanted(serviceOffer())], live: [live] })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), [`${OFFER} failed OBOL-P004`])
    assert.deepEqual(run.cluster.requests, [])
    assert.deepEqual(events, [])
  })

  test('behavior: take forces our value, yield keeps theirs', async () => {
    const live = changed(ours(serviceOffer()), (object) => withPayment(object, { payTo: OTHER_PAYEE }), {
      by: 'kubectl',
    })
    for (const decision of ['take', 'yield'] as const) {
      const run = fakeRun({
        wanted: [wanted(serviceOffer({ price: { perMTok: '24' } }))],
        live: [live],
        options: { decisions: [{ path: 'spec.payment.payTo', decision }] },
      })
      const { result } = await run.apply(run.plan())
      assert.deepEqual(outcomes(result.steps), [`${OFFER} configured`])
      const payTo = jsonAt(run.cluster.object(OFFER), ['spec', 'payment', 'payTo'])
      assert.equal(payTo === OTHER_PAYEE, decision === 'yield')
    }
  })
})

describe('namespaces', () => {
  const offer = [wanted(service()), wanted(endpoints()), wanted(serviceOffer())]

  test('default: a missing namespace is made first', async () => {
    const run = fakeRun({ wanted: offer, namespaces: { llm: 'absent' } })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(
      result.steps.map(({ result: how }) => how),
      ['created', 'created', 'created', 'created'],
    )
    assert.equal(run.cluster.requests[0], 'apply namespaces llm')
    assert.equal(run.cluster.requests.at(-1), 'apply serviceoffers aeon')
  })

  test('behavior: somebody else makes it in the same moment', async () => {
    const run = fakeRun({
      wanted: offer,
      namespaces: { llm: 'absent' },
      hook: onVerb('apply', (cluster) => {
        cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'llm' } })
      }),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps).slice(0, 2), ['Namespace/llm unchanged', `${SERVICE} created`])
    assert.equal(run.cluster.revisions('Namespace/llm').length, 1)
  })

  test('error: it is being deleted in the same moment', async () => {
    const run = fakeRun({
      wanted: offer,
      namespaces: { llm: 'absent' },
      hook: onVerb('apply', (cluster) => {
        const metadata = { name: 'llm', deletionTimestamp: '2025-11-23T12:00:00Z' }
        cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata })
      }),
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps).slice(0, 2), [
      'Namespace/llm failed OBOL-A004',
      `${SERVICE} blocked OBOL-A007`,
    ])
  })
})

test('behavior: what is sent is closed to other versions of the object', async () => {
  const sent: JsonObject[] = []
  const live = ours(serviceOffer({ price: { perRequest: '0.001' } }))
  const run = fakeRun({ wanted: [wanted(serviceOffer()), wanted(service())], live: [live] })
  const { apply } = run.cluster.writer
  Object.assign(run.cluster.writer, {
    apply: (...args: Parameters<typeof apply>) => {
      sent.push(args[1])
      return apply(...args)
    },
  })
  await run.apply(run.plan())
  const guards = sent.map((manifest) => {
    const { uid, resourceVersion } = metadataOf(manifest)
    return { kind: manifest['kind'], isOwn: isJsonObject(manifest['spec']), uid: uid ?? null, resourceVersion }
  })
  assert.deepEqual(guards, [
    { kind: 'Service', isOwn: true, uid: null, resourceVersion: '1' },
    { kind: 'ServiceOffer', isOwn: true, uid: metadataString(live, 'uid'), resourceVersion: '1001' },
  ])
})
