import jsonpatch, { type Operation } from 'fast-json-patch'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../../util/json.ts'
import { badRequest, unprocessable } from '../refusal.ts'

const OPS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const

/**
 * RFC 6902 as the server does it: a `replace` of a missing key adds it, a `copy` of one copies null; everything else that
 * does not fit is a 422. Source: gopkg.in/evanphx/json-patch.v4.
 * @throws Refusal 400 or 422.
 */
export function applyJsonPatch(object: JsonObject, patch: JsonValue): JsonObject {
  if (!isJsonArray(patch)) {
    const found = typeof patch === 'object' ? 'object' : typeof patch
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`,
    )
  }
  let current: JsonValue = object
  for (const step of patch) current = applyStep(current, step)
  if (!isJsonObject(current)) throw unprocessable()
  return current
}

function applyStep(current: JsonValue, step: JsonValue): JsonValue {
  const operation = operationOf(step)
  if (operation.op === 'replace' && isAddition(current, operation.path)) {
    return applyStep(current, { op: 'add', path: operation.path, value: operation.value })
  }
  if (operation.op === 'copy' && isAddition(current, operation.from)) {
    return applyStep(current, { op: 'add', path: operation.path, value: null })
  }
  try {
    const patched: JsonValue = jsonpatch.applyOperation(current, operation, true, false).newDocument
    return patched
  } catch (error) {
    if (error instanceof jsonpatch.JsonPatchError) throw unprocessable()
    throw error
  }
}

/** True when the last step of the path is a key that the object there does not have. */
function isAddition(current: JsonValue, path: string): boolean {
  const steps = path.split('/').slice(1).map(jsonpatch.unescapePathComponent)
  const last = steps.pop()
  const parent = jsonAt(current, stepsInto(current, steps))
  return last !== undefined && isJsonObject(parent) && !Object.hasOwn(parent, last)
}

function stepsInto(current: JsonValue, steps: readonly string[]): readonly (string | number)[] {
  const typed: (string | number)[] = []
  for (const step of steps) typed.push(isJsonArray(jsonAt(current, typed)) ? Number(step) : step)
  return typed
}

function operationOf(step: JsonValue): Operation & { readonly value?: JsonValue } {
  if (!isJsonObject(step)) throw badRequest('error decoding patch: json: cannot unmarshal a patch operation')
  const { op, path, from, value } = step
  const known = OPS.find((name) => name === op)
  if (known === undefined || typeof path !== 'string') throw unprocessable()
  if (known === 'move' || known === 'copy') {
    if (typeof from !== 'string') throw unprocessable()
    return { op: known, path, from }
  }
  if (known === 'remove') return { op: known, path }
  return { op: known, path, value: value ?? null }
}
