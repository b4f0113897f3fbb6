import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { metadataOf } from '../../../src/kube/ref.ts'
import { objectTypeFromCrd, objectTypeFromOpenApi } from '../../../src/ssa/object-type.ts'
import type { ObjectType } from '../../../src/ssa/types.ts'
import { isJsonArray, isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '../../../src/util/json.ts'
import { type Outcome, predictStep, type Step } from './predict-step.ts'

/** SIDE EFFECTS: one request; the body is sent as JSON. */
export type Request = (
  method: string,
  path: string,
  body?: JsonValue,
  contentType?: string,
) => Promise<{ readonly status: number; json(): unknown }>

/** A kind under test, with each of the ways its type can be come by. */
export type Kind = { readonly path: string; readonly types: readonly ObjectType[] }

/** A sequence of requests for one object. */
export type Case = { readonly name: string; readonly kind: string; readonly steps: readonly Step[] }

const NAMESPACE = 'default'

/**
 * Runs a case on a server and asserts after each step that the server stored, or refused, what was predicted.
 * SIDE EFFECTS: writes one object and, unless it is to be kept, removes it. @returns the number of steps compared.
 */
export async function runCase(
  request: Request,
  kind: Kind,
  name: string,
  steps: readonly Step[],
  options: { readonly keep?: boolean } = {},
): Promise<number> {
  const path = `${kind.path}/${name}`
  for (const [i, step] of steps.entries()) {
    const live = await read(request, path)
    const whole = { ...step, body: withIdentity(step, kind, name, live) }
    const answer = await send(request, kind, path, whole)
    const { outcome, now } = await observed(request, path, live, answer)
    for (const type of kind.types) {
      const predicted = predictStep(whole, live, type, now)
      const said = answer.status < 300 ? 'stored' : String(objectOf(answer.json())['message'])
      const where = `step ${i} (${step.do} by ${step.by}): ${JSON.stringify(step.body)}, ${answer.status}: ${said}`
      assert.deepEqual(comparable(predicted), comparable(outcome), where)
    }
  }
  if (options.keep !== true) await request('DELETE', path)
  return steps.length
}

/** The types of a custom resource: from its CRD, and from what the server publishes once it is installed. */
export async function customKind(request: Request, crd: JsonObject): Promise<Kind> {
  await install(request, crd)
  const spec = isJsonObject(crd['spec']) ? crd['spec'] : {}
  const names = isJsonObject(spec['names']) ? spec['names'] : {}
  const [group, plural, kind] = [spec['group'], names['plural'], names['kind']].map(String)
  const fromCrd = objectTypeFromCrd(crd, 'v1')
  assert.ok(fromCrd !== undefined)
  const rootName = `${group?.split('.').reverse().join('.')}.v1.${kind}`
  const document = await published(request, `/openapi/v3/apis/${group}/v1`, rootName)
  const fromServer = objectTypeFromOpenApi({
    apiVersion: `${group}/v1`,
    kind: kind ?? '',
    schemas: document.schemas,
    rootName,
    statusSubresource: document.paths.some((path) => path.endsWith(`/${plural}/{name}/status`)),
  })
  return { path: `/apis/${group}/v1/namespaces/${NAMESPACE}/${plural}`, types: [fromCrd, fromServer] }
}

export async function coreKind(request: Request, kind: string, plural: string): Promise<Kind> {
  const rootName = `io.k8s.api.core.v1.${kind}`
  const { schemas } = await published(request, '/openapi/v3/api/v1', rootName)
  const type = objectTypeFromOpenApi({ apiVersion: 'v1', kind, schemas, rootName })
  return { path: `/api/v1/namespaces/${NAMESPACE}/${plural}`, types: [type] }
}

/** SIDE EFFECTS: creates the CRD or replaces its spec, and waits until an object of it is served. */
export async function install(request: Request, crd: JsonObject): Promise<void> {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const name = String(metadataOf(crd)['name'])
  const created = await request('POST', crds, crd)
  if (created.status === 409) {
    const replaced = await request('PATCH', `${crds}/${name}`, { spec: crd['spec'] ?? null }, MERGE)
    assert.equal(replaced.status, 200, JSON.stringify(replaced.json()))
  } else assert.equal(created.status, 201, JSON.stringify(created.json()))
  await until(`${name} to be established`, async () => {
    const conditions = JSON.stringify((await request('GET', `${crds}/${name}`)).json())
    return /"type":"Established","status":"True"|"status":"True"[^{}]*"type":"Established"/.test(conditions)
  })
}

export async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await done())) {
    assert.ok(performance.now() < deadline, `waited 10 s for ${what}`)
    await delay(25)
  }
}

