import { EMPTY_SET, type FieldSet } from './field-set.ts'

/**
 * True when a configuration that claims `claimed` surely drops nothing of `last`, so that pruning would leave the merged
 * value as it is: every path of `last` is claimed again. Paths through keyed lists are never sure: an item's key may come
 * from a default that nobody owns, and the item goes with it.
 */
export function claimsAllOf(claimed: FieldSet, last: FieldSet): boolean {
  for (const element of last.members) {
    if (!claimed.members.has(element) || element.startsWith('k:')) return false
  }
  for (const [element, child] of last.children) {
    if (element.startsWith('k:') || !claimsAllOf(claimed.children.get(element) ?? EMPTY_SET, child)) return false
  }
  return true
}
