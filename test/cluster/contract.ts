import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'yaml'
import { connectCluster } from '../../src/cluster/connect.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import { observe } from '../../src/cluster/observe.ts'
import { NO_SCHEMA_CACHE } from '../../src/cluster/openapi-cache.ts'
import type { ClusterWriter, ResourcePath, WatchEvent, WriteResult } from '../../src/cluster/types.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonObject } from '../../src/util/json.ts'
import { obolError } from './fake-api.ts'

/** A server under contract: a kubeconfig file of an administrator and one of a user who may only get and list. */
export type ContractServer = {
  readonly kubeconfig: string
  readonly readerKubeconfig: string
  stop(): Promise<void>
}

const NAMESPACE = 'contract'
const MAPS: ResourcePath = { apiVersion: 'v1', plural: 'configmaps', namespace: NAMESPACE }
const NAMESPACES: ResourcePath = { apiVersion: 'v1', plural: 'namespaces' }
const CRDS: ResourcePath = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' }
const OFFERS: ResourcePath = { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace: NAMESPACE }
const OURS = { fieldManager: 'obol', force: false } as const

/** What every API server must do for us; run against the sandbox and real ones alike. SIDE EFFECTS: starts the server. */
export function clusterContract(name: string, start: () => Promise<ContractServer>): void {
  describe(name, () => {
    let server: ContractServer | undefined
    let admin: ClusterWriter
    let reader: ClusterWriter
    before(async () => {
      server = await start()
      admin = await connectTo(server.kubeconfig)
      reader = await connectTo(server.readerKubeconfig)
      ok(await admin.apply(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, OURS))
      await installOffers(admin)
    })
    after(async () => {
      await admin?.close()
      await reader?.close()
      await server?.stop()
    })

    test('default: apply creates, changes nothing the second time, and is read back with its owner', async () => {
      const created = await admin.apply(MAPS, mapOf('basic', { a: '1' }), OURS)
      assert.equal(created.result === 'ok' && created.created, true)
      const again = await admin.apply(MAPS, mapOf('basic', { a: '1' }), OURS)
      assert.equal(again.result === 'ok' && again.created, false)
      assert.equal(versionOf(ok(again)), versionOf(ok(created)))
      const read = await reader.get(MAPS, 'basic')
      assert.deepEqual(read, ok(again))
      assert.equal(await reader.get(MAPS, 'absent'), undefined)
      const [owner] = Object(metadataOf(read ?? {})['managedFields'])
      assert.partialDeepStrictEqual(owner, { manager: 'obol', operation: 'Apply' })
    })

    test('behavior: a dry run stores nothing', async () => {
      ok(await admin.apply(MAPS, mapOf('dry', { a: '1' }), { ...OURS, dryRun: true }))
      assert.equal(await reader.get(MAPS, 'dry'), undefined)
    })

    test('behavior: list fills in apiVersion and kind, and selects by label', async () => {
      ok(await admin.apply(MAPS, mapOf('labelled', {}, { labels: { 'contract/x': 'y' } }), OURS))
      const list = await reader.list(MAPS, { labelSelector: 'contract/x=y' })
      assert.deepEqual(
        list.items.map((item) => [item['apiVersion'], item['kind'], metadataString(item, 'name')]),
        [['v1', 'ConfigMap', 'labelled']],
      )
      assert.match(list.resourceVersion, /^\d+$/)
      assert.ok(Array.isArray(metadataOf(list.items[0] ?? {})['managedFields']))
      const everywhere = await reader.list(
        { apiVersion: 'v1', plural: 'configmaps' },
        { labelSelector: 'contract/x=y' },
      )
      assert.equal(everywhere.items.length, 1)
    })

    test('behavior: a field of another owner is a conflict, and force takes it', async () => {
      ok(await admin.apply(MAPS, mapOf('owned', { a: '1' }), { fieldManager: 'other', force: false }))
      const refused = await admin.apply(MAPS, mapOf('owned', { a: '2' }), OURS)
      assert.equal(refused.result, 'conflict')
      assert.deepEqual(refused.result === 'conflict' && refused.causes, [
        { field: '.data.a', message: 'conflict with "other"' },
      ])
      const forced = ok(await admin.apply(MAPS, mapOf('owned', { a: '2' }), { ...OURS, force: true }))
      assert.deepEqual(forced['data'], { a: '2' })
    })

    test('behavior: a resourceVersion or uid that moved is `changed`', async () => {
      const live = ok(await admin.apply(MAPS, mapOf('moved', { a: '1' }), OURS))
      ok(await admin.apply(MAPS, mapOf('moved', { a: '2' }), OURS))
      const stale = mapOf('moved', { a: '3' }, { resourceVersion: versionOf(live) })
      assert.equal((await admin.apply(MAPS, stale, OURS)).result, 'changed')
      const other = mapOf('moved', { a: '3' }, { uid: '00000000-0000-0000-0000-000000000000' })
      assert.equal((await admin.apply(MAPS, other, OURS)).result, 'changed')
      assert.equal(
        (await admin.apply(MAPS, { ...other, metadata: { ...metadataOf(other), name: 'unborn' } }, OURS)).result,
        'changed',
      )
    })

    test('behavior: what does not fit the schema is invalid, with its fields', async () => {
      const typed = await admin.apply(MAPS, { ...mapOf('bad', {}), data: { a: 2 } }, OURS)
      assert.equal(typed.result, 'invalid')
      const offer = await admin.apply(
        OFFERS,
        offerOf('bad', { price: { perMTok: '1' }, payTo: 'nobody', network: 'base' }),
        OURS,
      )
      assert.equal(offer.result, 'invalid')
      assert.deepEqual(offer.result === 'invalid' && offer.causes.map(({ field }) => field), ['spec.payment.payTo'])
    })

    test('behavior: a namespace or kind that is not there is `missing`', async () => {
      const elsewhere = { ...MAPS, namespace: 'nowhere' }
      const inNowhere = { ...mapOf('x', {}), metadata: { name: 'x', namespace: 'nowhere' } }
      assert.equal((await admin.apply(elsewhere, inNowhere, OURS)).result, 'missing')
      const unserved = { apiVersion: 'none.contract/v1', plural: 'things', namespace: NAMESPACE }
      const thing = { apiVersion: 'none.contract/v1', kind: 'Thing', metadata: { name: 'x', namespace: NAMESPACE } }
      assert.equal((await admin.apply(unserved, thing, OURS)).result, 'missing')
      await assert.rejects(reader.list(unserved), obolError(CLUSTER_ERRORS.NOT_SERVED.code))
      assert.deepEqual((await reader.list(elsewhere)).items, [])
    })

    test('behavior: a JSON Patch moves ownership and nothing else, once', async () => {
      const live = ok(await admin.apply(MAPS, mapOf('patched', { a: '1' }), { fieldManager: 'other', force: false }))
      const [entry] = Object(metadataOf(live)['managedFields'])
      const patch = [
        { op: 'replace', path: '/metadata/resourceVersion', value: versionOf(live) },
        { op: 'replace', path: '/metadata/managedFields', value: [{ ...entry, manager: 'obol' }] },
      ]
      const moved = ok(await admin.patchJson(MAPS, 'patched', patch, 'obol'))
      assert.deepEqual(moved['data'], { a: '1' })
      assert.partialDeepStrictEqual(metadataOf(moved)['managedFields'], [{ manager: 'obol', operation: 'Apply' }])
      assert.equal((await admin.patchJson(MAPS, 'patched', patch, 'obol')).result, 'changed')
      const failing = [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }]
      assert.equal((await admin.patchJson(MAPS, 'patched', failing, 'obol')).result, 'changed')
      const broken = [{ op: 'replace', path: '/nothing/here', value: 1 }]
      assert.equal((await admin.patchJson(MAPS, 'patched', broken, 'obol')).result, 'invalid')
      assert.equal((await admin.patchJson(MAPS, 'absent', [], 'obol')).result, 'missing')
    })

    test('behavior: a JSON Patch of the status is of the status alone, under uid and version', async () => {
      const payment = { price: { perMTok: '1' }, payTo: `0x${'a'.repeat(40)}`, network: 'base' }
      const live = ok(await admin.apply(OFFERS, offerOf('stated', payment), OURS))
      const status = { ...OFFERS, subresource: 'status' } as const
      const patch = [
        { op: 'test', path: '/metadata/uid', value: metadataString(live, 'uid') ?? '' },
        { op: 'replace', path: '/metadata/resourceVersion', value: versionOf(live) },
        { op: 'add', path: '/spec/payment/network', value: 'ethereum' },
        { op: 'add', path: '/status', value: { agentId: '0' } },
      ]
      const stated = ok(await admin.patchJson(status, 'stated', patch, 'obol'))
      assert.deepEqual([stated['spec'], stated['status']], [live['spec'], { agentId: '0' }])
      assert.equal(metadataOf(stated)['generation'], metadataOf(live)['generation'])
      const owners = Object(metadataOf(stated)['managedFields'])
      assert.partialDeepStrictEqual(owners.at(-1), { manager: 'obol', operation: 'Update', subresource: 'status' })
      assert.equal((await admin.patchJson(status, 'stated', patch, 'obol')).result, 'changed')
      assert.deepEqual(await reader.get(status, 'stated'), stated)
      const other = [{ op: 'test', path: '/metadata/uid', value: 'another' }]
      assert.equal((await admin.patchJson(status, 'stated', other, 'obol')).result, 'changed')
      assert.equal((await admin.patchJson(status, 'absent', [], 'obol')).result, 'missing')
      const ofMap = { ...MAPS, subresource: 'status' } as const
      ok(await admin.apply(MAPS, mapOf('stateless', {}), OURS))
      assert.equal((await admin.patchJson(ofMap, 'stateless', [], 'obol')).result, 'missing')
      const denied = obolError(CLUSTER_ERRORS.FORBIDDEN.code, /patch serviceoffers\/status\.obol\.org/)
      await assert.rejects(reader.patchJson(status, 'stated', [], 'obol'), denied)
    })

    test('behavior: delete takes the uid that was seen and no other; a finalizer keeps the object for a while', async () => {
      const live = ok(await admin.apply(MAPS, mapOf('doomed', {}, { finalizers: ['contract/hold'] }), OURS))
      const uid = metadataString(live, 'uid') ?? ''
      assert.equal((await admin.delete(MAPS, 'doomed', { uid: 'another' })).result, 'changed')
      assert.equal((await admin.delete(MAPS, 'doomed', { uid, resourceVersion: '1' })).result, 'changed')
      ok(await admin.delete(MAPS, 'doomed', { uid, resourceVersion: versionOf(live) }))
      ok(await admin.delete(MAPS, 'doomed', { uid }))
      assert.ok('deletionTimestamp' in metadataOf((await reader.get(MAPS, 'doomed')) ?? {}))
      ok(await admin.apply(MAPS, mapOf('doomed', {}), OURS))
      assert.equal(await reader.get(MAPS, 'doomed'), undefined)
      assert.equal((await admin.delete(MAPS, 'doomed', { uid })).result, 'missing')
    })

    test('behavior: a watch tells of what happens after its resourceVersion', async () => {
      const { resourceVersion } = await admin.list(MAPS)
      const stop = new AbortController()
      const events = admin.watch(MAPS, resourceVersion, stop.signal)[Symbol.asyncIterator]()
      const first = events.next()
      const live = ok(await admin.apply(MAPS, mapOf('watched', { a: '1' }), OURS))
      const modified = ok(await admin.apply(MAPS, mapOf('watched', { a: '2' }), OURS))
      ok(await admin.delete(MAPS, 'watched', { uid: metadataString(live, 'uid') ?? '' }))
      const seen: WatchEvent[] = []
      for (let next = await first; next.done !== true; next = await events.next()) {
        if (next.value.type !== 'bookmark') seen.push(next.value)
        if (next.value.type === 'deleted') break
      }
      stop.abort()
      assert.deepEqual(
        seen.map(({ type }) => type),
        ['added', 'modified', 'deleted'],
      )
      assert.deepEqual(seen[0], { type: 'added', object: live })
      assert.deepEqual(seen[1], { type: 'modified', object: modified })
      assert.equal((await events.next()).done, true)
    })

    test('behavior: an observation has the kinds with their types, the objects and the namespaces, for a reader', async () => {
      ok(
        await admin.apply(
          OFFERS,
          offerOf('seen', { price: { perMTok: '1' }, payTo: `0x${'a'.repeat(40)}`, network: 'base' }),
          OURS,
        ),
      )
      const refs = [
        { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', namespace: NAMESPACE, name: 'seen' },
        { apiVersion: 'v1', kind: 'Service', namespace: 'nowhere', name: 'x' },
        { apiVersion: 'none.contract/v1', kind: 'Thing', namespace: NAMESPACE, name: 'x' },
      ]
      const now = () => new Date()
      const result = await observe(reader, { refs, alsoList: [], workspaceId: 'w' }, { cache: NO_SCHEMA_CACHE, now })
      if (result.result !== 'observed') assert.fail(JSON.stringify(result))
      const { observed } = result
      assert.deepEqual([...observed.kinds.keys()].sort(), ['obol.org/v1alpha1/ServiceOffer', 'v1/Service'])
      const offers = observed.kinds.get('obol.org/v1alpha1/ServiceOffer')
      assert.ok(offers?.type.structural)
      assert.equal(observed.kinds.get('v1/Service')?.type.structural, undefined)
      assert.match(offers.schemaHash, /^[0-9A-F]{32,}$/)
      assert.deepEqual([...observed.objects.keys()], [`ServiceOffer.obol.org/${NAMESPACE}/seen`])
      assert.deepEqual([...observed.namespaces].sort(), [
        [NAMESPACE, 'present'],
        ['nowhere', 'absent'],
      ])
      assert.match(observed.cluster.version, /^v1\.\d+\./)
      const kubeSystem = await reader.get(NAMESPACES, 'kube-system')
      assert.equal(observed.cluster.uid, kubeSystem === undefined ? undefined : metadataString(kubeSystem, 'uid'))
    })

    test('error: a reader who writes is told which permission is missing', async () => {
      const missing = obolError(CLUSTER_ERRORS.FORBIDDEN.code, new RegExp(`patch configmaps in namespace ${NAMESPACE}`))
      await assert.rejects(reader.apply(MAPS, mapOf('x', {}), OURS), missing)
      const remove = obolError(CLUSTER_ERRORS.FORBIDDEN.code, /delete configmaps/)
      await assert.rejects(reader.delete(MAPS, 'x', { uid: 'y' }), remove)
    })
  })
}

