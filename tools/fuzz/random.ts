/** Chance with a memory: the same seed gives the same choices. */
export type Random = {
  /** A whole number from 0 to `below` − 1. */
  int(below: number): number
  /** True with this probability (0 to 1). */
  chance(probability: number): boolean
  pick<const T extends readonly [unknown, ...unknown[]]>(items: T): T[number]
  /** Some of the items, each with this probability, in their order. */
  some<T>(items: readonly T[], probability: number): readonly T[]
}

/** The generator of one run: mulberry32 over a hash of seed and run, so a run can be repeated without those before it. */
export function randomOf(seed: number, run: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(run + 1, 0xc2b2ae35)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number): number => Math.floor(next() * below)
  const chance = (probability: number): boolean => next() < probability
  return {
    int,
    chance,
    pick: (items) => items[int(items.length)] ?? items[0],
    some: (items, probability) => items.filter(() => chance(probability)),
  }
}
