import type { ClusterStep } from './types.ts'

/** Kinds that others may need come first; anything else keeps the order of the workspace's files. */
const KIND_RANK: Readonly<Record<string, number>> = {
  CustomResourceDefinition: 0,
  Namespace: 1,
  ConfigMap: 2,
  Secret: 2,
  Service: 3,
  Endpoints: 4,
  ServiceOffer: 6,
}
const OTHER_KIND = 5
const DELETION = 10

/**
 * An order of the cluster's steps in which every one comes after what it depends on; among free steps by rank, then by the order given.
 * Steps that wait for each other (which a plan never has) come last, in the order given. O(V log V + E).
 */
export function orderSteps(steps: readonly ClusterStep[]): readonly ClusterStep[] {
  const position = new Map(steps.map((step, i) => [step.id, i]))
  const compare = (a: ClusterStep, b: ClusterStep): number =>
    rank(a) - rank(b) || (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0)
  const { dependents, open } = edgesOf(steps, position)
  const ordered: ClusterStep[] = []
  let ready = steps.filter((step) => open.get(step.id) === 0).sort(compare)
  while (ready.length > 0) {
    ordered.push(...ready)
    ready = ready.flatMap((step) => release(dependents.get(step.id) ?? [], open)).sort(compare)
  }
  const done = new Set(ordered.map((step) => step.id))
  return [...ordered, ...steps.filter((step) => !done.has(step.id))]
}

type Edges = {
  /** Who waits for a step. */
  readonly dependents: ReadonlyMap<string, readonly ClusterStep[]>
  /** How many steps each one still waits for. */
  readonly open: Map<string, number>
}

function edgesOf(steps: readonly ClusterStep[], known: ReadonlyMap<string, number>): Edges {
  const dependents = new Map<string, ClusterStep[]>()
  const open = new Map<string, number>()
  for (const step of steps) {
    const needs = step.dependsOn.filter((id) => known.has(id))
    open.set(step.id, needs.length)
    for (const id of needs) {
      const waiting = dependents.get(id) ?? []
      waiting.push(step)
      dependents.set(id, waiting)
    }
  }
  return { dependents, open }
}

/** Counts a finished step off; the steps that wait for nothing more. */
function release(waiting: readonly ClusterStep[], open: Map<string, number>): readonly ClusterStep[] {
  return waiting.filter((step) => {
    const left = (open.get(step.id) ?? 0) - 1
    open.set(step.id, left)
    return left === 0
  })
}

function rank(step: ClusterStep): number {
  if (step.kind === 'wait') return KIND_RANK['CustomResourceDefinition'] ?? 0
  if (step.op === 'delete') return DELETION - (KIND_RANK[step.ref.kind] ?? OTHER_KIND) + DELETION
  return KIND_RANK[step.ref.kind] ?? OTHER_KIND
}
