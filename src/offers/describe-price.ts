import { findToken, resolveNetwork } from '../networks/resolve-network.ts'
import type { PriceKey } from './check-price.ts'
import { chargedPerRequest, PRICE_KEYS } from './check-price.ts'
import { formatDecimal, parseDecimal } from './decimal.ts'
import type { OfferPayment, OfferPrice, OfferSpec } from './offer.gen.ts'

/**
 * What an offer costs, for people: `23 USDC per million tokens (0.023 per request)`, with every way to pay
 * (`… or 1 OBOL per request on ethereum`) and the number of routes with a price of their own.
 */
export function describePrice(spec: OfferSpec): string {
  const { payment, payments = [payment], routes = [] } = spec
  const ways = payments.map((each) => {
    const elsewhere = each.network === payment.network ? '' : ` on ${each.network}`
    return `${describeAmount(each.price, symbolOf(each))}${elsewhere}`
  })
  const priced = routes.filter(({ price }) => price !== undefined).length
  const own = priced === 0 ? '' : `; ${priced} ${priced === 1 ? 'route has its' : 'routes have their'} own price`
  return `${ways.join(' or ')}${own}`
}

const UNITS: Readonly<Record<PriceKey, string>> = {
  perRequest: 'per request',
  perMTok: 'per million tokens',
  perHour: 'per hour',
  perEpoch: 'per epoch',
}

function describeAmount(price: OfferPrice, symbol: string): string {
  const key = PRICE_KEYS.find((each) => price[each] !== undefined)
  const text = key === undefined ? undefined : price[key]
  const amount = text === undefined ? undefined : parseDecimal(text)
  if (key === undefined || amount === undefined) return 'no price'
  const asked = `${formatDecimal(amount)} ${symbol} ${UNITS[key]}`
  const charged = chargedPerRequest(key, amount)
  return key === 'perRequest' ? asked : `${asked} (${formatDecimal(charged)} per request)`
}

/** The token's symbol; a token that is only known by its address is shown by it, shortened. */
function symbolOf({ network, token, asset }: OfferPayment): string {
  if (asset === undefined) return token ?? 'USDC'
  const chain = resolveNetwork(network)
  const known = chain === undefined ? undefined : findToken(chain, asset.address)
  return known?.symbol ?? asset.symbol ?? `${asset.address.slice(0, 6)}…${asset.address.slice(-4)}`
}
