import { pathsOf } from '../src/ssa/field-set.ts'
import { decodeFieldsV1, encodeFieldsV1 } from '../src/ssa/fields-v1.ts'
import { formatPath } from '../src/ssa/path-element.ts'
import type { Schema } from '../src/ssa/schema.ts'
import { type ManagedSet, type Managers, mergeApply, mergeUpdate, type Typed } from '../src/ssa/updater.ts'
import { validateTyped } from '../src/ssa/validate-typed.ts'
import type { JsonObject, JsonValue } from '../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../src/util/json.ts'

type State = { readonly live: JsonValue; readonly managers: Managers }

/**
 * Replays sequences of apply, force and update (one JSON object a line: `{seed, steps[]}`) and compares each step's
 * conflicts, object and owners with the recorded ones. A failed step is reported and the recorded state taken over.
 * @param schema its root is the type named `root`, or else the first.
 */
export function replayVectors(
  lines: string,
  schema: Schema,
): { readonly passed: number; readonly failures: readonly string[] } {
  const name = schema.types.has('root') ? 'root' : ([...schema.types.keys()][0] ?? 'root')
  const type: Typed = { schema, ref: { named: name } }
  const outcomes = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => replaySequence(type, JSON.parse(line)))
  const failures = outcomes.filter((outcome) => outcome !== undefined)
  return { passed: outcomes.length - failures.length, failures }
}

/** What is wrong with each step; undefined for a step that went as recorded. */
function replaySequence(type: Typed, sequence: JsonObject): readonly (string | undefined)[] {
  const steps = sequence['steps']
  let state: State = { live: null, managers: new Map() }
  return (isJsonArray(steps) ? steps : []).filter(isJsonObject).map((step, i) => {
    const expected = recorded(step)
    const problem = differs(runStep(type, state, step), expected)
    state = expected.state
    if (problem === undefined) return undefined
    return `seed ${String(sequence['seed'])} step ${i} (${String(step['op'])}): ${problem}`
  })
}

type Result = { readonly conflicts: readonly string[]; readonly state: State }

function runStep(type: Typed, state: State, step: JsonObject): Result {
  const manager = typeof step['manager'] === 'string' ? step['manager'] : ''
  const object = step['object'] ?? null
  const allowDuplicates = step['op'] === 'update'
  // The library refuses what does not fit the schema, which leaves everything as it was.
  if (validateTyped(type.schema, type.ref, object, { allowDuplicates }).length > 0) return { conflicts: [], state }
  if (step['op'] === 'update') {
    const managers = mergeUpdate(type, state.live, object, state.managers, { manager, apiVersion: 'v1' })
    return { conflicts: [], state: { live: object, managers } }
  }
  const by = { manager, apiVersion: 'v1', force: step['op'] === 'force' }
  const outcome = mergeApply(type, state.live, object, state.managers, by)
  if (outcome.result === 'merged') return { conflicts: [], state: { live: outcome.value, managers: outcome.managers } }
  const conflicts = [...outcome.conflicts].flatMap(([owner, set]) =>
    [...pathsOf(set)].map((path) => `${owner} ${formatPath(path)}`),
  )
  return { conflicts: conflicts.sort(), state }
}

function recorded(step: JsonObject): Result {
  const managers = new Map<string, ManagedSet>()
  const owners = step['managedFields']
  for (const [name, fields] of Object.entries(isJsonObject(owners) ? owners : {})) {
    const set = decodeFieldsV1(isJsonObject(fields) ? fields : {})
    managers.set(name, { set, apiVersion: 'v1', applied: name.endsWith('/Apply') })
  }
  const conflicts = step['conflicts']
  const listed = isJsonArray(conflicts) ? conflicts.filter((conflict) => typeof conflict === 'string') : []
  return { conflicts: listed, state: { live: step['live'] ?? null, managers } }
}

function differs(actual: Result, expected: Result): string | undefined {
  if (!jsonEquals(actual.conflicts, expected.conflicts)) return say('conflicts', actual.conflicts, expected.conflicts)
  const live = emptyAsNull(actual.state.live)
  const expectedLive = emptyAsNull(expected.state.live)
  if (!jsonEquals(live, expectedLive)) return say('object', live, expectedLive)
  const owners = encodeAll(actual.state.managers)
  const wanted = encodeAll(expected.state.managers)
  return jsonEquals(owners, wanted) ? undefined : say('owners', owners, wanted)
}

/** An empty object is recorded as absent. */
function emptyAsNull(live: JsonValue): JsonValue {
  return isJsonObject(live) && Object.keys(live).length === 0 ? null : live
}

function encodeAll(managers: Managers): JsonObject {
  return Object.fromEntries([...managers].map(([name, managed]) => [name, encodeFieldsV1(managed.set)]))
}

function say(what: string, actual: JsonValue, expected: JsonValue): string {
  return `${what}: got ${JSON.stringify(actual)}, recorded ${JSON.stringify(expected)}`
}
