import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Decoded } from './read-answer.ts'
import { isPermanentFailure } from './retry.ts'
import type { WriteResult } from './types.ts'

type Cause = { readonly field: string; readonly message: string }

/**
 * What an answer to a write means, or undefined when it is none of the expected refusals (401, 403, 429, 5xx …).
 * `hasTest`: the write is a JSON Patch with a `test`, whose failure the server words like a broken patch.
 */
export function writeResult(decoded: Decoded, hasTest = false): WriteResult | undefined {
  if (decoded.ok) return { result: 'ok', object: decoded.object, created: decoded.status === 201 }
  const { status, message } = decoded
  const causes = causesOf(decoded.object)
  if (status === 404) return { result: 'missing', message: message || 'the server does not serve this path' }
  if (status === 409) {
    const owned = causes.filter(({ reason }) => reason === 'FieldManagerConflict').map(withoutReason)
    return owned.length > 0 ? { result: 'conflict', causes: owned } : { result: 'changed', message }
  }
  if (status === 422) {
    // Apply answers a uid that moved with 422, not 409, as if the field had been edited.
    const uidMoved = causes.length > 0 && causes.every(({ field }) => field === 'metadata.uid')
    if (uidMoved || (hasTest && causes.length === 0)) return { result: 'changed', message }
  }
  if (status === 422 || status === 400 || isTypeMismatch(decoded)) {
    return { result: 'invalid', message, causes: causes.map(withoutReason) }
  }
  return undefined
}

function isTypeMismatch({ status, object }: Decoded): boolean {
  const message = object['message']
  return status === 500 && typeof message === 'string' && isPermanentFailure(message)
}

function causesOf(status: JsonObject): readonly (Cause & { readonly reason: string })[] {
  const details = status['details']
  const causes = isJsonObject(details) ? details['causes'] : undefined
  if (!isJsonArray(causes)) return []
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return causes.filter(isJsonObject).map((cause) => ({
    reason: text(cause['reason']),
    field: text(cause['field']),
    message: text(cause['message']),
  }))
}

function withoutReason({ field, message }: Cause): Cause {
  return { field, message }
}
