/** What can be left out of a comment, as one piece. */
export type Item = {
  readonly text: string
  /** The lowest ranks are placed first. */
  readonly rank: number
  readonly kind: Kind
}

/** What an item is, so that those that are left out can be counted. */
export type Kind = { readonly key: string; readonly words: (count: number) => string }

/** Items under a heading, or in a table or a folded block: what is around them stands only where one of them does. */
export type Section = {
  /** What comes before so many of the items; never longer for fewer. */
  readonly open: (shown: number) => string
  readonly close: string
  /** Between two items. */
  readonly separator: '\n' | '\n\n'
  readonly items: readonly Item[]
}

const GAP = '\n\n'

/**
 * The sections in their order, in at most `limit` UTF-16 units, a sentence about what was left out included. Items are
 * placed by rank, then by order; an item is placed as a whole or not at all. Undefined when not even the sentence fits.
 */
export function fitSections(sections: readonly Section[], limit: number): string | undefined {
  const all = sections.flatMap((section) => section.items.map((item) => ({ section, item })))
  const whole = write(sections, new Set(all.map(({ item }) => item)))
  if (whole.length <= limit) return whole
  const room = limit - GAP.length - leftOut(all.map(({ item }) => item)).length
  if (room < 0) return undefined
  const placed = new Set<Item>()
  const begun = new Set<Section>()
  let used = 0
  for (const { section, item } of all.toSorted((a, b) => a.item.rank - b.item.rank)) {
    const around = section.open(section.items.length).length + section.close.length + GAP.length
    const cost = item.text.length + (begun.has(section) ? section.separator.length : around)
    if (used + cost > room) continue
    used += cost
    placed.add(item)
    begun.add(section)
  }
  const rest = leftOut(all.flatMap(({ item }) => (placed.has(item) ? [] : [item])))
  return [write(sections, placed), rest].filter((part) => part !== '').join(GAP)
}

function write(sections: readonly Section[], placed: ReadonlySet<Item>): string {
  return sections
    .flatMap(({ open, close, separator, items }) => {
      const texts = items.flatMap((item) => (placed.has(item) ? [item.text] : []))
      return texts.length === 0 ? [] : [`${open(texts.length)}${texts.join(separator)}${close}`]
    })
    .join(GAP)
}

/** `**Not shown**, for length: 312 offers that only create, 2 warnings.` */
function leftOut(items: readonly Item[]): string {
  const counts = new Map<string, { readonly kind: Kind; readonly count: number }>()
  for (const { kind } of items) {
    counts.set(kind.key, { kind, count: (counts.get(kind.key)?.count ?? 0) + 1 })
  }
  const words = [...counts.values()].map(({ kind, count }) => kind.words(count))
  return `**Not shown**, for length: ${words.join(', ')}.`
}
