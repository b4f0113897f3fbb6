import type { StepResult } from '../../src/apply/results.ts'
import { metadataString } from '../../src/kube/ref.ts'
import { compareStored } from '../../src/plan/compare-stored.ts'
import { showValue } from '../../src/plan/field-path.ts'
import type { ObjectStep, Plan } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { versionOf } from './check-plan.ts'
import type { Failure } from './failure.ts'

export type Comparison = {
  readonly results: ReadonlyMap<string, StepResult>
  readonly stored: ReadonlyMap<string, JsonObject>
  readonly plant: (predicted: JsonObject) => JsonObject
  /** Somebody wrote to the object between plan and apply. */
  readonly isRaced: (step: ObjectStep) => boolean
}

/** What is stored after a step, against what the step said. */
export function checkStored(step: ObjectStep, comparison: Comparison): readonly Failure[] {
  const { results, stored, isRaced } = comparison
  const result = results.get(step.id)?.result ?? 'unchanged'
  const now = stored.get(step.id)
  if (step.ref.kind === 'Namespace') return []
  if (isRaced(step)) return checkRaced(step, results.get(step.id))
  switch (result) {
    case 'created':
    case 'configured':
    case 'adopted':
      return checkWritten(step, now, comparison)
    case 'deleted': {
      const isGone = now === undefined || metadataString(now, 'deletionTimestamp') !== undefined
      return isGone ? [] : [{ check: 'stored-delete', detail: `${step.id} is still there` }]
    }
    default:
      return wentByItself(step, result, now) ? [] : checkUntouched(step, now, results.get(step.id))
  }
}

/** The API server deletes the Endpoints of a Service with it: our own delete, side by side, may find nothing left to do. */
function wentByItself({ op, ref }: ObjectStep, result: StepResult['result'], now: JsonObject | undefined): boolean {
  return op === 'delete' && ref.kind === 'Endpoints' && result === 'unchanged' && now === undefined
}

function checkWritten(
  step: ObjectStep,
  now: JsonObject | undefined,
  { plant, results }: Comparison,
): readonly Failure[] {
  const { after } = step
  if (after === undefined || now === undefined) return [{ check: 'stored-missing', detail: step.id }]
  const differences = compareStored(plant(after), now)
  const notes = results.get(step.id)?.diagnostics ?? []
  return [
    ...differences.map(({ path, predicted, stored }) => ({
      check: path.startsWith('owners') ? 'stored-owners' : 'stored-object',
      detail: `${step.id} ${step.op} ${path}\n  predicted ${showValue(predicted, 4000)}\n  stored    ${showValue(stored, 4000)}`,
    })),
    ...(differences.length === 0 && notes.length > 0 ? [{ check: 'apply-warned', detail: JSON.stringify(notes) }] : []),
  ]
}

/** Noop, undecided, refused: nothing may have been written. What was to be written and was not is a broken promise. */
function checkUntouched(
  step: ObjectStep,
  now: JsonObject | undefined,
  result: StepResult | undefined,
): readonly Failure[] {
  const detail = `${step.id} ${step.op}: ${JSON.stringify(result?.diagnostics ?? [])}`
  if (step.write !== undefined && result?.result !== 'blocked') return [{ check: 'step-not-done', detail }]
  const [was, is] = [versionOf(step.before), versionOf(now)]
  return was === is ? [] : [{ check: 'stored-untouched', detail: `${detail} was ${was}, is ${is}` }]
}

/** Whoever comes between is neither overwritten nor undone without the plan saying so; the new prediction holds as well. */
function checkRaced(step: ObjectStep, result: StepResult | undefined): readonly Failure[] {
  const isDone = result !== undefined && ['created', 'configured', 'adopted'].includes(result.result)
  if (!isDone || result.diagnostics.length === 0) return []
  return [{ check: 'raced-not-as-predicted', detail: `${step.id} ${JSON.stringify(result.diagnostics)}` }]
}

/** A second plan right after: what was applied has nothing left to do, what was blocked is blocked as before. */
export function checkAgain(again: Plan, comparison: Comparison & { readonly shown: Plan }): readonly Failure[] {
  const { shown, results, isRaced } = comparison
  const before = new Map(shown.steps.map((step) => [step.id, step]))
  return again.steps.flatMap((step) => {
    const earlier = before.get(step.id)
    if (step.kind !== 'object' || earlier?.kind !== 'object' || isRaced(earlier)) return []
    const result = results.get(step.id)?.result ?? 'unchanged'
    const isDone = ['created', 'configured', 'adopted', 'unchanged'].includes(result)
    const detail = `${step.id} ${earlier.op} → ${step.op} ${JSON.stringify(step.changes)} ${JSON.stringify(step.conflicts)} ${JSON.stringify(step.diagnostics)}`
    if (isDone && step.op !== 'noop') return [{ check: 'again-not-noop', detail }]
    if (result === 'failed' && step.op !== earlier.op) return [{ check: 'again-differs', detail }]
    return []
  })
}
