import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { StepResult } from '../../src/apply/results.ts'
import { runIdentityStep } from '../../src/apply/run-identity-step.ts'
import { IDENTITY_PLACE } from '../../src/cluster/read-registration-inputs.ts'
import type { ClusterWriter, ResourcePath, WriteResult } from '../../src/cluster/types.ts'
import type { JournalEvent } from '../../src/journal/journal-events.ts'
import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import type { IdentityStep } from '../../src/plan/chain.ts'
import { isJsonArray, isJsonObject, type JsonArray, type JsonObject, jsonAt } from '../../src/util/json.ts'
import { eventLines, memoryJournal, outcomes } from './fake-run.ts'
import { crdOf } from './workspace.ts'

const LIMIT_MS = 15_000
const CRDS: ResourcePath = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' }
const CRD = 'agentidentities.obol.org'
const NAMESPACES: ResourcePath = { apiVersion: 'v1', plural: 'namespaces' }
const X402: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } }
const STATUS = { ...IDENTITY_PLACE, subresource: 'status' } as const
const BY_TEST = { fieldManager: 'test', force: false } as const
const INTENDED = 'apply-intended identity/base-sepolia'
const APPLIED = 'object-applied identity/base-sepolia'

/** A step as a plan has it that read no entry of the chain. */
export function identityStep(more: Partial<IdentityStep> = {}): IdentityStep {
  const network = more.network ?? 'base-sepolia'
  return {
    ...{ kind: 'identity', id: `identity/${network}`, op: 'update', network, offers: ['llm/aeon'], dependsOn: [] },
    ...{ text: 'writes the agentId', waits: false, diagnostics: [] },
    ...more,
  }
}

export function entry(chain: string, agentId: string, more: JsonObject = {}): JsonObject {
  return { chain, agentId, ...more }
}

/** `status.registrations` of the identity. */
export function registrationsOf(object: JsonObject | undefined): JsonArray {
  const list = jsonAt(object, ['status', 'registrations'])
  return isJsonArray(list) ? list : []
}

type Ran = { readonly result: StepResult; readonly lines: readonly string[]; readonly events: readonly string[] }

