import type { WriteResult } from '../cluster/types.ts'
import { APPLY_ERRORS } from '../errors/apply.ts'
import type { Descriptor } from '../errors/descriptor.ts'
import { metadataString } from '../kube/ref.ts'
import { openLeaves } from '../plan/closed-subtrees.ts'
import { compareStored } from '../plan/compare-stored.ts'
import { showPath, showValue } from '../plan/field-path.ts'
import { isSameEffect } from '../plan/same-effect.ts'
import type { Diagnostic, ObjectStep } from '../plan/types.ts'
import { FIELD_MANAGER } from '../ssa/types.ts'
import type { JsonObject } from '../util/json.ts'
import type { ApplyPorts } from './ports.ts'
import type { StepResult } from './results.ts'
import { guarded, resourceOf, transferPatch } from './wire.ts'

/** How often a step is planned anew when its object keeps changing under it. */
const ATTEMPTS = 8

type Context = { readonly ports: ApplyPorts; readonly run: string }

type Attempt =
  | { readonly next: 'done'; readonly result: StepResult }
  /** The object is not the one that was planned for: read it again, plan again, and go on if the effect is the same. */
  | { readonly next: 'replan' }

/**
 * Carries out one object step and reports how it ended; a refusal is a result, not an error.
 * SIDE EFFECTS: journal records before and after each request; at most one transfer and one apply, or one delete, per
 * attempt. Rejects only when the journal cannot be written or the connection is lost.
 */
export async function runObjectStep(shown: ObjectStep, context: Context): Promise<StepResult> {
  let step = shown
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const outcome = await attemptStep(step, shown, context)
    if (outcome.next === 'done') return outcome.result
    const again = await replan(shown, context)
    if ('result' in again) return again
    step = again
  }
  return failed(shown, APPLY_ERRORS.objectMoved, { message: `The object kept changing: ${ATTEMPTS} attempts` })
}

function attemptStep(step: ObjectStep, shown: ObjectStep, context: Context): Promise<Attempt> {
  return step.write?.type === 'delete' ? attemptDelete(step, context) : attemptApply(step, shown, context)
}

async function attemptApply(step: ObjectStep, shown: ObjectStep, { ports, run }: Context): Promise<Attempt> {
  const { write, live } = step
  if (write?.type !== 'apply') return { next: 'done', result: done(shown, 'unchanged') }
  let resourceVersion = live?.resourceVersion
  if (write.transfer !== undefined && resourceVersion !== undefined) {
    const paths = step.transfers.map((transfer) => transfer.path)
    await ports.journal.append({ type: 'transfer-intended', run, step: step.id, paths })
    const patch = transferPatch(write.transfer, resourceVersion)
    const moved = await ports.cluster.patchJson(resourceOf(step), step.ref.name, patch, FIELD_MANAGER)
    if (moved.result !== 'ok') return refusal(moved, shown)
    resourceVersion = metadataString(moved.object, 'resourceVersion') ?? resourceVersion
    await ports.journal.append({ type: 'ownership-transferred', run, step: step.id, resourceVersion })
  }
  await ports.journal.append({ type: 'apply-intended', run, step: step.id, ref: step.ref })
  const options = { fieldManager: FIELD_MANAGER, force: write.force }
  const answer = await ports.cluster.apply(resourceOf(step), guarded(write.manifest, resourceVersion), options)
  if (answer.result !== 'ok') return refusal(answer, shown)
  await ports.journal.append({
    type: 'object-applied',
    run,
    step: step.id,
    ref: step.ref,
    uid: metadataString(answer.object, 'uid') ?? '',
    resourceVersion: metadataString(answer.object, 'resourceVersion') ?? '',
  })
  return { next: 'done', result: checkStored(step, shown, answer.object, ports) }
}

async function attemptDelete(step: ObjectStep, { ports, run }: Context): Promise<Attempt> {
  const { uid, resourceVersion } = step.live ?? { uid: '', resourceVersion: '' }
  await ports.journal.append({ type: 'delete-intended', run, step: step.id, uid })
  const answer = await ports.cluster.delete(resourceOf(step), step.ref.name, { uid, resourceVersion })
  // Gone already is what was wanted.
  if (answer.result !== 'ok' && answer.result !== 'missing') return refusal(answer, step)
  await ports.journal.append({ type: 'object-deleted', run, step: step.id, uid })
  return { next: 'done', result: done(step, answer.result === 'ok' ? 'deleted' : 'unchanged') }
}

