import type { ObjectRef } from '../kube/ref.ts'
import { shellWord } from '../util/shell-word.ts'
import { type Decision, WORKSPACE_LABEL } from './desired.ts'
import { showPath } from './field-path.ts'
import { maskPair } from './mask-object.ts'
import type { ConflictView, EditView } from './plan-view.ts'
import type { Conflict, ObjectStep } from './types.ts'

/** Where our label is, as paths in a plan are written. */
export const WORKSPACE_LABEL_PATH = showPath(['f:metadata', 'f:labels', `f:${WORKSPACE_LABEL}`])

/** True while a conflict keeps its step from being applied: an object of another workspace can only be taken. */
export function isUndecided(conflict: Conflict): boolean {
  return conflict.decision === undefined || (isAboutWorkspace(conflict) && conflict.decision !== 'take')
}

/** Both values, masked, and the edits that settle the conflict. */
export function describeConflict(step: ObjectStep, conflict: Conflict): ConflictView {
  const field = { kind: step.ref.kind, path: conflict.path }
  const [ours, theirs] = maskPair(field, conflict.ours, conflict.theirs, ['ours', 'theirs'])
  const otherWorkspace = isAboutWorkspace(conflict) && typeof theirs === 'string' ? { otherWorkspace: theirs } : {}
  return {
    path: conflict.path,
    ...(ours === undefined ? {} : { ours }),
    ...(theirs === undefined ? {} : { theirs }),
    owner: conflict.owner,
    ...(conflict.decision === undefined ? {} : { decision: conflict.decision }),
    undecided: isUndecided(conflict),
    ...otherWorkspace,
    edits: isUndecided(conflict) ? editsOf(step, conflict) : [],
  }
}

function isAboutWorkspace(conflict: Conflict): boolean {
  return conflict.path === WORKSPACE_LABEL_PATH
}

function editsOf(step: ObjectStep, conflict: Conflict): readonly EditView[] {
  if (isAboutWorkspace(conflict)) return [edit(step, conflict, 'take', 'the object moves into this workspace')]
  return [
    edit(step, conflict, 'take', 'our value, owned by us alone'),
    edit(step, conflict, 'yield', 'their value, we no longer ask for ours'),
    edit(step, conflict, 'share', 'their value, owned by both'),
  ]
}

function edit(step: ObjectStep, conflict: Conflict, decision: Decision, effect: string): EditView {
  const command = `obol plan --${decision} ${shellWord(`${objectLabel(step.ref)}:${conflict.path}`)}`
  const path = /^[\w.$-]+$/.test(conflict.path) ? conflict.path : `'${conflict.path.replaceAll("'", "''")}'`
  const kind = step.ref.kind === 'ServiceOffer' ? '' : `kind: ${step.ref.kind}, `
  return {
    decision,
    effect,
    command,
    ...(step.offer === undefined ? {} : { yaml: `- { ${kind}path: ${path}, decision: ${decision} }` }),
  }
}

/** `llm/aeon`; the name alone for cluster-scoped objects. */
export function objectLabel(ref: ObjectRef): string {
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`
}
