import { objectId, refOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'

/** `group/plural` of a resource; the core group is empty: `/services`, `obol.org/serviceoffers`. */
export type ResourceKey = string

/** One stored change. `object` is what the change left behind, for a deletion the last state with the new version. */
export type StoreEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly version: number
  readonly resource: ResourceKey
  readonly object: JsonObject
  /** What was stored before; absent for ADDED. */
  readonly previous?: JsonObject
}

/** A change to make; the store gives it its version. */
export type StoreChange =
  | { readonly type: 'put'; readonly resource: ResourceKey; readonly key: string; readonly object: JsonObject }
  | { readonly type: 'delete'; readonly resource: ResourceKey; readonly key: string }

export type StoreLimits = {
  /** How many changes a watch can look back on before it gets a 410. */
  readonly history: number
  /** How many revisions of one object are remembered for `revisions`. */
  readonly revisions: number
}

/** `namespace/name`, or the name of a cluster-scoped object. */
export function storeKey(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

/**
 * All objects, immutable, by resource; an event log for watches; a ring of revisions per object for tests. The only
 * mutation is `commit`, which runs to its end without a pause, so a handler that computes and commits in one turn of
 * the event loop needs no lock.
 */
export class Store {
  readonly #limits: StoreLimits
  readonly #objects = new Map<ResourceKey, Map<string, JsonObject>>()
  readonly #revisions = new Map<string, JsonObject[]>()
  readonly #listeners = new Set<(event: StoreEvent) => void>()
  #events: StoreEvent[] = []
  #version: number
  #oldest: number

  constructor(limits: StoreLimits, start = 1) {
    this.#limits = limits
    this.#version = start
    this.#oldest = start
  }

  /** The version of the last change; resourceVersions are decimal strings of it. */
  get version(): number {
    return this.#version
  }

  get(resource: ResourceKey, key: string): JsonObject | undefined {
    return this.#objects.get(resource)?.get(key)
  }

  /** The objects of a resource by key order, in one namespace or in all. */
  list(resource: ResourceKey, namespace?: string): readonly JsonObject[] {
    const objects = this.#objects.get(resource)
    if (objects === undefined) return []
    const prefix = namespace === undefined ? '' : `${namespace}/`
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    return keys.flatMap((key) => {
      const object = objects.get(key)
      return object === undefined ? [] : [object]
    })
  }

  /** Every object of every resource. */
  all(): readonly { readonly resource: ResourceKey; readonly key: string; readonly object: JsonObject }[] {
    return [...this.#objects].flatMap(([resource, objects]) =>
      [...objects].map(([key, object]) => ({ resource, key, object })),
    )
  }

  /** Makes one change and tells the listeners. SIDE EFFECTS: this store's state; listeners run before it returns. */
  commit(change: StoreChange): JsonObject {
    const previous = this.get(change.resource, change.key)
    const base = change.type === 'put' ? change.object : previous
    if (base === undefined) throw new TypeError(`commit: ${change.resource} ${change.key} is not stored`)
    this.#version += 1
    const object = withVersion(base, this.#version)
    const objects = this.#objects.get(change.resource) ?? new Map<string, JsonObject>()
    this.#objects.set(change.resource, objects)
    if (change.type === 'put') objects.set(change.key, object)
    else objects.delete(change.key)
    const type = change.type === 'delete' ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED'
    if (type !== 'DELETED') this.#remember(object)
    const event: StoreEvent = {
      type,
      version: this.#version,
      resource: change.resource,
      object,
      ...(previous === undefined ? {} : { previous }),
    }
    this.#log(event)
    for (const listener of this.#listeners) listener(event)
    return object
  }

  /** Puts a saved object back as it was, without a new version. SIDE EFFECTS: this store's state. */
  load(resource: ResourceKey, key: string, object: JsonObject): void {
    const objects = this.#objects.get(resource) ?? new Map<string, JsonObject>()
    this.#objects.set(resource, objects.set(key, object))
    this.#remember(object)
  }

  /** Changes after `version`, oldest first; undefined when some of them are forgotten. */
  eventsSince(version: number): readonly StoreEvent[] | undefined {
    if (version < this.#oldest) return undefined
    return this.#events.filter((event) => event.version > version)
  }

  /** Calls `listener` on each change until the returned function is called. */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Every remembered revision of an object, oldest first, whether it still exists or not. */
  revisions(id: string): readonly JsonObject[] {
    return this.#revisions.get(id) ?? []
  }

  /** Forgets the event log, so that every older watch and continue token is too old. */
  forgetHistory(): void {
    this.#events = []
    this.#oldest = this.#version
  }

  #remember(object: JsonObject): void {
    const ref = refOf(object)
    if (ref === undefined) return
    const id = objectId(ref)
    const ring = this.#revisions.get(id) ?? []
    ring.push(object)
    if (ring.length > this.#limits.revisions) ring.shift()
    this.#revisions.set(id, ring)
  }

  #log(event: StoreEvent): void {
    this.#events.push(event)
    // Cut in slices, so that a long log is not copied on every change.
    if (this.#events.length < this.#limits.history * 2) return
    this.#events = this.#events.slice(-this.#limits.history)
    this.#oldest = (this.#events[0]?.version ?? this.#version) - 1
  }
}

function withVersion(object: JsonObject, version: number): JsonObject {
  const metadata = object['metadata']
  return { ...object, metadata: { ...(typeof metadata === 'object' ? metadata : {}), resourceVersion: `${version}` } }
}
