import { APPLY_ERRORS } from '../errors/apply.ts'
import { openLeaves } from '../plan/closed-subtrees.ts'
import { compareStored } from '../plan/compare-stored.ts'
import { showPath, showValue } from '../plan/field-path.ts'
import { maskPair } from '../plan/mask-object.ts'
import type { Diagnostic, ObjectStep } from '../plan/types.ts'
import type { ObjectType } from '../ssa/types.ts'
import { isJsonObject, type JsonObject } from '../util/json.ts'
import { done, failed, type StepResult } from './results.ts'

/** So many differences from the prediction are told; one defect tends to show in many fields. */
const MAX_NOTES = 5

/**
 * The result of an apply, from what the server stored: failed with OBOL-A006 when a closed subtree holds a key that the
 * plan did not tolerate, else done, with other differences from the prediction as warnings. Values are masked. Pure.
 */
export function checkStored(
  step: ObjectStep,
  shown: ObjectStep,
  stored: JsonObject,
  type: ObjectType | undefined,
): StepResult {
  const field = type === undefined ? undefined : openField(step, stored, type)
  if (field !== undefined) return failed(shown, APPLY_ERRORS.NOT_AS_PREDICTED, { field })
  const result = shown.op === 'create' ? 'created' : shown.op === 'adopt' ? 'adopted' : 'configured'
  return { ...done(shown, result), diagnostics: step.after === undefined ? [] : notes(step, step.after, stored) }
}

/** What a decision yielded is open in the prediction as well. */
function openField({ write, after }: ObjectStep, stored: JsonObject, type: ObjectType): string | undefined {
  if (write?.type !== 'apply') return undefined
  const open = (object: JsonObject) => openLeaves(type, object, write.manifest, write.closed).map(showPath)
  const tolerated = after === undefined ? [] : open(after)
  return open(stored).find((path) => !tolerated.includes(path))
}

function notes(step: ObjectStep, predicted: JsonObject, stored: JsonObject): readonly Diagnostic[] {
  if (compareStored(predicted, stored).length === 0) return []
  const field = { kind: step.ref.kind, path: '' }
  const [left, right] = maskPair(field, predicted, stored, ['predicted', 'stored'])
  const differences = isJsonObject(left) && isJsonObject(right) ? compareStored(left, right) : []
  return differences.slice(0, MAX_NOTES).map(({ path, predicted: wanted, stored: value }) => ({
    severity: 'warning',
    code: APPLY_ERRORS.NOT_AS_PREDICTED.code,
    object: step.id,
    field: path,
    message: `stored ${showValue(value)} where ${showValue(wanted)} was predicted`,
  }))
}
