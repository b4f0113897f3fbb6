import type { ManagedEntries, ManagedEntry } from '../ssa/managed-fields.ts'
import type { Path } from '../ssa/path-element.ts'
import type { Owner } from './types.ts'

/** Everyone who owns a path, or an atomic value above it, in the order of managedFields. */
export function ownersOf(entries: ManagedEntries, path: Path): readonly Owner[] {
  return [...entries.values()].filter((entry) => owns(entry, path)).map(ownerOf)
}

export function ownerOf(entry: ManagedEntry): Owner {
  return {
    name: entry.manager,
    operation: entry.operation,
    ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
    ...(entry.time === undefined ? {} : { time: entry.time }),
  }
}

function owns(entry: ManagedEntry, path: Path): boolean {
  let at = entry.set
  for (const [i, element] of path.entries()) {
    const below = at.children.get(element)
    // A member without anything below it is a leaf or an atomic value: it stands for all that is inside.
    if (at.members.has(element) && (i === path.length - 1 || below === undefined)) return true
    if (below === undefined) return false
    at = below
  }
  return false
}

/** `kubectl-patch/Update`, with the subresource where there is one. */
export function ownerLabel(owner: Owner): string {
  const subresource = owner.subresource === undefined ? '' : ` (${owner.subresource})`
  return `${owner.name}/${owner.operation}${subresource}`
}
