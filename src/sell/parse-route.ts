import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import type { OfferRoute } from '../offers/offer.gen.ts'
import { parsePairs } from './parse-pairs.ts'

const KEYS = ['path', 'methods', 'gate', 'price', 'freeQuota', 'summary'] as const
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
const GATES = ['paid', 'free', 'auth'] as const

/** A route of `--route`: `path=/tiles/*,methods=GET|POST,gate=paid,price=0.02,freeQuota=10,summary=…`. Throws OBOL-U003. */
export function parseRoute(input: string): OfferRoute {
  const pairs = parsePairs(input, KEYS)
  const path = pairs.get('path')
  if (path === undefined) throw bad('a route needs path=')
  const gate = pairs.get('gate')
  const price = pairs.get('price')
  const quota = pairs.get('freeQuota')
  const summary = pairs.get('summary')
  if ((price ?? quota) !== undefined && gate !== undefined && gate !== 'paid') {
    throw bad('only a paid route has a price or a free quota')
  }
  return {
    path,
    ...(pairs.has('methods') ? { methods: (pairs.get('methods') ?? '').split('|').map(one(METHODS, 'methods')) } : {}),
    ...(gate === undefined ? {} : { gate: one(GATES, 'gate')(gate) }),
    ...(price === undefined ? {} : { price: { perRequest: price } }),
    ...(quota === undefined ? {} : { freeQuota: wholeNumber(quota, 'freeQuota') }),
    ...(summary === undefined ? {} : { summary }),
  }
}

function one<const T extends string>(words: readonly T[], key: string): (word: string) => T {
  return (word) => {
    const found = words.find((known) => known === word)
    if (found === undefined) throw bad(`${key} is one of ${words.join(', ')}`)
    return found
  }
}

/** From 0. Throws OBOL-U003. */
export function wholeNumber(text: string, key: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw bad(`${key} is a whole number`)
}

function bad(message: string): ObolError {
  return new ObolError(USAGE_ERRORS.BAD_VALUE, { message })
}
