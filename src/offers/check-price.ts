import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonValue } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { nearest } from '../util/nearest.ts'
import type { Decimal } from './decimal.ts'
import { atomicAmount, formatDecimal, parseDecimal, shiftDown } from './decimal.ts'
import type { Report } from './finding.ts'
import type { Path } from './source.ts'

/** The keys a price may have, in the order in which the payment verifier looks at them. */
export const PRICE_KEYS = ['perRequest', 'perMTok', 'perHour', 'perEpoch'] as const
export type PriceKey = (typeof PRICE_KEYS)[number]

/** Those that cost a buyer something. */
const USABLE = PRICE_KEYS.filter((key) => key !== 'perEpoch').join(', ')

/** What the verifier takes one request to be of a million tokens: a thousandth. */
const REQUESTS_PER_MTOK_PLACES = 3

/**
 * Checks one price: exactly one key, a positive plain decimal string that does not vanish when it is rounded to the
 * token's smallest unit. `decimals` is undefined where the token is not known.
 */
export function checkPrice(
  price: JsonValue | undefined,
  path: Path,
  decimals: number | undefined,
  report: Report,
): void {
  if (!isJsonObject(price)) {
    report(OFFER_ERRORS.PRICE_KEYS, path, `must be a mapping with one of ${USABLE}`)
    return
  }
  const known = PRICE_KEYS.filter((key) => Object.hasOwn(price, key))
  const unknown = Object.keys(price).filter((key) => !isPriceKey(key))
  for (const key of unknown) {
    const likely = nearest(key, PRICE_KEYS)
    const hint = likely === undefined ? `one of ${USABLE}` : `did you mean ${likely}?`
    report(OFFER_ERRORS.UNKNOWN_FIELD, [...path, key], 'is not a known field', { part: 'key', hint })
  }
  if (known.length > 1) {
    report(OFFER_ERRORS.PRICE_KEYS, path, `must have exactly one key, not ${known.join(' and ')}`, { part: 'key' })
  } else if (known.length === 0 && unknown.length === 0) {
    report(OFFER_ERRORS.PRICE_KEYS, path, `must have one of ${USABLE}`, { part: 'key' })
  }
  for (const key of known) checkAmount(key, price[key], [...path, key], decimals, report)
}

function isPriceKey(key: string): key is PriceKey {
  return PRICE_KEYS.some((known) => known === key)
}

function checkAmount(
  key: PriceKey,
  value: JsonValue | undefined,
  path: Path,
  decimals: number | undefined,
  report: Report,
): void {
  const { PRICE_FORMAT, PRICE_UNIT } = OFFER_ERRORS
  const amount = typeof value === 'string' ? parseDecimal(value) : undefined
  if (amount === undefined) {
    const hint = typeof value === 'number' && /^[0-9.]+$/.test(`${value}`) ? { hint: `write "${value}" in quotes` } : {}
    report(PRICE_FORMAT, path, 'must be a positive decimal in quotes, such as "0.002"', hint)
    return
  }
  if (amount.digits === 0n) {
    report(PRICE_FORMAT, path, 'must not be zero', { hint: 'what is free is a route with gate: free' })
    return
  }
  if (key === 'perEpoch') {
    const hint = 'say perRequest, perMTok or perHour'
    report(PRICE_UNIT, path, 'the payment verifier charges nothing for perEpoch: it would be free', { hint })
    return
  }
  if (key === 'perHour') {
    const message = `the payment verifier charges ${value} for each request, not for an hour`
    report(PRICE_UNIT, path, message, { severity: 'warning' })
  }
  if (decimals !== undefined) checkRounding(chargedPerRequest(key, amount), decimals, path, report)
}

function checkRounding(charged: Decimal, decimals: number, path: Path, report: Report): void {
  const { units, exact } = atomicAmount(charged, decimals)
  const perRequest = `${formatDecimal(charged)} per request`
  if (units === 0n) {
    const message = `${perRequest} rounds to nothing: the token has ${decimals} decimals`
    report(OFFER_ERRORS.PRICE_TOO_SMALL, path, message)
  } else if (!exact) {
    const rounded = formatDecimal({ digits: units, scale: decimals })
    const message = `${perRequest} is charged as ${rounded}: the token has ${decimals} decimals`
    report(OFFER_ERRORS.PRICE_ROUNDED, path, message, { severity: 'warning' })
  }
}

/** What the payment verifier charges for one request. */
export function chargedPerRequest(key: PriceKey, amount: Decimal): Decimal {
  return key === 'perMTok' ? shiftDown(amount, REQUESTS_PER_MTOK_PLACES) : amount
}
