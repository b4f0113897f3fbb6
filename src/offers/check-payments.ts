import { OFFER_ERRORS } from '../errors/offers.ts'
import { findToken, nearestName, resolveNetwork } from '../networks/resolve-network.ts'
import type { Network, Token } from '../networks/table.ts'
import { NETWORKS } from '../networks/table.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'
import { nearest } from '../util/nearest.ts'
import type { IsChecksummed } from './check-address.ts'
import { checkAddress } from './check-address.ts'
import { checkPrice } from './check-price.ts'
import type { Report } from './finding.ts'
import { lowerPayment } from './lower-payment.ts'
import type { Path } from './source.ts'

/** `offer` may name a token by `token`; `manifest` (a ServiceOffer as it stands) may not. */
export type PaymentDialect = 'offer' | 'manifest'

/** What the rest of the offer needs to know of the money: both undefined where the payment is not understood. */
export type PaymentFacts = { readonly network: Network | undefined; readonly decimals: number | undefined }

/**
 * Checks `spec.payment` and `spec.payments` beyond what any schema can say: known network and token, addresses, prices,
 * that the first of `payments` repeats `payment`, and that no token of a chain is offered twice.
 */
export function checkPayments(
  spec: JsonObject,
  dialect: PaymentDialect,
  isChecksummed: IsChecksummed,
  report: Report,
): PaymentFacts {
  const { payment, payments } = spec
  const path = ['spec', 'payment']
  if (!isJsonObject(payment)) {
    if (payment === undefined) report(OFFER_ERRORS.MISSING_FIELD, path, 'is missing: what is sold needs a price')
    else report(OFFER_ERRORS.WRONG_TYPE, path, 'must be a mapping with payTo, network and price')
    return { network: undefined, decimals: undefined }
  }
  const terms = checkPayment(payment, path, dialect, isChecksummed, report)
  if (isJsonArray(payments)) checkList(payment, payments, dialect, isChecksummed, report)
  return terms
}

type Terms = PaymentFacts & { readonly asset: string | undefined }

function checkList(
  payment: JsonObject,
  payments: readonly JsonValue[],
  dialect: PaymentDialect,
  isChecksummed: IsChecksummed,
  report: Report,
): void {
  const seen = new Map<string, number>()
  for (const [i, entry] of payments.entries()) {
    const path = ['spec', 'payments', i]
    if (!isJsonObject(entry)) continue
    const isMirror = i === 0 && checkMirror(payment, entry, report)
    // An entry that repeats `payment` would only repeat its mistakes.
    const silent: Report = () => undefined
    const { network, asset } = checkPayment(entry, path, dialect, isChecksummed, isMirror ? silent : report)
    if (network === undefined || asset === undefined) continue
    const key = `${network.caip2}/${asset.toLowerCase()}`
    const earlier = seen.get(key)
    if (earlier === undefined) seen.set(key, i)
    else {
      const message = `offers the token of payments[${earlier}] on ${network.name} a second time`
      report(OFFER_ERRORS.PAYMENTS_DUPLICATE, path, message)
    }
  }
}

/** True when the first entry says the same as `payment`; else reports the first field that differs. */
function checkMirror(payment: JsonObject, entry: JsonObject, report: Report): boolean {
  const wanted = withDefaults(payment)
  const found = withDefaults(entry)
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
  const different = names.find((name) => !jsonEquals(wanted[name], found[name]))
  if (different === undefined) return true
  const name = different === 'asset' && !('asset' in entry) && 'token' in entry ? 'token' : different
  const path = ['spec', 'payments', 0, name]
  report(OFFER_ERRORS.PAYMENTS_MIRROR, path, `differs from spec.payment.${name}: the first entry must say the same`)
  return false
}

function withDefaults(payment: JsonObject): JsonObject {
  return { scheme: 'exact', maxTimeoutSeconds: 300, ...lowerPayment(payment) }
}

function checkPayment(
  payment: JsonObject,
  path: Path,
  dialect: PaymentDialect,
  isChecksummed: IsChecksummed,
  report: Report,
): Terms {
  const network = checkNetwork(payment['network'], [...path, 'network'], report)
  checkAddress(payment['payTo'], [...path, 'payTo'], isChecksummed, report)
  const { address, decimals } = checkToken(payment, network, path, dialect, isChecksummed, report)
  checkPrice(payment['price'], [...path, 'price'], decimals, report)
  return { network, decimals, asset: address }
}

