import { type MissingPermission, PermissionError } from '../cluster/permission-error.ts'
import type { ClusterWriter, ListOptions, ResourcePath } from '../cluster/types.ts'
import { OURS_LABEL } from '../cluster/workspace-label.ts'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { metadataOf } from '../kube/ref.ts'
import { isJsonObject, type JsonObject } from '../util/json.ts'
import { groupPath } from './group-path.ts'
import { namespaceIn, placeName, placeNameOf } from './place-name.ts'
import { kindNotRecorded, notLookedFor, notRecorded, readOnly } from './scope-errors.ts'
import { encodeTokens } from './tokens.ts'
import type { ClusterRecord, Denial, KindRecord, Snapshot } from './types.ts'

/**
 * The door to a cluster as it was: what it recorded, answered as the cluster would, missing permissions included. What was
 * not looked at rejects with OUT_OF_SCOPE, what is known by name alone with NOT_RECORDED, and every write with READ_ONLY. Of objects
 * known by name alone a list has enough to see that they are there, and nothing that a step could be planned from. Counts
 * the requests that a cluster would have got.
 */
export function snapshotReader(snapshot: Pick<Snapshot, 'cluster' | 'workspaceId'>): ClusterWriter {
  const { cluster, workspaceId } = snapshot
  const { context, server, fingerprint, version, groups } = cluster
  const kinds = new Map(cluster.kinds.map((record) => [resourceKey(record), openKind(record)]))
  let requests = 0
  const counted = async <T>(answer: () => T): Promise<T> => {
    requests += 1
    return answer()
  }
  const refuse = async (): Promise<never> => {
    throw readOnly()
  }
  return {
    context,
    server,
    fingerprint,
    requestCount: () => requests,
    version: () => counted(() => version),
    get: (resource, name) => counted(() => get(kinds.get(resourceKey(resource)), resource, name, cluster)),
    list: (resource, options) =>
      counted(() => {
        const items = list(kinds.get(resourceKey(resource)), resource, { ...options, workspaceId }, cluster)
        return { items, resourceVersion: '' }
      }),
    openApiIndex: () =>
      counted(
        () => new Map(Object.entries(groups).map(([path, { hash }]) => [path, `/openapi/v3/${path}?hash=${hash}`])),
      ),
    // Only asked for a kind that the cache does not have, and that one knows which are served.
    openApi: () => counted(() => ({})),
    apply: refuse,
    patchJson: refuse,
    delete: refuse,
    watch: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    close: async () => undefined,
  }
}

/** The objects of a kind as they are answered; of a namespace they are found by name. */
type OpenKind = {
  readonly record: KindRecord
  readonly all: () => readonly JsonObject[]
  readonly in: (namespace: string | undefined) => ReadonlyMap<string, JsonObject>
}

function openKind(record: KindRecord): OpenKind {
  const { kind, objects } = record
  const encode = kind === 'Secret' ? encodeTokens : (object: JsonObject): JsonObject => object
  const opened = new Map<string | undefined, ReadonlyMap<string, JsonObject>>()
  return {
    record,
    all: () => objects.all().map(encode),
    in: (namespace) => {
      const before = opened.get(namespace)
      if (before !== undefined) return before
      const named = new Map(objects.in(namespace).map((object) => [placeNameOf(object), encode(object)]))
      opened.set(namespace, named)
      return named
    },
  }
}

function get(
  open: OpenKind | undefined,
  resource: ResourcePath,
  name: string,
  { groups, context }: ClusterRecord,
): JsonObject | undefined {
  const { namespace } = resource
  if (open === undefined) return refuseUnknown(resource, groups)
  const { record } = open
  const wanted = placeName(namespace, name)
  const found = open.in(namespace).get(wanted)
  if (found !== undefined) return found
  if (record.others.includes(wanted)) throw notRecorded([{ ...record, name: wanted }])
  if (isKnown(record, namespace) || record.absent.includes(wanted)) return undefined
  const denial = record.denied.find((denied) => denied.verb === 'get' && denied.name === wanted)
  if (denial !== undefined) throw new PermissionError(denial.missing, context)
  throw notLookedFor(record.kind, { namespace, name })
}

function list(
  open: OpenKind | undefined,
  resource: ResourcePath,
  { labelSelector, workspaceId }: ListOptions & { readonly workspaceId: string },
  { groups, context }: ClusterRecord,
): readonly JsonObject[] {
  const { namespace } = resource
  if (open === undefined) {
    refuseUnknown(resource, groups)
    throw new ObolError(CLUSTER_ERRORS.NOT_SERVED)
  }
  const { record } = open
  const ours = `${OURS_LABEL}=${workspaceId}`
  const isOurs = labelSelector === ours
  if (isKnown(record, namespace) || (isOurs && namespace !== undefined && record.ours.includes(namespace))) {
    const objects = namespace === undefined ? open.all() : [...open.in(namespace).values()]
    if (isOurs) return objects.filter((object) => labelOf(object) === workspaceId)
    return [...objects, ...stubs(record, namespace)]
  }
  const denial = deniedList(record.denied, namespace)
  if (denial !== undefined) throw new PermissionError(denial, context)
  throw notLookedFor(record.kind, { namespace })
}

/** True when nothing of the kind can be there that is not in the record. */
function isKnown({ known }: KindRecord, namespace: string | undefined): boolean {
  return known === 'everywhere' || (namespace !== undefined && known.includes(namespace))
}

function deniedList(denied: readonly Denial[], namespace: string | undefined): MissingPermission | undefined {
  return denied.find((denial) => denial.verb === 'list' && denial.namespace === namespace)?.missing
}

/** They are there; a step for one of them would find that its owners cannot be read. */
function stubs({ apiVersion, kind, others }: KindRecord, namespace: string | undefined): readonly JsonObject[] {
  return others.flatMap((other) => {
    const own = namespaceIn(other)
    if (namespace !== undefined && own !== namespace) return []
    const name = own === undefined ? other : other.slice(own.length + 1)
    const place = own === undefined ? { name } : { name, namespace: own }
    return [{ apiVersion, kind, metadata: { ...place, managedFields: ['not recorded'] } }]
  })
}

/** A kind that the server does not have is answered as the server would: with 404. */
function refuseUnknown({ apiVersion, plural }: ResourcePath, groups: ClusterRecord['groups']): undefined {
  const group = groups[groupPath(apiVersion)]
  if (group === undefined) return undefined
  const kind = Object.entries(group.served ?? {}).find(([, served]) => served === plural)?.[0]
  if (group.served !== undefined && kind === undefined) return undefined
  throw kindNotRecorded({ apiVersion, kind: kind ?? plural })
}

function resourceKey({ apiVersion, plural }: { readonly apiVersion: string; readonly plural: string }): string {
  return `${apiVersion}/${plural}`
}

function labelOf(object: JsonObject): string | undefined {
  const { labels } = metadataOf(object)
  const label = isJsonObject(labels) ? labels[OURS_LABEL] : undefined
  return typeof label === 'string' ? label : undefined
}