async function published(
  request: Request,
  path: string,
  rootName: string,
): Promise<{ readonly schemas: JsonObject; readonly paths: readonly string[] }> {
  let schemas: JsonObject = {}
  let paths: readonly string[] = []
  await until(`${rootName} in ${path}`, async () => {
    const answer = await request('GET', path)
    const document = answer.status === 200 ? objectOf(answer.json()) : {}
    schemas = objectOf(objectOf(document['components'])['schemas'])
    paths = Object.keys(objectOf(document['paths']))
    return schemas[rootName] !== undefined
  })
  return { schemas, paths }
}

const MERGE = 'application/merge-patch+json'

async function send(request: Request, kind: Kind, path: string, step: Step): ReturnType<Request> {
  const at = step.subresource === undefined ? path : `${path}/${step.subresource}`
  const query = `?fieldManager=${encodeURIComponent(step.by)}`
  switch (step.do) {
    case 'create':
      return request('POST', `${kind.path}${query}`, step.body)
    case 'update':
      return request('PUT', `${at}${query}`, step.body)
    case 'merge':
      return request('PATCH', `${at}${query}`, step.body, MERGE)
    default:
      return request('PATCH', `${at}${query}&force=${step.do === 'force'}`, step.body, 'application/apply-patch+yaml')
  }
}

function withIdentity({ do: how, body }: Step, kind: Kind, name: string, live: JsonObject | undefined): JsonObject {
  if (how === 'merge') return body
  const { apiVersion = '', kind: type = '' } = kind.types[0] ?? {}
  const { resourceVersion = null } = metadataOf(live ?? {})
  const metadata = { ...metadataOf(body), name, namespace: NAMESPACE }
  return { apiVersion, kind: type, ...body, metadata: how === 'update' ? { ...metadata, resourceVersion } : metadata }
}

async function read(request: Request, path: string): Promise<JsonObject | undefined> {
  const answer = await request('GET', path)
  return answer.status === 200 ? objectOf(answer.json()) : undefined
}

/** What the server did, and the time it gave to what it changed: the latest of the entries. */
async function observed(
  request: Request,
  path: string,
  live: JsonObject | undefined,
  answer: { readonly status: number; json(): unknown },
): Promise<{ readonly outcome: Outcome; readonly now: string }> {
  const body = objectOf(answer.json())
  if (answer.status === 409) {
    const causes = objectOf(body['details'])['causes']
    const conflicts = (isJsonArray(causes) ? causes : []).filter(isJsonObject).map((cause) => {
      const manager = /^conflict with "([^"]*)"/.exec(String(cause['message']))?.[1]
      return `${manager} ${String(cause['field'])}`
    })
    return { outcome: { result: 'conflict', conflicts: conflicts.sort() }, now: '' }
  }
  if (answer.status >= 300) return { outcome: { result: 'refused' }, now: '' }
  const object = (await read(request, path)) ?? {}
  const times = ownersOf(object).map((entry) => String(objectOf(entry)['time'] ?? ''))
  const changed = metadataOf(object)['resourceVersion'] !== metadataOf(live ?? {})['resourceVersion']
  return { outcome: { result: 'stored', object, changed }, now: times.sort().at(-1) ?? '' }
}

/** What only the server can give is left out; of a time, only that there is one. */
function comparable(outcome: Outcome): JsonValue {
  if (outcome.result === 'refused') return 'refused'
  if (outcome.result === 'conflict') return { conflicts: [...outcome.conflicts] }
  const { metadata: _, spec, ...rest } = outcome.object
  const { uid, resourceVersion, creationTimestamp, generation, managedFields, ...metadata } = metadataOf(outcome.object)
  return {
    ...rest,
    ...(spec === undefined ? {} : { spec: isJsonObject(spec) ? withoutAllocated(spec) : spec }),
    changed: outcome.changed,
    metadata,
    owners: ownersOf(outcome.object).map((entry) => ({
      ...objectOf(entry),
      ...(objectOf(entry)['time'] === undefined ? {} : { time: 'some' }),
    })),
  }
}

/** Without what a Service is allocated. */
function withoutAllocated(spec: JsonObject): JsonObject {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy, healthCheckNodePort, ports, ...rest } = spec
  if (!isJsonArray(ports)) return rest
  return { ...rest, ports: ports.map((port) => (isJsonObject(port) ? { ...port, nodePort: null } : port)) }
}

function ownersOf(object: JsonObject): JsonArray {
  const list = metadataOf(object)['managedFields']
  return isJsonArray(list) ? list : []
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
