import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { kindSchemaOf } from '../../src/cluster/kind-schema.ts'
import { fileSchemaCache, NO_SCHEMA_CACHE, schemaCacheFolder } from '../../src/cluster/openapi-cache.ts'
import { servedKinds } from '../../src/cluster/served-kinds.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { documentOf, fakeReader, INDEX } from './fake-reader.ts'

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'obol-schemas-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

const OFFER = { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer' }
const SERVICE = { apiVersion: 'v1', kind: 'Service' }

test('default: plural, scope, root and the schemas that are reached, of one kind of a document', () => {
  const document = documentOf('v1', [
    { kind: 'Service', plural: 'services', namespaced: true },
    { kind: 'Namespace', plural: 'namespaces', namespaced: false },
  ])
  const service = kindSchemaOf(document, SERVICE)
  assert.ok(service)
  const { schemas, ...rest } = service
  assert.deepEqual(rest, { ...SERVICE, plural: 'services', namespaced: true, rootName: 'test.Service' })
  assert.deepEqual(Object.keys(schemas).sort(), ['test.ObjectMeta', 'test.Service'])
  assert.equal(kindSchemaOf(document, { apiVersion: 'v1', kind: 'Namespace' })?.namespaced, false)
  assert.equal(kindSchemaOf(document, { apiVersion: 'v1', kind: 'Pod' }), undefined)
  assert.equal(kindSchemaOf({ openapi: '3.0.0' }, SERVICE), undefined)
})

test('behavior: schemas that refer to each other in a circle end', () => {
  const document = documentOf('v1', [{ kind: 'Service', plural: 'services', namespaced: true }])
  const loop: JsonObject = { properties: { next: { allOf: [{ $ref: '#/components/schemas/test.ObjectMeta' }] } } }
  const components = { schemas: { ...schemasOf(document), 'test.ObjectMeta': loop } }
  assert.equal(Object.keys(kindSchemaOf({ ...document, components }, SERVICE)?.schemas ?? {}).length, 2)
})

function schemasOf(document: JsonObject): JsonObject {
  const at = (value: unknown, key: string): JsonObject => Object(value)[key]
  return at(at(document, 'components'), 'schemas')
}

test('behavior: a document is fetched once for several kinds, then never again for the same hash', async (t) => {
  const cache = fileSchemaCache(await folderFor(t))
  const kinds = [SERVICE, { apiVersion: 'v1', kind: 'ConfigMap' }, SERVICE, OFFER]
  const cold = fakeReader({})
  const first = await servedKinds(cold, kinds, { index: INDEX, cache })
  assert.deepEqual([...first.keys()].sort(), ['obol.org/v1alpha1/ServiceOffer', 'v1/ConfigMap', 'v1/Service'])
  assert.equal(first.get('v1/Service')?.schemaHash, 'CORE1')
  assert.deepEqual(cold.calls.sort(), [
    'openApi /openapi/v3/api/v1?hash=CORE1',
    'openApi /openapi/v3/apis/obol.org/v1alpha1?hash=OBOL1',
  ])
  const warm = fakeReader({})
  assert.deepEqual(await servedKinds(warm, kinds, { index: INDEX, cache }), first)
  assert.deepEqual(warm.calls, [])
})

test('behavior: another hash is another entry; a kind or group that is not served is left out', async (t) => {
  const cache = fileSchemaCache(await folderFor(t))
  const reader = fakeReader({})
  await servedKinds(reader, [OFFER], { index: INDEX, cache })
  const moved = new Map([['apis/obol.org/v1alpha1', '/openapi/v3/apis/obol.org/v1alpha1?hash=OBOL2']])
  const wanted = [OFFER, { apiVersion: 'obol.org/v1alpha1', kind: 'Typo' }, { apiVersion: 'none.org/v1', kind: 'X' }]
  const kinds = await servedKinds(reader, wanted, { index: moved, cache })
  assert.deepEqual([...kinds.keys()], ['obol.org/v1alpha1/ServiceOffer'])
  assert.equal(kinds.get('obol.org/v1alpha1/ServiceOffer')?.schemaHash, 'OBOL2')
  assert.equal((await cache.lastSeen(OFFER))?.plural, 'serviceoffers')
})

test('behavior: without a hash in the URL nothing is kept, and the schema itself is hashed', async () => {
  const index = new Map([['api/v1', '/openapi/v3/api/v1']])
  const kinds = await servedKinds(fakeReader({}), [SERVICE], { index, cache: NO_SCHEMA_CACHE })
  assert.match(kinds.get('v1/Service')?.schemaHash ?? '', /^[0-9A-F]{64}$/)
})

test('behavior: a torn entry is read anew, and a folder that cannot be written is no error', async (t) => {
  const folder = await folderFor(t)
  const cache = fileSchemaCache(folder)
  await servedKinds(fakeReader({}), [SERVICE], { index: INDEX, cache })
  const [name = ''] = await readdir(folder)
  const whole = await readFile(join(folder, name), 'utf8')
  for (const torn of [whole.slice(0, 40), '{}', 'null', whole.replace('"kind":"Service"', '"kind":"Pod"')]) {
    await writeFile(join(folder, name), torn)
    assert.equal(await cache.get({ ...SERVICE, hash: 'CORE1' }), undefined)
    assert.equal(await cache.lastSeen(SERVICE), undefined)
  }
  const reader = fakeReader({})
  assert.equal((await servedKinds(reader, [SERVICE], { index: INDEX, cache })).size, 1)
  assert.equal(reader.calls.length, 1)
  assert.deepEqual(await readdir(folder), [name])

  // A file where the folder should be cannot be written by anybody, root included.
  const blocked = join(folder, name, 'below')
  assert.equal(
    (await servedKinds(fakeReader({}), [SERVICE], { index: INDEX, cache: fileSchemaCache(blocked) })).size,
    1,
  )
  assert.equal(await fileSchemaCache(blocked).lastSeen(SERVICE), undefined)
})

test('behavior: the folder follows XDG_CACHE_HOME', () => {
  assert.equal(schemaCacheFolder({ XDG_CACHE_HOME: '/c' }, '/h'), join('/c', 'obol', 'openapi'))
  assert.equal(schemaCacheFolder({}, '/h'), join('/h', '.cache', 'obol', 'openapi'))
  assert.equal(schemaCacheFolder({ XDG_CACHE_HOME: '' }, undefined), undefined)
})
