import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { IsChecksummed } from './check-address.ts'
import type { PaymentDialect, PaymentFacts } from './check-payments.ts'
import { checkPayments } from './check-payments.ts'
import { checkPrice } from './check-price.ts'
import { checkRegistration } from './check-registration.ts'
import type { Report } from './finding.ts'
import { pathObjection, routeObjection } from './offer-path.ts'

/** The rules that an offer's spec and a ServiceOffer's share: money, registration, paths. */
export function checkSpec(
  spec: JsonObject,
  dialect: PaymentDialect,
  isChecksummed: IsChecksummed,
  report: Report,
): void {
  const facts = checkPayments(spec, dialect, isChecksummed, report)
  checkRegistration(spec['registration'], dialect, facts.network, isChecksummed, report)
  const { path, routes } = spec
  const objection = typeof path === 'string' && path.startsWith('/') ? pathObjection(path) : undefined
  if (objection !== undefined) report(OFFER_ERRORS.PATH_RESERVED, ['spec', 'path'], objection)
  if (!isJsonArray(routes)) return
  for (const [i, route] of routes.entries()) if (isJsonObject(route)) checkRoute(route, i, facts, report)
}

function checkRoute(route: JsonObject, index: number, { decimals }: PaymentFacts, report: Report): void {
  const at = ['spec', 'routes', index]
  const { path, gate, price } = route
  const objection = typeof path === 'string' && path.startsWith('/') ? routeObjection(path) : undefined
  if (objection !== undefined) report(OFFER_ERRORS.PATH_RESERVED, [...at, 'path'], objection)
  if (price !== undefined) checkPrice(price, [...at, 'price'], decimals, report)
  if (gate !== 'free' && gate !== 'auth') return
  for (const field of ['price', 'freeQuota']) {
    if (!Object.hasOwn(route, field)) continue
    const message = `belongs to a paid route, and the gate of this one is ${gate}`
    report(OFFER_ERRORS.ROUTE_GATE, [...at, field], message, { part: 'key' })
  }
}
