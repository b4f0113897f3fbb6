import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginObservation, observe } from '../../src/cluster/observe.ts'
import { NO_SCHEMA_CACHE, type SchemaCache } from '../../src/cluster/openapi-cache.ts'
import { planReads, type Wanted } from '../../src/cluster/plan-reads.ts'
import { servedKinds } from '../../src/cluster/served-kinds.ts'
import { isOurs, OURS_LABEL } from '../../src/cluster/workspace-label.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { ObjectRef } from '../../src/kube/ref.ts'
import { WORKSPACE_LABEL } from '../../src/plan/desired.ts'
import type { Observed } from '../../src/plan/observed.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { obolError } from './fake-api.ts'
import { type FakeCluster, fakeReader, INDEX } from './fake-reader.ts'

const ref = (kind: string, namespace: string, name: string): ObjectRef => ({
  ...{ apiVersion: kind === 'ServiceOffer' ? 'obol.org/v1alpha1' : 'v1', kind, namespace, name },
})

function objectOf(of: ObjectRef, labels: JsonObject = {}): JsonObject {
  const { apiVersion, kind, namespace, name } = of
  return { apiVersion, kind, metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) } }
}

const KUBE_SYSTEM: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'u-1' } }
const OURS = { [OURS_LABEL]: 'w' }
const AEON = ref('ServiceOffer', 'llm', 'aeon')
const SERVICE = ref('Service', 'llm', 'aeon')

function wantedOf(refs: readonly ObjectRef[], alsoList: Wanted['alsoList'] = []): Wanted {
  return { refs, alsoList, workspaceId: 'w' }
}

async function observed(fake: FakeCluster, wanted: Wanted, cache: SchemaCache = memoryCache()) {
  const reader = fakeReader(fake)
  const result = await observe(reader, wanted, { cache, now: () => new Date('2026-02-03T04:05:06.789Z') })
  return { result, calls: reader.calls }
}

/** The observation, where nothing is denied. */
async function seen(fake: FakeCluster, wanted: Wanted, cache?: SchemaCache): Promise<Observed & { calls: string[] }> {
  const { result, calls } = await observed(fake, wanted, cache)
  if (result.result !== 'observed') assert.fail(JSON.stringify(result))
  return { ...result.observed, calls }
}

function memoryCache(): SchemaCache {
  const entries = new Map<string, Parameters<SchemaCache['put']>[0]>()
  const key = (of: { readonly apiVersion: string; readonly kind: string }) => `${of.apiVersion} ${of.kind}`
  return {
    get: async (of) => entries.get(`${key(of)} ${of.hash}`),
    lastSeen: async (of) => entries.get(key(of)),
    put: async (schema, hash) => {
      entries.set(`${key(schema)} ${hash}`, schema).set(key(schema), schema)
    },
  }
}

async function warmCache(): Promise<SchemaCache> {
  const cache = memoryCache()
  await servedKinds(fakeReader({}), [AEON, SERVICE, ref('ConfigMap', 'llm', 'x')], { index: INDEX, cache })
  return cache
}

test('default: 3 requests and one LIST per kind and namespace, all at once, for what is there already', async () => {
  const objects = [KUBE_SYSTEM, objectOf(AEON, OURS), objectOf(SERVICE), objectOf(ref('Service', 'llm', 'foreign'))]
  // Nothing answers before all have asked: one round trip deep.
  const all = Promise.withResolvers<void>()
  let asked = 0
  const onCall = async () => {
    asked += 1
    if (asked === 5) all.resolve()
    await all.promise
  }
  const state = await seen({ objects, onCall }, wantedOf([AEON, SERVICE]), await warmCache())
  assert.deepEqual(state.calls.sort(), [
    'get namespaces/kube-system',
    'index',
    'list llm/serviceoffers',
    'list llm/services',
    'version',
  ])
  assert.equal(state.requests, 5)
  assert.deepEqual([...state.objects.keys()].sort(), ['Service/llm/aeon', 'ServiceOffer.obol.org/llm/aeon'])
  assert.deepEqual([...state.kinds.keys()].sort(), ['obol.org/v1alpha1/ServiceOffer', 'v1/Service'])
  assert.deepEqual(state.namespaces, new Map([['llm', 'present']]))
  assert.equal(state.readAt, '2026-02-03T04:05:06Z')
  assert.deepEqual(state.cluster, {
    ...{ context: 'fake', server: 'https://fake.example', uid: 'u-1', fingerprint: 'f'.repeat(64), version: 'v1.37.2' },
  })
})

