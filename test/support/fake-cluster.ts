import fastJsonPatch, { type Operation } from 'fast-json-patch'
import type { ClusterWriter, ResourcePath, WriteResult } from '../../src/cluster/types.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { metadataOf, metadataString, objectId, refOf } from '../../src/kube/ref.ts'
import { applyPatch } from '../../src/ssa/apply-patch.ts'
import { trackUpdate } from '../../src/ssa/track-update.ts'
import type { ObjectType } from '../../src/ssa/types.ts'
import { isJsonObject, type JsonArray, type JsonObject, jsonEquals } from '../../src/util/json.ts'

/** A request as a hook sees it, before it is carried out. */
export type FakeRequest = {
  readonly verb: 'get' | 'list' | 'apply' | 'patchJson' | 'delete'
  readonly plural: string
  readonly name: string
  /** Counts from 1 over the requests of one verb. */
  readonly nth: number
}

/** Runs before a request; may write to the cluster as somebody else, answer in its place, or throw. */
export type FakeHook = (
  request: FakeRequest,
  cluster: FakeCluster,
) => WriteResult | undefined | Promise<WriteResult | undefined>

export type FakeCluster = {
  readonly writer: ClusterWriter
  /** Every request in order: `apply serviceoffers aeon`. */
  readonly requests: readonly string[]
  object(id: string): JsonObject | undefined
  objects(): readonly JsonObject[]
  /** Every stored revision of an object, oldest first. */
  revisions(id: string): readonly JsonObject[]
  /** SIDE EFFECTS: stores an object as it is, with a new resourceVersion (a uid as well where it has none). */
  put(object: JsonObject): JsonObject
  /** SIDE EFFECTS: somebody's update of a live object, owners kept up to date. */
  change(id: string, by: string, change: (live: JsonObject) => JsonObject, subresource?: string): void
  remove(id: string): void
}

type Options = {
  readonly objects?: readonly JsonObject[]
  readonly typeOf: (object: JsonObject) => ObjectType
  readonly hook?: FakeHook
  /** Namespaces that exist; all do when absent. */
  readonly namespaces?: readonly string[]
  /** Plurals that are not served, looked at on each request. */
  readonly unserved?: ReadonlySet<string>
}

const NOW = '2025-11-23T12:00:01Z'

/**
 * An API server's store and its write rules in memory: resourceVersions, uids, generations, owners. No schemas are
 * checked, and nothing goes over a wire.
 */
