import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'

/** The structs of a built-in kind that hold optional fields, as paths; `*` stands for the items of a list. */
const STRUCTS: Readonly<Record<string, readonly string[]>> = {
  Service: ['spec', 'spec.ports.*'],
  Endpoints: ['', 'subsets.*', 'subsets.*.addresses.*', 'subsets.*.notReadyAddresses.*', 'subsets.*.ports.*'],
  ConfigMap: [''],
  Secret: [''],
}

/** Pointers in Go: an empty value of theirs says something, and is kept. */
const POINTERS: ReadonlySet<string> = new Set([
  'allocateLoadBalancerNodePorts',
  'internalTrafficPolicy',
  'ipFamilyPolicy',
  'loadBalancerClass',
  'trafficDistribution',
  'appProtocol',
  'immutable',
  'nodeName',
])

/** Never left out of the JSON, however empty. */
const REQUIRED: ReadonlySet<string> = new Set(['port', 'ip'])

/**
 * The object without the empty optional fields that its Go types leave out of their JSON: those of metadata for every
 * kind, custom ones too, those of the object itself for Service, Endpoints, ConfigMap and Secret. Who owns such a field
 * keeps it. Source: apimachinery, meta/v1/types.go; api, core/v1/types.go.
 */
export function dropEmpty(object: JsonObject): JsonObject {
  const paths = object['apiVersion'] === 'v1' ? (STRUCTS[String(object['kind'])] ?? []) : []
  let kept: JsonValue = object
  for (const path of ['metadata', ...paths]) kept = dropAt(kept, path === '' ? [] : path.split('.'))
  return isJsonObject(kept) ? kept : object
}

function dropAt(value: JsonValue, path: readonly string[]): JsonValue {
  const [key, ...rest] = path
  if (key === '*') return isJsonArray(value) ? value.map((item) => dropAt(item, rest)) : value
  if (!isJsonObject(value)) return value
  if (key === undefined) return withoutEmpty(value)
  const child = value[key]
  return child === undefined ? value : { ...value, [key]: dropAt(child, rest) }
}

function withoutEmpty(struct: JsonObject): JsonObject {
  const kept = Object.entries(struct).filter(([name, value]) => REQUIRED.has(name) || !isLeftOut(name, value))
  return kept.length === Object.keys(struct).length ? struct : Object.fromEntries(kept)
}

function isLeftOut(name: string, value: JsonValue): boolean {
  if (value === null) return true
  if (POINTERS.has(name)) return false
  if (isJsonArray(value)) return value.length === 0
  if (isJsonObject(value)) return Object.keys(value).length === 0
  return value === '' || value === 0 || value === false
}