test('behavior: objects of ours are kept though nobody wants them; other places are listed by our label', async () => {
  const mine = ref('Service', 'old', 'stale')
  const objects = [
    objectOf(mine, OURS),
    objectOf(ref('Service', 'old', 'x'), { [OURS_LABEL]: 'other' }),
    objectOf(SERVICE),
  ]
  const alsoList = [
    { apiVersion: 'v1', kind: 'Service', namespace: 'old' },
    { apiVersion: 'v1', kind: 'Service', namespace: 'llm' },
  ]
  const state = await seen({ objects }, wantedOf([SERVICE], alsoList))
  assert.deepEqual([...state.objects.keys()].sort(), ['Service/llm/aeon', 'Service/old/stale'])
  assert.ok(state.calls.includes(`list old/services ${OURS_LABEL}=w`))
  assert.equal(state.calls.filter((call) => call.startsWith('list llm/services')).length, 1)
})

test('behavior: an object to be created in a namespace without any asks for the namespace', async () => {
  const terminating = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'end' },
    status: { phase: 'Terminating' },
  }
  const objects = [objectOf(ref('Service', 'llm', 'other')), terminating]
  const refs = [SERVICE, ref('Service', 'gone', 'a'), ref('ServiceOffer', 'gone', 'a'), ref('Service', 'end', 'a')]
  const state = await seen({ objects }, wantedOf(refs))
  assert.deepEqual([...state.namespaces].sort(), [
    ['end', 'terminating'],
    ['gone', 'absent'],
    ['llm', 'present'],
  ])
  assert.deepEqual(state.calls.filter((call) => call.startsWith('get ')).sort(), [
    ...['get namespaces/end', 'get namespaces/gone', 'get namespaces/kube-system'],
  ])
  const hidden = await seen({ denied: ['get namespaces'] }, wantedOf([SERVICE]))
  assert.deepEqual(hidden.namespaces, new Map([['llm', 'unknown']]))
  assert.equal('uid' in hidden.cluster, false)
})

test('behavior: a namespace that is itself wanted is read once', async () => {
  const namespace: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: 'llm' }
  const absent = await seen({}, wantedOf([namespace, SERVICE]))
  assert.deepEqual(absent.namespaces, new Map([['llm', 'absent']]))
  const present = await seen({ objects: [objectOf(namespace)] }, wantedOf([namespace, SERVICE]))
  assert.deepEqual(present.namespaces, new Map([['llm', 'present']]))
  assert.equal(present.calls.filter((call) => call === 'get namespaces/llm').length, 1)
})

test('behavior: Secrets and ConfigMaps are read by name, up to 20 of them', () => {
  const maps = (count: number) => Array.from({ length: count }, (_, i) => ref('ConfigMap', 'llm', `m${i}`))
  assert.equal(planReads(wantedOf([...maps(20), ...maps(20)])).length, 20)
  const listing = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'llm' }
  assert.deepEqual(planReads(wantedOf(maps(21), [listing])), [{ ...listing, oursOnly: false }])
  // For prune the crowded kind is listed all the same, but only what is ours.
  assert.deepEqual(planReads(wantedOf(maps(1), [listing])), [
    { ...listing, name: 'm0', oursOnly: false },
    { ...listing, oursOnly: true },
  ])
})

test('behavior: a kind that is not served is left out, denied or not', async () => {
  const index = new Map([['api/v1', INDEX.get('api/v1') ?? '']])
  const missing = await seen({ index, notServed: ['serviceoffers'] }, wantedOf([AEON]))
  assert.equal(missing.kinds.size, 0)
  assert.equal(missing.objects.size, 0)
  assert.equal((await seen({ index, denied: ['list serviceoffers'] }, wantedOf([AEON]))).kinds.size, 0)
})

