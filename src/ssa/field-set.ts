import { compareElements, fieldElement, type Path, type PathElement } from './path-element.ts'
import { fieldType, resolve } from './resolve.ts'
import type { Schema, TypeRef } from './schema.ts'

/**
 * A set of field paths as a trie: `members` end here, `children` go on. Immutable; no child is ever empty.
 * Source of the operations: structured-merge-diff, fieldpath/set.go.
 */
export type FieldSet = {
  readonly members: ReadonlySet<PathElement>
  readonly children: ReadonlyMap<PathElement, FieldSet>
}

const NO_MEMBERS: ReadonlySet<PathElement> = new Set()
const NO_CHILDREN: ReadonlyMap<PathElement, FieldSet> = new Map()

export const EMPTY_SET: FieldSet = { members: NO_MEMBERS, children: NO_CHILDREN }

export function isEmpty(set: FieldSet): boolean {
  return set.members.size === 0 && set.children.size === 0
}

/** Builds a set path by path; the only place where a set is written to. */
export class FieldSetBuilder {
  readonly #members = new Set<PathElement>()
  readonly #children = new Map<PathElement, FieldSetBuilder>()

  /** Adds a path; the empty path stands for the whole object, which nobody owns, and is left out. */
  insert(path: Path): void {
    let at: FieldSetBuilder = this
    const last = path.length - 1
    for (let i = 0; i < last; i += 1) at = at.#descend(path[i] ?? '')
    const element = path[last]
    if (element !== undefined) at.#members.add(element)
  }

  #descend(element: PathElement): FieldSetBuilder {
    let child = this.#children.get(element)
    if (child === undefined) {
      child = new FieldSetBuilder()
      this.#children.set(element, child)
    }
    return child
  }

  build(): FieldSet {
    if (this.#members.size === 0 && this.#children.size === 0) return EMPTY_SET
    const children = new Map<PathElement, FieldSet>()
    for (const [element, child] of this.#children) {
      const built = child.build()
      if (!isEmpty(built)) children.set(element, built)
    }
    return { members: this.#members, children }
  }
}

export function setOf(paths: Iterable<Path>): FieldSet {
  const builder = new FieldSetBuilder()
  for (const path of paths) builder.insert(path)
  return builder.build()
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  const children = new Map(a.children)
  for (const [element, child] of b.children) {
    const own = children.get(element)
    children.set(element, own === undefined ? child : union(own, child))
  }
  return { members: a.members.union(b.members), children }
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (other === undefined) continue
    const both = intersection(child, other)
    if (!isEmpty(both)) children.set(element, both)
  }
  return { members: a.members.intersection(b.members), children }
}

/** The paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    const rest = other === undefined ? child : difference(child, other)
    if (!isEmpty(rest)) children.set(element, rest)
  }
  return { members: a.members.difference(b.members), children }
}

/** The paths of `a` that are neither in `b` nor below a path of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of a.children) {
    if (b.members.has(element)) continue
    const other = b.children.get(element)
    const rest = other === undefined ? child : recursiveDifference(child, other)
    if (!isEmpty(rest)) children.set(element, rest)
  }
  return { members: a.members.difference(b.members), children }
}

export function setEquals(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.members.size !== b.members.size || a.children.size !== b.children.size) return false
  if (!a.members.isSubsetOf(b.members)) return false
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (other === undefined || !setEquals(child, other)) return false
  }
  return true
}

export function hasPath(set: FieldSet, path: Path): boolean {
  let at: FieldSet | undefined = set
  const last = path.length - 1
  for (let i = 0; i < last && at !== undefined; i += 1) at = at.children.get(path[i] ?? '')
  const element = path[last]
  return at !== undefined && element !== undefined && at.members.has(element)
}

/** What lies below a path: the paths that begin with it, without it. */
export function subset(set: FieldSet, path: Path): FieldSet {
  let at: FieldSet | undefined = set
  for (const element of path) {
    at = at?.children.get(element)
    if (at === undefined) return EMPTY_SET
  }
  return at ?? EMPTY_SET
}

/** All paths, in the server's order: the members of a level before what lies below. */
export function* pathsOf(set: FieldSet, prefix: Path = []): Generator<Path> {
  for (const element of [...set.members].sort(compareElements)) yield [...prefix, element]
  for (const element of [...set.children.keys()].sort(compareElements)) {
    const child = set.children.get(element)
    if (child !== undefined) yield* pathsOf(child, [...prefix, element])
  }
}

/** The paths below which the set has no other path. */
export function leavesOf(set: FieldSet): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of set.children) children.set(element, leavesOf(child))
  return { members: new Set([...set.members].filter((element) => !set.children.has(element))), children }
}

/** Adds every declared struct field that has children as a member: pruning treats structs as owned by what owns into them. */
export function withNamedFields(set: FieldSet, schema: Schema, ref: TypeRef): FieldSet {
  if (set.children.size === 0) return set
  const atom = resolve(schema, ref)
  const members = new Set(set.members)
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of set.children) {
    const map = atom?.map
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    if (name !== undefined && map?.fields.has(name) === true) members.add(fieldElement(name))
    children.set(element, withNamedFields(child, schema, childRef(atom, name)))
  }
  return { members, children }
}

function childRef(atom: ReturnType<typeof resolve>, name: string | undefined): TypeRef {
  if (name !== undefined) return atom?.map === undefined ? {} : fieldType(atom.map, name)
  return atom?.list?.elementType ?? {}
}
