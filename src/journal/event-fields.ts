import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import type { RecordedEvent } from './read-state.ts'

/**
 * What a program gets of a record: known fields alone, and never `raw`, since whoever has a signed transaction can send
 * it.
 */
const SHOWN = new Set([
  ...[
    'at',
    'type',
    'run',
    'step',
    'key',
    'cluster',
    'steps',
    'applied',
    'failed',
    'paths',
    'ref',
    'uid',
    'resourceVersion',
  ],
  ...[
    'code',
    'message',
    'op',
    'target',
    'agentId',
    'fromBlock',
    'genesis',
    'registryVersion',
    'epoch',
    'nonce',
    'hash',
  ],
  ...['maxFeePerGas', 'maxPriorityFeePerGas', 'bump', 'blockNumber', 'blockHash', 'adopted', 'fee', 'reason', 'why'],
])

/** The fields of a record for programs, texts masked, without the raw transaction. Pure. */
export function eventFields(event: RecordedEvent): JsonObject {
  const shown = Object.entries(event).filter(([key]) => SHOWN.has(key))
  return Object.fromEntries(shown.map(([key, value]) => [key, masked(value)]))
}

function masked(value: JsonValue): JsonValue {
  if (typeof value === 'string') return maskText(value)
  if (isJsonArray(value)) return value.map(masked)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]))
}
