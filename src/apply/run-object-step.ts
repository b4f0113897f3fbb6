import type { WriteResult } from '../cluster/types.ts'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { metadataString } from '../kube/ref.ts'
import type { ObjectStep } from '../plan/types.ts'
import { FIELD_MANAGER } from '../ssa/types.ts'
import { checkStored } from './check-stored.ts'
import type { ApplyPorts } from './ports.ts'
import { replanStep } from './replan-step.ts'
import { done, failed, type StepResult } from './results.ts'
import { guarded, resourceOf, transferPatch, type Version } from './wire.ts'

/** How often a step is planned anew when its object keeps changing under it. */
const ATTEMPTS = 8

type Context = { readonly ports: ApplyPorts; readonly run: string }

type Attempt =
  | { readonly next: 'done'; readonly result: StepResult }
  /** Refused, perhaps because the object is not the one that was planned for; `sent`: the version that was named. */
  | { readonly next: 'replan'; readonly sent: string | undefined; readonly said: string }

/**
 * Carries out one object step and reports how it ended; a refusal is a result, not an error. When the object changed
 * after the plan, it is read and planned again, and the step goes on only if its effect is the one that was shown.
 * SIDE EFFECTS: journal records before and after each request; at most one transfer and one apply, or one delete, per
 * attempt. Rejects only when the journal cannot be written or the connection is lost.
 */
export async function runObjectStep(shown: ObjectStep, context: Context): Promise<StepResult> {
  let step = shown
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const outcome = await attemptStep(step, shown, context)
    if (outcome.next === 'done') return outcome.result
    const again = await replanStep(shown, context.ports)
    if (again.next === 'stop') return again.result
    if (again.next === 'settled') return settle(shown, again.live, context)
    step = again.step
    // Refused although nothing moved: planning again would go round in a circle.
    if (outcome.sent !== undefined && outcome.sent === step.live?.resourceVersion) {
      return failed(shown, APPLY_ERRORS.REFUSED_BY_SERVER, { message: outcome.said })
    }
  }
  return failed(shown, APPLY_ERRORS.OBJECT_MOVED, { message: `the object kept changing: ${ATTEMPTS} attempts` })
}

/** Records what is found to be done: by a request whose answer was lost, or by somebody else. */
async function settle(shown: ObjectStep, live: Version | undefined, { ports, run }: Context): Promise<StepResult> {
  if (shown.op === 'delete') {
    await ports.journal.append({ type: 'object-deleted', run, step: shown.id, uid: shown.live?.uid ?? '' })
  } else if (live !== undefined) {
    await ports.journal.append({ type: 'object-applied', run, step: shown.id, ref: shown.ref, ...live })
  }
  return done(shown, 'unchanged')
}

function attemptStep(step: ObjectStep, shown: ObjectStep, context: Context): Promise<Attempt> {
  return step.write?.type === 'delete' ? attemptDelete(step, context) : attemptApply(step, shown, context)
}

async function attemptApply(step: ObjectStep, shown: ObjectStep, { ports, run }: Context): Promise<Attempt> {
  const { write } = step
  if (write?.type !== 'apply') return { next: 'done', result: done(shown, 'unchanged') }
  let live = step.live
  if (write.transfer !== undefined && live !== undefined) {
    const paths = step.transfers.map((transfer) => transfer.path)
    await ports.journal.append({ type: 'transfer-intended', run, step: step.id, paths })
    const patch = transferPatch(write.transfer, live.resourceVersion)
    const moved = await ports.cluster.patchJson(resourceOf(step), step.ref.name, patch, FIELD_MANAGER)
    if (moved.result !== 'ok') return refusal(moved, shown, live)
    live = { ...live, resourceVersion: metadataString(moved.object, 'resourceVersion') ?? live.resourceVersion }
    const { resourceVersion } = live
    await ports.journal.append({ type: 'ownership-transferred', run, step: step.id, resourceVersion })
  }
  await ports.journal.append({ type: 'apply-intended', run, step: step.id, ref: step.ref })
  const options = { fieldManager: FIELD_MANAGER, force: write.force }
  const answer = await ports.cluster.apply(resourceOf(step), guarded(write.manifest, live), options)
  if (answer.result !== 'ok') return refusal(answer, shown, live)
  await ports.journal.append({
    type: 'object-applied',
    run,
    step: step.id,
    ref: step.ref,
    uid: metadataString(answer.object, 'uid') ?? '',
    resourceVersion: metadataString(answer.object, 'resourceVersion') ?? '',
  })
  return { next: 'done', result: checkStored(step, shown, answer.object, ports.typeOf(step)) }
}

async function attemptDelete(step: ObjectStep, { ports, run }: Context): Promise<Attempt> {
  const { uid, resourceVersion } = step.live ?? { uid: '', resourceVersion: '' }
  await ports.journal.append({ type: 'delete-intended', run, step: step.id, uid })
  const answer = await ports.cluster.delete(resourceOf(step), step.ref.name, { uid, resourceVersion })
  // Gone already is what was wanted.
  if (answer.result !== 'ok' && answer.result !== 'missing') return refusal(answer, step, step.live)
  await ports.journal.append({ type: 'object-deleted', run, step: step.id, uid })
  return { next: 'done', result: done(step, answer.result === 'ok' ? 'deleted' : 'unchanged') }
}

function refusal(
  answer: Exclude<WriteResult, { result: 'ok' }>,
  shown: ObjectStep,
  live: Version | undefined,
): Attempt {
  const sent = live?.resourceVersion
  switch (answer.result) {
    case 'changed':
      return { next: 'replan', sent, said: answer.message }
    case 'conflict':
      return {
        next: 'replan',
        sent,
        said: answer.causes.map(({ field, message }) => `${field}: ${message}`).join('; '),
      }
    case 'missing':
      // The object of an update is gone: the new reading tells. For a create it is the kind or the namespace.
      if (shown.op !== 'create') return { next: 'replan', sent, said: answer.message }
      return { next: 'done', result: failed(shown, missing(shown, answer.message), { message: answer.message }) }
    case 'invalid':
      return { next: 'done', result: failed(shown, APPLY_ERRORS.REFUSED_BY_SERVER, { message: answer.message }) }
  }
}

/** Who may not read namespaces learns only now that theirs is not there. */
function missing({ ref: { namespace } }: ObjectStep, message: string): Parameters<typeof failed>[1] {
  const isNamespace = namespace !== undefined && message.includes(`namespaces "${namespace}" not found`)
  return isNamespace ? { ...APPLY_ERRORS.GONE, hint: `kubectl create namespace ${namespace}` } : APPLY_ERRORS.GONE
}
