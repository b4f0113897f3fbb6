import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApplyProgress } from '../../src/apply/results.ts'
import { APPLY_ERRORS } from '../../src/errors/apply.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { Journal } from '../../src/journal/file-journal.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { endpoints, OTHER_PAYEE, service, serviceOffer, serviceOfferCrd, updated, wanted } from '../plan/factories.ts'
import { eventLines, fakeRun, memoryJournal, outcomes } from './fake-run.ts'

const INVALID = { result: 'invalid', message: 'no', causes: [] } as const

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `offer-${i}`)
}

describe('isolation', () => {
  test('behavior: a failed backend blocks its own offer and nothing else', async () => {
    const run = fakeRun({
      wanted: [wanted(service()), wanted(endpoints()), wanted(serviceOffer()), wanted(serviceOffer({ name: 'maps' }))],
      hook: ({ plural }) => (plural === 'endpoints' ? INVALID : undefined),
    })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps).toSorted(), [
      'Endpoints/llm/aeon failed OBOL-A005',
      'Service/llm/aeon created',
      'ServiceOffer.obol.org/llm/aeon blocked OBOL-A007',
      'ServiceOffer.obol.org/llm/maps created',
    ])
    assert.deepEqual(
      events.find(({ type }) => type === 'run-finished'),
      { type: 'run-finished', run: 'run-1', applied: 2, failed: 2 },
    )
    assert.equal(result.interrupted, false)
  })

  test('behavior: a lost connection is the error of its step, with its own code and hint, and in the journal', async () => {
    const run = fakeRun({
      wanted: [wanted(service()), wanted(serviceOffer({ name: 'maps' }))],
      hook: ({ plural }) => {
        if (plural === 'services') throw new ObolError(CLUSTER_ERRORS.REFUSED_BY_ADMISSION)
        return undefined
      },
    })
    const { result, events } = await run.apply(run.plan())
    const [step] = result.steps
    assert.deepEqual(outcomes(result.steps), [
      'Service/llm/aeon failed OBOL-K032',
      'ServiceOffer.obol.org/llm/maps created',
    ])
    assert.equal(step?.diagnostics[0]?.hint, CLUSTER_ERRORS.REFUSED_BY_ADMISSION.hint)
    assert.ok(eventLines(events).includes('step-failed Service/llm/aeon'))
  })

  test('error: a defect ends the run: nothing more is begun, and it is thrown', async () => {
    const run = fakeRun({
      wanted: names(4).map((name) => wanted(serviceOffer({ name }))),
      hook: ({ nth }) => {
        if (nth === 1) throw new TypeError('a defect')
        return undefined
      },
    })
    await assert.rejects(run.apply(run.plan(), { concurrency: 1 }), TypeError)
    assert.equal(run.cluster.requests.length, 1)
  })

  test('default: a plan without anything to do sends and records nothing', async () => {
    const run = fakeRun({ wanted: [wanted(serviceOffer())] })
    await run.apply(run.plan())
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(result.steps, [])
    assert.deepEqual(events, [])
    assert.equal(run.cluster.requests.length, 1)
  })

  test('default: deletions come after the ServiceOffer that needs the backend', async () => {
    const run = fakeRun({ wanted: [wanted(service()), wanted(endpoints()), wanted(serviceOffer())] })
    await run.apply(run.plan())
    const empty = fakeRun({
      wanted: [],
      live: run.cluster.objects(),
      options: { prune: { maxCount: 3, maxPercent: 0 } },
    })
    const { result } = await empty.apply(empty.plan())
    assert.deepEqual(new Set(result.steps.map((step) => step.result)), new Set(['deleted']))
    assert.equal(empty.cluster.requests[0], 'delete serviceoffers aeon')
    assert.deepEqual(empty.cluster.objects(), [])
  })
})

