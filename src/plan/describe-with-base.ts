import { objectId } from '../kube/ref.ts'
import { withoutManagedFields } from '../ssa/managed-fields.ts'
import { type JsonValue, jsonEquals } from '../util/json.ts'
import { compareWithBase } from './compare-base.ts'
import { type DescribeOptions, describePlan } from './describe-plan.ts'
import type { Desired } from './desired.ts'
import type { PlanView } from './plan-view.ts'
import type { Conflict, FieldChange, ObjectStep, Plan } from './types.ts'

/** A plan and what it was made for. */
export type PlanOf = { readonly plan: Plan; readonly desired: Desired }

/** The version of the files that a plan is compared with. */
export type BasePlan = {
  /** As given: `origin/main`. */
  readonly ref: string
  /** Full hash. */
  readonly commit: string
  /**
   * What it would plan, from the same observation and with the same options. Absent where the base cannot be read or has no
   * workspace: everything is new.
   */
  readonly planned?: PlanOf
}

/** What there is to read of a plan that is compared with a base: `describePlan`, with `base` and `review` filled in. Pure. */
export function describeWithBase(head: PlanOf, base: BasePlan, options: DescribeOptions = {}): PlanView {
  const { ref, commit } = base
  const before = base.planned?.plan ?? { ...head.plan, offers: [], steps: [], diagnostics: [], orphans: [] }
  // Where a field stands plays no part in a comparison, and costs a look into its file.
  const { locate: _, ...bare } = options
  const all = (plan: Plan): PlanView => describePlan(plan, { ...bare, all: true })
  const unlike = base.planned === undefined ? new Set<string>() : unlikeSteps(head, base.planned)
  const shown = { head: describePlan(head.plan, options), base: describePlan(before, bare) }
  return compareWithBase(all(head.plan), all(before), { ref, commit, unlike, shown })
}

/**
 * Steps whose effect differs although the views may not say so: two secrets are masked alike, and of a step that is held
 * back nobody sees what it would have done.
 */
function unlikeSteps(head: PlanOf, base: PlanOf): ReadonlySet<string> {
  const ofBase = new Map(base.plan.steps.map((step) => [step.id, step]))
  const manifests = (of: PlanOf) => new Map(of.desired.objects.map(({ ref, manifest }) => [objectId(ref), manifest]))
  const [wanted, before] = [manifests(head), manifests(base)]
  const unlike = head.plan.steps.filter((step) => {
    const other = ofBase.get(step.id)
    if (step.kind !== 'object' || other?.kind !== 'object') return false
    const isHeld = step.write === undefined && step.op !== 'noop'
    return !isAlike(step, other) || (isHeld && !jsonEquals(wanted.get(step.id), before.get(step.id)))
  })
  return new Set(unlike.map(({ id }) => id))
}

function isAlike(a: ObjectStep, b: ObjectStep): boolean {
  if (a.op !== b.op || !jsonEquals(a.conflicts.map(valuesOf), b.conflicts.map(valuesOf))) return false
  if (a.op === 'create') return jsonEquals(createdBy(a), createdBy(b))
  return jsonEquals(a.changes.map(essence), b.changes.map(essence))
}

function createdBy({ after }: ObjectStep): JsonValue {
  return after === undefined ? null : withoutManagedFields(after)
}

function essence({ path, before, after }: FieldChange): JsonValue {
  return [path, before === undefined ? [] : [before], after === undefined ? [] : [after]]
}

function valuesOf({ path, ours, theirs }: Conflict): JsonValue {
  return [path, ours === undefined ? [] : [ours], theirs === undefined ? [] : [theirs]]
}
