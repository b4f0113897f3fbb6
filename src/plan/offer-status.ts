import { isJsonArray, isJsonObject, type JsonObject, jsonAt } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { isUndecided } from './describe-conflict.ts'
import type { DesiredOffer } from './desired.ts'
import type { ObjectStep, Plan } from './types.ts'

/** One offer as it is in the cluster. */
export type OfferStatus = {
  /** `llm/aeon` */
  readonly offer: string
  readonly type: DesiredOffer['type']
  readonly network: string
  /** The Ready condition; `absent` when the cluster does not have the offer, `unknown` when nobody said yet. */
  readonly ready: 'yes' | 'no' | 'unknown' | 'absent'
  /** Why it is not ready: reason and message of the first condition that is not True. */
  readonly reason?: string
  /** The price in the cluster, `perMTok 23`; with two keys both. */
  readonly price?: string
  readonly agentId?: string
  /** `in-sync`: an apply would change none of the offer's objects. */
  readonly sync: 'in-sync' | 'pending' | 'conflict' | 'error'
  /** How many of its objects an apply would change or cannot change. */
  readonly pending: number
}

/** The offers of a plan as they are in the cluster, in the order of the workspace. Pure. */
export function offerStatus(plan: Plan): readonly OfferStatus[] {
  const byOffer = Map.groupBy(
    plan.steps.filter((step) => step.kind === 'object'),
    (step) => step.offer ?? '',
  )
  return plan.offers.map((offer) => {
    const name = `${offer.namespace}/${offer.name}`
    return statusOf(offer, name, byOffer.get(name) ?? [])
  })
}

function statusOf(offer: DesiredOffer, name: string, steps: readonly ObjectStep[]): OfferStatus {
  const live = steps.find((step) => step.ref.kind === 'ServiceOffer')?.before
  const agentId = jsonAt(live, ['status', 'agentId'])
  const price = priceOf(live)
  return {
    offer: name,
    type: offer.type,
    network: offer.network,
    ...readiness(live),
    ...(price === undefined ? {} : { price }),
    ...(typeof agentId === 'string' && agentId !== '' ? { agentId } : {}),
    sync: syncOf(steps),
    pending: steps.filter((step) => step.op !== 'noop').length,
  }
}

function syncOf(steps: readonly ObjectStep[]): OfferStatus['sync'] {
  if (steps.some((step) => step.conflicts.some(isUndecided))) return 'conflict'
  if (steps.some((step) => step.diagnostics.some(({ severity }) => severity === 'error'))) return 'error'
  return steps.every((step) => step.op === 'noop') ? 'in-sync' : 'pending'
}

function readiness(live: JsonObject | undefined): Pick<OfferStatus, 'ready' | 'reason'> {
  if (live === undefined) return { ready: 'absent' }
  const list = jsonAt(live, ['status', 'conditions'])
  const conditions = isJsonArray(list) ? list.filter(isJsonObject) : []
  const ready = conditions.find(({ type }) => type === 'Ready')
  if (ready === undefined) return { ready: 'unknown', reason: 'no controller has looked at it yet' }
  if (ready['status'] === 'True') return { ready: 'yes' }
  // Draining is a state of its own and False normally.
  const culprit = conditions.find(({ type, status }) => type !== 'Ready' && type !== 'Draining' && status !== 'True')
  return { ready: 'no', reason: reasonOf(culprit ?? ready) }
}

function reasonOf({ type, reason, message }: JsonObject): string {
  const words = [reason, message].filter((word) => typeof word === 'string' && word !== '').join(': ')
  return maskText(`${String(type)} ${words}`.trim())
}

function priceOf(live: JsonObject | undefined): string | undefined {
  const price = jsonAt(live, ['spec', 'payment', 'price'])
  if (!isJsonObject(price)) return undefined
  const keys = Object.keys(price)
    .sort()
    .map((key) => `${key} ${String(price[key])}`)
  return keys.length === 0 ? 'free' : keys.join(' and ')
}