describe('concurrency', () => {
  test('behavior: never more steps at once than allowed, and as many where there are', async () => {
    let now = 0
    let most = 0
    const run = fakeRun({
      wanted: names(12).map((name) => wanted(serviceOffer({ name }))),
      hook: async () => {
        now += 1
        most = Math.max(most, now)
        await new Promise((resolve) => setImmediate(resolve))
        now -= 1
        return undefined
      },
    })
    const { result } = await run.apply(run.plan(), { concurrency: 3 })
    assert.equal(result.steps.length, 12)
    assert.equal(most, 3)
  })

  test('behavior: progress is told for each step, counted to the end', async () => {
    const told: ApplyProgress[] = []
    const run = fakeRun({ wanted: [wanted(service()), wanted(serviceOffer())] })
    await run.apply(run.plan(), { onProgress: (progress) => told.push(progress) })
    assert.deepEqual(
      told.map(({ type }) => type),
      ['run-started', 'step-started', 'step-finished', 'step-started', 'step-finished'],
    )
    const last = told.at(-1)
    assert.ok(last?.type === 'step-finished')
    assert.deepEqual([last.done, last.steps], [2, 2])
  })
})

describe('interruption', () => {
  test('behavior: what was begun is brought to its end, the rest is skipped', async () => {
    const stop = new AbortController()
    const run = fakeRun({
      wanted: names(3).map((name) => wanted(serviceOffer({ name }))),
      hook: () => {
        stop.abort()
        return undefined
      },
    })
    const { result, events } = await run.apply(run.plan(), { concurrency: 1, signal: stop.signal })
    assert.deepEqual(
      result.steps.map((step) => step.result),
      ['created', 'skipped', 'skipped'],
    )
    assert.equal(result.interrupted, true)
    assert.equal(run.cluster.requests.length, 1)
    assert.equal(eventLines(events).at(-1), 'run-finished')
    const again = await run.apply(run.plan())
    assert.deepEqual(
      again.result.steps.map((step) => step.result),
      ['created', 'created'],
    )
  })

  test('behavior: a wait is skipped, not timed out', async () => {
    const stop = new AbortController()
    const { run } = newKind({ established: false, onGet: () => stop.abort() })
    const { result } = await run.apply(run.plan(), { signal: stop.signal, waitTimeoutMs: 60_000 })
    assert.deepEqual(
      result.steps.map((step) => step.result),
      ['created', 'skipped', 'blocked'],
    )
  })
})

describe('waiting for a new kind', () => {
  test('default: the CRD, the wait, then its custom resource', async () => {
    const { run } = newKind({ established: true })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(
      result.steps.map((step) => step.result),
      ['created', 'waited', 'created'],
    )
  })

  test('behavior: established is not yet served: kube-apiserver takes about a second longer', async () => {
    const { run, unserved } = newKind({ established: true })
    unserved.add('serviceoffers')
    let lists = 0
    const { list } = run.cluster.writer
    Object.assign(run.cluster.writer, {
      list: (...args: Parameters<typeof list>) => {
        lists += 1
        if (lists === 3) unserved.clear()
        return list(...args)
      },
    })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps).slice(1), [
      'wait/CustomResourceDefinition.apiextensions.k8s.io/serviceoffers.obol.org waited',
      'ServiceOffer.obol.org/llm/aeon created',
    ])
    assert.equal(lists, 3)
  })

  test('behavior: who may not list everywhere goes by the index of the schemas', async () => {
    const { run } = newKind({ established: true })
    Object.assign(run.cluster.writer, {
      list: () => Promise.reject(new ObolError(CLUSTER_ERRORS.FORBIDDEN)),
      openApiIndex: () => Promise.resolve(new Map([['apis/obol.org/v1alpha1', '/openapi/v3/x']])),
    })
    const { result } = await run.apply(run.plan())
    assert.equal(result.steps[1]?.result, 'waited')
  })

  test('error: a kind that never comes times out, and its objects are blocked', async () => {
    const { run } = newKind({ established: false })
    const { result } = await run.apply(run.plan(), { waitTimeoutMs: 20 })
    assert.deepEqual(outcomes(result.steps), [
      'CustomResourceDefinition.apiextensions.k8s.io/serviceoffers.obol.org created',
      'wait/CustomResourceDefinition.apiextensions.k8s.io/serviceoffers.obol.org failed OBOL-A008',
      'ServiceOffer.obol.org/llm/aeon blocked OBOL-A007',
    ])
  })
})