test('behavior: a place that has moved since is read again where the schema says', async () => {
  const stale: SchemaCache = { ...memoryCache(), lastSeen: async () => ({ ...WIDGET, plural: 'old' }) }
  const index = new Map([['apis/obol.org/v1alpha1', '/openapi/v3/apis/obol.org/v1alpha1?hash=OBOL1']])
  const reader = fakeReader({ index, notServed: ['old'], objects: [objectOf(AEON)] })
  const document = await reader.openApi('/openapi/v3/apis/obol.org/v1alpha1')
  const renamed: JsonObject = JSON.parse(JSON.stringify(document).replaceAll('ServiceOffer', 'Widget'))
  const result = await observe({ ...reader, openApi: async () => renamed }, wantedOf([WIDGET_REF]), {
    cache: stale,
    now: () => new Date(),
  })
  assert.equal(result.result, 'observed')
  assert.deepEqual(
    reader.calls.filter((call) => call.startsWith('list ')),
    ['list llm/old', 'list llm/serviceoffers'],
  )
})

test('behavior: a document that changed after the index was read is looked up in a new index', async () => {
  const cached: string[] = []
  const cache: SchemaCache = {
    ...memoryCache(),
    put: async (_, hash) => {
      cached.push(hash)
    },
  }
  const index = (hash: string) =>
    new Map([['apis/obol.org/v1alpha1', `/openapi/v3/apis/obol.org/v1alpha1?hash=${hash}`]])
  const reader = fakeReader({ index: index('NEW'), objects: [objectOf(AEON)] })
  const indexes = [index('OLD'), index('NEW')]
  const moving = {
    ...reader,
    openApiIndex: async () => indexes.shift() ?? index('NEW'),
    openApi: async (url: string) => (url.endsWith('OLD') ? undefined : reader.openApi(url)),
  }
  const result = await observe(moving, wantedOf([AEON]), { cache, now: () => new Date() })
  if (result.result !== 'observed') assert.fail(result.result)
  assert.equal(result.observed.kinds.size, 1)
  assert.deepEqual(cached, ['NEW'])
})

test('error: a document that changes at every reading is given up', async () => {
  const reader = fakeReader({ objects: [objectOf(AEON)] })
  let readings = 0
  const openApi = async () => {
    readings += 1
    return undefined
  }
  const reading = servedKinds({ ...reader, openApi }, [AEON], { index: INDEX, cache: memoryCache(), limitMs: 200 })
  await assert.rejects(reading, obolError(CLUSTER_ERRORS.SCHEMA_KEEPS_CHANGING.code))
  assert.equal(readings, 2)
})

test('behavior: the schema of a kind that can be listed already is waited for', async () => {
  const reader = fakeReader({ objects: [objectOf(AEON)] })
  const early = new Map([['api/v1', INDEX.get('api/v1') ?? '']])
  let readings = 0
  const slow = {
    ...reader,
    openApiIndex: async () => {
      readings += 1
      return readings < 3 ? early : INDEX
    },
  }
  const result = await observe(slow, wantedOf([AEON]), { cache: memoryCache(), now: () => new Date() })
  if (result.result !== 'observed') assert.fail(result.result)
  assert.equal(result.observed.kinds.size, 1)
  assert.equal(result.observed.objects.size, 1)
  assert.equal(readings, 3)
})

const WIDGET = { apiVersion: 'obol.org/v1alpha1', kind: 'Widget', namespaced: true, rootName: 'x', schemas: {} }
const WIDGET_REF = { apiVersion: 'obol.org/v1alpha1', kind: 'Widget', namespace: 'llm', name: 'w' }

