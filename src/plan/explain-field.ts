import { objectId } from '../kube/ref.ts'
import { withDefaults } from '../ssa/apply-patch.ts'
import { hasPath, leavesOf, pathsOf, setOf, subset } from '../ssa/field-set.ts'
import { decodeManagedFields } from '../ssa/managed-fields.ts'
import type { Path } from '../ssa/path-element.ts'
import { toFieldSet } from '../ssa/to-field-set.ts'
import { FIELD_MANAGER, type ObjectType } from '../ssa/types.ts'
import { valueAt } from '../ssa/value-at.ts'
import { type JsonValue, jsonEquals } from '../util/json.ts'
import { typeOfStep } from './build-plan.ts'
import { isUndecided } from './describe-conflict.ts'
import { objectView } from './describe-plan.ts'
import type { Desired, DesiredObject, Origin } from './desired.ts'
import { explainRule, type Rule } from './explain-rules.ts'
import { isAtOrBelow, showPath } from './field-path.ts'
import { maskPair, maskValue } from './mask-object.ts'
import type { Observed } from './observed.ts'
import { ownersOf } from './owners.ts'
import { parsePath } from './parse-path.ts'
import type { ObjectView } from './plan-view.ts'
import { trackedPath } from './tracked-path.ts'
import type { ObjectStep, Owner, Plan } from './types.ts'

/** Why one field of one object is and will be as it is. Values are masked; one that is missing is not there. */
export type FieldExplanation = {
  readonly object: ObjectView
  readonly path: string
  /** In the cluster. */
  readonly live?: JsonValue
  /** In the offer or manifest, and where. */
  readonly wanted?: JsonValue
  readonly origin?: Origin
  /** After the apply; absent when the step is held back or the field will not be there. */
  readonly planned?: JsonValue
  readonly owners: readonly Owner[]
  readonly rule: Rule
  readonly sentence: string
  /** True when the step of the object is not applied, so that nothing changes for now. */
  readonly heldBack: boolean
}

export type ExplainRequest = {
  readonly plan: Plan
  readonly desired: Desired
  readonly observed: Observed
  readonly path: string
  /** `namespace/name`, a name or an object id; absent: every object that has the field. */
  readonly object?: string
  /** The field's own place in its file, where it can be found. */
  readonly locate?: (object: DesiredObject, path: Path) => Origin | undefined
}

/**
 * What there is to say of one field path, in every object that has it; of a mapping, of each field in it. Empty when no
 * object of the plan has such a field. Pure.
 */
export function explainField(request: ExplainRequest): readonly FieldExplanation[] {
  const path = parsePath(request.path)
  if (path === undefined) return []
  const desired = new Map(request.desired.objects.map((object) => [objectId(object.ref), object]))
  return request.plan.steps.flatMap((step) => {
    if (step.kind !== 'object' || !isMeant(step, request.object)) return []
    const type = typeOfStep(request.desired, request.observed, step)
    return type === undefined ? [] : explainIn({ ...request, step, type, wanted: desired.get(step.id) }, path)
  })
}

type Subject = ExplainRequest & {
  readonly step: ObjectStep
  readonly type: ObjectType
  readonly wanted: DesiredObject | undefined
}

function isMeant({ ref, id }: ObjectStep, object: string | undefined): boolean {
  return object === undefined || [ref.name, `${ref.namespace ?? ''}/${ref.name}`, id].includes(object)
}

function explainIn(subject: Subject, asked: Path): readonly FieldExplanation[] {
  const { step, type, wanted } = subject
  const objects = [wanted?.manifest, step.before, step.after].filter((object) => object !== undefined)
  const path = objects.reduce<Path | undefined>((found, object) => found ?? trackedPath(type, object, asked), undefined)
  if (path === undefined) return []
  const claims = leavesOf(setOf(objects.flatMap((object) => [...pathsOf(toFieldSet(type.schema, type.root, object))])))
  const below = [...pathsOf(subset(claims, path), path)]
  const paths = below.length === 0 || hasPath(claims, path) ? [path] : below
  return paths.map((leaf) => explainLeaf(subject, leaf))
}

