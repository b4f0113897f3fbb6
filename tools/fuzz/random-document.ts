import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import type { Random } from './random.ts'
import { asset, loweredPayment, OPTIONAL_PARTS, payment, price, registration } from './values.ts'

const OFFER_TYPES = ['inference', 'inference', 'http', 'fine-tuning', 'agent'] as const

/** A document of the workspace: mostly an offer of any type, sometimes a manifest as it stands. */
export function randomDocument(random: Random, index: number): JsonObject {
  if (random.chance(0.8)) return randomOffer(random, index)
  return random.pick([manifestOffer, manifestOffer, manifestService, manifestConfigMap])(random, index)
}

/** The port of an offer's gateway: no two documents of a story have the same. */
export function gatewayPort(index: number, choice: number): string {
  return `:${8400 + 10 * index + choice}`
}

/** Name of the document's objects. */
export function documentName(index: number): string {
  return `doc-${index}`
}

function randomOffer(random: Random, index: number): JsonObject {
  const type = random.pick(OFFER_TYPES)
  return {
    apiVersion: 'offers.obol.org/v1alpha1',
    kind: 'Offer',
    metadata: randomMetadata(random, index),
    spec: {
      type,
      ...partsOf(type, random, index),
      payment: payment(random),
      ...(random.chance(0.3) ? { payments: furtherPayments(random) } : {}),
      ...optionalParts(random, index),
      ...(random.chance(0.4) ? { registration: registration(random) } : {}),
    },
  }
}

function randomMetadata(random: Random, index: number): JsonObject {
  return {
    name: documentName(index),
    ...(random.chance(0.2) ? { labels: random.pick([{ team: 'a' }, { team: 'b', 'x.y/z': 'c' }, {}]) } : {}),
    ...(random.chance(0.2) ? { annotations: random.pick([{ note: 'a' }, { note: 'b', 'x.y/z': 'c' }, {}]) } : {}),
  }
}

function partsOf(type: (typeof OFFER_TYPES)[number], random: Random, index: number): JsonObject {
  const upstream: JsonObject = {
    service: random.pick(['web', 'api']),
    ...(random.chance(0.5) ? { port: random.pick([8080, 11434]) } : {}),
    ...(random.chance(0.3) ? { healthPath: random.pick(['/health', '/ready']) } : {}),
  }
  const model = { name: random.pick(['small', 'large']), ...(random.chance(0.4) ? { runtime: 'vllm' } : {}) }
  switch (type) {
    case 'inference':
      return random.chance(0.75) ? { model, gateway: { listen: gatewayPort(index, 0) } } : { model, upstream }
    case 'fine-tuning':
      return random.chance(0.5) ? { model, upstream } : { upstream }
    case 'http':
      return { upstream }
    case 'agent':
      return { agent: { ref: { name: random.pick(['ann', 'bob']) } } }
  }
}

/** What stands behind the first of `payments`, which is filled in when the story is told. */
export function furtherPayments(random: Random): readonly JsonObject[] {
  const networks = ['avalanche', 'arbitrum-one', 'polygon'].slice(0, random.int(3))
  return networks
    .map((network) => ({ ...payment(random), network, token: 'USDC', price: price(random) }))
    .map(withoutAsset)
}

function withoutAsset({ asset: _, ...rest }: JsonObject & { readonly asset?: JsonValue }): JsonObject {
  return rest
}

function optionalParts(random: Random, index: number): JsonObject {
  const names = random.some(Object.keys(OPTIONAL_PARTS), 0.2)
  return {
    ...(random.chance(0.3) ? { path: `/services/${documentName(index)}` } : {}),
    ...(random.chance(0.2) ? { hostname: `${documentName(index)}.example.test` } : {}),
    ...Object.fromEntries(names.map((name) => [name, OPTIONAL_PARTS[name]?.(random) ?? null])),
  }
}

/** A ServiceOffer as it stands, now and then with the nulls and empty mappings that templates leave behind. */
function manifestOffer(random: Random, index: number): JsonObject {
  const edge = random.pick(['branding', 'limits', 'provenance', 'async'])
  const { price: _, ...lowered } = loweredPayment(random)
  return {
    apiVersion: 'obol.org/v1alpha1',
    kind: 'ServiceOffer',
    metadata: randomMetadata(random, index),
    spec: {
      ...(random.chance(0.5) ? { type: 'http' } : {}),
      ...optionalParts(random, index),
      payment: { ...lowered, network: 'base', asset: asset(random), price: price(random) },
      ...(random.chance(0.15) ? { [edge]: random.pick([null, {}]) } : {}),
    },
  }
}

function manifestService(random: Random, index: number): JsonObject {
  const ports = random.some([80, 443, 8080], 0.6).map((port) => ({ name: `p${port}`, port }))
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: randomMetadata(random, index),
    spec: {
      ports: ports.length === 0 ? [{ name: 'p80', port: 80, protocol: 'TCP', targetPort: 8080 }] : ports,
      ...(random.chance(0.5) ? { selector: random.pick([{ app: 'a' }, { app: 'b', tier: 'c' }, {}]) } : {}),
      ...(random.chance(0.3) ? { sessionAffinity: random.pick(['ClientIP', 'None']) } : {}),
    },
  }
}

function manifestConfigMap(random: Random, index: number): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: randomMetadata(random, index),
    data: random.pick([{ a: '1' }, { a: '2', 'b.txt': '' }, {}] as const),
  }
}
