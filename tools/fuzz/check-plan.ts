import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import { childPath } from '../../src/plan/child-path.ts'
import { type DesiredObject, WORKSPACE_LABEL } from '../../src/plan/desired.ts'
import { isReordered } from '../../src/plan/expand-change.ts'
import { isAtOrBelow, showPath } from '../../src/plan/field-path.ts'
import type { ObjectStep, Plan } from '../../src/plan/types.ts'
import { difference, EMPTY_SET, pathsOf } from '../../src/ssa/field-set.ts'
import {
  decodeManagedFields,
  type ManagedEntry,
  ownerName,
  withoutManagedFields,
} from '../../src/ssa/managed-fields.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonAt, jsonEquals } from '../../src/util/json.ts'
import type { Failure } from './failure.ts'

/** What a plan promises of itself: each sentence that does not hold. */
export function checkPlan(plan: Plan, desired: readonly DesiredObject[]): readonly Failure[] {
  const failures: Failure[] = []
  const before = new Set<string>()
  for (const step of plan.steps) {
    for (const id of step.dependsOn)
      if (!before.has(id)) failures.push({ check: 'plan-order', detail: `${step.id} before ${id}` })
    before.add(step.id)
    if (step.kind === 'object') failures.push(...checkStep(step))
  }
  for (const { ref } of desired) {
    const found = plan.steps.filter((step) => 'ref' in step && step.ref === ref)
    if (found.length !== 1)
      failures.push({ check: 'plan-complete', detail: `${ref.kind} ${ref.name}: ${found.length} steps` })
  }
  return failures
}

type Demand = (check: string, holds: boolean, detail?: string) => void

function checkStep(step: ObjectStep): readonly Failure[] {
  const broken: Failure[] = []
  const demand: Demand = (check, holds, detail = '') => {
    if (!holds) broken.push({ check: `plan-${check}`, detail: `${step.id} ${step.op} ${detail}` })
  }
  checkWrite(step, demand)
  const { before, after } = step
  if (step.write?.type === 'apply' && before !== undefined && after !== undefined) {
    checkEffect(step, before, after, demand)
  }
  return broken
}

/** Whether something is sent, and with how much force. */
function checkWrite(step: ObjectStep, demand: Demand): void {
  const isUndecided = step.conflicts.some(({ decision }) => decision === undefined)
  const isBlocked = isUndecided || step.diagnostics.some(({ severity }) => severity === 'error')
  if (step.op === 'noop') {
    demand('noop', step.write === undefined && step.changes.length + step.transfers.length === 0)
  } else demand('write', (step.write !== undefined) === !isBlocked, JSON.stringify(step.diagnostics))
  if (step.write?.type !== 'apply') return
  const isOurs = jsonAt(step.before, ['metadata', 'labels', WORKSPACE_LABEL]) !== undefined
  demand('force', !step.write.force || step.conflicts.some(({ decision }) => decision === 'take'))
  demand('transfer', step.transfers.length === 0 || step.write.transfer !== undefined)
  demand('labels', step.op !== 'update' || isOurs)
  demand('create', step.op !== 'create' || step.before === undefined)
}

/** Whether the step names all that it changes, and leaves one price. */
function checkEffect(step: ObjectStep, before: JsonObject, after: JsonObject, demand: Demand): void {
  for (const path of lostOrChanged(before, after)) demand('change', isNamed(step, path), path)
  for (const { owner, path } of lostClaims(before, after)) {
    demand('owner', isNamed(step, path) || isNamedBelow(step, path), `${owner} ${path}`)
  }
  if (step.ref.kind !== 'ServiceOffer') return
  const price = jsonAt(after, ['spec', 'payment', 'price'])
  demand('price', isJsonObject(price) && Object.keys(price).length === 1, JSON.stringify(price))
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
