import { failed, type GitPlace, runGit } from './run-git.ts'

/** One entry of a commit, by its path within the repository. */
export type TreeEntry = {
  readonly path: string
  readonly kind: 'file' | 'link' | 'submodule'
  readonly oid: string
}

/**
 * Every file, link and submodule of a commit, by path. Paths that are not UTF-8, or lead out of the folder they are
 * extracted to, are left out: git writes no such path, but a crafted commit may hold it.
 * SIDE EFFECTS: a child process that reads.
 */
export async function listTree(commit: string, place: GitPlace): Promise<ReadonlyMap<string, TreeEntry>> {
  const { exitCode, stdout, stderr } = await runGit(['ls-tree', '-r', '-z', '--full-tree', commit], place)
  if (exitCode !== 0) throw failed('git ls-tree failed', stderr)
  const entries = new Map<string, TreeEntry>()
  for (const line of stdout.toString('utf8').split('\0')) {
    const entry = parseEntry(line)
    if (entry !== undefined) entries.set(entry.path, entry)
  }
  return entries
}

/** `100644 blob <oid>\t<path>`; a submodule is a `commit` of mode 160000. */
function parseEntry(line: string): TreeEntry | undefined {
  const [, mode, oid, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line) ?? []
  if (mode === undefined || oid === undefined || path === undefined || !isSafe(path)) return undefined
  const kind = mode === '120000' ? 'link' : mode === '160000' ? 'submodule' : 'file'
  return { path, kind, oid }
}

function isSafe(path: string): boolean {
  if (path.includes('\ufffd') || path.includes('\\')) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git')
}
