import { metadataString, type ObjectRef, objectId, refOf } from '../kube/ref.ts'
import type { Observed } from '../plan/observed.ts'
import type { JsonObject } from '../util/json.ts'
import { awaitSchemas } from './await-schemas.ts'
import { namespaceStates } from './namespace-states.ts'
import type { SchemaCache } from './openapi-cache.ts'
import { describePermission, type MissingPermission } from './permission-error.ts'
import { earlyReads, type Listing, planReads, type Wanted } from './plan-reads.ts'
import { type Allowed, allowed, type BegunReads, beginReads, type ReadPorts, runReads } from './run-reads.ts'
import { servedKinds } from './served-kinds.ts'
import type { ClusterReader } from './types.ts'
import { isOurs } from './workspace-label.ts'

export type ObserveOptions = {
  readonly cache: SchemaCache
  readonly now: () => Date
  readonly signal?: AbortSignal
}

export type ObserveResult =
  | { readonly result: 'observed'; readonly observed: Observed }
  /** Every permission that is missing, each once. */
  | { readonly result: 'denied'; readonly missing: readonly MissingPermission[] }

/** A reading of the cluster that has begun before it is known which objects are wanted. */
export type Observation = {
  /**
   * The rest of the reading. SIDE EFFECTS: get and list requests; fills the schema cache. Rejects with ObolError for all
   * but missing permissions.
   */
  finish(wanted: Wanted): Promise<ObserveResult>
  /** Ends what is under way, when nobody will finish it. */
  abandon(): void
}

/**
 * Reads all that a plan needs, side by side: schemas, version, identity, and one LIST per kind and namespace (GETs for
 * crowded kinds). With K such places, cached schemas and nothing to create: 3 + K requests, one round trip deep.
 * Keeps the wanted objects and those with our label. A kind that is not served is left out.
 * SIDE EFFECTS: get and list requests; fills the schema cache. Rejects with ObolError for all but missing permissions.
 */
export function observe(reader: ClusterReader, wanted: Wanted, options: ObserveOptions): Promise<ObserveResult> {
  return beginObservation(reader, { places: [], workspaceId: wanted.workspaceId }, options).finish(wanted)
}

/**
 * Begins what every observation needs, and the LISTs of `places`: all of them must be among what is wanted in the end.
 * A failure is heard by `finish`. SIDE EFFECTS: get and list requests.
 */
export function beginObservation(
  reader: ClusterReader,
  { places, workspaceId }: { readonly places: readonly Listing[]; readonly workspaceId: string },
  options: ObserveOptions,
): Observation {
  const failed = new AbortController()
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal])
  const ports: ReadPorts = { reader, cache: options.cache, workspaceId, signal }
  const begun: Begun = {
    requestsBefore: reader.requestCount(),
    readAt: options.now(),
    index: reader.openApiIndex(signal),
    version: allowed(reader.version(signal)),
    uid: kubeSystemUid(reader, signal),
    reads: beginReads(earlyReads(places), ports),
  }
  for (const promise of [begun.index, begun.version, begun.uid, ...begun.reads.values()]) promise.catch(() => undefined)
  return {
    finish: async (wanted) => {
      try {
        return await finishObservation(begun, wanted, ports)
      } catch (error) {
        // What still runs would answer nobody.
        failed.abort()
        throw error
      }
    },
    abandon: () => failed.abort(),
  }
}

type Begun = {
  readonly requestsBefore: number
  readonly readAt: Date
  readonly index: Promise<ReadonlyMap<string, string>>
  readonly version: Promise<Allowed<string>>
  readonly uid: Promise<string | undefined>
  readonly reads: BegunReads
}

async function finishObservation(begun: Begun, wanted: Wanted, ports: ReadPorts): Promise<ObserveResult> {
  const { reader, cache, signal } = ports
  const reads = planReads(wanted)
  const kindsWanted = [...reads, ...wanted.refs]
  const kinds = allowed(begun.index.then((index) => servedKinds(reader, kindsWanted, { index, cache, signal })))
  // All started before any is awaited, and awaited together so that no failure goes unheard.
  const [version, uid, served, outcomes] = await Promise.all([
    begun.version,
    begun.uid,
    kinds,
    runReads(reads, kinds, ports, begun.reads),
  ])
  const missing = missingPermissions([version, served, ...outcomes])
  if (!version.ok || !served.ok || missing.length > 0) return { result: 'denied', missing }
  const lagging = reads.filter((_, i) => outcomes[i]?.lags === true)
  const published = lagging.length === 0 ? served.value : await awaitSchemas(kindsWanted, lagging, ports)

  const items = outcomes.flatMap((outcome) => (outcome.ok ? outcome.value : []))
  const objects = keepWanted(items, wanted)
  return {
    result: 'observed',
    observed: {
      cluster: {
        context: reader.context,
        server: reader.server,
        ...(uid === undefined ? {} : { uid }),
        fingerprint: reader.fingerprint,
        version: version.value,
      },
      readAt: `${begun.readAt.toISOString().slice(0, 19)}Z`,
      kinds: published,
      objects,
      namespaces: await namespaceStates(reader, wanted.refs, { items, objects }, signal),
      requests: reader.requestCount() - begun.requestsBefore,
    },
  }
}

/** The identity of a cluster, where it may be read. */
async function kubeSystemUid(reader: ClusterReader, signal: AbortSignal): Promise<string | undefined> {
  const answer = await allowed(reader.get({ apiVersion: 'v1', plural: 'namespaces' }, 'kube-system', signal))
  return answer.ok && answer.value !== undefined ? metadataString(answer.value, 'uid') : undefined
}

function keepWanted(items: readonly JsonObject[], { refs, workspaceId }: Wanted): ReadonlyMap<string, JsonObject> {
  const wantedIds = new Set(refs.map(objectId))
  const kept = new Map<string, JsonObject>()
  for (const item of items) {
    const ref: ObjectRef | undefined = refOf(item)
    if (ref === undefined) continue
    const id = objectId(ref)
    if (wantedIds.has(id) || isOurs(item, workspaceId)) kept.set(id, item)
  }
  return kept
}

function missingPermissions(outcomes: readonly Allowed<unknown>[]): readonly MissingPermission[] {
  const missing = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.missing]))
  const byText = new Map(missing.map((permission) => [describePermission(permission), permission]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, permission]) => permission)
}
