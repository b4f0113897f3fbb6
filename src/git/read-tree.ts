import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { GIT_ERRORS } from '../errors/git.ts'
import { ObolError } from '../errors/obol-error.ts'
import { plural } from '../util/plural.ts'
import type { Tree } from './follow-path.ts'
import { listTree, type TreeEntry } from './list-tree.ts'
import { openRepository } from './open-repository.ts'
import { readBlobs } from './read-blobs.ts'
import { resolveRef } from './resolve-ref.ts'
import type { GitPlace } from './run-git.ts'
import { type Selection, type Skipped, selectEntries } from './select-entries.ts'

export type ReadTreeOptions = GitPlace & {
  /** A branch, tag or hash; with three dots behind it the merge base with HEAD. */
  readonly ref: string
  /** Files and folders to extract, relative to `folder`; they may leave it, but not the repository. Default: all of it. */
  readonly paths?: readonly string[]
  /** Which files below a folder are extracted, by their path in the repository. Default: all. */
  readonly wanted?: (path: string) => boolean
}

/** A folder as it was at a commit. */
export type BaseTree = {
  /** Full hash. */
  readonly commit: string
  /** Path of the folder within the repository, with `/` and without one at the end; empty at its root. */
  readonly prefix: string
  /** The folder as it was, in a temporary place; empty where the commit does not have it. What is beside it stands beside it. */
  readonly folder: string
  /** What could not be extracted, by its path in the repository. */
  readonly skipped: readonly Skipped[]
  /** SIDE EFFECTS: removes the temporary folder. */
  dispose(): Promise<void>
}

const MAX_FILES = 50_000
const MAX_OPEN_FILES = 32
const MAX_FILE_BYTES = 10 * 1024 * 1024

/**
 * Extracts a folder of a work tree as it was at a commit to a temporary folder, which the caller disposes of. The
 * repository is only read: no checkout, no hook, no filter, no connection. Rejects with an error of `GIT_ERRORS`.
 * SIDE EFFECTS: child processes that read; writes a temporary folder.
 */
export async function readTree(options: ReadTreeOptions): Promise<BaseTree> {
  const { ref, paths = ['.'], wanted } = options
  const repository = await openRepository(options)
  const { prefix } = repository
  const commit = await resolveRef(ref, repository, options)
  const roots = paths.map((path) => posix.normalize(posix.join(prefix, path)).replace(/^\.$|\/$/g, ''))
  const { targets, ...selected } = await select(await listTree(commit, options), { roots, wanted }, options)
  const blobs = await readFiles(selected.files, options)
  const isLarge = ({ oid }: TreeEntry): boolean => (blobs.get(oid)?.byteLength ?? 0) > MAX_FILE_BYTES
  const files = selected.files.filter((file) => !isLarge(file))
  const tooLarge = selected.files.filter(isLarge)
  const root = await realpath(await mkdtemp(join(tmpdir(), 'obol-base-')))
  const dispose = (): Promise<void> => rm(root, { recursive: true, force: true })
  try {
    const folder = join(root, prefix)
    await mkdir(folder, { recursive: true })
    const unwritten = await writeEntries(root, { files, links: selected.links, blobs, targets })
    const refused = tooLarge.map(({ path }) => ({ path, reason: `the file is larger than ${MAX_FILE_BYTES} bytes` }))
    options.signal.throwIfAborted()
    return { commit, prefix, folder, skipped: [...selected.skipped, ...refused, ...unwritten], dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

type Selecting = { readonly roots: readonly string[]; readonly wanted: ReadTreeOptions['wanted'] }

/** Only the links on the way are read: a partial clone may lack the others. Most repositories have none. */
async function select(
  entries: ReadonlyMap<string, TreeEntry>,
  { roots, wanted }: Selecting,
  place: GitPlace,
): Promise<Selection & Pick<Tree, 'targets'>> {
  const targets = new Map<string, string>()
  for (;;) {
    const selection = selectEntries({ entries, targets }, roots, wanted)
    if (selection.unread.length === 0) return { ...selection, targets }
    const blobs = await readBlobs(new Set(selection.unread.map(({ oid }) => oid)), place)
    for (const { path, oid } of selection.unread) targets.set(path, blobs.get(oid)?.toString('utf8') ?? '')
  }
}

function readFiles(files: readonly TreeEntry[], place: GitPlace): Promise<ReadonlyMap<string, Buffer>> {
  if (files.length <= MAX_FILES) return readBlobs(new Set(files.map(({ oid }) => oid)), place)
  throw new ObolError(GIT_ERRORS.BASE_TOO_LARGE, {
    message: `the base holds ${plural(files.length, 'file')} to be read`,
  })
}

type Extracted = {
  readonly files: readonly TreeEntry[]
  readonly links: readonly TreeEntry[]
  readonly blobs: ReadonlyMap<string, Buffer>
  readonly targets: ReadonlyMap<string, string>
}

/** Links last: while files are written, no path leads anywhere but below the root. What is there already stays. */
async function writeEntries(root: string, { files, links, blobs, targets }: Extracted): Promise<readonly Skipped[]> {
  const skipped: Skipped[] = []
  const attempt = async ({ path }: TreeEntry, write: (to: string) => Promise<void>): Promise<void> => {
    try {
      await write(join(root, path))
    } catch (error) {
      if (!isInTheWay(error)) throw error
      skipped.push({ path, reason: 'another file of the commit has its name' })
    }
  }
  const folders = new Set([...files, ...links].map(({ path }) => dirname(path)))
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true })
  const rest = files.values()
  const work = async (): Promise<void> => {
    for (const file of rest) {
      await attempt(file, (to) => writeFile(to, blobs.get(file.oid) ?? '', { flag: 'wx', mode: 0o600 }))
    }
  }
  await Promise.all(Array.from({ length: MAX_OPEN_FILES }, work))
  for (const link of links) await attempt(link, (to) => symlink(targets.get(link.path) ?? '', to))
  return skipped
}

/** A commit may hold a file and a folder of one name, or two names that this file system takes for one. */
function isInTheWay(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOTDIR')
}
