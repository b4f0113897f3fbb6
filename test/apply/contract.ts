import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ApplyResult } from '../../src/apply/results.ts'
import type { ClusterWriter, ResourcePath } from '../../src/cluster/types.ts'
import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import { loadOffers } from '../../src/offers/load-offers.ts'
import type { Decision, Desired, DesiredObject } from '../../src/plan/desired.ts'
import type { ObjectStep, Plan, PlanOptions } from '../../src/plan/types.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import {
  desiredOf,
  endpoints,
  labelled,
  OTHER_PAYEE,
  PAYEE,
  service,
  serviceOffer,
  stepOf,
  wanted,
  withPayment,
} from '../plan/factories.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { outcomes } from './fake-run.ts'
import { identityTests } from './identity-contract.ts'
import { applyWorkspace, connectFile, crdOf, planWorkspace } from './workspace.ts'

/** An API server that a suite runs on. */
export type Started = { readonly kubeconfig: string; stop(): Promise<void> }

const WATCH_LIMIT_MS = 15_000
const CRDS: ResourcePath = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' }
const NAMESPACES: ResourcePath = { apiVersion: 'v1', plural: 'namespaces' }

function offersIn(namespace: string): ResourcePath {
  return { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace }
}

function servicesIn(namespace: string): ResourcePath {
  return { apiVersion: 'v1', plural: 'services', namespace }
}

/** The same objects under another workspace's label, so that pruning one test leaves the others alone. */
function inWorkspace(id: string, ...objects: readonly DesiredObject[]): Desired {
  const desired = desiredOf(...objects)
  const relabelled = objects.map((object) => ({ ...object, manifest: labelled(object.manifest, id) }))
  return { ...desired, workspaceId: id, objects: relabelled }
}

type Runner = {
  plan(desired: Desired, options?: Partial<PlanOptions>): Promise<Plan>
  /** Plans and applies; `through` is the cluster that the writes go to. */
  apply(
    desired: Desired,
    options?: Partial<PlanOptions> & { readonly through?: ClusterWriter },
  ): Promise<{ readonly plan: Plan; readonly result: ApplyResult; readonly lines: readonly string[] }>
}

