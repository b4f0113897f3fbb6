import type { JsonArray, JsonObject } from '../../src/util/json.ts'
import type { Random } from './random.ts'

/** The values that offers and other writers draw from: few, so that two writers often agree and often do not. */
export const PRICE_KEYS = ['perRequest', 'perMTok', 'perHour', 'perEpoch'] as const
/** An offer may not have the last of them, which is charged as nothing; somebody else's write may. */
const SOLD_KEYS = ['perRequest', 'perMTok', 'perHour'] as const

/** All lower case: no checksum is asked for. */
export function address(random: Random): string {
  return `0x${random.pick(['1', '2', 'a', 'b']).repeat(40)}`
}

export function amount(random: Random): string {
  return random.pick(['0.002', '0.5', '1', '23', '42.25'])
}

export function price(random: Random): JsonObject {
  return { [random.pick(SOLD_KEYS)]: amount(random) }
}

/** A token that no table knows. */
export function asset(random: Random): JsonObject {
  return {
    address: `0x${random.pick(['c', 'd']).repeat(40)}`,
    ...(random.chance(0.7) ? { symbol: random.pick(['FOO', 'BAR']) } : {}),
    ...(random.chance(0.7) ? { decimals: random.pick([6, 8, 18]) } : {}),
    ...(random.chance(0.4) ? { transferMethod: random.pick(['eip3009', 'permit2']) } : {}),
    ...(random.chance(0.3) ? { eip712Name: 'Foo', eip712Version: '1' } : {}),
  }
}

export const TOKENS = [
  { network: 'base-sepolia' },
  { network: 'base-sepolia', token: 'OBOL' },
  { network: 'base' },
  { network: 'ethereum', token: 'OBOL' },
  { network: 'eip155:84532' },
] as const satisfies readonly JsonObject[]

/** A payment as an offer has it. */
export function payment(random: Random): JsonObject {
  const token: JsonObject = random.chance(0.8)
    ? random.pick(TOKENS)
    : { network: random.pick(['base-sepolia', 'base']), asset: asset(random) }
  return {
    ...token,
    payTo: address(random),
    price: price(random),
    ...(random.chance(0.3) ? { maxTimeoutSeconds: random.pick([60, 300, 600]) } : {}),
    ...(random.chance(0.15) ? { scheme: 'exact' } : {}),
  }
}

/** A payment as a ServiceOffer has it. */
export function loweredPayment(random: Random): JsonObject {
  return {
    network: random.pick(['base-sepolia', 'base', 'ethereum']),
    payTo: address(random),
    price: random.chance(0.85) ? price(random) : { ...price(random), ...price(random) },
    ...(random.chance(0.3) ? { asset: asset(random) } : {}),
    ...(random.chance(0.3) ? { maxTimeoutSeconds: random.pick([60, 300]) } : {}),
  }
}

function routes(random: Random): JsonArray {
  const rows: JsonObject[] = []
  for (let i = 0; i <= random.int(3); i += 1) {
    const gate = random.pick(['paid', 'free', 'auth', undefined])
    const isPaid = gate === 'paid' || gate === undefined
    rows.push({
      path: random.pick(['/a', '/b', '/c/*', '/*']),
      ...(gate === undefined ? {} : { gate }),
      ...(random.chance(0.4) ? { methods: random.pick([['GET'], ['GET', 'POST'], ['POST']]) } : {}),
      ...(isPaid && random.chance(0.6) ? { price: price(random) } : {}),
      ...(isPaid && random.chance(0.2) ? { freeQuota: random.int(3) } : {}),
      ...(random.chance(0.3) ? { summary: random.pick(['first', 'second']) } : {}),
    })
  }
  return rows
}

export function registration(random: Random): JsonObject {
  return {
    ...(random.chance(0.3) ? { enabled: random.chance(0.6) } : {}),
    ...(random.chance(0.5) ? { name: random.pick(['Aeon', 'Other']) } : {}),
    ...(random.chance(0.5) ? { description: random.pick(['A model', 'A tool']) } : {}),
    ...(random.chance(0.4) ? { skills: random.pick([['nlp'], ['nlp', 'vision'], []]) } : {}),
    ...(random.chance(0.3) ? { metadata: random.pick([{ a: '1' }, { a: '2', b: '3' }, {}]) } : {}),
    ...(random.chance(0.2) ? { supportedTrust: ['reputation'] } : {}),
    ...(random.chance(0.2) ? { services: [{ name: 'MCP', endpoint: 'https://mcp.test/a', version: '1' }] } : {}),
  }
}

/** Optional parts of a spec that offer and ServiceOffer write alike. */
export const OPTIONAL_PARTS: Readonly<Record<string, (random: Random) => JsonObject | JsonArray | string>> = {
  routes,
  limits: (random) =>
    random.pick([{ rps: 20 }, { maxInFlight: 8 }, { rps: 5, maxInFlight: 2 }, { rps: 0 }, {}] as const),
  listing: (random) =>
    random.pick([{ weight: 10 }, { weight: 0, category: 'data' }, { category: 'text' }, {}] as const),
  provenance: (random) => random.pick([{ source: 'a' }, { source: 'b', 'x.y/z': 'c' }, {}] as const),
  branding: (random) =>
    random.pick([{ displayName: 'One' }, { displayName: 'Two', theme: 'dark' }, { accentColor: '#fff' }, {}] as const),
  async: (random) =>
    random.pick([{ enabled: true }, { enabled: false, ttl: '1h' }, { resultVisibility: 'public' }, {}] as const),
  drainAt: (random) => random.pick(['2030-01-01T00:00:00Z', '2031-06-01T12:00:00Z']),
  drainGracePeriod: (random) => random.pick(['0s', '1h', '30m']),
}
