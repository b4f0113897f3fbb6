import { nearest } from '../util/nearest.ts'
import type { Network, Token } from './table.ts'
import { NETWORKS } from './table.ts'

const BY_NAME: ReadonlyMap<string, Network> = new Map(
  NETWORKS.flatMap((network) => namesOf(network).map((name) => [name, network] as const)),
)

/** The chain of a name, alias or CAIP-2 id, exactly as written; undefined when the table has none. */
export function resolveNetwork(name: string): Network | undefined {
  return BY_NAME.get(name)
}

/** The name, alias or CAIP-2 id nearest to a mistyped one, or undefined when none is near. */
export function nearestName(name: string): string | undefined {
  return nearest(name, [...BY_NAME.keys()])
}

/** The token of a symbol (letter case ignored) or an address on a chain; undefined when the table has none. */
export function findToken(network: Network, symbolOrAddress: string): Token | undefined {
  const wanted = symbolOrAddress.toLowerCase()
  return network.tokens.find((token) => token.symbol.toLowerCase() === wanted || token.address.toLowerCase() === wanted)
}

function namesOf(network: Network): readonly string[] {
  return [network.name, ...network.aliases, network.caip2]
}
