import { isUtf8 } from 'node:buffer'
import type { Dirent, Stats } from 'node:fs'
import { readFile, stat } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import type { Descriptor } from '../errors/descriptor.ts'
import { OFFER_ERRORS } from '../errors/offers.ts'
import type { Problem } from './problem.ts'
import type { SourceFile } from './source.ts'

export type ReadOptions = {
  /** Folder that relative paths start from and that shown paths are relative to. */
  readonly base: string
  /** What the path `-` reads; without it `-` is a problem. */
  readonly stdin?: AsyncIterable<Uint8Array>
  /** Bytes a file may have; default 10 MiB. */
  readonly maxBytes?: number
}

export type ReadResult = { readonly files: readonly SourceFile[]; readonly problems: readonly Problem[] }

/**
 * Reads offer files: files as named, folders with all subfolders (`.yaml`, `.yml`, `.json`; names with a leading dot are
 * skipped; linked files and folders are followed once), `-` for standard input. Files come sorted by path, each once.
 * What cannot be read is a problem, never a throw.
 * SIDE EFFECTS: reads the file system, at most 32 files at a time.
 */
export async function readSources(paths: readonly string[], options: ReadOptions): Promise<ReadResult> {
  const found = new Map<string, FoundFile>()
  const problems: Problem[] = []
  for (const path of paths) {
    if (path === '-') found.set('-', { path: '-' })
    else await find(path, options.base, found, problems)
  }
  const sorted = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  const files: SourceFile[] = []
  for (const result of await readAll(sorted, options)) {
    if ('problem' in result) problems.push(result.problem)
    else files.push(result)
  }
  return { files, problems }
}

const MAX_OPEN_FILES = 32
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024

/** `path` as shown; `absolute` is missing for standard input. */
type FoundFile = { readonly path: string; readonly absolute?: string }

async function find(path: string, base: string, found: Map<string, FoundFile>, problems: Problem[]): Promise<void> {
  const absolute = resolve(base, path)
  const shown = showPath(base, absolute)
  const info = await statOf(absolute)
  if (info instanceof Error) {
    problems.push(fileProblem(OFFER_ERRORS.SOURCE_UNREADABLE, shown, reasonOf(info)))
  } else if (info.isDirectory()) {
    const before = found.size
    const problemsBefore = problems.length
    await walk(absolute, base, found, problems, new Set())
    const isEmpty = found.size === before && problems.length === problemsBefore
    if (isEmpty && !holdsOneOf(absolute, found)) {
      const text = 'the folder holds no .yaml, .yml or .json files'
      problems.push({ ...fileProblem(OFFER_ERRORS.SOURCE_EMPTY, shown, text), severity: 'warning' })
    }
  } else {
    found.set(absolute, { path: shown, absolute })
  }
}

/** True when an earlier path of the same call brought files of this folder already. */
function holdsOneOf(folder: string, found: ReadonlyMap<string, FoundFile>): boolean {
  return [...found.keys()].some((file) => file.startsWith(folder + sep))
}

async function walk(
  folder: string,
  base: string,
  found: Map<string, FoundFile>,
  problems: Problem[],
  visited: Set<string>,
): Promise<void> {
  const real = await realpath(folder).catch(() => folder)
  // A link may lead back to a folder above it.
  if (visited.has(real)) return
  visited.add(real)
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    problems.push(fileProblem(OFFER_ERRORS.SOURCE_UNREADABLE, showPath(base, folder), reasonOf(error)))
    return
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const absolute = join(folder, entry.name)
    const kind = entry.isSymbolicLink() ? await statOf(absolute) : entry
    if (kind instanceof Error) {
      problems.push(fileProblem(OFFER_ERRORS.SOURCE_UNREADABLE, showPath(base, absolute), reasonOf(kind)))
    } else if (kind.isDirectory()) await walk(absolute, base, found, problems, visited)
    else if (kind.isFile() && /\.(ya?ml|json)$/i.test(entry.name)) {
      found.set(absolute, { path: showPath(base, absolute), absolute })
    }
  }
}

type ReadOne = SourceFile | { readonly problem: Problem }

/** A few loops over one iterator: for thousands of small files a queue of promises costs more than the reading. */
async function readAll(found: readonly FoundFile[], options: ReadOptions): Promise<readonly ReadOne[]> {
  const results: ReadOne[] = []
  const rest = found.entries()
  const work = async () => {
    for (const [i, file] of rest) results[i] = await readOne(file, options)
  }
  await Promise.all(Array.from({ length: MAX_OPEN_FILES }, work))
  return results
}

async function readOne(file: FoundFile, options: ReadOptions): Promise<ReadOne> {
  const max = options.maxBytes ?? DEFAULT_MAX_BYTES
  try {
    const bytes =
      file.absolute === undefined ? await readStream(options.stdin, max) : await readFileUpTo(file.absolute, max)
    if (bytes === 'too-large') {
      const text = `the file is larger than ${max} bytes`
      return { problem: fileProblem(OFFER_ERRORS.SOURCE_TOO_LARGE, file.path, text) }
    }
    if (!isUtf8(bytes)) {
      return { problem: fileProblem(OFFER_ERRORS.SOURCE_NOT_TEXT, file.path, 'the file is not UTF-8 text') }
    }
    const text = bytes.toString('utf8')
    return { path: file.path, text: text.startsWith('\ufeff') ? text.slice(1) : text }
  } catch (error) {
    return { problem: fileProblem(OFFER_ERRORS.SOURCE_UNREADABLE, file.path, reasonOf(error)) }
  }
}

// The callback functions of node:fs take a third of the time of node:fs/promises for thousands of small files.
const statFile = promisify(stat)
const readWhole = promisify(readFile)

async function readFileUpTo(path: string, max: number): Promise<Buffer | 'too-large'> {
  const info = await statFile(path)
  // To read a named pipe would be to wait for its writer.
  if (!info.isFile()) throw new Error('neither a file nor a folder')
  if (info.size > max) return 'too-large'
  const bytes = await readWhole(path)
  // It may have grown meanwhile.
  return bytes.byteLength > max ? 'too-large' : bytes
}

async function readStream(stream: AsyncIterable<Uint8Array> | undefined, max: number): Promise<Buffer | 'too-large'> {
  if (stream === undefined) throw new Error('there is no standard input to read')
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > max) return 'too-large'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function statOf(path: string): Promise<Stats | Error> {
  return statFile(path).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
}

function showPath(base: string, absolute: string): string {
  const shown = relative(base, absolute).split(sep).join('/')
  return shown === '' ? '.' : shown
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'no such file or folder'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ELOOP') return 'the link leads back to itself'
  return typeof code === 'string' ? `cannot be read: ${code}` : `cannot be read: ${String(error)}`
}

function fileProblem(descriptor: Descriptor, file: string, message: string): Problem {
  return { severity: 'error', code: descriptor.code, file, line: 1, column: 1, path: '', message }
}
