import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import { childPath } from '../../src/plan/child-path.ts'
import { type DesiredObject, WORKSPACE_LABEL } from '../../src/plan/desired.ts'
import { isReordered } from '../../src/plan/expand-change.ts'
import { isAtOrBelow, showPath } from '../../src/plan/field-path.ts'
import type { ObjectStep, Plan } from '../../src/plan/types.ts'
import { difference, EMPTY_SET, pathsOf } from '../../src/ssa/field-set.ts'
import { decodeManagedFields, type ManagedEntry, ownerName, withoutManagedFields } from '../../src/ssa/managed-fields.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonAt, jsonEquals } from '../../src/util/json.ts'
import type { Failure } from './failure.ts'

/** What a plan promises of itself: each sentence that does not hold. */
export function checkPlan(plan: Plan, desired: readonly DesiredObject[]): readonly Failure[] {
  const failures: Failure[] = []
  const before = new Set<string>()
  for (const step of plan.steps) {
    for (const id of step.dependsOn) if (!before.has(id)) failures.push({ check: 'plan-order', detail: `${step.id} before ${id}` })
    before.add(step.id)
    if (step.kind === 'object') failures.push(...checkStep(step))
  }
  for (const { ref } of desired) {
    const found = plan.steps.filter((step) => step.ref === ref)
    if (found.length !== 1) failures.push({ check: 'plan-complete', detail: `${ref.kind} ${ref.name}: ${found.length} steps` })
  }
  return failures
}

function checkStep(step: ObjectStep): readonly Failure[] {
  const broken: Failure[] = []
  const demand = (check: string, holds: boolean, detail = ''): void => {
    if (!holds) broken.push({ check: `plan-${check}`, detail: `${step.id} ${step.op} ${detail}` })
  }
  const undecided = step.conflicts.filter(({ decision }) => decision === undefined)
  const isBlocked = undecided.length > 0 || step.diagnostics.some(({ severity }) => severity === 'error')
  const label = metadataOf(step.before ?? {})['labels']
  const isOurs = isJsonObject(label) && label[WORKSPACE_LABEL] !== undefined
  if (step.op === 'noop') demand('noop', step.write === undefined && step.changes.length + step.transfers.length === 0)
  else demand('write', (step.write !== undefined) === !isBlocked, JSON.stringify(step.diagnostics))
  if (step.write?.type === 'apply') {
    const takes = step.conflicts.some(({ decision }) => decision === 'take')
    demand('force', !step.write.force || takes)
    demand('transfer', step.transfers.length === 0 || step.write.transfer !== undefined)
    demand('labels', !(step.op === 'update') || isOurs)
  }
  if (step.op === 'create' && step.write !== undefined) demand('create', step.before === undefined)
  if (step.write?.type !== 'apply' || step.before === undefined || step.after === undefined) return broken
  for (const path of lostOrChanged(step.before, step.after)) demand('change', isNamed(step, path), path)
  for (const lost of lostClaims(step.before, step.after)) {
    demand('owner', isNamed(step, lost.path) || isNamedBelow(step, lost.path), `${lost.owner} ${lost.path}`)
  }
  if (step.ref.kind === 'ServiceOffer') {
    const price = jsonAt(step.after, ['spec', 'payment', 'price'])
    demand('price', isJsonObject(price) && Object.keys(price).length === 1, JSON.stringify(price))
  }
  return broken
}

/** The paths at which two versions of an object differ; a list counts as one value. */
export function lostOrChanged(before: JsonObject, after: JsonObject): readonly string[] {
  const paths: string[] = []
  compare(stripped(before), stripped(after), '', paths)
  return paths
}

const SERVER_FIELDS = ['resourceVersion', 'generation', 'uid', 'creationTimestamp']

function stripped(object: JsonObject): JsonObject {
  const bare = withoutManagedFields(object)
  const metadata = Object.entries(metadataOf(bare)).filter(([name]) => !SERVER_FIELDS.includes(name))
  return { ...bare, metadata: Object.fromEntries(metadata) }
}

function compare(a: JsonValue | undefined, b: JsonValue | undefined, path: string, out: string[]): void {
  if (jsonEquals(a, b)) return
  // An empty mapping that goes or comes says nothing of fields.
  if (isEmptyOrAbsent(a) && isEmptyOrAbsent(b)) return
  // The order of a keyed list is nobody's field; only the plan's view tells of it.
  if (path === 'spec.ports' && isJsonArray(a) && isJsonArray(b) && isReordered(a, b)) return
  if ((isJsonObject(a) || a === undefined) && (isJsonObject(b) || b === undefined)) {
    const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])
    for (const key of keys) compare(a?.[key], b?.[key], childPath(path, key), out)
    return
  }
  out.push(path)
}

function isEmptyOrAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (isJsonObject(value) && Object.keys(value).length === 0)
}

type Claim = { readonly owner: string; readonly path: string }

/** What others owned before and do not own after. */
function lostClaims(before: JsonObject, after: JsonObject): readonly Claim[] {
  const left = decodeManagedFields(after) ?? new Map<string, ManagedEntry>()
  const entries = [...(decodeManagedFields(before) ?? [])]
  return entries
    .filter(([, entry]) => ownerName(entry) !== 'obol/Apply')
    .flatMap(([id, entry]) =>
      [...pathsOf(difference(entry.set, left.get(id)?.set ?? EMPTY_SET))].map((path) => ({
        owner: ownerName(entry),
        path: showPath(path),
      })),
    )
}

/** True when the step says that something at this path, above it, or in this list changes or moves. */
export function isNamed(step: ObjectStep, path: string): boolean {
  return namedPaths(step).some((named) => isAtOrBelow(path, named) || named.startsWith(`${path}[`))
}

/** A container that somebody owned goes with what was in it. */
function isNamedBelow(step: ObjectStep, path: string): boolean {
  return namedPaths(step).some((named) => isAtOrBelow(named, path))
}

function namedPaths(step: ObjectStep): readonly string[] {
  return [...step.changes, ...step.transfers, ...step.conflicts.filter(({ decision }) => decision === 'take')].map(
    ({ path }) => path,
  )
}

/** `resourceVersion`, or a text that no version is. */
export function versionOf(object: JsonObject | undefined): string {
  return object === undefined ? '(absent)' : (metadataString(object, 'resourceVersion') ?? '(none)')
}
