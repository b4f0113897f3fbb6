import type { JsonObject, JsonValue } from '../../util/json.ts'
import { invalidValue } from '../field-error.ts'
import { fieldsOf, listOf, textOf } from '../fields.ts'
import { invalid } from '../refusal.ts'
import { SERVICE_RESOURCE } from '../served-resource.ts'
import type { Store } from '../store.ts'
import { isIPAddress } from '../validation/names.ts'

const RANGE = { first: [10, 96], size: 1 << 20 } as const
const NODE_PORTS = { first: 30000, last: 32767 } as const

/**
 * Gives a Service what only the cluster can: an address of 10.96.0.0/12, its IP family, node ports. What an earlier
 * version of it has is kept. Addresses are given out in order, so that tests are deterministic.
 * @throws Refusal 422 when a wanted address is outside the range or taken.
 */
export function allocateService(service: JsonObject, live: JsonObject | undefined, store: Store): JsonObject {
  const spec = fieldsOf(service['spec'])
  const before = fieldsOf(live?.['spec'])
  if (spec['type'] === 'ExternalName') return service
  const ip = textOf(spec['clusterIP']) || textOf(before['clusterIP'])
  const clusterIP = ip === '' ? freeAddress(store) : ip
  // An address that is there already may not change at all, which validation will say.
  const isWanted = ip !== '' && ip !== 'None' && textOf(before['clusterIP']) === ''
  if (isWanted) checkAddress(service, clusterIP)
  const needsNodePorts = spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer'
  return {
    ...service,
    spec: {
      ...spec,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
      ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
      ...(needsNodePorts ? { ports: withNodePorts(spec['ports'], before['ports'], store) } : {}),
    },
  }
}

function checkAddress(service: JsonObject, clusterIP: string): void {
  const metadata = fieldsOf(service['metadata'])
  const about = { group: '', kind: 'Service', name: textOf(metadata['name']) }
  if (!isIPAddress(clusterIP)) {
    const why = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
    throw invalid(about, [invalidValue('spec.clusterIPs[0]', clusterIP, why)])
  }
  const [a, b = 0] = clusterIP.split('.').map(Number)
  if (a !== RANGE.first[0] || b < RANGE.first[1] || b > RANGE.first[1] + 15) {
    const why = `failed to allocate IP ${clusterIP}: the provided network does not match the current range`
    throw invalid(about, [invalidValue('spec.clusterIPs', [clusterIP], why)])
  }
}

function freeAddress(store: Store): string {
  const taken = new Set(services(store).map((service) => fieldsOf(service['spec'])['clusterIP']))
  for (let offset = 1; offset < RANGE.size; offset++) {
    const address = [RANGE.first[0], RANGE.first[1] + (offset >> 16), (offset >> 8) & 255, offset & 255].join('.')
    if (!taken.has(address)) return address
  }
  throw new RangeError('no free cluster IP')
}

function withNodePorts(
  ports: JsonValue | undefined,
  before: JsonValue | undefined,
  store: Store,
): readonly JsonValue[] {
  const taken = new Set(
    services(store).flatMap((service) => listOf(fieldsOf(service['spec'])['ports']).map((p) => p['nodePort'])),
  )
  const old = new Map(
    listOf(before).map((port) => [`${textOf(port['protocol'])}/${String(port['port'])}`, port['nodePort']]),
  )
  return listOf(ports).map((port) => {
    const kept = port['nodePort'] ?? old.get(`${textOf(port['protocol'])}/${String(port['port'])}`)
    const nodePort = kept ?? freePort(taken)
    taken.add(nodePort)
    return { ...port, nodePort }
  })
}

function freePort(taken: ReadonlySet<JsonValue | undefined>): number {
  for (let port: number = NODE_PORTS.first; port <= NODE_PORTS.last; port++) if (!taken.has(port)) return port
  throw new RangeError('no free node port')
}

function services(store: Store): readonly JsonObject[] {
  return store.list(SERVICE_RESOURCE.key)
}
