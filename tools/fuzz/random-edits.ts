import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { jsonAt } from '../../src/util/json.ts'
import type { Random } from './random.ts'
import { furtherPayments, gatewayPort } from './random-document.ts'
import type { FieldEdit } from './story.ts'
import {
  address,
  amount,
  asset,
  loweredPayment,
  OPTIONAL_PARTS,
  PRICE_KEYS,
  price,
  registration,
  TOKENS,
} from './values.ts'

/** One to three edits of a document by its owner: a price switch, another payee, a block more or less. */
export function randomEdits(random: Random, document: JsonObject, index: number): readonly FieldEdit[] {
  const edits: FieldEdit[] = []
  for (let i = 0; i <= random.int(3); i += 1) edits.push(...oneEdit(random, document, index))
  return edits
}

function oneEdit(random: Random, document: JsonObject, index: number): readonly FieldEdit[] {
  const { kind } = document
  if (kind === 'Service') return [random.pick(SERVICE_EDITS)(random)]
  if (kind === 'ConfigMap') return [maybe(random, ['data', random.pick(['a', 'b.txt', 'c'])], random.pick(['1', '2']))]
  if (random.chance(0.4)) return moneyEdit(random, kind === 'Offer')
  const name = random.pick([
    'routes',
    'limits',
    'listing',
    'provenance',
    'branding',
    'async',
    'drainAt',
    'drainGracePeriod',
  ])
  const part = OPTIONAL_PARTS[name]?.(random)
  const choices: readonly [FieldEdit, ...FieldEdit[]] = [
    maybe(random, ['spec', name], part ?? null),
    maybe(random, ['spec', 'path'], `/services/doc-${index}`),
    maybe(random, ['spec', 'hostname'], `doc-${index}.example.test`),
    maybe(random, ['metadata', 'labels', random.pick(['team', 'x.y/z'])], random.pick(['a', 'b'])),
    maybe(random, ['metadata', 'annotations', random.pick(['note', 'x.y/z'])], random.pick(['a', 'b'])),
    maybe(random, ['spec', 'registration'], kind === 'Offer' ? registration(random) : { enabled: random.chance(0.5) }),
    ...(jsonAt(document, ['spec', 'gateway']) === undefined
      ? []
      : [{ path: ['spec', 'gateway', 'listen'], value: gatewayPort(index, random.int(10)) }]),
    ...(jsonAt(document, ['spec', 'upstream']) === undefined
      ? []
      : [maybe(random, ['spec', 'upstream', 'port'], random.pick([8080, 9090]))]),
  ]
  return [random.pick(choices)]
}

function moneyEdit(random: Random, isOffer: boolean): readonly FieldEdit[] {
  const payment = ['spec', 'payment']
  const forget = (...names: readonly string[]) => names.map((name) => ({ path: [...payment, name] }))
  const set = (fields: JsonObject) =>
    Object.entries(fields).map(([name, value]) => ({ path: [...payment, name], value }))
  const changes = [
    () => set({ price: price(random) }),
    () => set({ price: price(random) }),
    () => set({ payTo: address(random) }),
    () => [maybe(random, [...payment, 'maxTimeoutSeconds'], random.pick([60, 300, 600]))],
    () => (isOffer ? [...forget('asset', 'token'), ...set(random.pick(TOKENS))] : forget('asset')),
    () => [...forget('token'), ...set({ asset: asset(random) })],
    () => [maybe(random, ['spec', 'payments'], isOffer ? [...furtherPayments(random)] : [])],
  ] as const
  return random.pick(changes)()
}

const SERVICE_EDITS: readonly [(random: Random) => FieldEdit, ...((random: Random) => FieldEdit)[]] = [
  (random) => ({ path: ['spec', 'ports'], value: random.pick([[80], [443, 80], [80, 8080], [8080]]).map(namedPort) }),
  (random) => maybe(random, ['spec', 'selector'], random.pick([{ app: 'a' }, { app: 'c' }])),
  (random) => maybe(random, ['spec', 'sessionAffinity'], random.pick(['ClientIP', 'None'])),
  (random) => maybe(random, ['metadata', 'labels', 'team'], random.pick(['a', 'b'])),
]

function namedPort(port: number): JsonObject {
  return { name: `p${port}`, port }
}

function maybe(random: Random, path: FieldEdit['path'], value: JsonValue): FieldEdit {
  return random.chance(0.65) ? { path, value } : { path }
}

/** Edits of a live object by somebody else, by its kind. */
export function foreignEdits(random: Random, kind: string): readonly FieldEdit[] {
  const edits: FieldEdit[] = []
  for (let i = 0; i <= random.int(3); i += 1) {
    if (random.chance(0.15)) edits.push(metadataEdit(random))
    else edits.push(...(FOREIGN[kind] ?? FOREIGN_OTHER)(random))
  }
  return edits
}

function metadataEdit(random: Random): FieldEdit {
  return random.pick([
    maybe(random, ['metadata', 'labels', random.pick(['team', 'x.y/z', 'helm'])], random.pick(['a', 'b'])),
    maybe(random, ['metadata', 'annotations', random.pick(['note', 'x.y/z'])], random.pick(['a', 'b'])),
    maybe(random, ['metadata', 'finalizers'], random.pick([['obol.test/a'], ['obol.test/a', 'obol.test/b']])),
    ...(random.chance(0.15)
      ? [{ path: ['metadata', 'labels', 'offers.obol.org/workspace'], value: random.pick(['other', 'ws']) }]
      : []),
  ])
}

