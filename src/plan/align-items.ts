/** How the items of two lists correspond: indexes into the old and the new list; one of them is missing where an item came or went. */
export type Pairing = { readonly before?: number; readonly after?: number }

/** Beyond this many comparisons items are paired by their index. */
const MAX_COMPARISONS = 250_000

/**
 * Pairs equal items in order (a longest common subsequence), and what is between two equal items by its place, so that
 * an item taken from the front of a list is one removal. Unequal pairs are changed items. In the order of the new list.
 */
export function alignItems<T>(
  before: readonly T[],
  after: readonly T[],
  equal: (a: T, b: T) => boolean,
): readonly Pairing[] {
  let head = 0
  while (head < before.length && head < after.length && same(before, head, after, head, equal)) head += 1
  let tail = 0
  while (tail < before.length - head && tail < after.length - head) {
    if (!same(before, before.length - 1 - tail, after, after.length - 1 - tail, equal)) break
    tail += 1
  }
  const out: Pairing[] = Array.from({ length: head }, (_, i) => ({ before: i, after: i }))
  const ends = { before: before.length - tail, after: after.length - tail }
  let from = { before: head, after: head }
  for (const anchor of anchors(before, after, from, ends, equal)) {
    out.push(...pairBetween(from, anchor), anchor)
    from = { before: anchor.before + 1, after: anchor.after + 1 }
  }
  out.push(...pairBetween(from, ends))
  for (let i = 0; i < tail; i += 1) out.push({ before: ends.before + i, after: ends.after + i })
  return out
}

type Place = { readonly before: number; readonly after: number }

function same<T>(a: readonly T[], i: number, b: readonly T[], j: number, equal: (a: T, b: T) => boolean): boolean {
  const [left, right] = [a[i], b[j]]
  return left !== undefined && right !== undefined && equal(left, right)
}

/** The pairs of a longest common subsequence between two places. */
function anchors<T>(
  a: readonly T[],
  b: readonly T[],
  from: Place,
  to: Place,
  equal: (a: T, b: T) => boolean,
): readonly Place[] {
  const rows = to.before - from.before
  const columns = to.after - from.after
  if (rows === 0 || columns === 0 || rows * columns > MAX_COMPARISONS) return []
  const width = columns + 1
  const lengths = new Uint32Array((rows + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  const isSame = (i: number, j: number): boolean => same(a, from.before + i, b, from.after + j, equal)
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = isSame(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const found: Place[] = []
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (isSame(i, j)) found.push({ before: from.before + i++, after: from.after + j++ })
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  return found
}

function pairBetween(from: Place, to: Place): readonly Pairing[] {
  const out: Pairing[] = []
  for (let i = from.before, j = from.after; i < to.before || j < to.after; i += 1, j += 1) {
    out.push({ ...(i < to.before ? { before: i } : {}), ...(j < to.after ? { after: j } : {}) })
  }
  return out
}
