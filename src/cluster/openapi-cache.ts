import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import type { KindSchema } from './kind-schema.ts'

/** Trimmed schemas by the server's hash of their document, so an entry is never stale. No method rejects. */
export type SchemaCache = {
  get(of: {
    readonly apiVersion: string
    readonly kind: string
    readonly hash: string
  }): Promise<KindSchema | undefined>
  /** Where the kind was when last seen, in any cluster: a guess that must be checked. */
  lastSeen(of: { readonly apiVersion: string; readonly kind: string }): Promise<KindSchema | undefined>
  put(schema: KindSchema, hash: string): Promise<void>
}

/** `${XDG_CACHE_HOME:-~/.cache}/obol/openapi`, or undefined when neither is known. */
export function schemaCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  home: string | undefined,
): string | undefined {
  const xdg = env['XDG_CACHE_HOME']
  if (xdg !== undefined && xdg !== '') return join(xdg, 'obol', 'openapi')
  return home === undefined ? undefined : join(home, '.cache', 'obol', 'openapi')
}

/** A cache that keeps nothing. */
export const NO_SCHEMA_CACHE: SchemaCache = {
  get: async () => undefined,
  lastSeen: async () => undefined,
  put: async () => undefined,
}

/** Part of each file's name: entries of another layout are not found. */
const LAYOUT = 1

/**
 * A cache of small files in a folder. SIDE EFFECTS: `put` writes atomically; a folder that cannot be read or written is
 * an empty cache, not an error.
 */
export function fileSchemaCache(folder: string): SchemaCache {
  const prefixOf = (of: { readonly apiVersion: string; readonly kind: string }) =>
    `${LAYOUT}.${encodeURIComponent(of.apiVersion)}.${encodeURIComponent(of.kind)}.`
  const fileName = (of: { readonly apiVersion: string; readonly kind: string; readonly hash: string }) =>
    `${prefixOf(of)}${encodeURIComponent(of.hash)}.json`
  return {
    get: (of) => readEntry(join(folder, fileName(of)), of),
    lastSeen: async (of) => {
      const names = await readdir(folder).catch(() => [])
      const name = names.find((candidate) => candidate.startsWith(prefixOf(of)) && candidate.endsWith('.json'))
      return name === undefined ? undefined : readEntry(join(folder, name), of)
    },
    put: async (schema, hash) => {
      const file = join(folder, fileName({ ...schema, hash }))
      const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(draft, JSON.stringify(schema), { flag: 'wx' })
        await rename(draft, file)
      } catch {
        await rm(draft, { force: true }).catch(() => undefined)
      }
    },
  }
}

async function readEntry(
  file: string,
  of: { readonly apiVersion: string; readonly kind: string },
): Promise<KindSchema | undefined> {
  try {
    const entry: unknown = JSON.parse(await readFile(file, 'utf8'))
    const schema = isJsonObject(entry) ? kindSchemaFrom(entry) : undefined
    return schema?.apiVersion === of.apiVersion && schema.kind === of.kind ? schema : undefined
  } catch {
    return undefined
  }
}

function kindSchemaFrom({
  apiVersion,
  kind,
  plural,
  namespaced,
  rootName,
  schemas,
}: JsonObject): KindSchema | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof plural !== 'string') return undefined
  if (typeof namespaced !== 'boolean' || typeof rootName !== 'string' || !isJsonObject(schemas)) return undefined
  return { apiVersion, kind, plural, namespaced, rootName, schemas }
}
