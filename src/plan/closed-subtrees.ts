import {
  EMPTY_SET,
  type FieldSet,
  FieldSetBuilder,
  hasPath,
  isEmpty,
  leavesOf,
  pathsOf,
  subset,
} from '../ssa/field-set.ts'
import type { Path } from '../ssa/path-element.ts'
import { toFieldSet } from '../ssa/to-field-set.ts'
import type { ObjectType } from '../ssa/types.ts'
import { valueAt } from '../ssa/value-at.ts'
import { type JsonObject, type JsonValue, jsonEquals } from '../util/json.ts'
import { plainPath } from './field-path.ts'

/**
 * The paths below (or at) the closed subtrees that the live object has and the manifest has not: another price key,
 * a token, a route table. Containers count when the manifest has nothing in them. A keyed list is closed item by item:
 * what else an item of ours holds may be a default, or allocated.
 */
export function stalePaths(
  type: ObjectType,
  live: JsonObject,
  manifest: JsonObject,
  closed: readonly string[],
): FieldSet {
  // Where both say the same, nothing is stale; that is the rule, and field sets of whole objects are dear.
  const roots = closed.map(plainPath).filter((root) => !isSame(valueAt(live, root), valueAt(manifest, root)))
  if (roots.length === 0) return EMPTY_SET
  const present = toFieldSet(type.schema, type.root, live)
  const wanted = toFieldSet(type.schema, type.root, manifest)
  const stale = new FieldSetBuilder()
  for (const root of roots) {
    const items = subset(wanted, root)
    for (const path of pathsOf(subset(present, root))) {
      const full = [...root, ...path]
      if (isInItem(items, path)) continue
      if (!hasPath(wanted, full) && valueAt(manifest, full) === undefined) stale.insert(full)
    }
    for (const path of containersOf(root, live, manifest, present)) stale.insert(path)
  }
  return stale.build()
}

function isInItem(wanted: FieldSet, [item = '']: Path): boolean {
  return item.startsWith('k:') && (wanted.members.has(item) || wanted.children.has(item))
}

function isSame(live: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  return live === undefined || jsonEquals(live, wanted)
}

/** The closed subtree's own root, when the manifest does not have it: owners may claim it as a whole. */
function containersOf(root: Path, live: JsonObject, manifest: JsonObject, present: FieldSet): readonly Path[] {
  if (valueAt(manifest, root) !== undefined || valueAt(live, root) === undefined) return []
  const below = subset(present, root)
  return hasPath(present, root) || !isEmpty(below) ? [root] : []
}

/** The leaves of a predicted or stored object that a closed subtree holds beyond the manifest's; none when it is closed. */
export function openLeaves(
  type: ObjectType,
  stored: JsonObject,
  manifest: JsonObject,
  closed: readonly string[],
): readonly Path[] {
  return [...pathsOf(leavesOf(stalePaths(type, stored, manifest, closed)))]
}