async function connectTo(kubeconfig: string): Promise<ClusterWriter> {
  return connectCluster(await loadKubeconfig({ kubeconfig, env: {} }))
}

/** A CRD is served, and in the OpenAPI index, some moments after it is stored. */
async function installOffers(admin: ClusterWriter): Promise<void> {
  const file = new URL('../../schemas/crds/serviceoffers.obol.org.yaml', import.meta.url)
  const crd: unknown = parse(await readFile(file, 'utf8'))
  assert.ok(isJsonObject(crd))
  ok(await admin.apply(CRDS, crd, OURS))
  const deadline = performance.now() + 20_000
  while (!(await isServed(admin))) {
    assert.ok(performance.now() < deadline, 'the CRD was not served within 20 s')
    await delay(100)
  }
}

async function isServed(admin: ClusterWriter): Promise<boolean> {
  if (!(await admin.openApiIndex()).has('apis/obol.org/v1alpha1')) return false
  const probe = await admin.apply(
    OFFERS,
    offerOf('probe', { payTo: `0x${'a'.repeat(40)}`, price: {}, network: 'base' }),
    {
      ...OURS,
      dryRun: true,
    },
  )
  return probe.result !== 'missing'
}

function mapOf(name: string, data: Readonly<Record<string, string>>, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE, ...metadata }, data }
}

function offerOf(name: string, payment: JsonObject): JsonObject {
  return {
    apiVersion: 'obol.org/v1alpha1',
    kind: 'ServiceOffer',
    metadata: { name, namespace: NAMESPACE },
    spec: { payment },
  }
}

function ok(result: WriteResult): JsonObject {
  if (result.result !== 'ok') assert.fail(JSON.stringify(result))
  return result.object
}

function versionOf(object: JsonObject): string {
  return metadataString(object, 'resourceVersion') ?? ''
}
