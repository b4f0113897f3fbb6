import { OFFER_ERRORS } from '../errors/offers.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../util/json.ts'
import type { IsChecksummed } from './check-address.ts'
import { checkSpec } from './check-spec.ts'
import type { Report } from './finding.ts'
import { hasGateway, namespaceOf } from './offer-shape.ts'
import { isLoopback, parseListen } from './parse-listen.ts'

/** The rules of an Offer that its schema cannot say. Takes any JSON: what the schema refuses anyway is passed over. */
export function checkOffer(offer: JsonObject, isChecksummed: IsChecksummed, report: Report): void {
  const spec = offer['spec']
  if (!isJsonObject(spec)) return
  checkSpec(spec, 'offer', isChecksummed, report)
  checkType(spec, report)
  checkAgent(offer, report)
  checkGateway(spec, report)
  checkServiceName(offer, report)
  checkDrain(spec, report)
  checkDecisions(offer, report)
}

function checkType(spec: JsonObject, report: Report): void {
  const { type, model, gateway, upstream, agent } = spec
  const { WRONG_FOR_TYPE, MISSING_FIELD } = OFFER_ERRORS
  if (typeof type !== 'string') return
  if (gateway !== undefined && type !== 'inference') {
    report(WRONG_FOR_TYPE, ['spec', 'gateway'], `belongs to type inference, not ${type}`, { part: 'key' })
  } else if (gateway !== undefined && upstream !== undefined) {
    const message = 'gateway (a process on this host) and upstream (a Service in the cluster) are both given: keep one'
    report(WRONG_FOR_TYPE, ['spec', 'gateway'], message, { part: 'key' })
  }
  if (agent !== undefined && type !== 'agent') {
    report(WRONG_FOR_TYPE, ['spec', 'agent'], `belongs to type agent, not ${type}`, { part: 'key' })
  }
  if (type === 'inference' && model === undefined) {
    report(MISSING_FIELD, ['spec', 'model'], 'is missing: an inference offer names its model')
  }
  if ((type === 'http' || type === 'fine-tuning') && upstream === undefined) {
    report(MISSING_FIELD, ['spec', 'upstream'], `is missing: type ${type} sells a Service in the cluster`)
  }
  if (type === 'agent' && agent === undefined) {
    report(MISSING_FIELD, ['spec', 'agent'], 'is missing: an agent offer names its Agent')
  }
}

function checkAgent(offer: JsonObject, report: Report): void {
  const path = ['spec', 'agent', 'ref', 'namespace']
  const stated = jsonAt(offer, path)
  const own = namespaceOf(offer)
  if (typeof stated !== 'string' || stated === own) return
  report(OFFER_ERRORS.AGENT_NAMESPACE, path, `must be the offer's own namespace, ${own}`)
}

function checkGateway(spec: JsonObject, report: Report): void {
  const gateway = spec['gateway']
  if (!isJsonObject(gateway)) return
  const { listen, upstream } = gateway
  const path = ['spec', 'gateway']
  if (typeof listen === 'string') {
    const parsed = parseListen(listen)
    if (parsed === undefined) {
      report(
        OFFER_ERRORS.GATEWAY_INVALID,
        [...path, 'listen'],
        'must be :port or address:port, with a port of 1 to 65535',
      )
    } else if (isLoopback(parsed)) {
      const hint = { hint: `write ":${parsed.port}"` }
      report(OFFER_ERRORS.GATEWAY_INVALID, [...path, 'listen'], 'the cluster cannot reach a loopback address', hint)
    }
  }
  const objection = typeof upstream === 'string' ? urlObjection(upstream) : undefined
  if (objection !== undefined) report(OFFER_ERRORS.GATEWAY_INVALID, [...path, 'upstream'], objection)
}

/** Never quotes the URL: it may hold credentials. */
function urlObjection(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be an http or https URL'
  return url.username === '' && url.password === '' ? undefined : 'must not hold credentials'
}

function checkServiceName(offer: JsonObject, report: Report): void {
  const path = ['metadata', 'name']
  const name = jsonAt(offer, path)
  if (!hasGateway(offer) || typeof name !== 'string' || !/^[0-9]/.test(name)) return
  report(OFFER_ERRORS.NAME_INVALID, path, 'must start with a letter: the offer has a Service of this name')
}

function checkDrain(spec: JsonObject, report: Report): void {
  const { drainAt } = spec
  // The schema has the form; that the day exists in its month only a calendar knows.
  if (typeof drainAt !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(drainAt)) return
  const [year = 0, month = 0, day = 0] = drainAt.slice(0, 10).split('-').map(Number)
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day) return
  report(OFFER_ERRORS.INVALID_VALUE, ['spec', 'drainAt'], 'is not a day of the calendar')
}

function checkDecisions(offer: JsonObject, report: Report): void {
  const decisions = offer['fieldDecisions']
  if (!isJsonArray(decisions)) return
  const seen = new Set<string>()
  for (const [i, entry] of decisions.entries()) {
    if (!isJsonObject(entry)) continue
    const key = `${entry['kind'] ?? 'ServiceOffer'} ${entry['path']}`
    if (seen.has(key))
      report(OFFER_ERRORS.INVALID_VALUE, ['fieldDecisions', i], 'decides about this field a second time')
    seen.add(key)
  }
}
