import { PLAN_ERRORS } from '../errors/plan.ts'
import { metadataOf, metadataString, objectId } from '../kube/ref.ts'
import { applyPatch } from '../ssa/apply-patch.ts'
import { difference, type FieldSet, isEmpty, leavesOf, pathsOf, setOf } from '../ssa/field-set.ts'
import { firstApplyEntries } from '../ssa/first-apply.ts'
import {
  decodeManagedFields,
  encodeManagedFields,
  type ManagedEntries,
  withManagedFields,
} from '../ssa/managed-fields.ts'
import type { Path } from '../ssa/path-element.ts'
import { type ApplyOutcome, FIELD_MANAGER, type ObjectType } from '../ssa/types.ts'
import { valueAt } from '../ssa/value-at.ts'
import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { openLeaves, stalePaths } from './closed-subtrees.ts'
import { compareStored } from './compare-stored.ts'
import { type Decision, type DesiredObject, WORKSPACE_LABEL } from './desired.ts'
import { fieldChanges } from './field-changes.ts'
import { showPath } from './field-path.ts'
import { forbiddenNulls } from './forbidden-nulls.ts'
import { maskValue } from './mask-object.ts'
import { onCreate } from './on-create.ts'
import { ownersOf } from './owners.ts'
import { type Settled, settleConflicts } from './settle-conflicts.ts'
import { transferOwnership } from './transfer-ownership.ts'
import type { Conflict, Diagnostic, ObjectStep, ObjectWrite, Transfer } from './types.ts'

export type ObjectContext = {
  readonly type: ObjectType
  readonly plural: string
  readonly live: JsonObject | undefined
  /** RFC 3339: the time of the reading; predicted entries carry it. */
  readonly now: string
  readonly decide: (path: string) => Decision | undefined
}

const LABEL_PATH: Path = ['f:metadata', 'f:labels', `f:${WORKSPACE_LABEL}`]

/** The step that brings one object to its manifest. Edges are added by the graph. */
export function planObject(desired: DesiredObject, context: ObjectContext): ObjectStep {
  const { live } = context
  const base = stepBase(desired, context.plural)
  if (live === undefined) return planCreate(base, desired, context)
  const identity = {
    uid: metadataString(live, 'uid') ?? '',
    resourceVersion: metadataString(live, 'resourceVersion') ?? '',
  }
  const found: ObjectStep = { ...base, live: identity, before: live }
  if (metadataString(live, 'deletionTimestamp') !== undefined)
    return { ...found, op: 'create', diagnostics: [terminating(base.id, live)] }
  const entries = decodeManagedFields(live)
  if (entries === undefined) return { ...found, op: 'update', diagnostics: [trackingBroken(base)] }
  return planChange(found, desired, { ...context, live }, entries)
}

/** A step that does nothing yet: identity, source and no write. */
export function stepBase(desired: DesiredObject, plural: string): ObjectStep {
  return {
    kind: 'object',
    id: objectId(desired.ref),
    op: 'noop',
    ref: desired.ref,
    plural,
    ...(desired.offer === undefined ? {} : { offer: desired.offer }),
    origin: desired.origin,
    dependsOn: [],
    changes: [],
    transfers: [],
    conflicts: [],
    diagnostics: [],
  }
}

export function problem(
  object: string,
  descriptor: { readonly code: string; readonly title: string; readonly hint?: string },
  more: { readonly message?: string; readonly field?: string; readonly hint?: string } = {},
): Diagnostic {
  const hint = more.hint ?? descriptor.hint
  return {
    severity: 'error',
    code: descriptor.code,
    message: more.message ?? descriptor.title,
    object,
    ...(more.field === undefined ? {} : { field: more.field }),
    ...(hint === undefined ? {} : { hint }),
  }
}

function planCreate(base: ObjectStep, desired: DesiredObject, context: ObjectContext): ObjectStep {
  const { type, now } = context
  const outcome = applyPatch({
    live: undefined,
    patch: desired.manifest,
    manager: FIELD_MANAGER,
    force: false,
    type,
    now,
  })
  const diagnostics = problemsOf(base.id, outcome, context, desired, [])
  const after = outcome.result === 'applied' ? { after: onCreate(outcome.object) } : {}
  if (diagnostics.length > 0) return { ...base, op: 'create', diagnostics, ...after }
  return { ...base, op: 'create', ...after, write: writeOf(desired, desired.manifest, false, undefined) }
}

