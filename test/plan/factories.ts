import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { kindKey, metadataOf, type ObjectRef, objectId, refOf } from '../../src/kube/ref.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import {
  type Desired,
  type DesiredObject,
  type DesiredOffer,
  type FieldDecision,
  WORKSPACE_LABEL,
} from '../../src/plan/desired.ts'
import type { NamespaceState, Observed, ServedKind } from '../../src/plan/observed.ts'
import type { ObjectStep, Plan, PlanOptions } from '../../src/plan/types.ts'
import { OPENAPI_SCHEMAS } from '../../src/sandbox/openapi-data.ts'
import { applyPatch, withDefaults } from '../../src/ssa/apply-patch.ts'
import { objectTypeFromCrd, objectTypeFromOpenApi } from '../../src/ssa/object-type.ts'
import { trackUpdate } from '../../src/ssa/track-update.ts'
import type { ObjectType } from '../../src/ssa/types.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'

const WORKSPACE = 'shop-1'
export const NOW = '2025-11-23T12:00:00Z'
const LAST_WEEK = '2025-11-16T09:30:00Z'
export const LAST_YEAR = '2024-11-20T08:00:00Z'
export const PAYEE = '0x1111111111111111111111111111111111111111'
export const OTHER_PAYEE = '0x2222222222222222222222222222222222222222'
export const LABEL_PATH = 'metadata.labels["offers.obol.org/workspace"]'

const CLOSED = ['spec.payment.price', 'spec.payment.asset', 'spec.payments', 'spec.routes']

/** The CRD of the repository, as a manifest. */
export function serviceOfferCrd(): JsonObject {
  const file = join(import.meta.dirname, '../../schemas/crds/serviceoffers.obol.org.yaml')
  return parse(readFileSync(file, 'utf8'))
}

const TYPES: ReadonlyMap<string, ServedKind> = new Map(
  [
    served(crdType(), 'serviceoffers'),
    served(coreType('Service'), 'services'),
    served(coreType('Endpoints'), 'endpoints'),
    served(coreType('ConfigMap'), 'configmaps'),
    served(coreType('Secret'), 'secrets'),
    served(coreType('Namespace'), 'namespaces', false),
    served(
      objectTypeFromOpenApi({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        schemas: OPENAPI_SCHEMAS,
        rootName: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
      }),
      'customresourcedefinitions',
      false,
    ),
  ].map((kind) => [kindKey(kind), kind]),
)

function crdType(): ObjectType {
  const type = objectTypeFromCrd(serviceOfferCrd(), 'v1alpha1')
  if (type === undefined) throw new Error('the CRD has no version v1alpha1')
  return type
}

function coreType(kind: string): ObjectType {
  return objectTypeFromOpenApi({
    apiVersion: 'v1',
    kind,
    schemas: OPENAPI_SCHEMAS,
    rootName: `io.k8s.api.core.v1.${kind}`,
  })
}

function served(type: ObjectType, plural: string, namespaced = true): ServedKind {
  const { apiVersion, kind } = type
  return { apiVersion, kind, plural, namespaced, type, schemaHash: `hash-of-${kind}` }
}

export function typeOf(object: JsonObject): ObjectType {
  const kind = TYPES.get(`${String(object['apiVersion'])}/${String(object['kind'])}`)
  if (kind === undefined) throw new Error(`no type for ${String(object['kind'])}`)
  return kind.type
}

/** A ServiceOffer `llm/aeon`; `spec` is laid over the usual one. */
export function serviceOffer(
  options: {
    readonly name?: string
    readonly namespace?: string
    readonly price?: JsonObject
    readonly payTo?: string
    readonly spec?: JsonObject
    readonly payment?: JsonObject
    readonly labels?: JsonObject
  } = {},
): JsonObject {
  const { name = 'aeon', namespace = 'llm', price = { perMTok: '23' }, payTo = PAYEE } = options
  const payment = { network: 'base-sepolia', payTo, price, ...options.payment }
  return {
    apiVersion: 'obol.org/v1alpha1',
    kind: 'ServiceOffer',
    metadata: { name, namespace, ...(options.labels === undefined ? {} : { labels: options.labels }) },
    spec: { type: 'http', path: `/services/${name}`, payment, ...options.spec },
  }
}

export function service(
  name = 'aeon',
  namespace = 'llm',
  ports: JsonValue = [{ port: 8402, targetPort: 8402, protocol: 'TCP' }],
): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports } }
}

export function endpoints(name = 'aeon', namespace = 'llm', ip = '172.18.0.1'): JsonObject {
  const subsets = [{ addresses: [{ ip }], ports: [{ port: 8402, protocol: 'TCP' }] }]
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace }, subsets }
}

export function labelled(object: JsonObject, workspace = WORKSPACE): JsonObject {
  const metadata = metadataOf(object)
  const labels = isJsonObject(metadata['labels']) ? metadata['labels'] : {}
  return { ...object, metadata: { ...metadata, labels: { ...labels, [WORKSPACE_LABEL]: workspace } } }
}

