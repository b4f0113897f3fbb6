import { resolveNetwork } from '../networks/resolve-network.ts'
import type { Token } from '../networks/table.ts'
import type { JsonObject } from '../util/json.ts'

/**
 * A payment as the ServiceOffer has it: `token` becomes `asset`, except for the chain's USDC, which is what a missing
 * `asset` means. Anything else is left as written; a token that is not known is left out.
 */
export function lowerPayment(payment: JsonObject): JsonObject {
  const { token, ...rest } = payment
  const { network } = rest
  if (typeof token !== 'string' || typeof network !== 'string' || 'asset' in rest) return rest
  const chain = resolveNetwork(network)
  const known = chain?.tokens.find(({ symbol }) => symbol === token)
  return known === undefined || known === chain?.usdc ? rest : { ...rest, asset: assetOf(known) }
}

function assetOf(token: Token): JsonObject {
  return {
    address: token.address,
    symbol: token.symbol,
    decimals: token.decimals,
    transferMethod: token.transferMethod,
    eip712Name: token.eip712.name,
    eip712Version: token.eip712.version,
  }
}
