import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { resolveNetwork } from '../networks/resolve-network.ts'
import type { OfferAsset, OfferPayment, OfferPrice } from '../offers/offer.gen.ts'
import { parsePairs } from './parse-pairs.ts'
import { wholeNumber } from './parse-route.ts'

const PRICES = { price: 'perRequest', 'per-mtok': 'perMTok', 'per-hour': 'perHour' } as const
const KEYS = [
  ...['token', 'asset', 'network', 'price', 'per-mtok', 'per-hour', 'pay-to', 'decimals', 'transfer'],
  ...['symbol', 'eip712-name', 'eip712-version', 'max-timeout'],
] as readonly string[]

/** What an entry of `--accept` takes from the other flags where it says nothing. */
export type AcceptDefaults = { readonly payTo?: string; readonly network?: string }

/**
 * A way to pay of `--accept`: `token=OBOL,network=ethereum,price=1`, or `asset=0x…,decimals=18,…` for a token that is not
 * known. Throws OBOL-U003. What the offer's own checks see is left to them.
 */
export function parseAccept(input: string, defaults: AcceptDefaults): OfferPayment {
  const pairs = parsePairs(input, KEYS)
  const network = pairs.get('network') ?? defaults.network
  const payTo = pairs.get('pay-to') ?? defaults.payTo
  const token = pairs.get('token')
  const timeout = pairs.get('max-timeout')
  if (payTo === undefined) throw bad('it needs pay-to=, or --pay-to')
  if (network === undefined) throw bad('it needs network=, or --network')
  if (token !== undefined && pairs.has('asset')) throw bad('token= and asset= exclude each other')
  const asset = assetOf(pairs)
  return {
    payTo,
    network: resolveNetwork(network)?.name ?? network,
    ...(token === undefined ? {} : { token }),
    ...(asset === undefined ? {} : { asset }),
    price: priceOf(pairs),
    ...(timeout === undefined ? {} : { maxTimeoutSeconds: wholeNumber(timeout, 'max-timeout') }),
  }
}

function priceOf(pairs: ReadonlyMap<string, string>): OfferPrice {
  const found = Object.entries(PRICES).flatMap(([key, kind]) => {
    const amount = pairs.get(key)
    return amount === undefined ? [] : [[kind, amount] as const]
  })
  const [only, ...others] = found
  if (only === undefined || others.length > 0) throw bad(`it needs exactly one of ${Object.keys(PRICES).join(', ')}`)
  return { [only[0]]: only[1] }
}

function assetOf(pairs: ReadonlyMap<string, string>): OfferAsset | undefined {
  const address = pairs.get('asset')
  const [symbol, decimals, transfer] = [pairs.get('symbol'), pairs.get('decimals'), pairs.get('transfer')]
  const [eip712Name, eip712Version] = [pairs.get('eip712-name'), pairs.get('eip712-version')]
  if (address === undefined) {
    if ([symbol, decimals, transfer, eip712Name, eip712Version].every((value) => value === undefined)) return undefined
    throw bad('symbol, decimals, transfer and eip712-… describe an asset=')
  }
  if (transfer !== undefined && transfer !== 'permit2' && transfer !== 'eip3009') {
    throw bad('transfer is one of eip3009, permit2')
  }
  return {
    address,
    ...(symbol === undefined ? {} : { symbol }),
    ...(decimals === undefined ? {} : { decimals: wholeNumber(decimals, 'decimals') }),
    ...(transfer === undefined ? {} : { transferMethod: transfer }),
    ...(eip712Name === undefined ? {} : { eip712Name }),
    ...(eip712Version === undefined ? {} : { eip712Version }),
  }
}

function bad(message: string): ObolError {
  return new ObolError(USAGE_ERRORS.BAD_VALUE, { message })
}
