import { setTimeout as delay } from 'node:timers/promises'
import { type KindSchema, kindSchemaOf } from '../cluster/kind-schema.ts'
import type { ClusterReader } from '../cluster/types.ts'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { groupOf } from '../kube/ref.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import { groupPath } from './group-path.ts'
import type { GroupRecord } from './types.ts'

type Kind = { readonly apiVersion: string; readonly kind: string }

export type ReadGroups = {
  readonly groups: Readonly<Record<string, GroupRecord>>
  /** The kinds that are to be recorded and that the server has. */
  readonly kinds: readonly Omit<KindSchema, 'schemas'>[]
}

const PAUSE_MS = 200
const TRIES = 75

/**
 * Which API versions the server has, and of those of the wanted kinds and of group obol.org which kinds, with the schemas of
 * the kinds that `isWanted`. SIDE EFFECTS: a request for the index, and one per document. Rejects with ObolError.
 */
export async function readGroups(
  reader: ClusterReader,
  apiVersions: ReadonlySet<string>,
  isWanted: (kind: Kind) => boolean,
  signal: AbortSignal,
): Promise<ReadGroups> {
  const index = await reader.openApiIndex(signal)
  const read = await Promise.all(
    [...index].map(async ([path, url]) => {
      const apiVersion = path.replace(/^(apis|api)\//, '')
      if (groupPath(apiVersion) !== path || !/^(?:[a-z0-9.-]+\/)?v\w+$/.test(apiVersion)) return undefined
      if (!apiVersions.has(apiVersion) && groupOf(apiVersion) !== 'obol.org') {
        return { path, group: { hash: hashOf(url) }, kinds: [] }
      }
      return { path, ...(await readGroup(reader, { apiVersion, path, url }, isWanted, signal)) }
    }),
  )
  const found = read.filter((group) => group !== undefined).toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return {
    groups: Object.fromEntries(found.map(({ path, group }) => [path, group])),
    kinds: found.flatMap(({ kinds }) => kinds),
  }
}

type At = { readonly apiVersion: string; readonly path: string; readonly url: string }

async function readGroup(
  reader: ClusterReader,
  { apiVersion, path, url }: At,
  isWanted: (kind: Kind) => boolean,
  signal: AbortSignal,
): Promise<{ readonly group: GroupRecord; readonly kinds: readonly Omit<KindSchema, 'schemas'>[] }> {
  let current = url
  for (let tried = 1; ; tried += 1) {
    const document = await reader.openApi(current, signal)
    if (document !== undefined) return recordGroup(document, apiVersion, hashOf(current), isWanted)
    if (tried >= TRIES) throw new ObolError(CLUSTER_ERRORS.SCHEMA_KEEPS_CHANGING, { where: { object: apiVersion } })
    await delay(PAUSE_MS, undefined, { signal })
    current = (await reader.openApiIndex(signal)).get(path) ?? current
  }
}

function recordGroup(
  document: JsonObject,
  apiVersion: string,
  hash: string,
  isWanted: (kind: Kind) => boolean,
): { readonly group: GroupRecord; readonly kinds: readonly Omit<KindSchema, 'schemas'>[] } {
  const served = servedIn(document, apiVersion)
  const wanted = Object.keys(served)
    .filter((kind) => isWanted({ apiVersion, kind }))
    .flatMap((kind) => kindSchemaOf(document, { apiVersion, kind }) ?? [])
  const schemas: Record<string, JsonValue> = {}
  for (const kind of wanted) Object.assign(schemas, kind.schemas)
  return {
    group: { hash, served, ...(wanted.length === 0 ? {} : { schemas: sorted(schemas) }) },
    kinds: wanted.map(({ schemas: _, ...kind }) => kind),
  }
}

/** Kind → plural of all that can be read one by one. */
function servedIn(document: JsonObject, apiVersion: string): Readonly<Record<string, string>> {
  const { paths } = document
  const served: Record<string, string> = {}
  for (const [path, operations] of Object.entries(isJsonObject(paths) ? paths : {})) {
    const get = isJsonObject(operations) ? operations['get'] : undefined
    const plural = /\/([^/{}]+)\/\{name\}$/.exec(path)?.[1]
    if (plural === undefined || !isJsonObject(get) || get['x-kubernetes-action'] !== 'get') continue
    const mark = get['x-kubernetes-group-version-kind']
    if (!isJsonObject(mark) || mark['group'] !== groupOf(apiVersion)) continue
    const kind = mark['kind']
    if (typeof kind === 'string') served[kind] = plural
  }
  return sorted(served)
}

function hashOf(url: string): string {
  return new URLSearchParams(url.split('?')[1]).get('hash') ?? ''
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