function checkNetwork(name: JsonValue | undefined, path: Path, report: Report): Network | undefined {
  if (name === undefined) {
    report(OFFER_ERRORS.MISSING_FIELD, path, 'is missing')
    return undefined
  }
  const network = typeof name === 'string' ? resolveNetwork(name) : undefined
  if (network !== undefined) return network
  const known = NETWORKS.filter(({ usdc }) => usdc !== undefined).map((each) => each.name)
  const likely = typeof name === 'string' ? nearestName(name) : resolveNetwork(`eip155:${name}`)?.name
  const hint = likely === undefined ? {} : { hint: `did you mean ${likely}?` }
  report(
    OFFER_ERRORS.NETWORK_UNKNOWN,
    path,
    `must be ${known.join(', ')} or another known chain, by name or CAIP-2 id`,
    hint,
  )
  return undefined
}

type TokenTerms = { readonly address: string | undefined; readonly decimals: number | undefined }

const UNKNOWN_TOKEN: TokenTerms = { address: undefined, decimals: undefined }

function checkToken(
  payment: JsonObject,
  network: Network | undefined,
  path: Path,
  dialect: PaymentDialect,
  isChecksummed: IsChecksummed,
  report: Report,
): TokenTerms {
  const { token, asset } = payment
  if (token !== undefined && dialect === 'manifest') {
    const message = 'is not a field of a ServiceOffer: describe the token in asset'
    report(OFFER_ERRORS.UNKNOWN_FIELD, [...path, 'token'], message, { part: 'key' })
  } else if (token !== undefined && asset !== undefined) {
    const message = 'token and asset are both given: keep one'
    report(OFFER_ERRORS.ASSET_MISMATCH, [...path, 'token'], message, { part: 'key' })
    return UNKNOWN_TOKEN
  }
  if (isJsonObject(asset)) return checkAsset(asset, network, [...path, 'asset'], isChecksummed, report)
  if (network === undefined || asset !== undefined) return UNKNOWN_TOKEN
  const symbol = typeof token === 'string' ? token : 'USDC'
  const found = network.tokens.find((known) => known.symbol === symbol)
  if (found !== undefined) return found
  reportUnknownToken(symbol, network, path, token === undefined, report)
  return UNKNOWN_TOKEN
}

function reportUnknownToken(symbol: string, network: Network, path: Path, isDefault: boolean, report: Report): void {
  const symbols = network.tokens.map((token) => token.symbol)
  const likely = nearest(symbol, symbols)
  const known = symbols.length === 0 ? 'no token is known there' : `known there: ${symbols.join(', ')}`
  const elsewhere = NETWORKS.filter((other) => findToken(other, symbol) !== undefined).map((other) => other.name)
  const hint =
    likely !== undefined
      ? `did you mean ${likely}?`
      : symbol === 'OBOL'
        ? `OBOL is on ${elsewhere.join(' and ')}; describe another token in asset`
        : 'describe another token in asset'
  const message = `no ${symbol} is known on ${network.name}; ${known}`
  report(OFFER_ERRORS.TOKEN_UNKNOWN, isDefault ? [...path, 'network'] : [...path, 'token'], message, { hint })
}

function checkAsset(
  asset: JsonObject,
  network: Network | undefined,
  path: Path,
  isChecksummed: IsChecksummed,
  report: Report,
): TokenTerms {
  const { address, decimals } = asset
  const isAddress = checkAddress(address, [...path, 'address'], isChecksummed, report)
  const stated =
    typeof decimals === 'number' && Number.isInteger(decimals) && decimals >= 0 && decimals <= 255
      ? decimals
      : undefined
  if (!isAddress) return { address: undefined, decimals: stated }
  const known = network === undefined ? undefined : findToken(network, address)
  if (known === undefined || network === undefined) return { address, decimals: stated }
  checkAgainstTable(asset, known, network, path, report)
  return { address, decimals: known.decimals }
}

/** A token of the table must be described as it is: wrong decimals alone change the price by powers of ten. */
function checkAgainstTable(asset: JsonObject, known: Token, network: Network, path: Path, report: Report): void {
  const truth: Readonly<Record<string, JsonValue>> = {
    decimals: known.decimals,
    transferMethod: known.transferMethod,
    eip712Name: known.eip712.name,
    eip712Version: known.eip712.version,
  }
  for (const [field, expected] of Object.entries(truth)) {
    const stated = asset[field]
    if (stated === undefined || stated === expected) continue
    const message = `must be ${JSON.stringify(expected)}: this is ${known.symbol} on ${network.name}`
    report(OFFER_ERRORS.ASSET_MISMATCH, [...path, field], message)
  }
}
