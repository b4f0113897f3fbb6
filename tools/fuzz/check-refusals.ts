import { resourceOf } from '../../src/apply/wire.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { PLAN_ERRORS } from '../../src/errors/plan.ts'
import { type Desired, WORKSPACE_LABEL } from '../../src/plan/desired.ts'
import type { ObjectStep, Plan } from '../../src/plan/types.ts'
import { FIELD_MANAGER } from '../../src/ssa/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import type { Failure } from './failure.ts'

/** Refusals that the server would make as well. */
const SERVERS_OWN: ReadonlySet<string> = new Set([PLAN_ERRORS.INVALID_OBJECT.code, PLAN_ERRORS.NULL_STORED.code])

/**
 * What the plan says that the server would refuse, the server must refuse, for the same fields: asked by dry-run.
 * SIDE EFFECTS: one dry-run for each step with undecided conflicts or an object that does not fit.
 */
export async function checkRefusals(
  plan: Plan,
  context: { readonly cluster: { readonly writer: ClusterWriter }; readonly desired: Desired },
): Promise<readonly Failure[]> {
  const failures: Failure[] = []
  for (const step of plan.steps) {
    if (step.kind !== 'object' || step.write !== undefined) continue
    const manifest = context.desired.objects.find(({ ref }) => ref === step.ref)?.manifest
    if (manifest !== undefined) failures.push(...(await checkRefusal(step, manifest, context.cluster.writer)))
  }
  return failures
}

async function checkRefusal(
  step: ObjectStep,
  manifest: JsonObject,
  writer: ClusterWriter,
): Promise<readonly Failure[]> {
  const isConflict = step.conflicts.some(({ decision }) => decision === undefined) && step.diagnostics.length === 0
  // Whether another workspace has it is our own rule.
  if (isConflict && step.conflicts.some(({ path }) => path.includes(WORKSPACE_LABEL))) return []
  const isInvalid = step.conflicts.length === 0 && step.diagnostics.some(({ code }) => SERVERS_OWN.has(code))
  if (!isConflict && !isInvalid) return []
  const options = { fieldManager: FIELD_MANAGER, force: isInvalid, dryRun: true }
  const answer = await writer.apply(resourceOf(step), manifest, options)
  if (isInvalid) {
    if (answer.result === 'invalid' || answer.result === 'missing') return []
    return [
      {
        check: 'refusal-invalid',
        detail: `${step.id} the server says ${answer.result}: ${JSON.stringify(step.diagnostics)}`,
      },
    ]
  }
  const ours = new Set(step.conflicts.map(({ path }) => plain(path)))
  const theirs =
    answer.result === 'conflict' ? new Set(answer.causes.map(({ field }) => plain(field))) : new Set<string>()
  if (ours.size === theirs.size && ours.isSubsetOf(theirs)) return []
  const detail = `${step.id}\n  plan   ${[...ours].join(' ')}\n  server ${answer.result} ${[...theirs].join(' ')}`
  return [{ check: 'refusal-conflicts', detail }]
}

/** The plan and the server write keys of maps differently. */
function plain(path: string): string {
  return path.replace(/[[\]".]/g, '')
}
