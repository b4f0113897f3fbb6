import { bindingProblem } from '../journal/check-binding.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import type { Planned } from './make-plan.ts'

/** A plan for another cluster than the workspace's is not shown as something to agree to. Throws OBOL-A002. */
export function refuseOtherCluster({ plan }: Planned, state: WorkspaceState): void {
  const problem = bindingProblem(state.cluster, plan.cluster)
  if (problem !== undefined) throw problem
}
