import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadOffers } from '../../src/offers/load-offers.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonObject, jsonAt } from '../../src/util/json.ts'
import { forEachRealServer } from '../support/control-plane.ts'

const ROOT = join(import.meta.dirname, '../..')
const CRDS = join(ROOT, 'schemas/crds')
const APPLY = 'application/apply-patch+yaml'

const crds = (): readonly JsonObject[] =>
  readdirSync(CRDS).flatMap((name) => {
    const { documents, problems } = parseSources([{ path: name, text: readFileSync(join(CRDS, name), 'utf8') }])
    assert.deepEqual(problems, [])
    return documents.map(({ value }) => value)
  })

test('default: the three kinds of the stack, with the names it uses', () => {
  const names = crds().map((crd) => [
    jsonAt(crd, ['spec', 'names', 'kind']),
    jsonAt(crd, ['spec', 'names', 'shortNames']),
  ])
  assert.deepEqual(names, [
    ['AgentIdentity', ['aid']],
    ['RegistrationRequest', ['rr']],
    ['ServiceOffer', ['so']],
  ])
})

test('behavior: price and lists have no merge markers, so price is granular and lists are atomic', () => {
  for (const crd of crds()) assert.equal(/x-kubernetes-(map|list)-type/.test(JSON.stringify(crd)), false)
})

forEachRealServer((server, plane) => {
  test(`behavior: ${server.name} takes the CRDs and the samples, and adds the defaults`, async () => {
    const send = (method: string, path: string, body?: JsonValue, type?: string) =>
      plane().request('admin', method, path, body, type)
    for (const crd of crds()) {
      const created = await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd)
      assert.equal(created.status, 201, created.text)
    }
    await established(async () => (await send('GET', '/apis/obol.org/v1alpha1/registrationrequests')).status)
    await established(async () => (await send('GET', '/apis/obol.org/v1alpha1/serviceoffers')).status)
    await send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'llm' } })
    const hostAddress = async () => '172.17.0.1'
    const { desired, problems } = await loadOffers(['offers'], { base: ROOT, workspaceId: 'ws-samples', hostAddress })
    assert.deepEqual(problems, [])
    for (const object of desired.objects) {
      const applied = await send(
        'PATCH',
        `${urlOf(object)}?fieldManager=obol&fieldValidation=Strict`,
        object.manifest,
        APPLY,
      )
      assert.equal(applied.status, 201, applied.text)
      assertContains(applied.json(), object.manifest)
    }
    const sample = await send('GET', '/apis/obol.org/v1alpha1/namespaces/llm/serviceoffers/aeon')
    const aeon: unknown = sample.json()
    assert.ok(isJsonObject(aeon))
    assert.equal(jsonAt(aeon, ['spec', 'payment', 'scheme']), 'exact')
    const refused = {
      ...aeon,
      metadata: { name: 'wrong', namespace: 'llm' },
      spec: { payment: { network: 'base', payTo: '0X', price: {} } },
    }
    assert.equal((await send('POST', '/apis/obol.org/v1alpha1/namespaces/llm/serviceoffers', refused)).status, 422)
  })
})

function urlOf({ ref }: DesiredObject): string {
  const plural = ref.kind === 'Endpoints' ? 'endpoints' : `${ref.kind.toLowerCase()}s`
  const root = ref.apiVersion === 'v1' ? '/api/v1' : `/apis/${ref.apiVersion}`
  return `${root}/namespaces/${ref.namespace}/${plural}/${ref.name}`
}

/** A new kind is served some moments after its definition was stored. */
async function established(status: () => Promise<number>): Promise<void> {
  const limit = Date.now() + 10_000
  while ((await status()) !== 200) {
    assert.ok(Date.now() < limit, 'the kind is not served')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Every value of the manifest came back as it was sent. */
function assertContains(stored: unknown, sent: JsonValue, path = ''): void {
  if (!isJsonObject(sent)) {
    assert.deepEqual(withoutDefaults(stored, sent), sent, path)
    return
  }
  assert.ok(isJsonObject(stored), path)
  for (const [key, value] of Object.entries(sent)) assertContains(stored[key], value, `${path}.${key}`)
}

/** Items of lists get defaults too: compared by the fields that were sent. */
function withoutDefaults(stored: unknown, sent: JsonValue): unknown {
  if (Array.isArray(stored) && Array.isArray(sent)) return stored.map((item, i) => withoutDefaults(item, sent[i]))
  if (!isJsonObject(stored) || !isJsonObject(sent)) return stored
  return Object.fromEntries(Object.keys(sent).map((key) => [key, withoutDefaults(stored[key], sent[key] ?? null)]))
}
