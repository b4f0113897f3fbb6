import { posix } from 'node:path'
import { followPath, type Tree } from './follow-path.ts'
import type { TreeEntry } from './list-tree.ts'

/** A path of the commit that cannot be had as it was. */
export type Skipped = { readonly path: string; readonly reason: string }

export type Selection = {
  readonly files: readonly TreeEntry[]
  /** Each of them leads to something that is selected. */
  readonly links: readonly TreeEntry[]
  /** Links that have to be read before anything is known. */
  readonly unread: readonly TreeEntry[]
  /** Sorted by path. */
  readonly skipped: readonly Skipped[]
}

/**
 * What is to be extracted so that `roots` (files or folders of the repository; '': all of it) can be read as they were:
 * what they name, the files below them that `wanted` says yes to, and what links on the way and below lead to. Links that
 * leave the repository or lead nowhere, and submodules, are left out and named; so is nothing else. Pure.
 */
export function selectEntries(
  tree: Tree,
  roots: readonly string[],
  wanted: (path: string) => boolean = () => true,
): Selection {
  const files = new Map<string, TreeEntry>()
  const links = new Map<string, TreeEntry>()
  const unread: TreeEntry[] = []
  const skipped: Skipped[] = []
  const folders = foldersOf(tree.entries)
  // A set that grows while it is walked: each path is looked up once.
  const paths = new Set(roots)
  for (const path of paths) {
    const found = lookUp(tree, folders, path)
    if ('link' in found) unread.push(found.link)
    else if ('reason' in found) skipped.push({ path, reason: found.reason })
    else {
      for (const link of found.links) links.set(link.path, link)
      if (found.file !== undefined) files.set(found.file.path, found.file)
      for (const next of below(tree.entries, found.folder, wanted)) paths.add(next)
    }
  }
  skipped.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { files: [...files.values()], links: [...links.values()], unread, skipped }
}

type Found =
  | { readonly links: readonly TreeEntry[]; readonly file?: TreeEntry; readonly folder?: string }
  | { readonly reason: string }
  | { readonly link: TreeEntry }

/** What a path names; nothing where the commit has no such path. */
function lookUp(tree: Tree, folders: ReadonlySet<string>, path: string): Found {
  const found = followPath(tree, path)
  if (found.result !== 'found') return found
  const { path: at, passed: links } = found
  const file = tree.entries.get(at)
  if (file !== undefined) return { links, file }
  if (at === '' || folders.has(at)) return { links, folder: at }
  return links.length === 0 ? { links } : { reason: 'the link leads to nothing in the commit' }
}

function below(
  entries: ReadonlyMap<string, TreeEntry>,
  folder: string | undefined,
  wanted: (path: string) => boolean,
): readonly string[] {
  if (folder === undefined) return []
  const start = folder === '' ? '' : `${folder}/`
  return [...entries.values()].flatMap(({ path, kind }) =>
    path.startsWith(start) && (kind !== 'file' || wanted(path)) ? [path] : [],
  )
}

function foldersOf(entries: ReadonlyMap<string, TreeEntry>): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const path of entries.keys()) {
    for (let folder = posix.dirname(path); folder !== '.' && !folders.has(folder); folder = posix.dirname(folder)) {
      folders.add(folder)
    }
  }
  return folders
}