function planChange(
  found: ObjectStep,
  desired: DesiredObject,
  context: ObjectContext & { readonly live: JsonObject },
  entries: ManagedEntries,
): ObjectStep {
  const { type, now, decide } = context
  const label = valueAt(context.live, LABEL_PATH)
  const wanted = valueAt(desired.manifest, LABEL_PATH)
  const op = label !== undefined && label === wanted ? 'update' : 'adopt'
  const foreign = labelConflict(found.id, label, wanted, entries, context)
  if (foreign !== undefined && foreign.decision !== 'take') return otherWorkspaces({ ...found, op }, foreign)
  const stale = staleToRemove(found.id, desired, context)
  if (stale.refused.length > 0) return { ...found, op, diagnostics: stale.refused }
  const moved = moveStale(context, entries, stale.paths)
  const settled = settleConflicts({
    object: found.id,
    live: moved.start,
    manifest: desired.manifest,
    type,
    now,
    decide,
  })
  const conflicts =
    foreign === undefined ? settled.conflicts : [foreign, ...settled.conflicts.filter((c) => c.path !== foreign.path)]
  if (settled.outcome === undefined) return { ...found, op, conflicts }
  const step: ObjectStep = { ...found, op, conflicts, transfers: moved.transfers }
  return finish(step, desired, context, { settled, outcome: settled.outcome, stale, transfer: moved.transfer })
}

/** The live object as it will be when the apply arrives: its stale paths belong to us alone. */
function moveStale(
  context: ObjectContext & { readonly live: JsonObject },
  entries: ManagedEntries,
  stale: FieldSet,
): { readonly start: JsonObject; readonly transfers: readonly Transfer[]; readonly transfer: JsonArray | undefined } {
  const { live, type, now } = context
  if (isEmpty(stale)) return { start: live, transfers: [], transfer: undefined }
  const tracked = entries.size === 0 ? firstApplyEntries(live, type, now) : entries
  const moved = transferOwnership(tracked, stale, type, now)
  if (moved.entries === tracked && entries.size > 0) return { start: live, transfers: [], transfer: undefined }
  return {
    start: withManagedFields(live, moved.entries),
    transfers: moved.transfers,
    transfer: encodeManagedFields(moved.entries),
  }
}

function finish(
  step: ObjectStep,
  desired: DesiredObject,
  context: ObjectContext & { readonly live: JsonObject },
  result: {
    readonly settled: Settled
    readonly outcome: ApplyOutcome
    readonly stale: { readonly paths: FieldSet; readonly kept: readonly Path[] }
    readonly transfer: JsonArray | undefined
  },
): ObjectStep {
  const { settled, outcome, transfer } = result
  const diagnostics = problemsOf(step.id, outcome, context, desired, [...settled.yielded, ...result.stale.kept])
  if (outcome.result !== 'applied' || diagnostics.length > 0) return { ...step, diagnostics }
  // A write that only brings our entry's time, and so the order of the owners, up to date is not worth a revision.
  const isSame = !outcome.changed || compareStored(outcome.object, context.live).length === 0
  if (isSame && transfer === undefined) return { ...step, op: 'noop', after: context.live }
  return {
    ...step,
    changes: fieldChanges(context.type, context.live, outcome.object, settled.manifest, result.stale.paths),
    after: outcome.object,
    write: writeOf(desired, settled.manifest, settled.force, transfer),
  }
}

function writeOf(
  desired: DesiredObject,
  manifest: JsonObject,
  force: boolean,
  transfer: JsonArray | undefined,
): ObjectWrite {
  return { type: 'apply', manifest, force, closed: desired.closed, ...(transfer === undefined ? {} : { transfer }) }
}

