import { ObolError } from '../errors/obol-error.ts'
import { SELL_ERRORS } from '../errors/sell.ts'
import type { JsonObject } from '../util/json.ts'
import { editsOf } from './edits-of.ts'
import type { FieldEdit } from './field-edit.ts'
import type { SellFields, SoldType } from './sell-fields.ts'

export type NewOffer = { readonly offer: JsonObject; readonly edits: readonly FieldEdit[] }

/** As upstream's commands have it. */
const DEFAULT_NETWORK = 'base'

/**
 * A new offer with what the command line does not say filled in: the network, the address of the model server, and a
 * registration, unless it is not to be registered. Throws OBOL-L004 with everything that is missing, each with its flag. Pure.
 */
export function newOffer(type: SoldType, name: string, namespace: string | undefined, fields: SellFields): NewOffer {
  refuseMissing(type, fields)
  const offer: JsonObject = {
    apiVersion: 'offers.obol.org/v1alpha1',
    kind: 'Offer',
    metadata: { name, ...placeOf(type, name, namespace) },
    spec: { type },
  }
  return { offer, edits: editsOf(withDefaults(type, name, fields), undefined) }
}

/** An agent lives in a namespace of its own. */
function placeOf(type: SoldType, name: string, namespace: string | undefined): JsonObject {
  if (namespace !== undefined) return { namespace }
  return type === 'agent' ? { namespace: `agent-${name}` } : {}
}

function withDefaults(type: SoldType, name: string, fields: SellFields): SellFields {
  const registration: SellFields['registration'] =
    fields.registration === 'none'
      ? 'none'
      : { enabled: true, name, ...fields.registration, ...agentUnit(type, fields) }
  const common = { ...(fields.payments === undefined ? { network: DEFAULT_NETWORK } : {}), ...fields, registration }
  switch (type) {
    case 'inference':
      return { listen: ':8402', modelServer: 'http://localhost:11434', ...common }
    case 'http':
      return { port: 8080, healthPath: healthPathOf(fields.service), ...common }
    case 'agent':
      return { agent: name, path: `/services/${name}`, ...common }
  }
}

/** A buyer of an agent pays for a turn. */
function agentUnit(type: SoldType, { registration }: SellFields): { readonly metadata?: Record<string, string> } {
  const metadata = registration === 'none' ? undefined : registration?.metadata
  return type === 'agent' ? { metadata: { pricingUnit: 'agent-turn', ...metadata } } : {}
}

/** Where two services that sellers often have say whether they are well. */
function healthPathOf(service: string | undefined): string {
  if (service === 'litellm') return '/health/readiness'
  return service === 'ollama' ? '/' : '/health'
}

function refuseMissing(type: SoldType, { payTo, price, payments, model, service }: SellFields): void {
  const needs: readonly (readonly [boolean, string])[] = [
    [type === 'inference' && model === undefined, 'a model: --model MODEL'],
    [type === 'http' && service === undefined, 'a Service: --upstream SERVICE'],
    [payTo === undefined && payments === undefined, 'who is paid: --pay-to ADDRESS, or $X402_WALLET'],
    [
      price === undefined && payments === undefined,
      `a price: --price AMOUNT, --per-mtok AMOUNT${type === 'http' ? ', --per-hour AMOUNT' : ''}`,
    ],
  ]
  const details = needs.flatMap(([isMissing, words]) => (isMissing ? [words] : []))
  if (details.length > 0) throw new ObolError(SELL_ERRORS.MISSING_TERMS, { details })
}
