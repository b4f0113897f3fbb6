import { createHash } from 'node:crypto'

import { setTimeout as delay } from 'node:timers/promises'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { type KindKey, kindKey } from '../kube/ref.ts'
import type { ServedKind } from '../plan/observed.ts'
import { objectTypeFromOpenApi } from '../ssa/object-type.ts'
import type { JsonObject } from '../util/json.ts'
import { canonicalJson } from '../util/json.ts'
import { type KindSchema, kindSchemaOf } from './kind-schema.ts'
import type { SchemaCache } from './openapi-cache.ts'
import type { ClusterReader } from './types.ts'

export type WantedKind = { readonly apiVersion: string; readonly kind: string }

export type ServedKindsOptions = {
  /** What `reader.openApiIndex` gave. */
  readonly index: ReadonlyMap<string, string>
  readonly cache: SchemaCache
  /** Milliseconds after which a document that keeps moving is given up; default 15,000. */
  readonly limitMs?: number
  readonly signal?: AbortSignal
}

const PAUSE_MS = 200
const LIMIT_MS = 15_000

/**
 * Which of the wanted kinds the cluster serves, with their types; the others are left out. SIDE EFFECTS: one request per
 * OpenAPI document with a kind that is not in the cache, and fills the cache.
 */
export async function servedKinds(
  reader: ClusterReader,
  wanted: readonly WantedKind[],
  { index, cache, signal, limitMs = LIMIT_MS }: ServedKindsOptions,
): Promise<ReadonlyMap<KindKey, ServedKind>> {
  const documents = new Map<string, Promise<JsonObject | undefined>>()
  const documentAt = (url: string): Promise<JsonObject | undefined> => {
    const document = documents.get(url) ?? reader.openApi(url, signal)
    documents.set(url, document)
    return document
  }
  const resolve = async (
    kind: WantedKind,
    current: ReadonlyMap<string, string>,
    waited = 0,
  ): Promise<ServedKind | undefined> => {
    const url = current.get(documentPath(kind.apiVersion))
    if (url === undefined) return undefined
    const hash = new URLSearchParams(url.split('?')[1]).get('hash') ?? undefined
    const cached = hash === undefined ? undefined : await cache.get({ ...kind, hash })
    if (cached !== undefined) return servedKind(cached, hash)
    const document = await documentAt(url)
    // A CRD of the group has changed, and the index lags behind by some seconds: only the new one tells the hash to
    // cache the document by.
    if (document === undefined) {
      if (waited >= limitMs) throw keepsChanging(kind)
      documents.delete(url)
      await delay(PAUSE_MS, undefined, signal === undefined ? {} : { signal })
      return resolve(kind, await reader.openApiIndex(signal), waited + PAUSE_MS)
    }
    return readKind(document, kind, hash, cache)
  }
  const distinct = new Map(wanted.map((kind) => [kindKey(kind), { apiVersion: kind.apiVersion, kind: kind.kind }]))
  const resolved = await Promise.all(
    [...distinct].map(async ([key, kind]) => [key, await resolve(kind, index)] as const),
  )
  return new Map(resolved.filter((entry): entry is [KindKey, ServedKind] => entry[1] !== undefined))
}

async function readKind(
  document: JsonObject,
  kind: WantedKind,
  hash: string | undefined,
  cache: SchemaCache,
): Promise<ServedKind | undefined> {
  const schema = kindSchemaOf(document, kind)
  if (schema === undefined) return undefined
  if (hash !== undefined) await cache.put(schema, hash)
  return servedKind(schema, hash)
}

function keepsChanging({ apiVersion, kind }: WantedKind): ObolError {
  return new ObolError(CLUSTER_ERRORS.SCHEMA_KEEPS_CHANGING, { where: { object: `${kind} (${apiVersion})` } })
}

function documentPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`
}

function servedKind(schema: KindSchema, hash: string | undefined): ServedKind {
  const { apiVersion, kind, plural, namespaced, rootName, schemas } = schema
  // A server that gives no hash still has a schema that may change.
  const schemaHash = hash ?? createHash('sha256').update(canonicalJson(schemas)).digest('hex').toUpperCase()
  const type = objectTypeFromOpenApi({ apiVersion, kind, schemas, rootName })
  return { apiVersion, kind, plural, namespaced, type, schemaHash }
}