/** What apply promises of a cluster, the same on every API server. Starts one for the whole suite. */
export function applyContract(
  name: string,
  start: () => Promise<Started>,
  options: { readonly skip?: string } = {},
): void {
  if (options.skip !== undefined) {
    test(`apply on ${name}`, { skip: options.skip }, () => undefined)
    return
  }
  describe(`apply on ${name}`, () => {
    let started: Started | undefined
    let cluster: ClusterWriter
    before(async () => {
      started = await start()
      cluster = await connectFile(started.kubeconfig)
      await installOffers(cluster)
      for (const namespace of ['llm', 'races', 'conflicts', 'repair']) {
        const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
        ok(await cluster.apply(NAMESPACES, manifest, { fieldManager: 'test', force: false }))
      }
    })
    after(async () => {
      await cluster?.close()
      await started?.stop()
    })

    const runner = (t: TestContext): Runner => {
      const stateFolder = tempFolder(t)
      return {
        plan: async (desired, given) => (await planWorkspace(cluster, desired, given)).plan,
        apply: async (desired, { through = cluster, ...given } = {}) => {
          const run = { stateFolder, concurrency: 8 }
          const { plan, result } = await applyWorkspace(through, desired, (c) => planWorkspace(c, desired, given), run)
          return { plan, result, lines: outcomes(result.steps) }
        },
      }
    }

    test('default: the samples, a foreign price, the switch to another unit, and nothing left to do', async (t) => {
      const { plan, apply } = runner(t)
      const base = join(import.meta.dirname, '../..')
      const loaded = await loadOffers(['offers'], {
        base,
        workspaceId: 'samples',
        hostAddress: async () => '172.18.0.1',
      })
      assert.deepEqual(loaded.problems, [])
      const samples = loaded.desired
      const first = await apply(samples)
      assert.deepEqual(new Set(first.result.steps.map((step) => step.result)), new Set(['created']))
      assertAsPredicted(first.result)
      assertNoop(await plan(samples))

      await writeAs(cluster, offersIn('default'), 'weather', [
        { path: '/spec/payment/price/perRequest', value: '0.003' },
      ])
      const switched = {
        ...samples,
        objects: samples.objects.map((object) =>
          object.ref.name === 'weather'
            ? { ...object, manifest: withPayment(object.manifest, { price: { perMTok: '7' } }) }
            : object,
        ),
      }
      const step = stepOf(await plan(switched), 'ServiceOffer', 'weather')
      const nulled = step.changes.find(({ reason }) => reason === 'null-out')
      assert.deepEqual(nulled?.path, 'spec.payment.price.perRequest')
      assert.deepEqual([nulled.before, nulled.after], ['0.003', undefined])
      assert.deepEqual(
        step.transfers.map(({ path, from }) => [path, from.map((owner) => owner.name)]),
        [['spec.payment.price.perRequest', ['kubectl-patch']]],
      )

      const seen = watchPrices(cluster, 'default', 'weather', (price) => 'perMTok' in price)
      await seen.ready
      const second = await apply(switched)
      assert.deepEqual(second.lines, ['ServiceOffer.obol.org/default/weather configured'])
      assertAsPredicted(second.result)
      assert.deepEqual(await seen.prices, [
        { generation: 2, price: { perRequest: '0.003' } },
        { generation: 3, price: { perMTok: '7' } },
      ])
      assertNoop(await plan(switched))
    })

    test('default: a missing namespace is made first, without our label', async (t) => {
      const { apply, plan } = runner(t)
      const desired = desiredOf(
        wanted(service('a', 'fresh')),
        wanted(endpoints('a', 'fresh')),
        wanted(serviceOffer({ name: 'a', namespace: 'fresh' })),
      )
      const { result, lines } = await apply(desired)
      assert.equal(lines[0], 'Namespace/fresh created')
      assert.deepEqual(new Set(result.steps.map((step) => step.result)), new Set(['created']))
      assertAsPredicted(result)
      const namespace = await cluster.get(NAMESPACES, 'fresh')
      assert.doesNotMatch(JSON.stringify(metadataOf(namespace ?? {})['labels'] ?? {}), /offers\.obol\.org/)
      assertNoop(await plan(desired))
    })

    test('behavior: two live price keys are repaired in one revision', async (t) => {
      const { apply, plan } = runner(t)
      const offer = serviceOffer({ namespace: 'repair', price: { perRequest: '0.002' } })
      const given = { force: false }
      ok(await cluster.apply(offersIn('repair'), offer, { ...given, fieldManager: 'kubectl-client-side-apply' }))
      const ours = labelled(withPayment(offer, { price: { perMTok: '23' } }))
      ok(await cluster.apply(offersIn('repair'), ours, { ...given, fieldManager: 'obol' }))
      assert.deepEqual(await priceOf(cluster, 'repair'), { perMTok: '23', perRequest: '0.002' })
      const desired = desiredOf(wanted(serviceOffer({ namespace: 'repair' })))
      assert.deepEqual((await apply(desired)).lines, ['ServiceOffer.obol.org/repair/aeon configured'])
      assert.deepEqual(await priceOf(cluster, 'repair'), { perMTok: '23' })
      assertNoop(await plan(desired))
    })

    for (const decision of ['take', 'yield', 'share'] as const) {
      test(`behavior: a conflict is undecided until told: ${decision}`, async (t) => {
        const { apply, plan } = runner(t)
        const name = `conflict-${decision}`
        const offer = (price: string): Desired =>
          desiredOf(wanted(serviceOffer({ name, namespace: 'conflicts', price: { perMTok: price } })))
        await apply(offer('23'))
        const resource = offersIn('conflicts')
        await writeAs(cluster, resource, name, [{ path: '/spec/payment/payTo', value: OTHER_PAYEE }])
        const undecided = await apply(offer('24'))
        assert.deepEqual(undecided.lines, [`ServiceOffer.obol.org/conflicts/${name} failed OBOL-P004`])
        const decisions: readonly { readonly path: string; readonly decision: Decision }[] = [
          { path: 'spec.payment.payTo', decision },
        ]
        const decided = await apply(offer('24'), { decisions })
        assert.deepEqual(decided.lines, [`ServiceOffer.obol.org/conflicts/${name} configured`])
        assertAsPredicted(decided.result)
        const live = await cluster.get(resource, name)
        assert.equal(jsonAt(live, ['spec', 'payment', 'payTo']), decision === 'take' ? PAYEE : OTHER_PAYEE)
        assert.deepEqual(await priceOf(cluster, 'conflicts', name), { perMTok: '24' })
        assert.deepEqual(
          payToOwners(live).toSorted(),
          {
            take: ['obol'],
            yield: ['kubectl-patch'],
            share: ['kubectl-patch', 'obol'],
          }[decision],
        )
        assertNoop(await plan(offer('24'), { decisions }))
      })
    }

    test('default: pruning deletes what is ours, wanted no more, and not derived', async (t) => {
      const { apply, plan } = runner(t)
      const kept = wanted(serviceOffer({ name: 'kept', namespace: 'llm' }))
      const gone = [wanted(service('gone')), wanted(endpoints('gone')), wanted(serviceOffer({ name: 'gone' }))]
      await apply(inWorkspace('pruned', kept, ...gone))
      const foreign = labelled(service('derived'), 'pruned')
      const owner = { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', name: 'kept', uid: 'u', controller: true }
      const derived = { ...foreign, metadata: { ...metadataOf(foreign), ownerReferences: [owner] } }
      const kubelike = { fieldManager: 'serviceoffer-controller', force: false }
      ok(await cluster.apply(servicesIn('llm'), derived, kubelike))
      const prune = { maxCount: 3, maxPercent: 10 }
      const { lines } = await apply(inWorkspace('pruned', kept), { prune })
      assert.deepEqual(lines, [
        'ServiceOffer.obol.org/llm/gone deleted',
        'Endpoints/llm/gone deleted',
        'Service/llm/gone deleted',
      ])
      assert.equal(await cluster.get(servicesIn('llm'), 'gone'), undefined)
      assert.notEqual(await cluster.get(servicesIn('llm'), 'derived'), undefined)
      assertNoop(await plan(inWorkspace('pruned', kept), { prune }))
    })

    test('default: a CRD and its custom resource in one plan, also of a group that is served already', async (t) => {
      const { apply, plan } = runner(t)
      const identity: JsonObject = {
        apiVersion: 'obol.org/v1alpha1',
        kind: 'AgentIdentity',
        metadata: { name: 'default', namespace: 'llm' },
        spec: {},
      }
      const desired = desiredOf(
        wanted(crdOf('agentidentities'), { manifest: true }),
        wanted(identity, { manifest: true }),
      )
      const { lines } = await apply(desired)
      const crd = 'CustomResourceDefinition.apiextensions.k8s.io/agentidentities.obol.org'
      assert.deepEqual(lines, [`${crd} created`, `wait/${crd} waited`, 'AgentIdentity.obol.org/llm/default created'])
      assertNoop(await plan(desired))
    })

    describe('races', () => {
      const race = (name: string, price: string): Desired =>
        desiredOf(wanted(serviceOffer({ name, namespace: 'races', price: { perMTok: price } })))
      const annotate = (name: string, value: string): Promise<void> =>
        writeAs(cluster, offersIn('races'), name, [{ path: '/metadata/annotations', value: { touched: value } }], 'add')

      test('behavior: a writer of other fields at each attempt: the step goes on', async (t) => {
        const { apply } = runner(t)
        await apply(race('busy', '1'))
        let count = 0
        const through = interrupted(cluster, 'apply', async () => {
          count += 1
          if (count <= 3) await annotate('busy', `${count}`)
        })
        const { lines } = await apply(race('busy', '2'), { through })
        assert.deepEqual(lines, ['ServiceOffer.obol.org/races/busy configured'])
        assert.equal(count, 4)
        assert.deepEqual(await priceOf(cluster, 'races', 'busy'), { perMTok: '2' })
      })

      test('error: a second price between transfer and apply stops the step; the next run removes it', async (t) => {
        const { apply } = runner(t)
        await apply(desiredOf(wanted(serviceOffer({ name: 'twice', namespace: 'races', price: { perRequest: '1' } }))))
        const resource = offersIn('races')
        await writeAs(cluster, resource, 'twice', [{ path: '/spec/payment/price/perRequest', value: '2' }])
        let done = false
        const through = interrupted(cluster, 'apply', async () => {
          if (done) return
          done = true
          await writeAs(cluster, resource, 'twice', [{ path: '/spec/payment/price/perHour', value: '5' }], 'add')
        })
        const raced = await apply(race('twice', '7'), { through })
        assert.deepEqual(raced.lines, ['ServiceOffer.obol.org/races/twice failed OBOL-A004'])
        assert.deepEqual(await priceOf(cluster, 'races', 'twice'), { perRequest: '2', perHour: '5' })
        const { lines } = await apply(race('twice', '7'))
        assert.deepEqual(lines, ['ServiceOffer.obol.org/races/twice configured'])
        assert.deepEqual(await priceOf(cluster, 'races', 'twice'), { perMTok: '7' })
      })

      test("error: a create does not merge into somebody's object, of a custom or a built-in kind", async (t) => {
        const { apply } = runner(t)
        const theirOffer = serviceOffer({ name: 'taken', namespace: 'races', price: { perRequest: '9' } })
        const theirService = { ...service('taken', 'races'), metadata: { name: 'taken', namespace: 'races' } }
        let done = false
        const through = interrupted(cluster, 'apply', async () => {
          if (done) return
          done = true
          const by = { fieldManager: 'kubectl', force: false }
          ok(await cluster.apply(offersIn('races'), theirOffer, by))
          ok(await cluster.apply(servicesIn('races'), theirService, by))
        })
        const objects = [wanted(service('taken', 'races'), { manifest: true })]
        const offer = wanted(serviceOffer({ name: 'taken', namespace: 'races' }), { manifest: true })
        const { lines } = await apply(desiredOf(...objects, offer), { through })
        assert.deepEqual(lines, [
          'Service/races/taken failed OBOL-A004',
          'ServiceOffer.obol.org/races/taken failed OBOL-A004',
        ])
        assert.deepEqual(await priceOf(cluster, 'races', 'taken'), { perRequest: '9' })
        const live = await cluster.get(servicesIn('races'), 'taken')
        assert.equal(metadataOf(live ?? {})['labels'], undefined)
      })

      test('error: an update does not bring back what was deleted, of a custom or a built-in kind', async (t) => {
        const { apply } = runner(t)
        const port = (number: number): JsonValue => [{ port: number, targetPort: number, protocol: 'TCP' }]
        const objects = (price: string, number: number): Desired =>
          desiredOf(
            wanted(service('vanished', 'races', port(number)), { manifest: true }),
            wanted(serviceOffer({ name: 'vanished', namespace: 'races', price: { perMTok: price } }), {
              manifest: true,
            }),
          )
        await apply(objects('1', 80))
        let done = false
        const through = interrupted(cluster, 'apply', async () => {
          if (done) return
          done = true
          for (const resource of [offersIn('races'), servicesIn('races')]) await removeAs(cluster, resource, 'vanished')
        })
        const { lines } = await apply(objects('2', 81), { through })
        assert.deepEqual(lines, [
          'Service/races/vanished failed OBOL-A009',
          'ServiceOffer.obol.org/races/vanished failed OBOL-A009',
        ])
        assert.equal(await cluster.get(offersIn('races'), 'vanished'), undefined)
        assert.equal(await cluster.get(servicesIn('races'), 'vanished'), undefined)
      })

      test('behavior: a namespace that somebody else makes in the same moment will do', async (t) => {
        const { apply } = runner(t)
        let done = false
        const through = interrupted(cluster, 'apply', async () => {
          if (done) return
          done = true
          const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'both' } }
          ok(await cluster.apply(NAMESPACES, manifest, { fieldManager: 'kubectl', force: false }))
        })
        const { lines } = await apply(desiredOf(wanted(serviceOffer({ namespace: 'both' }))), { through })
        assert.deepEqual(lines, ['Namespace/both unchanged', 'ServiceOffer.obol.org/both/aeon created'])
      })

      test('behavior: an object made anew under the name is not pruned, and its like that is gone is no error', async (t) => {
        const { apply } = runner(t)
        await apply(inWorkspace('raced', wanted(service('anew', 'races')), wanted(service('gone', 'races'))))
        let done = false
        const through = interrupted(cluster, 'delete', async () => {
          if (done) return
          done = true
          await removeAs(cluster, servicesIn('races'), 'anew')
          await removeAs(cluster, servicesIn('races'), 'gone')
          ok(
            await cluster.apply(servicesIn('races'), service('anew', 'races'), {
              fieldManager: 'kubectl',
              force: false,
            }),
          )
        })
        const { lines } = await apply(inWorkspace('raced'), { through, prune: { maxCount: 3, maxPercent: 10 } })
        assert.deepEqual(lines, ['Service/races/anew unchanged', 'Service/races/gone unchanged'])
        assert.notEqual(await cluster.get(servicesIn('races'), 'anew'), undefined)
      })
    })

    identityTests(() => cluster)
  })
}