function refusal(answer: Exclude<WriteResult, { result: 'ok' }>, shown: ObjectStep): Attempt {
  switch (answer.result) {
    case 'changed':
    case 'conflict':
      return { next: 'replan' }
    case 'missing':
      // The object of an update is gone, or a new kind is not served yet: the new reading tells.
      if (shown.op !== 'create') return { next: 'replan' }
      return { next: 'done', result: failed(shown, APPLY_ERRORS.gone, { message: answer.message }) }
    case 'invalid': {
      // A create is sent with resourceVersion 0, which the server refuses in these words when the object exists.
      if (answer.causes.some((cause) => cause.field === 'metadata.resourceVersion')) return { next: 'replan' }
      return { next: 'done', result: failed(shown, APPLY_ERRORS.refusedByServer, { message: answer.message }) }
    }
  }
}

/** Reads the object again: the step to go on with, or the result when there is nothing to do or the effect differs. */
async function replan(shown: ObjectStep, { ports }: Context): Promise<ObjectStep | StepResult> {
  const live = await ports.cluster.get(resourceOf(shown), shown.ref.name)
  if (shown.op === 'delete') return replanDelete(shown, live)
  const anew = ports.planAgain(shown.id, live)
  if (anew === undefined) return failed(shown, APPLY_ERRORS.objectMoved)
  if (anew.op === 'noop') return done(shown, 'unchanged')
  if (isSameEffect(shown, anew)) return anew
  return failed(shown, APPLY_ERRORS.objectMoved, { message: whatMoved(shown, anew) })
}

function replanDelete(shown: ObjectStep, live: JsonObject | undefined): ObjectStep | StepResult {
  const uid = live === undefined ? undefined : metadataString(live, 'uid')
  if (live === undefined || uid !== shown.live?.uid) return done(shown, 'unchanged')
  // Only status or ownership may have moved; anything else was somebody's edit of an object they still want.
  const isEdited = compareStored(shown.before ?? {}, live).some(({ path }) => !/^(status|owners)\b/.test(path))
  if (isEdited) return failed(shown, APPLY_ERRORS.objectMoved)
  return { ...shown, live: { uid: uid ?? '', resourceVersion: metadataString(live, 'resourceVersion') ?? '' } }
}

function whatMoved(shown: ObjectStep, anew: ObjectStep): string {
  const before = new Map(shown.changes.map((change) => [change.path, change]))
  const moved = anew.changes.find((change) => showValue(before.get(change.path)?.before) !== showValue(change.before))
  const conflict = anew.conflicts.find(({ decision }) => decision === undefined)
  const path = moved?.path ?? conflict?.path
  return path === undefined ? APPLY_ERRORS.objectMoved.title : `${path} was changed after the plan`
}

/** What the server stored must be closed where the plan said so; other differences from the prediction are told. */
function checkStored(step: ObjectStep, shown: ObjectStep, stored: JsonObject, ports: ApplyPorts): StepResult {
  const write = step.write?.type === 'apply' ? step.write : undefined
  const type = ports.typeOf(step)
  if (write !== undefined && type !== undefined && step.conflicts.every(({ decision }) => decision !== 'yield')) {
    const tolerated = new Set(
      step.after === undefined ? [] : openLeaves(type, step.after, write.manifest, write.closed).map(showPath),
    )
    const open = openLeaves(type, stored, write.manifest, write.closed)
      .map(showPath)
      .filter((path) => !tolerated.has(path))
    const [field] = open
    if (field !== undefined) return failed(shown, APPLY_ERRORS.notAsPredicted, { field })
  }
  const differences = step.after === undefined || type === undefined ? [] : compareStored(step.after, stored)
  const notes = differences.slice(0, 5).map<Diagnostic>(({ path, predicted, stored: value }) => ({
    severity: 'warning',
    code: APPLY_ERRORS.notAsPredicted.code,
    object: step.id,
    field: path,
    message: `stored ${showValue(value)} where ${showValue(predicted)} was predicted`,
  }))
  const result = shown.op === 'create' ? 'created' : shown.op === 'adopt' ? 'adopted' : 'configured'
  return { ...done(shown, result), diagnostics: notes }
}

export function done(step: ObjectStep, result: StepResult['result']): StepResult {
  return { id: step.id, op: step.op, result, diagnostics: [] }
}

export function failed(
  step: { readonly id: string; readonly op?: StepResult['op'] },
  descriptor: Descriptor,
  more: { readonly message?: string; readonly field?: string } = {},
): StepResult {
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: descriptor.code,
    message: more.message ?? descriptor.title,
    object: step.id,
    ...(more.field === undefined ? {} : { field: more.field }),
    ...(descriptor.hint === undefined ? {} : { hint: descriptor.hint }),
  }
  return { id: step.id, op: step.op ?? 'wait', result: 'failed', diagnostics: [diagnostic] }
}
