import { isEndpointAddress } from '../util/is-endpoint-address.ts'

/** What the resolver asks of the operating system. */
export type HostPorts = {
  /** `darwin`, `linux`, … */
  readonly platform: string
  /** The addresses of a DNS name; empty when it has none or the lookup fails. */
  readonly lookup: (name: string) => Promise<readonly string[]>
  /** The addresses of each network interface, by its name. */
  readonly networkInterfaces: () => ReadonlyMap<string, readonly string[]>
}

/** `source` says where the address was found, for people: `host.k3d.internal`, `docker0`, `Docker Desktop`. */
export type HostAddress = { readonly address: string; readonly source: string }

/**
 * The address under which Pods reach this host: the DNS names container runtimes set (`host.docker.internal` first on
 * macOS, `host.k3d.internal` first elsewhere), then Docker Desktop's fixed address on macOS, or the docker0 bridge.
 * Never a loopback or link-local address, which the API server refuses. Undefined when nothing is found.
 */
export async function resolveHostAddress(ports: HostPorts): Promise<HostAddress | undefined> {
  const isMac = ports.platform === 'darwin'
  const names = ['host.k3d.internal', 'host.docker.internal']
  for (const name of isMac ? names.toReversed() : names) {
    const address = usable(await ports.lookup(name))
    if (address !== undefined) return { address, source: name }
  }
  if (isMac) return { address: DOCKER_DESKTOP, source: 'Docker Desktop' }
  const bridge = usable(ports.networkInterfaces().get('docker0') ?? [])
  return bridge === undefined ? undefined : { address: bridge, source: 'docker0' }
}

/** Docker Desktop's address of the host inside its virtual machine. */
const DOCKER_DESKTOP = '192.168.65.254'

/** The first address Pods can use, IPv4 before IPv6: the pod network of k3d and k3s is IPv4. */
function usable(addresses: readonly string[]): string | undefined {
  const candidates = addresses.filter(isEndpointAddress)
  return candidates.find((address) => !address.includes(':')) ?? candidates[0]
}
