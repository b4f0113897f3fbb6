import { lookup } from 'node:dns/promises'
import { networkInterfaces, platform } from 'node:os'
import type { HostPorts } from './resolve-host-address.ts'

const LOOKUP_LIMIT_MS = 2000

/**
 * The ports of `resolveHostAddress` over this machine's resolver and interfaces.
 * SIDE EFFECTS: `lookup` asks the system's resolver; a name that takes more than two seconds counts as unknown.
 */
export function nodeHostPorts(): HostPorts {
  return {
    platform: platform(),
    lookup: lookupAddresses,
    networkInterfaces: () =>
      new Map(
        Object.entries(networkInterfaces()).map(([name, found = []]) => [name, found.map(({ address }) => address)]),
      ),
  }
}

async function lookupAddresses(name: string): Promise<readonly string[]> {
  const { promise: limit, resolve } = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(resolve, LOOKUP_LIMIT_MS, [])
  const found = lookup(name, { all: true }).then(
    (addresses) => addresses.map(({ address }) => address),
    () => [],
  )
  try {
    return await Promise.race([found, limit])
  } finally {
    clearTimeout(timer)
  }
}