test('behavior: every missing permission is named, each once', async () => {
  const refs = [AEON, SERVICE, ref('Service', 'other', 'b'), ref('Secret', 'llm', 's')]
  const { result } = await observed({ denied: ['list services', 'get secrets', 'list serviceoffers'] }, wantedOf(refs))
  if (result.result !== 'denied') assert.fail(result.result)
  assert.deepEqual(
    result.missing.map(({ verb, resource }) => `${verb} ${resource}`),
    [...['get secrets', 'list serviceoffers', 'list services']],
  )
  const blind = await observed(
    { denied: ['get /openapi/v3', 'list services'] },
    wantedOf([SERVICE, AEON]),
    NO_SCHEMA_CACHE,
  )
  if (blind.result.result !== 'denied') assert.fail(blind.result.result)
  assert.deepEqual(
    blind.result.missing.map(({ resource }) => resource),
    ['/openapi/v3', 'services'],
  )
})

test('error: the first failure that is no missing permission ends the rest', async () => {
  const aborted = Promise.withResolvers<void>()
  const reader = fakeReader({})
  const failing = {
    ...reader,
    version: async () => {
      throw new ObolError(CLUSTER_ERRORS.UNAUTHORIZED)
    },
    list: async (_: unknown, __: unknown, signal?: AbortSignal) => {
      signal?.addEventListener('abort', () => aborted.resolve())
      await aborted.promise
      return { items: [], resourceVersion: '1' }
    },
  }
  const observing = observe(failing, wantedOf([SERVICE]), { cache: NO_SCHEMA_CACHE, now: () => new Date() })
  await assert.rejects(observing, obolError(CLUSTER_ERRORS.UNAUTHORIZED.code))
  await aborted.promise
})

test('behavior: the label is the one that a plan looks for', () => {
  assert.equal(OURS_LABEL, WORKSPACE_LABEL)
  assert.equal(isOurs(objectOf(SERVICE, OURS), 'w'), true)
  assert.equal(isOurs(objectOf(SERVICE, OURS), 'v'), false)
  assert.equal(isOurs({ metadata: null }, 'w'), false)
})

test('behavior: what is begun before the wanted objects are known is not asked for again', async () => {
  const objects = [objectOf(AEON, OURS), objectOf(SERVICE), objectOf(ref('ServiceOffer', 'old', 'stale'), OURS)]
  const reader = fakeReader({ objects })
  const places = [
    { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', namespace: 'llm' },
    { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', namespace: 'old' },
    { apiVersion: 'v1', kind: 'Secret', namespace: 'llm' },
  ]
  const options = { cache: await warmCache(), now: () => new Date() }
  const observation = beginObservation(reader, { places, workspaceId: 'w' }, options)
  assert.deepEqual([...reader.calls].sort(), ['get namespaces/kube-system', 'index', 'version'])
  const result = await observation.finish(wantedOf([AEON, SERVICE], places))
  if (result.result !== 'observed') assert.fail(result.result)
  // Secrets are crowded: they are listed by our label, once it is known that none is wanted by name.
  assert.deepEqual(reader.calls.filter((call) => call.startsWith('list ')).sort(), [
    'list llm/secrets offers.obol.org/workspace=w',
    'list llm/serviceoffers',
    'list llm/services',
    'list old/serviceoffers',
  ])
  assert.equal(result.observed.requests, reader.calls.length)
  assert.deepEqual([...result.observed.objects.keys()].sort(), [
    'Service/llm/aeon',
    'ServiceOffer.obol.org/llm/aeon',
    'ServiceOffer.obol.org/old/stale',
  ])
})

test('behavior: an observation that nobody finishes is ended, and its failure is nobody’s', async () => {
  const aborted = Promise.withResolvers<void>()
  const reader = fakeReader({})
  const failing = {
    ...reader,
    openApiIndex: async () => {
      throw new ObolError(CLUSTER_ERRORS.UNAUTHORIZED)
    },
    version: async (signal?: AbortSignal) => {
      signal?.addEventListener('abort', () => aborted.resolve())
      await aborted.promise
      throw new ObolError(CLUSTER_ERRORS.UNAUTHORIZED)
    },
  }
  const options = { cache: NO_SCHEMA_CACHE, now: () => new Date() }
  beginObservation(failing, { places: [], workspaceId: 'w' }, options).abandon()
  await aborted.promise
})