/** What the identity step promises of a cluster; for a suite that runs on every API server. */
export function identityTests(writer: () => ClusterWriter): void {
  describe('identity', () => {
    let cluster: ClusterWriter
    before(async () => {
      cluster = writer()
      await uninstall(cluster)
    })
    after(() => uninstall(cluster))

    const get = (): Promise<JsonObject | undefined> => cluster.get(IDENTITY_PLACE, 'default')
    const run = async (step: IdentityStep, agentId: string, through: ClusterWriter = cluster): Promise<Ran> => {
      const events: JournalEvent[] = []
      const ports = { cluster: through, journal: memoryJournal(events) }
      const result = await runIdentityStep(step, agentId, { ports, run: 'run-1' })
      return { result, lines: outcomes([result]), events: eventLines(events) }
    }
    const bare: JsonObject = {
      ...{ apiVersion: 'obol.org/v1alpha1', kind: 'AgentIdentity' },
      ...{ metadata: { name: 'default', namespace: 'x402' }, spec: {} },
    }
    const remove = async (): Promise<void> => {
      const uid = metadataString((await get()) ?? {}, 'uid')
      if (uid !== undefined) ok(await cluster.delete(IDENTITY_PLACE, 'default', { uid }))
    }
    /** An identity made by the controller, with these entries. */
    const given = async (...registrations: readonly JsonObject[]): Promise<JsonObject> => {
      await remove()
      ok(await cluster.apply(IDENTITY_PLACE, bare, BY_TEST))
      const patch = [{ op: 'add', path: '/status', value: { registrations } }]
      return ok(await cluster.patchJson(STATUS, 'default', patch, 'controller'))
    }
    const addEntry = async (chain: string, agentId: string): Promise<void> => {
      const patch = [{ op: 'add', path: '/status/registrations/-', value: entry(chain, agentId) }]
      ok(await cluster.patchJson(STATUS, 'default', patch, 'controller'))
    }

    test('error: a kind that is not served, then a namespace that is not there', async () => {
      const unserved = await run(identityStep(), '7')
      assert.deepEqual(unserved.lines, ['identity/base-sepolia failed OBOL-A013'])
      assert.match(unserved.result.diagnostics[0]?.hint ?? '', /^kubectl get crd agentidentities\.obol\.org$/)
      await install(cluster)
      const homeless = await run(identityStep(), '7')
      assert.deepEqual(homeless.lines, ['identity/base-sepolia failed OBOL-A013'])
      assert.match(homeless.result.diagnostics[0]?.hint ?? '', /^kubectl create namespace x402$/)
      assert.deepEqual(homeless.events, [INTENDED])
      ok(await cluster.apply(NAMESPACES, X402, BY_TEST))
    })

    test('default: makes the object and writes its status, once; id 0 is one', async () => {
      const first = await run(identityStep({ op: 'create' }), '0')
      assert.deepEqual(first.lines, ['identity/base-sepolia created'])
      assert.deepEqual(first.events, [INTENDED, APPLIED, INTENDED, APPLIED])
      const stored = await get()
      assert.deepEqual(registrationsOf(stored), [entry('base-sepolia', '0')])
      const metadata = metadataOf(stored ?? {})
      assert.deepEqual([metadata['labels'], metadata['generation']], [undefined, 1])
      assert.deepEqual(ownersOf(stored), ['obol/Apply', 'obol/Update(status)'])
      const again = await run(identityStep({ before: '0' }), '0')
      assert.deepEqual(again.lines, ['identity/base-sepolia unchanged'])
      assert.deepEqual(again.events, [APPLIED])
      assert.deepEqual(await get(), stored)
    })

    test('behavior: entries of other chains stay in their places, and so does everything else', async () => {
      const live = await given(entry('base', '7'), entry('base-sepolia', '3'), entry('ethereum', '9'))
      const { lines, events } = await run(identityStep({ before: '3' }), '42')
      assert.deepEqual(lines, ['identity/base-sepolia configured'])
      assert.deepEqual(events, [INTENDED, APPLIED])
      const stored = await get()
      const expected = [entry('base', '7'), entry('base-sepolia', '42'), entry('ethereum', '9')]
      assert.deepEqual(registrationsOf(stored), expected)
      assert.deepEqual(withoutVolatile(stored), { ...withoutVolatile(live), status: { registrations: expected } })
      const more = await run(identityStep({ network: 'polygon' }), `${2n ** 256n - 1n}`)
      assert.deepEqual(more.lines, ['identity/polygon configured'])
      assert.deepEqual(registrationsOf(await get()).slice(0, 3), expected)
    })

    test('behavior: two entries of one chain become one', async () => {
      await given(entry('base-sepolia', '3'), entry('base', '7'), entry('base-sepolia', '4'))
      const { lines } = await run(identityStep({ before: '3' }), '3')
      assert.deepEqual(lines, ['identity/base-sepolia configured'])
      assert.deepEqual(registrationsOf(await get()), [entry('base-sepolia', '3'), entry('base', '7')])
    })

    test('behavior: writers of other chains at each attempt: the step goes on and loses nothing', async () => {
      await given()
      let count = 0
      const through = interposed(cluster, 'patchJson', async () => {
        count += 1
        if (count <= 3) await addEntry(`chain-${count}`, `${count}`)
      })
      const { lines, events } = await run(identityStep(), '42', through)
      assert.deepEqual(lines, ['identity/base-sepolia configured'])
      assert.deepEqual(events, [INTENDED, INTENDED, INTENDED, INTENDED, APPLIED])
      const others = ['1', '2', '3'].map((id) => entry(`chain-${id}`, id))
      assert.deepEqual(registrationsOf(await get()), [...others, entry('base-sepolia', '42')])
    })

    test('error: an object that changes at every attempt is given up', async () => {
      await given()
      let count = 0
      const through = interposed(cluster, 'patchJson', async () => {
        count += 1
        await addEntry(`chain-${count}`, '1')
      })
      const { lines } = await run(identityStep(), '42', through)
      assert.deepEqual([lines, count], [['identity/base-sepolia failed OBOL-A004'], 8])
      assert.equal(registrationsOf(await get()).length, 8)
    })

    test('error: another id that was written after the plan stays; the same one is what was wanted', async () => {
      await given(entry('base-sepolia', '3'))
      const once = (agentId: string): ClusterWriter => {
        let isDone = false
        return interposed(cluster, 'patchJson', async () => {
          if (isDone) return
          isDone = true
          const patch = [{ op: 'add', path: '/status/registrations/0/agentId', value: agentId }]
          ok(await cluster.patchJson(STATUS, 'default', patch, 'controller'))
        })
      }
      const other = await run(identityStep({ before: '3' }), '42', once('5'))
      assert.deepEqual(other.lines, ['identity/base-sepolia failed OBOL-A004'])
      assert.deepEqual(registrationsOf(await get()), [entry('base-sepolia', '5')])
      const same = await run(identityStep({ before: '5' }), '42', once('42'))
      assert.deepEqual(same.lines, ['identity/base-sepolia unchanged'])
      assert.deepEqual(registrationsOf(await get()), [entry('base-sepolia', '42')])
    })

    test('behavior: made by somebody else in the same moment, or removed: the step goes on', async () => {
      await remove()
      let count = 0
      const raced = interposed(cluster, 'apply', async () => {
        count += 1
        if (count === 1) await given(entry('base', '7'))
      })
      const found = await run(identityStep({ op: 'create' }), '42', raced)
      assert.deepEqual(found.lines, ['identity/base-sepolia configured'])
      assert.deepEqual(registrationsOf(await get()), [entry('base', '7'), entry('base-sepolia', '42')])
      const removed = interposed(cluster, 'patchJson', async () => {
        count += 1
        if (count === 2) await remove()
      })
      const anew = await run(identityStep({ before: '42' }), '43', removed)
      assert.deepEqual(anew.lines, ['identity/base-sepolia created'])
      assert.deepEqual(registrationsOf(await get()), [entry('base-sepolia', '43')])
    })

    test('behavior: an object made anew under the name is not taken for the one that was read', async () => {
      await given(entry('base', '7'))
      let isDone = false
      const through = interposed(cluster, 'patchJson', async () => {
        if (isDone) return
        isDone = true
        await given(entry('ethereum', '9'))
      })
      const { lines } = await run(identityStep(), '42', through)
      assert.deepEqual(lines, ['identity/base-sepolia configured'])
      assert.deepEqual(registrationsOf(await get()), [entry('ethereum', '9'), entry('base-sepolia', '42')])
    })

    test('behavior: four at once, two of them the same: one entry for each chain', async () => {
      await remove()
      const networks = ['base', 'base', 'ethereum', 'polygon']
      const ran = await Promise.all(networks.map((network) => run(identityStep({ network, op: 'create' }), '42')))
      const failures = ran.filter(({ result }) => result.result === 'failed')
      assert.deepEqual(failures, [])
      const chains = registrationsOf(await get()).map((item) => (isJsonObject(item) ? item['chain'] : item))
      assert.deepEqual(chains.toSorted(), ['base', 'ethereum', 'polygon'])
    })
  })
}

