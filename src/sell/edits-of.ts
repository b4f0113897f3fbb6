import { ObolError } from '../errors/obol-error.ts'
import { SELL_ERRORS } from '../errors/sell.ts'
import { resolveNetwork } from '../networks/resolve-network.ts'
import { isJsonArray, type JsonObject, type JsonValue, jsonAt } from '../util/json.ts'
import type { FieldEdit } from './field-edit.ts'
import { PRICE_KINDS, type SellFields } from './sell-fields.ts'

/** The path of each simple field. */
const SIMPLE = [
  ['model', ['model', 'name']],
  ['listen', ['gateway', 'listen']],
  ['modelServer', ['gateway', 'upstream']],
  ['agent', ['agent', 'ref', 'name']],
  ['service', ['upstream', 'service']],
  ['port', ['upstream', 'port']],
  ['healthPath', ['upstream', 'healthPath']],
  ['path', ['path']],
  ['hostname', ['hostname']],
] as const

const AFTER_PAYMENT = [
  ['routes', ['routes']],
  ['isAsync', ['async', 'enabled']],
  ['resultVisibility', ['async', 'resultVisibility']],
  ['jobTtl', ['async', 'ttl']],
  ['maxInFlight', ['limits', 'maxInFlight']],
  ['rps', ['limits', 'rps']],
  ['weight', ['listing', 'weight']],
  ['category', ['listing', 'category']],
  ['provenance', ['provenance']],
] as const

/**
 * What is to be changed in an offer's file so that it says what the command line says, in the order in which a new file has
 * its fields. A price leaves no other price behind, and with several ways to pay the first one stays the offer's own. Throws OBOL-L005 for
 * another chain where the asset is an address of the old one. Pure.
 * @param current the offer as it is; undefined for a new one
 */
export function editsOf(fields: SellFields, current: JsonObject | undefined): readonly FieldEdit[] {
  return [
    ...SIMPLE.flatMap(([name, path]) => set(['spec', ...path], fields[name])),
    ...paymentEdits(fields, current),
    ...AFTER_PAYMENT.flatMap(([name, path]) => set(['spec', ...path], copyOf(fields[name]))),
    ...registrationEdits(fields, current),
  ]
}

function paymentEdits(fields: SellFields, current: JsonObject | undefined): readonly FieldEdit[] {
  const { payments } = fields
  const own = jsonAt(current, ['spec', 'payments'])
  const [first] = payments ?? []
  if (first !== undefined && payments !== undefined) {
    const all = set(['spec', 'payments'], copyOf(payments.length > 1 ? payments : undefined))
    const rest = payments.length > 1 || own === undefined ? all : [{ path: ['spec', 'payments'] }]
    return [...set(['spec', 'payment'], copyOf(first)), ...rest]
  }
  const isMirrored = isJsonArray(own) && own.length > 0
  return [
    ...editsAt(fields, ['spec', 'payment'], jsonAt(current, ['spec', 'payment'])),
    ...(isMirrored ? editsAt(fields, ['spec', 'payments', 0], own[0]) : []),
  ]
}

/** A token by name and an asset by address exclude each other; an address is of one chain. */
function editsAt(
  fields: SellFields,
  at: readonly (string | number)[],
  current: JsonValue | undefined,
): readonly FieldEdit[] {
  const { payTo, network, token, price, maxTimeoutSeconds } = fields
  const hasAsset = jsonAt(current, ['asset']) !== undefined
  const before = jsonAt(current, ['network'])
  if (hasAsset && token === undefined && network !== undefined && !isSameNetwork(network, before)) {
    const message = `the offer is paid by an asset of ${String(before)}: with another --network say --token, or --accept with asset=`
    throw new ObolError(SELL_ERRORS.CONTRADICTION, { message })
  }
  const others = price === undefined ? [] : [...PRICE_KINDS, 'perEpoch'].filter((kind) => kind !== price.kind)
  const stale = others.filter((kind) => jsonAt(current, ['price', kind]) !== undefined)
  return [
    ...set([...at, 'payTo'], payTo),
    ...set([...at, 'network'], network),
    ...set([...at, 'token'], token),
    ...(token !== undefined && hasAsset ? [{ path: [...at, 'asset'] }] : []),
    ...(price === undefined ? [] : set([...at, 'price', price.kind], price.amount)),
    // Only now: a mapping that were empty for a moment would go.
    ...stale.map((kind) => ({ path: [...at, 'price', kind] })),
    ...set([...at, 'maxTimeoutSeconds'], maxTimeoutSeconds),
  ]
}

function isSameNetwork(network: string, before: JsonValue | undefined): boolean {
  if (typeof before !== 'string') return false
  const [one, other] = [network, before].map((name) => resolveNetwork(name)?.name ?? name)
  return one === other
}

function registrationEdits({ registration }: SellFields, current: JsonObject | undefined): readonly FieldEdit[] {
  if (registration === undefined) return []
  const isThere = jsonAt(current, ['spec', 'registration']) !== undefined
  if (registration === 'none') return isThere ? [{ path: ['spec', 'registration'] }] : []
  return Object.entries(registration).flatMap(([name, value]) => set(['spec', 'registration', name], copyOf(value)))
}

function set(path: readonly (string | number)[], value: JsonValue | undefined): readonly FieldEdit[] {
  return value === undefined ? [] : [{ path, value }]
}

/** Plain data of our own types, as JSON. */
function copyOf(value: unknown): JsonValue | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
