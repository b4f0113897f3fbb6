import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import type { RecordedEvent } from './read-state.ts'

/**
 * What a program gets of a record: known fields alone, those of mappings by name, and never `raw`, since whoever has a
 * signed transaction can send it.
 */
const SHOWN: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...[
    ...['at', 'type', 'run', 'step', 'key', 'steps', 'applied', 'failed', 'plan', 'paths', 'uid', 'resourceVersion'],
    ...['code', 'message', 'op', 'agentId', 'fromBlock', 'genesis', 'registryVersion', 'epoch', 'nonce', 'hash'],
    ...[
      'maxFeePerGas',
      'maxPriorityFeePerGas',
      'ceiling',
      'bump',
      'blockNumber',
      'blockHash',
      'adopted',
      'fee',
      'reason',
      'why',
    ],
  ].map((key): [string, readonly string[]] => [key, []]),
  ['cluster', ['uid', 'fingerprint', 'server']],
  ['ref', ['apiVersion', 'kind', 'namespace', 'name']],
  ['target', ['network', 'chainId', 'registry', 'owner', 'confirmations', 'idem', 'uri']],
])

/** The fields of a record for programs, texts masked, without the raw transaction. Pure. */
export function eventFields(event: RecordedEvent): JsonObject {
  const shown = Object.entries(event).flatMap(([key, value]) => {
    const inner = SHOWN.get(key)
    return inner === undefined ? [] : [[key, masked(value, inner)] as const]
  })
  return Object.fromEntries(shown)
}

function masked(value: JsonValue, keys: readonly string[]): JsonValue {
  if (typeof value === 'string') return maskText(value)
  if (isJsonArray(value)) return value.map((item) => masked(item, keys))
  if (!isJsonObject(value)) return value
  const shown = Object.entries(value).filter(([key]) => keys.includes(key))
  return Object.fromEntries(shown.map(([key, item]) => [key, masked(item, [])]))
}
