import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { fieldsOf, listOf } from '../fields.ts'
import type { PrinterColumn, ServedResource } from '../served-resource.ts'

export type Column = Omit<PrinterColumn, 'jsonPath'>

/** How one kind is shown in a table: its columns, and the cells of a row. */
export type Printer = {
  readonly columns: readonly Column[]
  readonly cells: (object: JsonObject, now: Date) => JsonArray
}

const NAME = column('Name', 'string', 'Name of the object', 'name')
const AGE = column('Age', 'string', 'Time since the object was created')

/** The columns `kubectl get` shows for a resource. Source: kubernetes, pkg/printers/internalversion/printers.go. */
export function printerOf(resource: ServedResource): Printer {
  return resource.structural === undefined ? (BUILT_IN[resource.kind] ?? PLAIN) : customPrinter(resource.columns)
}

const PLAIN: Printer = { columns: [NAME, AGE], cells: (object, now) => [nameOf(object), ageOf(object, now)] }

const BUILT_IN: Readonly<Record<string, Printer>> = {
  Namespace: {
    columns: [NAME, column('Status', 'string', 'The status of the namespace'), AGE],
    cells: (object, now) => [nameOf(object), textAt(object, 'status', 'phase'), ageOf(object, now)],
  },
  Service: {
    columns: [
      NAME,
      column('Type', 'string', 'How the Service is exposed'),
      column('Cluster-IP', 'string', 'Address within the cluster'),
      column('External-IP', 'string', 'Addresses outside the cluster'),
      column('Port(s)', 'string', 'Ports exposed'),
      AGE,
      { ...column('Selector', 'string', 'Pods the traffic goes to'), priority: 1 },
    ],
    cells: serviceCells,
  },
  Endpoints: {
    columns: [NAME, column('Endpoints', 'string', 'Addresses and ports'), AGE],
    cells: (object, now) => [nameOf(object), endpointsText(object), ageOf(object, now)],
  },
  ConfigMap: {
    columns: [NAME, column('Data', 'string', 'Number of keys'), AGE],
    cells: (object, now) => [
      nameOf(object),
      countOf(object, 'data') + countOf(object, 'binaryData'),
      ageOf(object, now),
    ],
  },
  Secret: {
    columns: [NAME, column('Type', 'string', 'Type of the secret'), column('Data', 'string', 'Number of keys'), AGE],
    cells: (object, now) => [nameOf(object), String(object['type'] ?? ''), countOf(object, 'data'), ageOf(object, now)],
  },
  CustomResourceDefinition: {
    columns: [
      NAME,
      column('Scope', 'string', 'Cluster/Namespaced'),
      column('Versions', 'string', 'Served versions'),
      column('Created At', 'date', 'Time the object was created'),
      { ...column('Group', 'string', 'API group'), priority: 1 },
      { ...column('Kind', 'string', 'CustomResource kind'), priority: 1 },
      { ...column('ShortNames', 'string', 'Short names'), priority: 1 },
      { ...column('Established', 'boolean', 'Established status'), priority: 1 },
    ],
    cells: crdCells,
  },
}

function customPrinter(columns: readonly PrinterColumn[]): Printer {
  return {
    columns: [NAME, ...columns.map(({ jsonPath: _, ...shown }) => shown)],
    cells: (object, now) => [
      nameOf(object),
      ...columns.map((shown) => {
        const value = atJsonPath(object, shown.jsonPath)
        if (shown.type === 'date' && typeof value === 'string') return since(value, now)
        return value === undefined || isJsonObject(value) || isJsonArray(value) ? textOrNull(value) : value
      }),
    ],
  }
}

/**
 * The value at a JSONPath of the forms printer columns use: `.a.b`, `.a['b']`, `.a[0].b`, `.a[?(@.type=="Ready")].b`.
 */
export function atJsonPath(object: JsonObject, path: string): JsonValue | undefined {
  let at: JsonValue | undefined = object
  for (const step of path.matchAll(STEP)) at = stepInto(at, step)
  return at
}

function stepInto(at: JsonValue | undefined, step: RegExpExecArray): JsonValue | undefined {
  const [, field, quoted, index, filterKey, filterValue] = step
  const key = field ?? quoted
  if (key !== undefined) return fieldsOf(at)[key.replaceAll('\\.', '.')]
  if (filterKey !== undefined) return listOf(at).find((item) => item[filterKey] === filterValue)
  return isJsonArray(at) ? at[Number(index)] : undefined
}

