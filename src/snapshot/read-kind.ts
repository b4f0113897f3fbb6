import type { KindSchema } from '../cluster/kind-schema.ts'
import type { MissingPermission } from '../cluster/permission-error.ts'
import { allowed } from '../cluster/run-reads.ts'
import type { ClusterReader } from '../cluster/types.ts'
import { OURS_LABEL } from '../cluster/workspace-label.ts'
import type { JsonObject } from '../util/json.ts'
import { byPlaceName, placeName, placeNameOf } from './place-name.ts'
import { recordedObjects } from './recorded-objects.ts'
import type { KindScope } from './scope.ts'
import type { Denial, KindRecord } from './types.ts'

export type KindReading = {
  readonly record: KindRecord
  /** Permissions without which no plan of the workspace can be made. */
  readonly missing: readonly MissingPermission[]
}

type Ports = {
  readonly reader: ClusterReader
  readonly workspaceId: string
  /** Of the workspace, where not all may be listed. */
  readonly namespaces: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Reads one kind: all of it where that is allowed, else in the workspace's namespaces, else what is wanted by name. What may
 * not be read is recorded as such. SIDE EFFECTS: get and list requests. Rejects with ObolError for all but permissions.
 */
export async function readKind(
  kind: Omit<KindSchema, 'schemas'>,
  scope: KindScope,
  ports: Ports,
): Promise<KindReading> {
  const found = new Map<string, JsonObject>()
  const keep = (objects: readonly JsonObject[]): void => {
    for (const object of objects) found.set(placeNameOf(object), object)
  }
  const { known, denied } = await listKind(kind, scope, ports, keep)
  const missing = denied.filter(({ namespace }) => scope.isNeeded(namespace)).map((denial) => denial.missing)
  const rest = known === 'everywhere' ? NOTHING : await askByName(kind, scope, { ...ports, known }, keep)
  const ours = known === 'everywhere' ? NOTHING : await listOurs(kind, scope, { ...ports, known }, keep)
  const named = [...found].toSorted(([a], [b]) => byPlaceName(a, b))
  const kept = named.filter(([, object]) => scope.keeps(object))
  return {
    record: {
      ...kind,
      known,
      ours: ours.names,
      objects: recordedObjects(kept.map(([, object]) => object)),
      tokens: [],
      settled: {},
      others: named.filter(([, object]) => !scope.keeps(object)).map(([name]) => name),
      absent: rest.names,
      denied: [...denied, ...rest.denied],
    },
    missing: [...missing, ...rest.missing, ...ours.missing],
  }
}

type Rest = {
  readonly names: readonly string[]
  readonly denied: readonly Denial[]
  readonly missing: readonly MissingPermission[]
}

const NOTHING: Rest = { names: [], denied: [], missing: [] }

async function listKind(
  { apiVersion, plural, namespaced }: Omit<KindSchema, 'schemas'>,
  { isPrivate }: KindScope,
  { reader, namespaces, signal }: Ports,
  keep: (objects: readonly JsonObject[]) => void,
): Promise<Pick<KindRecord, 'known' | 'denied'>> {
  const list = (more: object) => allowed(reader.list({ apiVersion, plural, ...more }, {}, signal))
  const whole = namespaced && isPrivate ? undefined : await list({})
  if (whole?.ok === true) {
    keep(whole.value.items)
    return { known: 'everywhere', denied: [] }
  }
  const denied: Denial[] = whole === undefined ? [] : [{ verb: 'list', missing: whole.missing }]
  const known: string[] = []
  const lists = await Promise.all((namespaced ? namespaces : []).map((namespace) => list({ namespace })))
  for (const [i, listed] of lists.entries()) {
    const namespace = namespaces[i] ?? ''
    if (listed.ok) {
      known.push(namespace)
      keep(listed.value.items)
    } else denied.push({ verb: 'list', namespace, missing: listed.missing })
  }
  return { known, denied }
}

/** What is wanted by name, where no list has told of it. */
async function askByName(
  { apiVersion, plural, namespaced }: Omit<KindSchema, 'schemas'>,
  { asked }: KindScope,
  { reader, signal, known }: Ports & { readonly known: readonly string[] },
  keep: (objects: readonly JsonObject[]) => void,
): Promise<Rest> {
  const open = asked.filter(({ ref }) => ref.namespace === undefined || !known.includes(ref.namespace))
  const answers = await Promise.all(
    open.map(async ({ ref, isNeeded }) => {
      const at = namespaced && ref.namespace !== undefined ? { namespace: ref.namespace } : {}
      const answer = await allowed(reader.get({ apiVersion, plural, ...at }, ref.name, signal))
      return { name: placeName(ref.namespace, ref.name), isNeeded, answer }
    }),
  )
  const rest = { names: [] as string[], denied: [] as Denial[], missing: [] as MissingPermission[] }
  for (const { name, isNeeded, answer } of answers) {
    if (answer.ok && answer.value !== undefined) keep([answer.value])
    else if (answer.ok) rest.names.push(name)
    else {
      rest.denied.push({ verb: 'get', name, missing: answer.missing })
      if (isNeeded) rest.missing.push(answer.missing)
    }
  }
  return rest
}

/** What of a kind that is read by name may be ours and no longer wanted. */
async function listOurs(
  { apiVersion, plural }: Omit<KindSchema, 'schemas'>,
  { isByName, ourPlaces }: KindScope,
  { reader, workspaceId, signal, known }: Ports & { readonly known: readonly string[] },
  keep: (objects: readonly JsonObject[]) => void,
): Promise<Rest> {
  const open = isByName ? ourPlaces.filter((namespace) => !known.includes(namespace)) : []
  const labelSelector = `${OURS_LABEL}=${workspaceId}`
  const lists = await Promise.all(
    open.map((namespace) => allowed(reader.list({ apiVersion, plural, namespace }, { labelSelector }, signal))),
  )
  for (const listed of lists) if (listed.ok) keep(listed.value.items)
  return {
    names: open.filter((_, i) => lists[i]?.ok === true),
    denied: [],
    missing: lists.flatMap((listed) => (listed.ok ? [] : [listed.missing])),
  }
}
