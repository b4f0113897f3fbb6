import { groupOf } from '../kube/ref.ts'
import type { ClusterStep, ObjectStep, WaitStep } from './types.ts'

const CRD_GROUP = 'apiextensions.k8s.io'

/**
 * Adds the edges, and only where order matters: a new namespace before what is in it, a new CRD (and the wait until it
 * is served) before its resources, an offer's Service and Endpoints before its ServiceOffer; deletions the other way
 * round, so that nothing is sold without a backend. An edge to a step that does nothing is left out.
 */
export function linkSteps(steps: readonly ObjectStep[], crdKinds: ReadonlyMap<string, string>): readonly ClusterStep[] {
  const active = new Map(steps.filter((step) => step.op !== 'noop').map((step) => [step.id, step]))
  const waits = waitSteps(active)
  const backends = backendsOf(active)
  const linked = steps.map((step) => {
    if (step.op === 'noop') return step
    const dependsOn =
      step.op === 'delete' ? deletionEdges(step, active) : creationEdges(step, active, backends, crdKinds, waits)
    return dependsOn.length === 0 ? step : { ...step, dependsOn }
  })
  return [...linked, ...waits.values()]
}

/** The id of the wait that follows a new CRD. */
export function waitId(crd: string): string {
  return `wait/${crd}`
}

/** By CRD step id: the wait that follows it. */
function waitSteps(active: ReadonlyMap<string, ObjectStep>): ReadonlyMap<string, WaitStep> {
  const waits = new Map<string, WaitStep>()
  for (const step of active.values()) {
    if (step.ref.kind !== 'CustomResourceDefinition' || groupOf(step.ref.apiVersion) !== CRD_GROUP) continue
    if (step.op !== 'create') continue
    const id = waitId(step.id)
    waits.set(step.id, { kind: 'wait', id, ref: step.ref, dependsOn: [step.id], until: `${step.ref.name} is served` })
  }
  return waits
}

function backendsOf(active: ReadonlyMap<string, ObjectStep>): ReadonlyMap<string, readonly string[]> {
  const backends = new Map<string, string[]>()
  for (const step of active.values()) {
    if (step.offer === undefined || step.ref.kind === 'ServiceOffer' || step.op === 'delete') continue
    const list = backends.get(step.offer)
    if (list === undefined) backends.set(step.offer, [step.id])
    else list.push(step.id)
  }
  return backends
}

function creationEdges(
  step: ObjectStep,
  active: ReadonlyMap<string, ObjectStep>,
  backends: ReadonlyMap<string, readonly string[]>,
  crdKinds: ReadonlyMap<string, string>,
  waits: ReadonlyMap<string, WaitStep>,
): readonly string[] {
  const edges: string[] = []
  const namespace = `Namespace/${step.ref.namespace ?? ''}`
  if (step.ref.namespace !== undefined && active.has(namespace)) edges.push(namespace)
  const crd = crdKinds.get(`${step.ref.apiVersion}/${step.ref.kind}`)
  const wait = crd === undefined ? undefined : waits.get(crd)
  if (wait !== undefined) edges.push(wait.id)
  if (step.ref.kind === 'ServiceOffer' && step.offer !== undefined) edges.push(...(backends.get(step.offer) ?? []))
  return edges
}

/** A backend goes after the ServiceOffer of the same name in the same namespace. */
function deletionEdges(step: ObjectStep, active: ReadonlyMap<string, ObjectStep>): readonly string[] {
  if (step.ref.kind === 'ServiceOffer') return []
  const offer = `ServiceOffer.obol.org/${step.ref.namespace ?? ''}/${step.ref.name}`
  return active.get(offer)?.op === 'delete' ? [offer] : []
}
