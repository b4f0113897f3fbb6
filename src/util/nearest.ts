/**
 * The candidate most like what was typed, or undefined when none is near: at most a third of the longer word may differ
 * (optimal string alignment distance, letter case ignored). Of equally near candidates the first wins.
 */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  if (typed.length > MAX_LENGTH) return undefined
  const wanted = typed.toLowerCase()
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(name.length, typed.length) / 3))
    if (Math.abs(name.length - typed.length) > allowed) continue
    const distance = editDistance(wanted, name.toLowerCase())
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** No name of ours is longer; it keeps a hostile megabyte key cheap. */
const MAX_LENGTH = 64

function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const substituted = at(previous, j - 1) + (same ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforePrevious, j - 2) + 1 : Infinity
      current[j] = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, substituted, swapped)
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], j: number): number {
  return row[j] ?? Infinity
}
