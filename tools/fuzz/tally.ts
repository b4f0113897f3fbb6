/** Counts what happened in the stories, so that a fuzz that exercises nothing shows. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by)
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0
  }

  merge(other: Tally): void {
    for (const [what, count] of other.#counts) this.add(what, count)
  }

  /** One line for each first word: `step: create 12, update 30`. */
  lines(): readonly string[] {
    const groups = Map.groupBy([...this.#counts].sort(), ([what]) => what.split(' ')[0] ?? '')
    return [...groups].map(([group, counts]) => {
      const parts = counts.map(([what, count]) => `${what.slice(group.length + 1)} ${count}`.trim())
      return `${group}: ${parts.join(', ')}`
    })
  }
}
