import assert from 'node:assert/strict'
import type { CompileOptions } from '../../src/offers/compile-offers.ts'
import { compileOffers } from '../../src/offers/compile-offers.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import { validateDocuments } from '../../src/offers/validate-documents.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonObject } from '../../src/util/json.ts'

export const PAY_TO = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

/** An http offer with fields of its spec replaced; undefined takes one out. */
export function offer(
  spec: Readonly<Record<string, JsonValue | undefined>> = {},
  metadata: JsonObject = {},
): JsonObject {
  const whole = {
    type: 'http',
    upstream: { service: 'weather' },
    payment: { payTo: PAY_TO, network: 'base-sepolia', price: { perRequest: '0.001' } },
    ...spec,
  }
  const kept = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined))
  return {
    apiVersion: 'offers.obol.org/v1alpha1',
    kind: 'Offer',
    metadata: { name: 'weather', ...metadata },
    spec: JSON.parse(JSON.stringify(kept)),
  }
}

/** An inference offer with a gateway on this host. */
export function inferenceOffer(
  spec: Readonly<Record<string, JsonValue | undefined>> = {},
  metadata: JsonObject = {},
): JsonObject {
  const own = { type: 'inference', upstream: undefined, model: { name: 'aeon-ultimate' } }
  return offer({ ...own, ...spec }, { name: 'aeon', ...metadata })
}

export function serviceOffer(spec: JsonObject, name = 'manifest'): JsonObject {
  return { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', metadata: { name, namespace: 'llm' }, spec }
}

/** The codes of all problems of documents, as a file of theirs would give them. */
export function codesOf(...documents: readonly JsonValue[]): readonly string[] {
  return problemsOf(...documents).map(({ code }) => code)
}

export function problemsOf(...documents: readonly JsonValue[]) {
  const parsed = parseSources([
    { path: 'offers.json', text: documents.map((each) => JSON.stringify(each)).join('\n---\n') },
  ])
  return [...parsed.problems, ...validateDocuments(parsed.documents).problems]
}

const HOST = { hostAddress: '172.17.0.1' }

/** Compiles documents that are expected to be without mistakes. */
export function compile(documents: readonly JsonValue[], options: Omit<CompileOptions, 'workspaceId'> = HOST) {
  const text = documents.map((each) => JSON.stringify(each)).join('\n---\n')
  const parsed = parseSources([{ path: 'offers.json', text }])
  const checked = validateDocuments(parsed.documents)
  assert.deepEqual([...parsed.problems, ...checked.problems], [])
  return compileOffers(checked.documents, { workspaceId: 'ws-test', ...options })
}

/** The only object of a kind. */
export function objectOf(objects: readonly DesiredObject[], kind: string): DesiredObject {
  const found = objects.filter(({ ref }) => ref.kind === kind)
  assert.equal(found.length, 1, `${found.length} objects of kind ${kind}`)
  const [object] = found
  assert.ok(object)
  return object
}

export function specOf(object: DesiredObject): JsonObject {
  const spec = object.manifest['spec']
  assert.ok(isJsonObject(spec))
  return spec
}