/** Stale paths, less those the operator yields; a price key cannot be yielded while the offer has a price of its own. */
function staleToRemove(
  id: string,
  desired: DesiredObject,
  context: ObjectContext & { readonly live: JsonObject },
): { readonly paths: FieldSet; readonly kept: readonly Path[]; readonly refused: readonly Diagnostic[] } {
  const all = stalePaths(context.type, context.live, desired.manifest, desired.closed)
  const refused: Diagnostic[] = []
  const kept: Path[] = []
  for (const path of pathsOf(leavesOf(all))) {
    const field = showPath(path)
    if (context.decide(field) !== 'yield') continue
    if (/\bprice\b/.test(field)) refused.push(problem(id, PLAN_ERRORS.YIELD_REFUSED, { field }))
    else kept.push(path)
  }
  if (kept.length === 0) return { paths: all, kept, refused }
  return { paths: difference(all, setOf(kept.flatMap(prefixes))), kept, refused }
}

function prefixes(path: Path): readonly Path[] {
  return path.map((_, i) => path.slice(0, i + 1))
}

/** The label of another workspace is in our way, whoever wrote it: two workspaces share one field manager. */
function labelConflict(
  object: string,
  label: JsonValue | undefined,
  wanted: JsonValue | undefined,
  entries: ManagedEntries,
  context: ObjectContext,
): Conflict | undefined {
  if (label === undefined || label === wanted) return undefined
  const path = showPath(LABEL_PATH)
  const decision = context.decide(path)
  const owner = ownersOf(entries, LABEL_PATH)[0] ?? { name: 'nobody', operation: 'Update' as const }
  return { object, path, ours: wanted, theirs: label, owner, ...(decision === undefined ? {} : { decision }) }
}

/** Undecided, it is a conflict like others; left to the other workspace, there is nothing that could be applied. */
function otherWorkspaces(step: ObjectStep, label: Conflict): ObjectStep {
  const conflicts = [label]
  if (label.decision === undefined) return { ...step, conflicts }
  return { ...step, conflicts, diagnostics: [problem(step.id, PLAN_ERRORS.OTHER_WORKSPACE, { field: label.path })] }
}

/** Why the predicted object may not be written: it does not fit, holds a forbidden null, or keeps an open subtree. */
function problemsOf(
  id: string,
  outcome: ApplyOutcome,
  context: ObjectContext,
  desired: DesiredObject,
  tolerated: readonly Path[],
): readonly Diagnostic[] {
  if (outcome.result === 'conflict') return [problem(id, PLAN_ERRORS.UNDECIDED_CONFLICT)]
  if (outcome.result === 'invalid') {
    return outcome.errors.map(({ message, path }) => {
      const field = path.replace(/^\./, '')
      return problem(id, PLAN_ERRORS.INVALID_OBJECT, { message: unquoted(message, desired.ref.kind, field), field })
    })
  }
  const { type } = context
  const nulls = type.structural === undefined ? [] : forbiddenNulls(outcome.object, type.structural)
  const open = openLeaves(type, outcome.object, desired.manifest, desired.closed)
    .map(showPath)
    .filter((path) => !tolerated.some((other) => path.startsWith(showPath(other))))
  return [
    ...nulls.map((field) => problem(id, PLAN_ERRORS.NULL_STORED, { field })),
    ...open.map((field) => problem(id, PLAN_ERRORS.NOT_CLOSED, { field })),
  ]
}

/** The words of a mistake say what was found instead; of a secret they must not. */
function unquoted(message: string, kind: string, field: string): string {
  return maskValue(kind, field, 'x') === 'x' ? message : message.replace(/, got .*$/s, '')
}

function trackingBroken({ id, plural, ref }: ObjectStep): Diagnostic {
  const scope = ref.namespace === undefined ? '' : `-n ${ref.namespace} `
  const hint = `kubectl get ${plural} ${scope}${ref.name} -o yaml --show-managed-fields`
  return problem(id, PLAN_ERRORS.TRACKING_BROKEN, { hint })
}

function terminating(id: string, live: JsonObject): Diagnostic {
  const finalizers = metadataOf(live)['finalizers']
  const waits = Array.isArray(finalizers) && finalizers.length > 0 ? `; it waits for ${finalizers.join(', ')}` : ''
  return problem(id, PLAN_ERRORS.OBJECT_TERMINATING, { message: `${PLAN_ERRORS.OBJECT_TERMINATING.title}${waits}` })
}
