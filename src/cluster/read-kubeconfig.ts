import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'

/** The parts of kubeconfig files that we use, by name; paths are absolute. */
export type Kubeconfig = {
  readonly files: readonly string[]
  readonly currentContext: string | undefined
  readonly contexts: ReadonlyMap<string, JsonObject>
  readonly clusters: ReadonlyMap<string, JsonObject>
  readonly users: ReadonlyMap<string, JsonObject>
}

/**
 * Reads and merges kubeconfig files as kubectl does: the first file to define a name or the current context wins, and
 * relative paths count from their file's folder. Files that do not exist are skipped when `skipMissing`.
 * Rejects with ObolError KUBECONFIG_UNREADABLE, _BROKEN or _INVALID; no text of a file gets into a message.
 */
export async function readKubeconfig(paths: readonly string[], skipMissing: boolean): Promise<Kubeconfig> {
  const files: string[] = []
  const parts: Part[] = []
  for (const path of paths) {
    const text = await readText(path, skipMissing)
    if (text === undefined) continue
    files.push(path)
    parts.push(parsePart(text, path))
  }
  return {
    files,
    currentContext: parts.map((part) => part.currentContext).find((name) => name !== undefined && name !== ''),
    contexts: mergeFirstWins(parts.map((part) => part.contexts)),
    clusters: mergeFirstWins(parts.map((part) => part.clusters)),
    users: mergeFirstWins(parts.map((part) => part.users)),
  }
}

async function readText(path: string, skipMissing: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    if (skipMissing && code === 'ENOENT') return undefined
    throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_UNREADABLE, { where: { file: path }, details: [code], cause })
  }
}

type Named = ReadonlyMap<string, JsonObject>
type Part = {
  readonly currentContext: string | undefined
  readonly contexts: Named
  readonly clusters: Named
  readonly users: Named
}

function parsePart(text: string, path: string): Part {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    const where = { file: path, line, column: col }
    // Only the parser's code: its sentences quote the text.
    throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_BROKEN, { where, details: [error.code] })
  }
  const root = toJson(document, path)
  const mistakes: string[] = []
  const folder = dirname(resolve(path))
  const named = (list: string, item: string): Named => {
    const found = namedItems(root[list], list, item, mistakes)
    return new Map([...found].map(([name, value]) => [name, absolutePaths(value, folder)]))
  }
  const part = {
    currentContext: stringOf(root['current-context']),
    contexts: named('contexts', 'context'),
    clusters: named('clusters', 'cluster'),
    users: named('users', 'user'),
  }
  if (mistakes.length > 0) {
    throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_INVALID, { where: { file: path }, details: mistakes })
  }
  return part
}

function toJson(document: ReturnType<typeof parseDocument>, path: string): JsonObject {
  let root: unknown
  try {
    root = document.toJS({ maxAliasCount: 100 })
  } catch {
    root = undefined
  }
  // An empty file is an empty kubeconfig.
  if (root === null) return {}
  if (isJsonObject(root)) return root
  throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_INVALID, {
    where: { file: path },
    details: ['the document must be a mapping with clusters, contexts and users'],
  })
}

function namedItems(list: JsonValue | undefined, listName: string, itemName: string, mistakes: string[]): Named {
  const items = new Map<string, JsonObject>()
  if (!isJsonArray(list)) {
    if (list !== undefined && list !== null) mistakes.push(`${listName} must be a list`)
    return items
  }
  for (const [index, entry] of list.entries()) {
    const { name, [itemName]: value } = isJsonObject(entry) ? entry : {}
    const item = value ?? {}
    if (typeof name !== 'string' || name === '') mistakes.push(`${listName}[${index}].name is missing`)
    else if (!isJsonObject(item)) mistakes.push(`${listName}[${index}].${itemName} must be a mapping`)
    else if (!items.has(name)) items.set(name, item)
  }
  return items
}

const PATH_FIELDS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile', 'token-file']

function absolutePaths(item: JsonObject, folder: string): JsonObject {
  const absolute: Record<string, JsonValue> = { ...item }
  for (const field of PATH_FIELDS) {
    const path = item[field]
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) absolute[field] = resolve(folder, path)
  }
  const exec = item['exec']
  const command = isJsonObject(exec) ? exec['command'] : undefined
  // As for kubectl: a bare name is looked up in PATH, anything with a slash is a path.
  if (isJsonObject(exec) && typeof command === 'string' && /[/\\]/.test(command) && !isAbsolute(command)) {
    absolute['exec'] = { ...exec, command: resolve(folder, command) }
  }
  return absolute
}

function mergeFirstWins(maps: readonly Named[]): Named {
  const merged = new Map<string, JsonObject>()
  for (const map of maps) for (const [name, item] of map) if (!merged.has(name)) merged.set(name, item)
  return merged
}

function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
