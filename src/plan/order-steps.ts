import type { PlanStep } from './types.ts'

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
 * An order in which every step comes after what it depends on; among free steps by rank, then by the order given.
 * Steps that wait for each other (which a plan never has) come last, in the order given. O(V log V + E).
 */
export function orderSteps(steps: readonly PlanStep[]): readonly PlanStep[] {
  const position = new Map(steps.map((step, i) => [step.id, i]))
  const dependents = new Map<string, PlanStep[]>()
  const open = new Map<string, number>()
  for (const step of steps) {
    const known = step.dependsOn.filter((id) => position.has(id))
    open.set(step.id, known.length)
    for (const id of known) {
      const list = dependents.get(id)
      if (list === undefined) dependents.set(id, [step])
      else list.push(step)
    }
  }
  const compare = (a: PlanStep, b: PlanStep): number =>
    rank(a) - rank(b) || (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0)
  let ready = steps.filter((step) => open.get(step.id) === 0).sort(compare)
  const ordered: PlanStep[] = []
  while (ready.length > 0) {
    const next: PlanStep[] = []
    for (const step of ready) {
      ordered.push(step)
      for (const dependent of dependents.get(step.id) ?? []) {
        const left = (open.get(dependent.id) ?? 0) - 1
        open.set(dependent.id, left)
        if (left === 0) next.push(dependent)
      }
    }
    ready = next.sort(compare)
  }
  const done = new Set(ordered.map((step) => step.id))
  return [...ordered, ...steps.filter((step) => !done.has(step.id))]
}

function rank(step: PlanStep): number {
  if (step.kind === 'wait') return KIND_RANK['CustomResourceDefinition'] ?? 0
  if (step.op === 'delete') return DELETION - (KIND_RANK[step.ref.kind] ?? OTHER_KIND) + DELETION
  return KIND_RANK[step.ref.kind] ?? OTHER_KIND
}