function explainLeaf(subject: Subject, path: Path): FieldExplanation {
  const { step, type, wanted, locate, plan } = subject
  const shown = showPath(path)
  const { kind } = step.ref
  const live = step.before === undefined ? undefined : valueAt(step.before, path)
  const want = wanted === undefined ? undefined : valueAt(wanted.manifest, path)
  const isHeld = step.op !== 'noop' && step.write === undefined
  const after = isHeld || step.after === undefined ? undefined : valueAt(step.after, path)
  const owners = step.before === undefined ? [] : ownersOf(decodeManagedFields(step.before) ?? new Map(), path)
  const closed = wanted?.closed.find((root) => isAtOrBelow(shown, root))
  const rule = ruleOf({
    step,
    path,
    shown,
    owners,
    want,
    live,
    isDefault: isDefault(type, wanted, path, live ?? after),
  })
  const [maskedLive, maskedWant] = maskPair({ kind, path: shown }, live, want, ['live', 'wanted'])
  const origin = wanted === undefined ? undefined : (locate?.(wanted, path) ?? wanted.origin)
  return {
    object: objectView(step.ref),
    path: shown,
    ...(maskedLive === undefined ? {} : { live: maskedLive }),
    ...(maskedWant === undefined ? {} : { wanted: maskedWant }),
    ...(origin === undefined ? {} : { origin }),
    ...(after === undefined ? {} : { planned: maskValue(kind, shown, after) }),
    owners,
    rule,
    sentence: explainRule(rule, {
      others: owners.filter((owner) => !isUs(owner)),
      ...(closed === undefined ? {} : { closed }),
      now: plan.readAt,
    }),
    heldBack: isHeld,
  }
}

function isUs(owner: Owner): boolean {
  return owner.name === FIELD_MANAGER && owner.operation === 'Apply'
}

function isDefault(
  type: ObjectType,
  wanted: DesiredObject | undefined,
  path: Path,
  value: JsonValue | undefined,
): boolean {
  if (wanted === undefined || value === undefined) return false
  return jsonEquals(valueAt(withDefaults(wanted.manifest, type), path), value)
}

type Case = {
  readonly step: ObjectStep
  readonly path: Path
  readonly shown: string
  readonly owners: readonly Owner[]
  readonly want: JsonValue | undefined
  readonly live: JsonValue | undefined
  readonly isDefault: boolean
}

function ruleOf(given: Case): Rule {
  const { step, path, want, live, owners } = given
  if (step.op === 'delete') return 'deleted'
  if (isServerField(path)) return 'server'
  const decided = ruleOfConflict(given) ?? ruleOfChange(given)
  if (decided !== undefined) return decided
  const isOurs = owners.some(isUs)
  if (want === undefined) return ruleOfUnwanted(given, isOurs)
  if (step.before === undefined) return 'created'
  if (owners.length === 0) return live === undefined ? 'set' : 'claimed'
  if (!isOurs) return 'same-value'
  return owners.length > 1 ? 'shared' : 'ours'
}

function ruleOfUnwanted({ owners, isDefault: isSchemaDefault }: Case, isOurs: boolean): Rule {
  if (owners.length > (isOurs ? 1 : 0)) return 'theirs'
  if (isSchemaDefault) return 'default'
  return isOurs ? 'ours' : 'unowned'
}

function ruleOfConflict({ step, shown }: Case): Rule | undefined {
  const conflict = step.conflicts.find(({ path }) => isAtOrBelow(shown, path) || isAtOrBelow(path, shown))
  if (conflict === undefined) return undefined
  if (isUndecided(conflict)) return 'conflict'
  if (conflict.decision === 'take') return 'taken'
  return conflict.decision === 'yield' ? 'yielded' : 'shared-by-decision'
}

function ruleOfChange({ step, shown }: Case): Rule | undefined {
  const change = step.changes.find(({ path }) => isAtOrBelow(shown, path))
  return change?.reason === 'null-out' || change?.reason === 'removed' ? change.reason : undefined
}

const SERVER_METADATA: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
])

function isServerField([root = '', field = '']: Path): boolean {
  return root === 'f:status' || (root === 'f:metadata' && SERVER_METADATA.has(field.slice(2)))
}