function ok(answer: WriteResult): JsonObject {
  if (answer.result !== 'ok') assert.fail(JSON.stringify(answer))
  return answer.object
}

/** A cluster before whose writes of one verb something else happens. */
function interposed(cluster: ClusterWriter, verb: 'apply' | 'patchJson', first: () => Promise<void>): ClusterWriter {
  if (verb === 'apply') return { ...cluster, apply: (...args) => first().then(() => cluster.apply(...args)) }
  return { ...cluster, patchJson: (...args) => first().then(() => cluster.patchJson(...args)) }
}

/** `obol/Apply`, `obol/Update(status)` */
function ownersOf(object: JsonObject | undefined): readonly string[] {
  const list = metadataOf(object ?? {})['managedFields']
  const names = (isJsonArray(list) ? list : []).filter(isJsonObject).map(({ manager, operation, subresource }) => {
    const suffix = subresource === undefined ? '' : `(${String(subresource)})`
    return `${String(manager)}/${String(operation)}${suffix}`
  })
  return names.toSorted()
}

function withoutVolatile(object: JsonObject | undefined): JsonObject {
  const { managedFields: _, resourceVersion: __, ...metadata } = metadataOf(object ?? {})
  return { ...object, metadata }
}

async function install(cluster: ClusterWriter): Promise<void> {
  ok(await cluster.apply(CRDS, crdOf('agentidentities'), BY_TEST))
  await until('the CRD is not served', () =>
    cluster.list(IDENTITY_PLACE).then(
      () => true,
      () => false,
    ),
  )
}

async function uninstall(cluster: ClusterWriter): Promise<void> {
  const live = await cluster.get(CRDS, CRD)
  if (live === undefined) return
  ok(await cluster.delete(CRDS, CRD, { uid: metadataString(live, 'uid') ?? '' }))
  await until('the CRD is still there', async () => (await cluster.get(CRDS, CRD)) === undefined)
}

/** Asks again until it is so; a watch could not tell when a kind is served. */
async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  while (!limit.aborted) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(otherwise)
}