describe('the journal comes first', () => {
  const disk = (failAt: number): { readonly journal: Journal; readonly written: string[] } => {
    const written: string[] = []
    let count = 0
    const journal: Journal = {
      append: async (event) => {
        count += 1
        if (count === failAt) throw new ObolError(APPLY_ERRORS.STATE_UNWRITABLE)
        written.push(event.type)
      },
      close: async () => undefined,
    }
    return { journal, written }
  }

  test('error: a journal that cannot be written at all: nothing is sent', async () => {
    const run = fakeRun({ wanted: [wanted(serviceOffer())] })
    await assert.rejects(run.apply(run.plan(), { journal: disk(1).journal }), { code: 'OBOL-A003' })
    assert.deepEqual(run.cluster.requests, [])
  })

  test('error: lost before an intent: that request and all later ones are not sent', async () => {
    const run = fakeRun({ wanted: names(3).map((name) => wanted(serviceOffer({ name }))) })
    const { journal, written } = disk(4)
    await assert.rejects(run.apply(run.plan(), { journal, concurrency: 1 }), { code: 'OBOL-A003' })
    assert.deepEqual(run.cluster.requests, ['apply serviceoffers offer-0'])
    assert.deepEqual(written, ['run-started', 'apply-intended', 'object-applied'])
  })

  test('error: lost after a request: the run ends, and the next one finds the object as it is', async () => {
    const run = fakeRun({ wanted: names(2).map((name) => wanted(serviceOffer({ name }))) })
    await assert.rejects(run.apply(run.plan(), { journal: disk(3).journal, concurrency: 1 }), { code: 'OBOL-A003' })
    const { result } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), ['ServiceOffer.obol.org/llm/offer-1 created'])
  })

  test('behavior: a run with nothing but undecided conflicts leaves the last run alone', async () => {
    const live = updated(serviceOffer({ payTo: OTHER_PAYEE }), { by: 'kubectl' })
    const run = fakeRun({ wanted: [wanted(serviceOffer())], live: [live] })
    const { result, events } = await run.apply(run.plan())
    assert.deepEqual(outcomes(result.steps), ['ServiceOffer.obol.org/llm/aeon failed OBOL-P004'])
    assert.deepEqual(events, [])
  })

  test('error: a failure that cannot be recorded ends the run', async () => {
    const events: Parameters<Journal['append']>[0][] = []
    const memory = memoryJournal(events)
    const journal: Journal = {
      ...memory,
      append: (event) =>
        event.type === 'step-failed'
          ? Promise.reject(new ObolError(APPLY_ERRORS.STATE_UNWRITABLE))
          : memory.append(event),
    }
    const run = fakeRun({ wanted: names(2).map((name) => wanted(serviceOffer({ name }))), hook: () => INVALID })
    await assert.rejects(run.apply(run.plan(), { journal, concurrency: 1 }), { code: 'OBOL-A003' })
    assert.equal(run.cluster.requests.length, 1)
  })
})

/** A workspace with the CRD of its offer; the cluster has neither. */
function newKind(options: { readonly established: boolean; readonly onGet?: () => void }) {
  const unserved = new Set<string>()
  const established = { type: 'Established', status: 'True' }
  const run = fakeRun({
    wanted: [wanted(serviceOfferCrd(), { manifest: true }), wanted(serviceOffer())],
    without: ['ServiceOffer'],
    unserved,
    hook: ({ verb }, cluster) => {
      const id = 'CustomResourceDefinition.apiextensions.k8s.io/serviceoffers.obol.org'
      const crd: JsonObject | undefined = cluster.object(id)
      if (verb === 'get') options.onGet?.()
      if (verb === 'get' && options.established && crd !== undefined && crd['status'] === undefined) {
        cluster.put({ ...crd, status: { conditions: [established] } })
      }
      return undefined
    },
  })
  return { run, unserved }
}