const STEP = /\.((?:[^.[\\]|\\.)+)|\['([^']+)'\]|\[(\d+)\]|\[\?\(@\.(\w+)\s*==\s*["']([^"']*)["']\)\]/g

function serviceCells(object: JsonObject, now: Date): JsonArray {
  const spec = fieldsOf(object['spec'])
  const type = String(spec['type'] ?? '')
  const ports = listOf(spec['ports'])
  const portTexts = ports.map((port) => {
    const node = port['nodePort'] === undefined ? '' : `:${String(port['nodePort'])}`
    return `${String(port['port'])}${node}/${String(port['protocol'])}`
  })
  const selector = fieldsOf(spec['selector'])
  const pairs = Object.keys(selector)
    .sort()
    .map((key) => `${key}=${String(selector[key])}`)
  return [
    nameOf(object),
    type,
    textOr(spec['clusterIP'], '<none>'),
    externalIp(spec, type),
    portTexts.join(',') || '<none>',
    ageOf(object, now),
    pairs.join(',') || '<none>',
  ]
}

function externalIp(spec: JsonObject, type: string): string {
  const ips = isJsonArray(spec['externalIPs']) ? spec['externalIPs'].join(',') : ''
  if (type === 'ExternalName') return textOr(spec['externalName'], '<none>')
  if (ips !== '') return ips
  return type === 'LoadBalancer' ? '<pending>' : '<none>'
}

function endpointsText(object: JsonObject): string {
  const subsets = listOf(object['subsets'])
  const all = subsets.flatMap((subset) => {
    const addresses = listOf(subset['addresses'])
    const ports = listOf(subset['ports'])
    if (ports.length === 0) return addresses.map((address) => String(address['ip']))
    return ports.flatMap((port) => addresses.map((address) => `${String(address['ip'])}:${String(port['port'])}`))
  })
  const shown = all.slice(0, 3).join(',')
  return all.length === 0 ? '<none>' : all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown
}

function crdCells(object: JsonObject): JsonArray {
  const spec = fieldsOf(object['spec'])
  const names = fieldsOf(spec['names'])
  const versions = listOf(spec['versions'])
  const served = versions
    .filter((version) => version['served'] === true)
    .map((version) => `${String(version['name'])}${version['storage'] === true ? '(storage)' : ''}`)
  const established = atJsonPath(object, '.status.conditions[?(@.type=="Established")].status')
  return [
    nameOf(object),
    String(spec['scope'] ?? ''),
    served.join(','),
    metadataString(object, 'creationTimestamp') ?? '',
    String(spec['group'] ?? ''),
    String(names['kind'] ?? ''),
    isJsonArray(names['shortNames']) ? names['shortNames'].join(',') : '',
    established === 'True',
  ]
}

/** Source: apimachinery, util/duration HumanDuration. */
export function humanDuration(seconds: number): string {
  if (seconds < 0) return seconds < -1 ? '<invalid>' : '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`
}

function withRest(value: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${value}${unit}` : `${value}${unit}${rest}${restUnit}`
}

function ageOf(object: JsonObject, now: Date): string {
  const created = metadataOf(object)['creationTimestamp']
  return typeof created === 'string' ? since(created, now) : '<unknown>'
}

function since(time: string, now: Date): string {
  const start = Date.parse(time)
  return Number.isNaN(start) ? '<unknown>' : humanDuration(Math.floor((now.getTime() - start) / 1000))
}

function nameOf(object: JsonObject): string {
  return metadataString(object, 'name') ?? ''
}

function countOf(object: JsonObject, field: string): number {
  const value = object[field]
  return isJsonObject(value) ? Object.keys(value).length : 0
}

function textAt(object: JsonObject, field: string, key: string): string {
  const value = object[field]
  return isJsonObject(value) ? textOr(value[key], '') : ''
}

function textOr(value: JsonValue | undefined, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback
}

function textOrNull(value: JsonValue | undefined): JsonValue {
  return value === undefined ? null : JSON.stringify(value)
}

function column(name: string, type: string, description: string, format = ''): Column {
  return { name, type, format, description, priority: 0 }
}