/** What the workspace asks for of one object: labelled, of an offer unless told otherwise. */
export function wanted(
  object: JsonObject,
  options: { readonly manifest?: boolean; readonly decisions?: readonly FieldDecision[]; readonly line?: number } = {},
): DesiredObject {
  const ref = refFor(object)
  return {
    ref,
    manifest: labelled(object),
    origin: { file: `offers/${ref.name}.yaml`, line: options.line ?? 1, column: 1 },
    ...(options.manifest === true || ref.namespace === undefined ? {} : { offer: `${ref.namespace}/${ref.name}` }),
    closed: ref.kind === 'ServiceOffer' ? CLOSED : [],
    decisions: options.decisions ?? [],
  }
}

function refFor(object: JsonObject): ObjectRef {
  const ref = refOf(object)
  if (ref === undefined) throw new Error('an object without identity')
  return ref
}

export function desiredOf(...objects: readonly DesiredObject[]): Desired {
  const offers = new Map<string, DesiredOffer>()
  for (const { offer, ref, origin } of objects) {
    if (offer === undefined || ref.kind !== 'ServiceOffer') continue
    const price = '23 USDC per million tokens (0.023 per request)'
    offers.set(offer, {
      name: ref.name,
      namespace: ref.namespace ?? '',
      type: 'http',
      network: 'base-sepolia',
      price,
      origin,
    })
  }
  return { workspaceId: WORKSPACE, offers: [...offers.values()], objects, identities: [] }
}

export type Writer = { readonly by: string; readonly at?: string; readonly subresource?: string }

function identified(object: JsonObject, live: JsonObject | undefined): JsonObject {
  const before = live === undefined ? {} : metadataOf(live)
  const name = String(metadataOf(object)['name'])
  const metadata = {
    ...metadataOf(object),
    uid: before['uid'] ?? `uid-${name}-${String(object['kind']).toLowerCase()}`,
    resourceVersion: before['resourceVersion'] ?? '100',
    creationTimestamp: before['creationTimestamp'] ?? LAST_YEAR,
  }
  return { ...object, metadata }
}

/** The stored object after a create or update by somebody. */
export function updated(object: JsonObject, writer: Writer, live?: JsonObject): JsonObject {
  const type = typeOf(object)
  const { by: manager, at: now = LAST_WEEK } = writer
  const subresource = writer.subresource === undefined ? {} : { subresource: writer.subresource }
  const tracked = trackUpdate({ live, object: withDefaults(object, type), manager, type, now, ...subresource })
  return identified(tracked, live)
}

/** The stored object after a change of `live` by somebody. */
export function changed(live: JsonObject, change: (object: JsonObject) => JsonObject, writer: Writer): JsonObject {
  return updated(change(live), writer, live)
}

/** The stored object after a server-side apply by somebody, forced. */
export function applied(manifest: JsonObject, writer: Writer, live?: JsonObject): JsonObject {
  const { by: manager, at: now = LAST_WEEK } = writer
  const outcome = applyPatch({ live, patch: manifest, manager, force: true, type: typeOf(manifest), now })
  if (outcome.result !== 'applied') throw new Error(JSON.stringify(outcome))
  return identified(outcome.object, live)
}

/** What we applied ourselves. */
export function ours(manifest: JsonObject, live?: JsonObject): JsonObject {
  return applied(labelled(manifest), { by: 'obol' }, live)
}

/** `spec.payment` with other fields. */
export function withPayment(object: JsonObject, fields: JsonObject): JsonObject {
  const spec = isJsonObject(object['spec']) ? object['spec'] : {}
  const payment = isJsonObject(spec['payment']) ? spec['payment'] : {}
  return { ...object, spec: { ...spec, payment: { ...payment, ...fields } } }
}

export function withSpec(object: JsonObject, fields: JsonObject): JsonObject {
  return { ...object, spec: { ...(isJsonObject(object['spec']) ? object['spec'] : {}), ...fields } }
}

export function withMetadata(object: JsonObject, fields: JsonObject): JsonObject {
  return { ...object, metadata: { ...metadataOf(object), ...fields } }
}

export type World = {
  readonly live?: readonly JsonObject[]
  readonly namespaces?: Readonly<Record<string, NamespaceState>>
  /** Kinds the cluster does not serve. */
  readonly without?: readonly string[]
}

export function observedOf(world: World): Observed {
  const { live = [], namespaces = {}, without = [] } = world
  return {
    cluster: {
      context: 'k3d-obol',
      server: 'https://127.0.0.1:6443',
      uid: 'uid-of-cluster',
      fingerprint: 'f'.repeat(64),
      version: 'v1.37.2',
    },
    readAt: NOW,
    kinds: new Map([...TYPES].filter(([, kind]) => !without.includes(kind.kind))),
    objects: new Map(live.map((object) => [objectId(refFor(object)), object])),
    namespaces: new Map([['llm', 'present'], ['default', 'present'], ...Object.entries(namespaces)]),
    requests: 4,
  }
}

export function planOf(objects: readonly DesiredObject[], world: World = {}, options: Partial<PlanOptions> = {}): Plan {
  return buildPlan(desiredOf(...objects), observedOf(world), { decisions: [], ...options })
}

/** The step of one object, by kind: for assertions. */
export function stepOf(plan: Plan, kind: string, name = 'aeon'): ObjectStep {
  const step = plan.steps.find((item) => item.kind === 'object' && item.ref.kind === kind && item.ref.name === name)
  if (step?.kind !== 'object') throw new Error(`no step for ${kind} ${name}`)
  return step
}
