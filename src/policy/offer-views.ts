import { resolveNetwork } from '../networks/resolve-network.ts'
import { parseDecimal, shiftDown } from '../offers/decimal.ts'
import { defaultPath } from '../offers/offer-path.ts'
import type { DesiredObject } from '../plan/desired.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../util/json.ts'
import { DecimalValue } from './decimal-type.ts'

/** One way to pay for an offer, as rules see it, and where it is in the ServiceOffer. */
export type OfferView = {
  readonly variables: { readonly offer: Readonly<Record<string, unknown>> }
  /** `spec.payment` or `spec.payments[1]` */
  readonly payment: string
}

/** A request is charged a thousandth of the price of a million tokens. */
const MTOK_PLACES = 3

/** What rules see of a ServiceOffer: one view for each way to pay. Undefined for other objects. Pure. */
export function offerViews({ ref, manifest }: DesiredObject): readonly OfferView[] | undefined {
  const { spec } = manifest
  if (ref.kind !== 'ServiceOffer' || !isJsonObject(spec)) return undefined
  const payments = paymentsOf(spec)
  const ofRoutes = payments.flatMap(({ payment }) => routePrices(spec, payment))
  const registration = isJsonObject(spec['registration']) ? spec['registration'] : undefined
  const common = {
    name: ref.name,
    namespace: ref.namespace ?? '',
    type: textAt(spec, 'type'),
    path: textAt(spec, 'path') === '' ? defaultPath(ref.name) : textAt(spec, 'path'),
    labels: textsOf(jsonAt(manifest, ['metadata', 'labels'])),
    registered: registration !== undefined && registration['enabled'] !== false,
    registration: celValue(registration ?? {}),
    spec: celValue(spec),
  }
  return [...payments, ...ofRoutes].map(({ payment, at }) => ({
    variables: { offer: { ...common, ...paymentView(isJsonObject(payment) ? payment : {}) } },
    payment: at,
  }))
}

type Payment = { readonly payment: JsonValue | undefined; readonly at: string }

/** A list that is not empty is what buyers are offered; its first entry repeats `payment`. */
function paymentsOf(spec: JsonObject): readonly Payment[] {
  const several = spec['payments']
  return isJsonArray(several) && several.length > 0
    ? several.map((payment, i) => ({ payment, at: `spec.payments[${i}]` }))
    : [{ payment: spec['payment'], at: 'spec.payment' }]
}

/** A route may have a price of its own: a ceiling is one for that as well. */
function routePrices(spec: JsonObject, payment: JsonValue | undefined): readonly Payment[] {
  const routes = isJsonArray(spec['routes']) ? spec['routes'] : []
  return routes.flatMap((route, i) => {
    const price = jsonAt(route, ['price'])
    if (price === undefined || !isJsonObject(payment)) return []
    return [{ payment: { ...payment, price }, at: `spec.routes[${i}]` }]
  })
}

function paymentView(payment: JsonObject): Readonly<Record<string, unknown>> {
  const network = textAt(payment, 'network')
  const asset = jsonAt(payment, ['asset', 'symbol'])
  const price = jsonAt(payment, ['price'])
  const [unit = '', amount] = Object.entries(isJsonObject(price) ? price : {})[0] ?? []
  const decimal = typeof amount === 'string' ? parseDecimal(amount) : undefined
  const perRequest = decimal !== undefined && unit === 'perMTok' ? shiftDown(decimal, MTOK_PLACES) : decimal
  return {
    network: resolveNetwork(network)?.name ?? network,
    token: typeof asset === 'string' ? asset : 'USDC',
    payTo: textAt(payment, 'payTo').toLowerCase(),
    unit,
    // Absent, so that a rule about it fails rather than holds.
    ...(decimal === undefined ? {} : { price: new DecimalValue(decimal) }),
    ...(perRequest === undefined ? {} : { perRequest: new DecimalValue(perRequest) }),
  }
}

/** JSON as CEL has it: whole numbers are ints. */
function celValue(value: JsonValue): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (isJsonArray(value)) return value.map(celValue)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, celValue(item)]))
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

function textsOf(value: JsonValue | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(isJsonObject(value) ? value : {})
  return Object.fromEntries(entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])))
}
