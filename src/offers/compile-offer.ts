import type { DesiredObject, FieldDecision } from '../plan/desired.ts'
import { WORKSPACE_LABEL } from '../plan/desired.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { lowerPayment } from './lower-payment.ts'
import type { Offer } from './offer.gen.ts'
import { defaultPath } from './offer-path.ts'
import { gatewayPort, hasGateway, namespaceOf } from './offer-shape.ts'
import type { ValidDocument } from './validate-documents.ts'

type OfferDocument = ValidDocument & { readonly kind: 'offer' }

/**
 * Where another owner's leftovers would cost money: a second price key, an asset beside USDC, a list of payments or routes
 * that the author took out.
 */
export const SERVICE_OFFER_CLOSED: readonly string[] = [
  'spec.payment.price',
  'spec.payment.asset',
  'spec.payments',
  'spec.routes',
]

/**
 * A port that another owner left beside ours needs a name that ours has not, and a selector of theirs would lead paid
 * requests to Pods instead of the gateway.
 */
const SERVICE_CLOSED: readonly string[] = ['spec.ports', 'spec.selector']

/** True for an offer that sends paid requests from the cluster to this host. */
export function needsHostAddress(document: ValidDocument): document is OfferDocument {
  return document.kind === 'offer' && hasGateway(document.offer)
}

/**
 * The objects of one offer: Service, Endpoints (without a host address left out) and ServiceOffer where a gateway on this
 * host serves it, else the ServiceOffer alone.
 */
export function compileOffer(
  document: OfferDocument,
  options: { readonly workspaceId: string; readonly hostAddress?: string },
): readonly DesiredObject[] {
  const { offer } = document
  const { workspaceId, hostAddress } = options
  const port = gatewayPort(offer)
  const { annotations } = offer.metadata
  const spec = port === undefined ? compileSpec(offer) : compileGatewaySpec(offer, port)
  const serviceOffer = compileObject(document, workspaceId, {
    apiVersion: 'obol.org/v1alpha1',
    kind: 'ServiceOffer',
    ...(annotations === undefined ? {} : { annotations }),
    body: { spec },
    closed: SERVICE_OFFER_CLOSED,
  })
  if (port === undefined) return [serviceOffer]
  const ports = [{ port, targetPort: port, protocol: 'TCP' }]
  const service = compileObject(document, workspaceId, {
    apiVersion: 'v1',
    kind: 'Service',
    body: { spec: { ports } },
    closed: SERVICE_CLOSED,
  })
  if (hostAddress === undefined) return [service, serviceOffer]
  const subsets = [{ addresses: [{ ip: hostAddress }], ports: [{ port, protocol: 'TCP' }] }]
  const endpoints = compileObject(document, workspaceId, { apiVersion: 'v1', kind: 'Endpoints', body: { subsets } })
  return [service, endpoints, serviceOffer]
}

type Parts = {
  readonly apiVersion: string
  readonly kind: 'Service' | 'Endpoints' | 'ServiceOffer'
  readonly annotations?: JsonObject
  readonly body: JsonObject
  readonly closed?: readonly string[]
}

function compileObject({ source, offer }: OfferDocument, workspaceId: string, parts: Parts): DesiredObject {
  const { apiVersion, kind, annotations, body, closed = [] } = parts
  const { name, labels } = offer.metadata
  const namespace = namespaceOf(offer)
  const metadata: JsonObject = {
    name,
    namespace,
    labels: { ...labels, [WORKSPACE_LABEL]: workspaceId },
    ...(annotations === undefined ? {} : { annotations }),
  }
  return {
    ref: { apiVersion, kind, namespace, name },
    manifest: { apiVersion, kind, metadata, ...body },
    origin: source.origin,
    offer: `${namespace}/${name}`,
    closed,
    decisions: decisionsFor(kind, offer),
  }
}

function decisionsFor(kind: string, offer: Offer): readonly FieldDecision[] {
  const { fieldDecisions = [] } = offer
  return fieldDecisions
    .filter((entry) => (entry.kind ?? 'ServiceOffer') === kind)
    .map(({ path, decision }) => ({ path, decision }))
}

/** A spec whose upstream is the offer's own Service in front of the gateway, as upstream's own tool writes it. */
function compileGatewaySpec(offer: Offer & JsonObject, port: number): JsonObject {
  const { name } = offer.metadata
  const upstream = { service: name, namespace: namespaceOf(offer), port, healthPath: '/health' }
  return { path: defaultPath(name), ...compileSpec(offer), upstream }
}

/** The spec as written, with our own vocabulary lowered to that of the ServiceOffer. */
function compileSpec(offer: Offer & JsonObject): JsonObject {
  const { gateway: _, registration, ...spec } = asJson(offer, 'spec')
  const { model, upstream, agent, payment, payments } = spec
  const namespace = namespaceOf(offer)
  return {
    ...spec,
    ...(isJsonObject(model) ? { model: { runtime: 'ollama', ...model } } : {}),
    ...(isJsonObject(upstream) ? { upstream: { namespace, ...upstream } } : {}),
    ...(isJsonObject(agent) ? { agent: { ref: { namespace, ...asJson(agent, 'ref') } } } : {}),
    ...(isJsonObject(payment) ? { payment: lowerPayment(payment) } : {}),
    ...(isJsonArray(payments) ? { payments: payments.filter(isJsonObject).map(lowerPayment) } : {}),
    ...compileRegistration(registration, offer.metadata.name),
  }
}

/** The block switches registration on; opted out means no block at all, as the controller expects. */
function compileRegistration(registration: JsonValue | undefined, name: string): JsonObject {
  if (!isJsonObject(registration) || registration['enabled'] === false) return {}
  // The wallet is set on chain: the ServiceOffer has no such field.
  const { wallet: _, ...block } = registration
  return { registration: { name, ...block, enabled: true } }
}

const EMPTY: JsonObject = {}

function asJson(value: JsonObject, field: string): JsonObject {
  const child = value[field]
  return isJsonObject(child) ? child : EMPTY
}