function ok(answer: { readonly result: string }): void {
  assert.equal(answer.result, 'ok', JSON.stringify(answer))
}

/** The CRD of the offers, served. */
async function installOffers(cluster: ClusterWriter): Promise<void> {
  ok(await cluster.apply(CRDS, crdOf('serviceoffers'), { fieldManager: 'test', force: false }))
  const limit = AbortSignal.timeout(WATCH_LIMIT_MS)
  while (!limit.aborted) {
    const served = await cluster.list(offersIn('default')).then(
      () => true,
      () => false,
    )
    if (served) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the CRD is not served')
}

/** A JSON Patch by `kubectl-patch`, whose fields it owns as an updater. */
async function writeAs(
  cluster: ClusterWriter,
  resource: ResourcePath,
  name: string,
  changes: readonly { readonly path: string; readonly value: JsonValue }[],
  op: 'replace' | 'add' = 'replace',
): Promise<void> {
  const patch = changes.map((change) => ({ op, ...change }))
  ok(await cluster.patchJson(resource, name, patch, 'kubectl-patch'))
}

async function removeAs(cluster: ClusterWriter, resource: ResourcePath, name: string): Promise<void> {
  const live = await cluster.get(resource, name)
  ok(await cluster.delete(resource, name, { uid: metadataString(live ?? {}, 'uid') ?? '' }))
}

/** A cluster before whose writes of one verb something else happens. */
function interrupted(cluster: ClusterWriter, verb: 'apply' | 'delete', first: () => Promise<void>): ClusterWriter {
  // Side by side, so that every step waits for what happens first.
  let happening: Promise<void> = Promise.resolve()
  const inTurn = (): Promise<void> => {
    happening = happening.then(first)
    return happening
  }
  if (verb === 'delete') {
    return { ...cluster, delete: (...args) => inTurn().then(() => cluster.delete(...args)) }
  }
  return { ...cluster, apply: (...args) => inTurn().then(() => cluster.apply(...args)) }
}

async function priceOf(cluster: ClusterWriter, namespace: string, name = 'aeon'): Promise<JsonValue | undefined> {
  return jsonAt(await cluster.get(offersIn(namespace), name), ['spec', 'payment', 'price'])
}

function payToOwners(live: JsonObject | undefined): readonly string[] {
  const entries = metadataOf(live ?? {})['managedFields']
  return (isJsonArray(entries) ? entries : []).flatMap((entry) => {
    const owns = jsonAt(entry, ['fieldsV1', 'f:spec', 'f:payment', 'f:payTo']) !== undefined
    const manager = isJsonObject(entry) ? entry['manager'] : undefined
    return owns && typeof manager === 'string' ? [manager] : []
  })
}

type Priced = { readonly generation: JsonValue | undefined; readonly price: JsonObject }

/** Every revision's price from now on, until one that is the last. `ready` when the watch has its starting point. */
function watchPrices(
  cluster: ClusterWriter,
  namespace: string,
  name: string,
  isLast: (price: JsonObject) => boolean,
): { readonly ready: Promise<void>; readonly prices: Promise<readonly Priced[]> } {
  const resource = offersIn(namespace)
  const from = cluster.list(resource).then(({ resourceVersion }) => resourceVersion)
  const collect = async (): Promise<readonly Priced[]> => {
    const seen: Priced[] = []
    for await (const event of cluster.watch(resource, await from, AbortSignal.timeout(WATCH_LIMIT_MS))) {
      if (event.type === 'bookmark' || metadataString(event.object, 'name') !== name) continue
      const price = jsonAt(event.object, ['spec', 'payment', 'price'])
      if (!isJsonObject(price)) throw new Error('a revision without a price')
      seen.push({ generation: metadataOf(event.object)['generation'], price })
      if (isLast(price)) return seen
    }
    return seen
  }
  return { ready: from.then(() => undefined), prices: collect() }
}

/** Stored exactly as the plan said, owners included. */
function assertAsPredicted(result: ApplyResult): void {
  assert.deepEqual(
    result.steps.flatMap((step) => step.diagnostics),
    [],
  )
}

function assertNoop(plan: Plan): void {
  const active = plan.steps.filter((step): step is ObjectStep => step.kind === 'object' && step.op !== 'noop')
  assert.deepEqual(
    active.map((step) => [step.id, step.op, step.changes]),
    [],
  )
  assert.notEqual(plan.steps.length, 0)
}
