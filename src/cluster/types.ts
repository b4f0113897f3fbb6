import type { JsonArray, JsonObject } from '../util/json.ts'

/** Where a kind's objects are: what a URL needs. */
export type ResourcePath = {
  readonly apiVersion: string
  readonly plural: string
  /** Absent: cluster-scoped, or all namespaces. */
  readonly namespace?: string
  /** One object's part with an endpoint of its own; a collection has none. */
  readonly subresource?: 'status'
}

export type ListOptions = {
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export type ListResult = { readonly items: readonly JsonObject[]; readonly resourceVersion: string }

/** Read-only door to a cluster: get and list only. A snapshot offers the same. Every method rejects with ObolError. */
export type ClusterReader = {
  readonly context: string
  /** URL without credentials. */
  readonly server: string
  /** SHA-256 hex of certificate authority + URL. */
  readonly fingerprint: string
  /** Requests sent so far. */
  requestCount(): number
  /** The server's `/version`.gitVersion. */
  version(signal?: AbortSignal): Promise<string>
  /** Undefined on 404. */
  get(resource: ResourcePath, name: string, signal?: AbortSignal): Promise<JsonObject | undefined>
  /** All pages. apiVersion and kind are filled in on each item. */
  list(resource: ResourcePath, options?: ListOptions, signal?: AbortSignal): Promise<ListResult>
  /** `/openapi/v3`: group-version path (`apis/obol.org/v1alpha1`, `api/v1`) → URL with hash. */
  openApiIndex(signal?: AbortSignal): Promise<ReadonlyMap<string, string>>
  /** One OpenAPI v3 document by the URL the index gave; undefined when the document has changed since. */
  openApi(url: string, signal?: AbortSignal): Promise<JsonObject | undefined>
}

export type ApplyOptions = {
  readonly fieldManager: string
  readonly force: boolean
  readonly dryRun?: boolean
}

export type WriteResult =
  | { readonly result: 'ok'; readonly object: JsonObject; readonly created: boolean }
  /** 409 because the resourceVersion or uid moved, or the object exists already. */
  | { readonly result: 'changed'; readonly message: string }
  /** 409 FieldManagerConflict: `field` and `message` as the server sent them. */
  | { readonly result: 'conflict'; readonly causes: readonly { readonly field: string; readonly message: string }[] }
  /** 404: the object, its kind or its namespace is gone. */
  | { readonly result: 'missing'; readonly message: string }
  /** 400 or 422: the server will not store it. */
  | {
      readonly result: 'invalid'
      readonly message: string
      readonly causes: readonly { readonly field: string; readonly message: string }[]
    }

export type DeleteOptions = {
  readonly uid: string
  /** Absent: only the uid guards the deletion. */
  readonly resourceVersion?: string
}

export type WatchEvent =
  | { readonly type: 'added' | 'modified' | 'deleted'; readonly object: JsonObject }
  | { readonly type: 'bookmark'; readonly resourceVersion: string }

/**
 * The writing door. SIDE EFFECTS: each method is one request that changes the cluster (none with dryRun).
 * Expected refusals are returned; anything else (401, 403, network, 5xx after retries) rejects with ObolError.
 */
export type ClusterWriter = ClusterReader & {
  /** Server-side apply (PATCH application/apply-patch+yaml, JSON body). */
  apply(resource: ResourcePath, manifest: JsonObject, options: ApplyOptions, signal?: AbortSignal): Promise<WriteResult>
  /** JSON Patch (RFC 6902); with a `subresource` of it alone, where the server ignores whatever else the patch changes. */
  patchJson(
    resource: ResourcePath,
    name: string,
    patch: JsonArray,
    fieldManager: string,
    signal?: AbortSignal,
  ): Promise<WriteResult>
  /** `ok` as well when the object is already being deleted; background propagation. */
  delete(resource: ResourcePath, name: string, options: DeleteOptions, signal?: AbortSignal): Promise<WriteResult>
  /** Ends by itself (server timeout) or when the signal aborts; 410 rejects with a retryable ObolError. */
  watch(resource: ResourcePath, resourceVersion: string, signal?: AbortSignal): AsyncIterable<WatchEvent>
  close(): Promise<void>
}
