import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../util/json.ts'
import { plural } from '../util/plural.ts'

/** The few facts by which an operator recognises a new object: a price and its payee, a port, how many keys. */
export function objectFacts(object: JsonObject): readonly string[] {
  const facts = FACTS[typeof object['kind'] === 'string' ? object['kind'] : '']
  return facts === undefined ? [] : facts(object).filter((fact) => fact !== undefined)
}

type Facts = (object: JsonObject) => readonly (string | undefined)[]

const FACTS: Readonly<Record<string, Facts>> = {
  ServiceOffer: (object) => [
    ...priceFacts(jsonAt(object, ['spec', 'payment', 'price'])),
    labelled('to', shortAddress(jsonAt(object, ['spec', 'payment', 'payTo']))),
    text(jsonAt(object, ['spec', 'path'])) ?? text(jsonAt(object, ['spec', 'hostname'])),
    counted(jsonAt(object, ['spec', 'payments']), 'payment'),
    counted(jsonAt(object, ['spec', 'routes']), 'route'),
  ],
  Service: (object) => items(jsonAt(object, ['spec', 'ports'])).map(portFact),
  Endpoints: (object) => items(object['subsets']).flatMap(subsetFacts),
  ConfigMap: (object) => [counted(object['data'], 'key')],
  Secret: (object) => [counted(object['data'] ?? object['stringData'], 'key')],
  CustomResourceDefinition: (object) => [labelled('defines', text(jsonAt(object, ['spec', 'names', 'kind'])))],
}

function priceFacts(price: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(price)) return []
  return Object.keys(price).map((key) => `${key} ${text(price[key]) ?? '?'}`)
}

/** `0x1234…abcd` of an address; anything else as it is. */
function shortAddress(value: JsonValue | undefined): string | undefined {
  const address = text(value)
  return address !== undefined && /^0x[0-9a-fA-F]{40}$/.test(address)
    ? `${address.slice(0, 6)}…${address.slice(-4)}`
    : address
}

function portFact(port: JsonObject): string {
  const target = text(port['targetPort'])
  const number = text(port['port']) ?? '?'
  return target === undefined || target === number ? `port ${number}` : `port ${number} → ${target}`
}

function subsetFacts(subset: JsonObject): readonly string[] {
  const ports = items(subset['ports']).map((port) => text(port['port']) ?? '?')
  return items(subset['addresses']).map((address) => `${text(address['ip']) ?? '?'}:${ports.join(',')}`)
}

function items(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : []
}

function counted(value: JsonValue | undefined, noun: string): string | undefined {
  const count = isJsonArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0
  return count === 0 ? undefined : plural(count, noun)
}

function labelled(label: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${label} ${value}`
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