export function fakeCluster(options: Options): FakeCluster {
  const objects = new Map<string, JsonObject>()
  const kept = new Map<string, JsonObject[]>()
  const requests: string[] = []
  const counts = new Map<string, number>()
  let version = 1000
  let uids = 0

  const commit = (object: JsonObject): JsonObject => {
    const id = idOf(object)
    version += 1
    uids += 1
    const before = objects.get(id)
    const metadata = {
      ...{ uid: metadataString(before ?? {}, 'uid') ?? `uid-${uids}` },
      ...metadataOf(object),
      resourceVersion: `${version}`,
      generation: generationOf(before, object),
    }
    const stored = { ...object, metadata }
    objects.set(id, stored)
    kept.set(id, [...(kept.get(id) ?? []), stored])
    return stored
  }
  const begin = async (verb: FakeRequest['verb'], plural: string, name: string): Promise<WriteResult | undefined> => {
    const nth = (counts.get(verb) ?? 0) + 1
    counts.set(verb, nth)
    requests.push(`${verb} ${plural} ${name}`)
    return options.hook?.({ verb, plural, name, nth }, cluster)
  }
  const find = (resource: ResourcePath, name: string): JsonObject | undefined =>
    [...objects.values()].find((object) => {
      const ref = refOf(object)
      const isThere = ref?.apiVersion === resource.apiVersion && ref.namespace === resource.namespace
      return isThere && ref.name === name && pluralOf(ref.kind) === resource.plural
    })
  const missing = ({ plural, namespace }: ResourcePath): WriteResult | undefined => {
    if (options.unserved?.has(plural) === true) return { result: 'missing', message: 'the server does not serve this' }
    const isThere = namespace === undefined || options.namespaces?.includes(namespace) !== false
    return isThere || objects.has(`Namespace/${namespace}`)
      ? undefined
      : { result: 'missing', message: `namespaces "${namespace}" not found` }
  }
  const writer: ClusterWriter = {
    context: 'fake',
    server: 'https://fake.invalid',
    fingerprint: 'f'.repeat(64),
    requestCount: () => requests.length,
    version: async () => 'v1.37.2',
    openApiIndex: async () => new Map(),
    openApi: async () => ({}),
    watch: () => {
      throw new Error('the fake cluster has no watch')
    },
    close: async () => undefined,
    get: async (resource, name) => {
      await begin('get', resource.plural, name)
      return find(resource, name)
    },
    list: async (resource) => {
      await begin('list', resource.plural, '')
      if (options.unserved?.has(resource.plural) === true) throw new ObolError(CLUSTER_ERRORS.NOT_SERVED)
      return { items: [], resourceVersion: `${version}` }
    },
    apply: async (resource, manifest, { fieldManager, force }) => {
      const name = metadataString(manifest, 'name') ?? ''
      const answer = (await begin('apply', resource.plural, name)) ?? missing(resource)
      if (answer !== undefined) return answer
      const live = find(resource, name)
      if (isStale(live, manifest)) return MODIFIED
      const type = options.typeOf(manifest)
      const outcome = applyPatch({ live, patch: manifest, manager: fieldManager, force, type, now: NOW })
      if (outcome.result === 'conflict') {
        const causes = outcome.conflicts.map(({ path, name: by }) => ({
          field: path,
          message: `conflict with "${by}"`,
        }))
        return { result: 'conflict', causes }
      }
      if (outcome.result === 'invalid') return { result: 'invalid', message: 'does not fit', causes: [] }
      const isNew = live === undefined
      return { result: 'ok', object: outcome.changed ? commit(outcome.object) : (live ?? {}), created: isNew }
    },
    patchJson: async (resource, name, patch, fieldManager) => {
      const answer = (await begin('patchJson', resource.plural, name)) ?? missing(resource)
      if (answer !== undefined) return answer
      const live = find(resource, name)
      if (live === undefined) return MODIFIED
      const object = patched(live, patch)
      if (isStale(live, object)) return MODIFIED
      const tracked = trackUpdate({ live, object, manager: fieldManager, type: options.typeOf(live), now: NOW })
      return { result: 'ok', object: jsonEquals(tracked, live) ? live : commit(tracked), created: false }
    },
    delete: async (resource, name, { uid, resourceVersion }) => {
      const answer = (await begin('delete', resource.plural, name)) ?? missing(resource)
      if (answer !== undefined) return answer
      const live = find(resource, name)
      if (live === undefined) return { result: 'missing', message: `${resource.plural} "${name}" not found` }
      const isOther = resourceVersion !== undefined && resourceVersion !== metadataString(live, 'resourceVersion')
      if (isOther || uid !== metadataString(live, 'uid')) return MODIFIED
      objects.delete(idOf(live))
      return { result: 'ok', object: live, created: false }
    },
  }
  const cluster: FakeCluster = {
    writer,
    requests,
    object: (id) => objects.get(id),
    objects: () => [...objects.values()],
    revisions: (id) => kept.get(id) ?? [],
    put: commit,
    change: (id, by, change, subresource) => {
      const live = objects.get(id)
      if (live === undefined) throw new Error(`${id} is not stored`)
      const more = subresource === undefined ? {} : { subresource }
      const type = options.typeOf(live)
      commit(trackUpdate({ live, object: change(live), manager: by, type, now: NOW, ...more }))
    },
    remove: (id) => objects.delete(id),
  }
  for (const object of options.objects ?? []) commit(object)
  return cluster
}

const MODIFIED: WriteResult = { result: 'changed', message: 'the object has been modified' }

/** True when the request names another object, or another version of it. */
function isStale(live: JsonObject | undefined, sent: JsonObject): boolean {
  const uid = metadataString(sent, 'uid')
  if (uid !== undefined && uid !== metadataString(live ?? {}, 'uid')) return true
  return live !== undefined && metadataString(sent, 'resourceVersion') !== metadataString(live, 'resourceVersion')
}

function patched(live: JsonObject, patch: JsonArray): JsonObject {
  const document: unknown = structuredClone(live)
  const operations = structuredClone(patch).filter((item): item is Operation & JsonObject => isJsonObject(item))
  const result: unknown = fastJsonPatch.applyPatch(document, operations, true).newDocument
  return isJsonObject(result) ? result : live
}

function generationOf(before: JsonObject | undefined, after: JsonObject): number {
  const generation = before === undefined ? undefined : metadataOf(before)['generation']
  if (typeof generation !== 'number') return 1
  return jsonEquals(before?.['spec'], after['spec']) ? generation : generation + 1
}

function idOf(object: JsonObject): string {
  const ref = refOf(object)
  if (ref === undefined) throw new Error('an object without identity')
  return objectId(ref)
}

function pluralOf(kind: string): string {
  return kind === 'Endpoints' ? 'endpoints' : `${kind.toLowerCase()}s`
}
