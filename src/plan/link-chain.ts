import { objectId } from '../kube/ref.ts'
import type { ChainStep } from './chain.ts'
import { heldBack } from './held-back.ts'
import type { ClusterStep, Diagnostic, ObjectStep } from './types.ts'

/**
 * Adds the edges of the steps on chains: after the ServiceOffers that want the identity, and those of one network one
 * after the other. Nothing is bought for an offer that is not there: where every offer is held back, so is the identity;
 * where one is good, the others do not matter. What was sent already waits for no offer. `cluster` is in order. Pure.
 */
export function linkChain(cluster: readonly ClusterStep[], chain: readonly ChainStep[]): readonly ChainStep[] {
  const held = heldBack(cluster)
  const objects = new Map(cluster.flatMap((step) => (step.kind === 'object' ? [[step.id, step] as const] : [])))
  const tails = new Map<string, Tail>()
  return chain.map((step) => {
    const tail = tails.get(step.network)
    const isBuying = step.state === 'ready' || step.state === 'waiting' || step.state === 'unknown'
    const wanting = isBuying && tail?.isAfterOffers !== true ? offersBefore(step, objects, held) : []
    const runs = step.state === 'ready' || step.state === 'pending'
    if (runs) tails.set(step.network, { id: step.id, isAfterOffers: tail?.isAfterOffers === true || isBuying })
    const isSettled = step.state === 'settled'
    const edges = isSettled ? [] : [...wanting, ...(tail === undefined ? [] : [tail.id])]
    return { ...step, dependsOn: [...new Set([...step.dependsOn, ...edges])], diagnostics: mild(step) }
  })
}

/** The last step of a network that apply would run. */
type Tail = { readonly id: string; readonly isAfterOffers: boolean }

/** ServiceOffers to wait for: those that will be applied; where there is none and none stays as it is, those held back. */
function offersBefore(
  step: ChainStep,
  objects: ReadonlyMap<string, ObjectStep>,
  held: ReadonlyMap<string, unknown>,
): readonly string[] {
  const found = step.offers.flatMap((offer) => objects.get(serviceOfferId(offer)) ?? [])
  const good = found.filter(({ id }) => !held.has(id))
  const wanted = good.length > 0 ? good : found
  return wanted.filter(({ op }) => op !== 'noop' && op !== 'delete').map(({ id }) => id)
}

/** @param offer `namespace/name` */
function serviceOfferId(offer: string): string {
  const [namespace = '', name = ''] = offer.split('/')
  return objectId({ apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', namespace, name })
}

/** A registration that has to wait is never in the way of a sale. */
function mild({ state, diagnostics }: ChainStep): readonly Diagnostic[] {
  if (state === 'ready') return diagnostics
  return diagnostics.map((item) => (item.severity === 'error' ? { ...item, severity: 'warning' } : item))
}
