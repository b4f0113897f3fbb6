import { pathsOf } from '../src/ssa/field-set.ts'
import { decodeFieldsV1, encodeFieldsV1 } from '../src/ssa/fields-v1.ts'
import { formatPath } from '../src/ssa/path-element.ts'
import type { Schema } from '../src/ssa/schema.ts'
import { type ManagedSet, type Managers, mergeApply, mergeUpdate, type Typed } from '../src/ssa/updater.ts'
import type { JsonObject, JsonValue } from '../src/util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../src/util/json.ts'

type State = { readonly live: JsonValue; readonly managers: Managers }

/**
 * Replays sequences of apply, force and update (one JSON object a line: `{seed, steps[]}`) and compares each step's
 * conflicts, object and owners with the recorded ones. A failed step is reported and the recorded state taken over.
 */
export function replayVectors(
  lines: string,
  schema: Schema,
): { readonly passed: number; readonly failures: readonly string[] } {
  const failures: string[] = []
  let passed = 0
  const name = schema.types.has('root') ? 'root' : ([...schema.types.keys()][0] ?? 'root')
  const type: Typed = { schema, ref: { named: name } }
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue
    const sequence: JsonObject = JSON.parse(line)
    let state: State = { live: null, managers: new Map() }
    const steps = sequence['steps']
    for (const [i, step] of (isJsonArray(steps) ? steps : []).entries()) {
      if (!isJsonObject(step)) continue
      const expected = recorded(step)
      const actual = runStep(type, state, step)
      const problem = differs(actual, expected)
      if (problem === undefined) passed += 1
      else failures.push(`seed ${String(sequence['seed'])} step ${i} (${String(step['op'])}): ${problem}`)
      state = expected.state
    }
  }
  return { passed, failures }
}

type Result = { readonly conflicts: readonly string[]; readonly state: State }

function runStep(type: Typed, state: State, step: JsonObject): Result {
  const manager = typeof step['manager'] === 'string' ? step['manager'] : ''
  const object = step['object'] ?? null
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
  if (!jsonEquals(actual.state.live, expected.state.live)) return say('object', actual.state.live, expected.state.live)
  const owners = encodeAll(actual.state.managers)
  const wanted = encodeAll(expected.state.managers)
  return jsonEquals(owners, wanted) ? undefined : say('owners', owners, wanted)
}

function encodeAll(managers: Managers): JsonObject {
  return Object.fromEntries([...managers].map(([name, managed]) => [name, encodeFieldsV1(managed.set)]))
}

function say(what: string, actual: JsonValue, expected: JsonValue): string {
  return `${what}: got ${JSON.stringify(actual)}, recorded ${JSON.stringify(expected)}`
}
