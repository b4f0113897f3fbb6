import { type KindKey, kindKey } from '../../kube/ref.ts'
import type { ObjectStep, Plan } from '../../plan/types.ts'
import { objectTypeFromCrd } from '../../ssa/object-type.ts'
import type { ObjectType } from '../../ssa/types.ts'
import { isJsonArray, isJsonObject, type JsonObject, jsonAt } from '../../util/json.ts'
import { hasCrdRules } from './collect-rules.ts'

/**
 * Finds the structural schema whose rules hold when a step is applied: that of a CRD the same plan writes, else the one served;
 * undefined when no step of the plan has rules to meet. Needs nothing that evaluates, so that plans without rules load none.
 * @param typeOf the type that a step was predicted with
 */
export function ruleSchemas(
  plan: Plan,
  typeOf: (step: ObjectStep) => ObjectType | undefined,
): ((step: ObjectStep) => JsonObject | undefined) | undefined {
  const written = writtenKinds(plan)
  const schemaOf = (step: ObjectStep): JsonObject | undefined =>
    written.get(kindKey(step.ref)) ?? typeOf(step)?.structural
  const isRuled = (step: Plan['steps'][number]): boolean => {
    const schema = step.kind === 'object' && step.write?.type === 'apply' ? schemaOf(step) : undefined
    return schema !== undefined && hasCrdRules(schema)
  }
  return plan.steps.some(isRuled) ? schemaOf : undefined
}

/** The kinds of the CRDs that the plan writes, as they will be. */
function writtenKinds({ steps }: Plan): ReadonlyMap<KindKey, JsonObject> {
  const found = new Map<KindKey, JsonObject>()
  for (const step of steps) {
    if (step.kind !== 'object' || step.ref.kind !== 'CustomResourceDefinition' || step.write?.type !== 'apply') continue
    for (const type of typesOf(step.after)) if (type.structural !== undefined) found.set(kindKey(type), type.structural)
  }
  return found
}

function typesOf(crd: JsonObject | undefined): readonly ObjectType[] {
  const versions = jsonAt(crd, ['spec', 'versions'])
  if (crd === undefined || !isJsonArray(versions)) return []
  return versions.filter(isJsonObject).flatMap(({ name }) => {
    const type = typeof name === 'string' ? objectTypeFromCrd(crd, name) : undefined
    return type === undefined ? [] : [type]
  })
}
