import { PLAN_ERRORS } from '../errors/plan.ts'
import { kindKey, metadataOf, metadataString, type ObjectRef, objectId, refOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { type Desired, WORKSPACE_LABEL } from './desired.ts'
import type { Observed } from './observed.ts'
import { AGENT_IDENTITY } from './plan-identity.ts'
import { problem } from './plan-object.ts'
import type { Diagnostic, ObjectStep, PruneOptions } from './types.ts'

export type Pruning = {
  readonly steps: readonly ObjectStep[]
  readonly orphans: readonly ObjectRef[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Never pruned, whatever their labels: deleting one deletes all that is in it. */
export const KEPT_KINDS: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition'])

/**
 * What carries our workspace label and is no longer wanted. Objects that a controller owns are left out: labels are
 * copied to derived objects (kubernetes/kubernetes#94443). Without `options` nothing is deleted, only listed.
 */
export function planPrune(desired: Desired, observed: Observed, options: PruneOptions | undefined): Pruning {
  const wanted = new Set(desired.objects.map((object) => objectId(object.ref)))
  // It holds the agentIds, whoever made it.
  if (desired.identities.length > 0) wanted.add(objectId(AGENT_IDENTITY))
  const ours = [...observed.objects].filter(([, live]) => labelOf(live) === desired.workspaceId)
  const isMeant = (id: string): boolean => options?.only === undefined || options.only.has(id)
  const gone = ours.filter(([id, live]) => !wanted.has(id) && isPrunable(live) && isMeant(id))
  const orphans = gone.flatMap(([, live]) => refOf(live) ?? [])
  if (options === undefined || gone.length === 0) return { steps: [], orphans, diagnostics: [] }
  const ceiling = Math.max(options.maxCount, Math.floor((ours.length * options.maxPercent) / 100))
  if (gone.length > ceiling) {
    const message = `${gone.length} objects would be deleted, the ceiling is ${ceiling} of ${ours.length}`
    const hint = `obol plan --prune --max-prune ${gone.length}`
    const { object: _, ...refusal } = problem('', PLAN_ERRORS.PRUNE_CEILING, { message, hint })
    return { steps: [], orphans, diagnostics: [refusal] }
  }
  return { steps: gone.flatMap(([id, live]) => deletion(id, live, observed)), orphans: [], diagnostics: [] }
}

function labelOf(live: JsonObject): string | undefined {
  const labels = metadataOf(live)['labels']
  const label = isJsonObject(labels) ? labels[WORKSPACE_LABEL] : undefined
  return typeof label === 'string' ? label : undefined
}

function isPrunable(live: JsonObject): boolean {
  const owners = metadataOf(live)['ownerReferences']
  const isDerived = isJsonArray(owners) && owners.some((owner) => isJsonObject(owner) && owner['controller'] === true)
  const kind = live['kind']
  const isKept = typeof kind === 'string' && KEPT_KINDS.has(kind)
  return !isDerived && !isKept && metadataString(live, 'deletionTimestamp') === undefined
}

function deletion(id: string, live: JsonObject, observed: Observed): readonly ObjectStep[] {
  const ref = refOf(live)
  const served = ref === undefined ? undefined : observed.kinds.get(kindKey(ref))
  if (ref === undefined || served === undefined) return []
  return [
    {
      kind: 'object',
      id,
      op: 'delete',
      ref,
      plural: served.plural,
      dependsOn: [],
      live: {
        uid: metadataString(live, 'uid') ?? '',
        resourceVersion: metadataString(live, 'resourceVersion') ?? '',
      },
      write: { type: 'delete' },
      changes: [],
      transfers: [],
      conflicts: [],
      diagnostics: [],
      before: live,
    },
  ]
}
