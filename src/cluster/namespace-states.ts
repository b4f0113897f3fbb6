import { metadataOf, metadataString, type ObjectRef, objectId } from '../kube/ref.ts'
import type { NamespaceState } from '../plan/observed.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { PermissionError } from './permission-error.ts'
import type { ClusterReader } from './types.ts'

export type Found = {
  /** Every object that was read, wanted or not. */
  readonly items: readonly JsonObject[]
  /** Those kept, by objectId. */
  readonly objects: ReadonlyMap<string, JsonObject>
}

/**
 * The state of each namespace in which something is wanted. One from which an object was read is there; one that holds
 * nothing and is to get something is asked for by name. SIDE EFFECTS: a GET per such namespace.
 */
export async function namespaceStates(
  reader: ClusterReader,
  refs: readonly ObjectRef[],
  found: Found,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NamespaceState>> {
  const states = knownStates(refs, found)
  const asked = new Set<string>()
  for (const ref of refs) {
    const { namespace } = ref
    if (namespace !== undefined && !states.has(namespace) && !found.objects.has(objectId(ref))) asked.add(namespace)
  }
  const answers = await Promise.all([...asked].map(async (name) => [name, await askFor(reader, name, signal)] as const))
  return new Map([...states, ...answers])
}

function knownStates(refs: readonly ObjectRef[], { items, objects }: Found): Map<string, NamespaceState> {
  const states = new Map<string, NamespaceState>()
  for (const item of items) {
    const namespace = metadataString(item, 'namespace')
    if (namespace !== undefined) states.set(namespace, 'present')
  }
  // Namespaces that were read themselves say more than what is in them.
  for (const ref of refs) {
    if (ref.apiVersion === 'v1' && ref.kind === 'Namespace') states.set(ref.name, stateOf(objects.get(objectId(ref))))
  }
  for (const item of items) {
    const name = metadataString(item, 'name')
    if (item['apiVersion'] === 'v1' && item['kind'] === 'Namespace' && name !== undefined)
      states.set(name, stateOf(item))
  }
  return states
}

async function askFor(reader: ClusterReader, name: string, signal: AbortSignal): Promise<NamespaceState> {
  try {
    return stateOf(await reader.get({ apiVersion: 'v1', plural: 'namespaces' }, name, signal))
  } catch (error) {
    if (error instanceof PermissionError) return 'unknown'
    throw error
  }
}

function stateOf(namespace: JsonObject | undefined): NamespaceState {
  if (namespace === undefined) return 'absent'
  const status = namespace['status']
  const phase = isJsonObject(status) ? status['phase'] : undefined
  return phase === 'Terminating' || 'deletionTimestamp' in metadataOf(namespace) ? 'terminating' : 'present'
}
