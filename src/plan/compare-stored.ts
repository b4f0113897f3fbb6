import { metadataOf } from '../kube/ref.ts'
import { encodeFieldsV1 } from '../ssa/fields-v1.ts'
import { decodeManagedFields, type ManagedEntries, ownerName, withoutManagedFields } from '../ssa/managed-fields.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../util/json.ts'

/** One place where the stored object is not what was predicted. */
export type Difference = {
  readonly path: string
  readonly predicted: JsonValue | undefined
  readonly stored: JsonValue | undefined
}

/** What only the server can give; never predicted. */
const SERVER_METADATA: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'selfLink',
])

/** Fields of a Service that the server allocates. */
const ALLOCATED: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'])

/**
 * Where a stored object differs from its prediction, owners included (`owners.<name>` paths); times and what the server
 * allocates are left out. Empty: exactly as predicted.
 */
export function compareStored(predicted: JsonObject, stored: JsonObject): readonly Difference[] {
  const differences: Difference[] = []
  compare(comparable(predicted, stored), comparable(stored, predicted), '', differences)
  const expected = ownersOf(decodeManagedFields(predicted) ?? new Map())
  const actual = ownersOf(decodeManagedFields(stored) ?? new Map())
  compare(expected, actual, 'owners', differences)
  return differences
}

function ownersOf(entries: ManagedEntries): JsonObject {
  return Object.fromEntries(
    [...entries.values()].map((entry) => [`${ownerName(entry)} ${entry.apiVersion}`, encodeFieldsV1(entry.set)]),
  )
}

function comparable(object: JsonObject, other: JsonObject): JsonObject {
  const metadata = Object.fromEntries(
    Object.entries(metadataOf(withoutManagedFields(object))).filter(([key]) => !SERVER_METADATA.has(key)),
  )
  if (object['kind'] !== 'Service' || !isJsonObject(object['spec'])) return { ...object, metadata }
  const theirs = isJsonObject(other['spec']) ? other['spec'] : {}
  // A value that both have is compared; one that only the server has is its own allocation.
  const spec = Object.entries(object['spec'])
    .filter(([key]) => !ALLOCATED.has(key) || Object.hasOwn(theirs, key))
    .map(([key, value]) => [key, key === 'ports' ? withoutAllocatedPorts(value, theirs['ports']) : value])
  return { ...object, metadata, spec: Object.fromEntries(spec) }
}

/** The ports of a Service, each without the node port that the same port of the other version does not have. */
function withoutAllocatedPorts(ports: JsonValue | undefined, others: JsonValue | undefined): JsonValue {
  if (!isJsonArray(ports) || !isJsonArray(others)) return ports ?? null
  return ports.map((port, i) => {
    const other = others[i]
    if (!isJsonObject(port) || !isJsonObject(other) || Object.hasOwn(other, 'nodePort')) return port
    const { nodePort: _, ...rest } = port
    return rest
  })
}

function compare(a: JsonValue | undefined, b: JsonValue | undefined, path: string, out: Difference[]): void {
  if (jsonEquals(a, b)) return
  if (isJsonObject(a) && isJsonObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(a[key], b[key], path === '' ? key : `${path}.${key}`, out)
    }
  } else if (isJsonArray(a) && isJsonArray(b) && a.length === b.length) {
    for (const [i, item] of a.entries()) compare(item, b[i], `${path}[${i}]`, out)
  } else {
    out.push({ path, predicted: a, stored: b })
  }
}
