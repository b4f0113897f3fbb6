import type { ClusterWriter } from '../../src/cluster/types.ts'
import { metadataString } from '../../src/kube/ref.ts'
import type { JsonObject } from '../../src/util/json.ts'

/** One stored revision of an object, as the watch told it. */
export type Revision = { readonly type: 'added' | 'modified' | 'deleted'; readonly object: JsonObject }

const SERVICE_OFFERS = { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers' }
const WAIT_MS = 10_000

/** Every stored revision of every ServiceOffer since `open`, heard over one watch. */
export class RevisionLog {
  readonly #writer: ClusterWriter
  readonly #end = new AbortController()
  readonly #revisions = new Map<string, Revision[]>()
  readonly #waiting = new Set<() => void>()
  #running: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(writer: ClusterWriter) {
    this.#writer = writer
  }

  /** SIDE EFFECTS: one LIST, then a watch until `close`. */
  async open(): Promise<void> {
    const { resourceVersion } = await this.#writer.list(SERVICE_OFFERS)
    this.#running = this.#watch(resourceVersion).catch((error: unknown) => {
      this.#failure = error
      this.#wake()
    })
  }

  /** The object's revisions, once the one with this resourceVersion was heard. Rejects after 10 s, or when the watch broke. */
  async upTo(namespace: string, name: string, resourceVersion: string): Promise<readonly Revision[]> {
    const deadline = Date.now() + WAIT_MS
    const key = `${namespace}/${name}`
    for (;;) {
      const heard = this.#revisions.get(key) ?? []
      if (heard.some(({ object }) => metadataString(object, 'resourceVersion') === resourceVersion)) return heard
      if (this.#failure !== undefined) throw new Error('the watch broke', { cause: this.#failure })
      if (Date.now() > deadline) throw new Error(`the watch never told of ${key} at ${resourceVersion}`)
      await this.#next(deadline)
    }
  }

  /** Drops what was heard of a namespace. */
  forget(namespace: string): void {
    for (const key of this.#revisions.keys()) if (key.startsWith(`${namespace}/`)) this.#revisions.delete(key)
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  async #watch(from: string): Promise<void> {
    let resourceVersion = from
    // The server ends a watch after a while; the next begins where it ended.
    while (!this.#end.signal.aborted) {
      for await (const event of this.#writer.watch(SERVICE_OFFERS, resourceVersion, this.#end.signal)) {
        if (event.type === 'bookmark') {
          resourceVersion = event.resourceVersion
          continue
        }
        resourceVersion = metadataString(event.object, 'resourceVersion') ?? resourceVersion
        this.#add(event)
      }
    }
  }

  #add(revision: Revision): void {
    const { object } = revision
    const key = `${metadataString(object, 'namespace') ?? ''}/${metadataString(object, 'name') ?? ''}`
    const known = this.#revisions.get(key)
    if (known === undefined) this.#revisions.set(key, [revision])
    else known.push(revision)
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  async #next(deadline: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()))
    this.#waiting.add(resolve)
    await promise
    clearTimeout(timer)
    this.#waiting.delete(resolve)
  }
}
