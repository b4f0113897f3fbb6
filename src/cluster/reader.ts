import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { exchangeJson, getJson } from './exchange-json.ts'
import { collectionPath, objectPath, withQuery } from './resource-path.ts'
import type { Session } from './session.ts'
import type { ClusterReader, ListOptions, ListResult, ResourcePath } from './types.ts'

/** The reading half of the door. */
export function clusterReader(session: Session, fingerprint: string): ClusterReader {
  return {
    context: session.context,
    server: session.server,
    fingerprint,
    requestCount: () => session.requestCount(),
    version: async (signal) => {
      const { gitVersion } = await getJson(session, '/version', signal)
      if (typeof gitVersion === 'string') return gitVersion
      throw unlike(session, '/version', 'no gitVersion')
    },
    get: async (resource, name, signal) => {
      const request = { method: 'GET', path: objectPath(resource, name) } as const
      const { decoded, refused } = await exchangeJson(session, request, { repeatable: true, signal })
      if (decoded.ok) return decoded.object
      if (decoded.status === 404) return undefined
      throw refused(decoded)
    },
    list: (resource, options, signal) => list(session, resource, options ?? {}, signal),
    openApiIndex: (signal) => openApiIndex(session, signal),
    openApi: async (url, signal) => {
      // The index comes from the network: it may not send our token elsewhere.
      if (!url.startsWith('/openapi/v3/')) throw unlike(session, '/openapi/v3', 'a document outside /openapi/v3')
      const request = { method: 'GET', path: url } as const
      const { decoded, refused } = await exchangeJson(session, request, { repeatable: true, signal })
      if (decoded.ok) return decoded.object
      // The server redirects a hash that is no longer current to the new one.
      if (decoded.status === 301) return undefined
      throw refused(decoded)
    },
  }
}

/**
 * The whole list, in one answer. Without `limit` the API server answers from its watch cache, consistent with etcd, and
 * streams: 10,000 objects take 0.63 s, as long as 20 pages of 500 do, and at 20 ms round trip 0.9 s against 1.1 s. Also
 * a `resourceVersion` is never given: a stale list would make the plan inexact. Pages are followed where a server insists.
 */
async function list(
  session: Session,
  resource: ResourcePath,
  options: ListOptions,
  signal: AbortSignal | undefined,
): Promise<ListResult> {
  for (let restarts = 0; ; restarts++) {
    const all = await listPages(session, resource, options, signal)
    if (all !== 'expired') return all
    if (restarts > 0) {
      const details = [`context ${session.context}: GET ${collectionPath(resource)}`]
      throw new ObolError(CLUSTER_ERRORS.LIST_EXPIRED, { details })
    }
  }
}

async function listPages(
  session: Session,
  resource: ResourcePath,
  options: ListOptions,
  signal: AbortSignal | undefined,
): Promise<ListResult | 'expired'> {
  const items: JsonObject[] = []
  let page: Page | 'expired' = { items, resourceVersion: '', next: undefined }
  do {
    const path = withQuery(collectionPath(resource), { ...options, continue: page.next })
    page = await readPage(session, resource, path, { isFirst: page.next === undefined, signal })
    if (page === 'expired') return 'expired'
    for (const item of page.items) items.push(item)
  } while (page.next !== undefined)
  return { items, resourceVersion: page.resourceVersion }
}

type Page = ListResult & { readonly next: string | undefined }

async function readPage(
  session: Session,
  resource: ResourcePath,
  path: string,
  { isFirst, signal }: { readonly isFirst: boolean; readonly signal: AbortSignal | undefined },
): Promise<Page | 'expired'> {
  const { decoded, refused } = await exchangeJson(session, { method: 'GET', path }, { repeatable: true, signal })
  if (!decoded.ok) {
    if (decoded.status === 410 && !isFirst) return 'expired'
    throw refused(decoded)
  }
  const { items, kind, metadata } = decoded.object
  const fields: JsonObject = isJsonObject(metadata) ? metadata : {}
  const resourceVersion = fields['resourceVersion']
  if (!isJsonArray(items) || typeof resourceVersion !== 'string') {
    throw unlike(session, collectionPath(resource), 'no list')
  }
  const itemKind = typeof kind === 'string' ? kind.replace(/List$/, '') : ''
  const next = fields['continue']
  return {
    items: items.map((item) => withKind(item, resource.apiVersion, itemKind)),
    resourceVersion,
    next: typeof next === 'string' && next !== '' ? next : undefined,
  }
}

/** Items of built-in lists carry neither field. */
function withKind(item: JsonValue, apiVersion: string, kind: string): JsonObject {
  if (!isJsonObject(item)) return { apiVersion, kind }
  return typeof item['kind'] === 'string' && typeof item['apiVersion'] === 'string'
    ? item
    : { apiVersion, kind, ...item }
}

async function openApiIndex(session: Session, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>> {
  const { paths } = await getJson(session, '/openapi/v3', signal)
  if (!isJsonObject(paths)) throw unlike(session, '/openapi/v3', 'no paths')
  const index = new Map<string, string>()
  for (const [groupVersion, entry] of Object.entries(paths)) {
    const url = isJsonObject(entry) ? entry['serverRelativeURL'] : undefined
    if (typeof url === 'string') index.set(groupVersion, url)
  }
  return index
}

function unlike(session: Session, path: string, what: string): ObolError {
  return new ObolError(CLUSTER_ERRORS.NOT_KUBERNETES, {
    message: `${CLUSTER_ERRORS.NOT_KUBERNETES.title} (${session.server})`,
    details: [`context ${session.context}: GET ${path}: ${what}`],
  })
}