const SPEC_FIELDS: Readonly<Record<string, (random: Random) => JsonValue>> = {
  ...OPTIONAL_PARTS,
  path: () => '/services/foreign',
  hostname: () => 'foreign.example.test',
  type: (random) => random.pick(['http', 'inference']),
  payments: (random) => [loweredPayment(random), loweredPayment(random)].slice(0, random.int(3)),
  registration,
  upstream: (random) => ({ service: 'web', namespace: 'elsewhere', ...(random.chance(0.5) ? { port: 8080 } : {}) }),
  model: (random) => ({ name: random.pick(['small', 'large']), runtime: 'ollama' }),
}

const SPEC_LEAVES: Readonly<Record<string, (random: Random) => JsonValue>> = {
  'limits.rps': (random) => random.pick([1, 20]),
  'listing.weight': (random) => random.int(3),
  'listing.category': (random) => random.pick(['data', 'text']),
  'provenance.source': (random) => random.pick(['a', 'b']),
  'registration.enabled': (random) => random.chance(0.5),
  'registration.description': (random) => random.pick(['A model', 'Theirs']),
  'registration.skills': (random) => random.pick([['nlp'], ['audio']]),
  'upstream.port': (random) => random.pick([8080, 9090]),
  'upstream.healthPath': (random) => random.pick(['/health', '/ready']),
  'model.name': (random) => random.pick(['small', 'large']),
  'payment.network': (random) => random.pick(['base', 'base-sepolia']),
  'payment.payTo': address,
  'payment.maxTimeoutSeconds': (random) => random.pick([60, 300, 600]),
  'payment.asset': asset,
  'payment.asset.symbol': (random) => random.pick(['FOO', 'BAR']),
  'payment.asset.decimals': (random) => random.pick([6, 18]),
}

function offerEdits(random: Random): readonly FieldEdit[] {
  const kind = random.int(10)
  // Prices are what must never go wrong, so they are touched most.
  if (kind < 3) return [maybe(random, ['spec', 'payment', 'price', random.pick(PRICE_KEYS)], amount(random))]
  if (kind < 4)
    return PRICE_KEYS.slice(0, 2).map((key) => ({ path: ['spec', 'payment', 'price', key], value: amount(random) }))
  const table = kind < 8 ? SPEC_LEAVES : SPEC_FIELDS
  const [first = 'path', ...names] = Object.keys(table)
  const name = random.pick([first, ...names])
  return [maybe(random, ['spec', ...name.split('.')], table[name]?.(random) ?? null)]
}

const FOREIGN: Readonly<Record<string, (random: Random) => readonly FieldEdit[]>> = {
  ServiceOffer: offerEdits,
  Service: (random) => [
    random.pick([
      { path: ['spec', 'ports', 0, 'targetPort'], value: random.pick([8080, 8400, 'http']) },
      { path: ['spec', 'ports', 0, 'name'], value: random.pick(['http', 'web']) },
      { path: ['spec', 'ports', 1], value: { name: 'extra', port: 9000 } },
      { path: ['spec', 'ports', 0, 'appProtocol'], value: 'http' },
      maybe(random, ['spec', 'selector'], { app: random.pick(['a', 'b']) }),
      maybe(random, ['spec', 'sessionAffinity'], random.pick(['ClientIP', 'None'])),
      { path: ['spec', 'type'], value: random.pick(['ClusterIP', 'NodePort']) },
    ]),
  ],
  Endpoints: (random) => [
    random.pick([
      { path: ['subsets', 0, 'addresses', 0, 'ip'], value: random.pick(['10.1.1.1', '10.1.1.2']) },
      { path: ['subsets', 0, 'ports', 0, 'name'], value: 'http' },
      maybe(random, ['subsets'], [{ addresses: [{ ip: '10.1.1.1' }], ports: [{ port: 80 }] }]),
    ]),
  ],
}

function FOREIGN_OTHER(random: Random): readonly FieldEdit[] {
  return [maybe(random, ['data', random.pick(['a', 'b.txt', 'c'])], random.pick(['1', '2']))]
}

/** What a controller reports. */
export function statusEdits(random: Random): readonly FieldEdit[] {
  const condition = { type: 'Ready', status: random.pick(['True', 'False']), reason: 'Reconciled' }
  return [
    { path: ['status', 'conditions'], value: [condition] },
    ...(random.chance(0.5) ? [{ path: ['status', 'agentId'], value: random.pick(['0', '7']) }] : []),
    ...(random.chance(0.3) ? [{ path: ['status', 'endpoint'], value: '/services/x' }] : []),
    // A writer of the subresource may send other fields too: the server leaves them as they are.
    ...(random.chance(0.2) ? [{ path: ['spec', 'payment', 'price', 'perHour'], value: '9' }] : []),
    ...(random.chance(0.1) ? [{ path: ['metadata', 'annotations', 'note'], value: 'status' }] : []),
  ]
}
