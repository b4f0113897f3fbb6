import { posix } from 'node:path'
import type { TreeEntry } from './list-tree.ts'

/** A commit's entries by path, and what its links say. */
export type Tree = {
  readonly entries: ReadonlyMap<string, TreeEntry>
  /** Path of a link → its target as stored; of the links that were read. */
  readonly targets: ReadonlyMap<string, string>
}

export type Followed =
  /** `path` has no links in it; `passed`: those on the way. Whether something is there is not said. */
  | { readonly result: 'found'; readonly path: string; readonly passed: readonly TreeEntry[] }
  | { readonly result: 'lost'; readonly reason: string }
  /** A link on the way has to be read first. */
  | { readonly result: 'unread'; readonly link: TreeEntry }

/** As many as Linux follows. */
const MAX_LINKS = 40

/** Where a path of a commit leads, as the operating system would follow it at the root of the repository. Pure. */
export function followPath(tree: Tree, path: string): Followed {
  const passed: TreeEntry[] = []
  const rest = path.split('/')
  let at = ''
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const next = posix.join(at, name)
    const reason = refusal(tree, next, passed.length)
    if (reason !== undefined) return { result: 'lost', reason }
    const link = tree.entries.get(next)
    const target = tree.targets.get(next)
    if (link?.kind !== 'link') at = next === '.' ? '' : next
    else if (target === undefined) return { result: 'unread', link }
    else {
      passed.push(link)
      // It counts from where the link is: `at` is not yet its name.
      rest.unshift(...target.split('/'))
    }
  }
  return { result: 'found', path: at, passed }
}

const OUTSIDE = 'the link leaves the repository'

/** Why the way ends at an entry. */
function refusal({ entries, targets }: Tree, path: string, passed: number): string | undefined {
  if (path === '..') return OUTSIDE
  if (entries.get(path)?.kind === 'submodule') return 'a submodule is not read'
  const target = targets.get(path)
  if (target === undefined) return undefined
  if (posix.isAbsolute(target)) return OUTSIDE
  return passed >= MAX_LINKS ? 'the link leads back to itself' : undefined
}
