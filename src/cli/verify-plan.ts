import pLimit from 'p-limit'
import { guarded, resourceOf } from '../apply/wire.ts'
import type { ClusterWriter, WriteResult } from '../cluster/types.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { compareStored } from '../plan/compare-stored.ts'
import { showValue } from '../plan/field-path.ts'
import { maskPair } from '../plan/mask-object.ts'
import { problem } from '../plan/plan-object.ts'
import type { Diagnostic, ObjectStep, Plan, PlanStep } from '../plan/types.ts'
import { FIELD_MANAGER } from '../ssa/types.ts'

const CONCURRENCY = 16

/**
 * Asks the server what it would store (`--verify=server`), and adds to each step where that differs from the
 * prediction. SIDE EFFECTS: one dry-run apply per step that applies and moves no ownership; nothing is stored. Rejects
 * with ObolError where the user may not patch.
 */
export async function verifyPlan(plan: Plan, cluster: ClusterWriter, signal: AbortSignal): Promise<Plan> {
  const limit = pLimit(CONCURRENCY)
  const steps = await Promise.all(plan.steps.map((step) => limit(() => verifyStep(step, cluster, signal))))
  return { ...plan, steps }
}

async function verifyStep(step: PlanStep, cluster: ClusterWriter, signal: AbortSignal): Promise<PlanStep> {
  if (step.kind !== 'object' || step.write?.type !== 'apply') return step
  if (step.write.transfer !== undefined) {
    return withDiagnostics(step, [notPreviewed(step, 'it moves ownership first, and a dry-run stores nothing')])
  }
  const manifest = guarded(step.write.manifest, step.live)
  const options = { fieldManager: FIELD_MANAGER, force: step.write.force, dryRun: true }
  return withDiagnostics(step, verdictOn(step, await cluster.apply(resourceOf(step), manifest, options, signal)))
}

function verdictOn(step: ObjectStep, answer: WriteResult): readonly Diagnostic[] {
  switch (answer.result) {
    case 'ok':
      return step.after === undefined ? [] : compareStored(step.after, answer.object).map((item) => differs(step, item))
    case 'changed':
      return [warning(step, 'The object was changed after it was read: plan again')]
    case 'conflict':
      return answer.causes.map(({ field, message }) => warning(step, `The server sees a conflict: ${message}`, field))
    case 'missing':
      return [notPreviewed(step, 'its namespace or its kind is not there yet')]
    case 'invalid':
      return refusals(step, answer)
  }
}

function refusals(
  step: ObjectStep,
  { message, causes }: Extract<WriteResult, { readonly result: 'invalid' }>,
): readonly Diagnostic[] {
  const found = causes.length === 0 ? [{ field: '', message }] : causes
  return found.map((cause) => problem(step.id, PLAN_ERRORS.SERVER_REFUSES, cause))
}

function differs(step: ObjectStep, item: ReturnType<typeof compareStored>[number]): Diagnostic {
  const [predicted, stored] = maskPair({ kind: step.ref.kind, path: item.path }, item.predicted, item.stored)
  const values = `${showValue(predicted)} predicted, ${showValue(stored)} stored`
  return warning(step, `${PLAN_ERRORS.PREDICTION_DIFFERS.title}: ${values}; maybe an admission webhook`, item.path)
}

function warning(step: ObjectStep, message: string, field?: string): Diagnostic {
  const more = field === undefined ? { message } : { message, field }
  return { ...problem(step.id, PLAN_ERRORS.PREDICTION_DIFFERS, more), severity: 'warning' }
}

function notPreviewed(step: ObjectStep, why: string): Diagnostic {
  const message = `${PLAN_ERRORS.NOT_PREVIEWED.title}: ${why}`
  return { ...problem(step.id, PLAN_ERRORS.NOT_PREVIEWED, { message }), severity: 'info' }
}

function withDiagnostics(step: ObjectStep, diagnostics: readonly Diagnostic[]): ObjectStep {
  return diagnostics.length === 0 ? step : { ...step, diagnostics: [...step.diagnostics, ...diagnostics] }
}
