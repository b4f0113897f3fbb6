/** A box with what it waits for; the ids are ours, not a plan's. */
export type Box = { readonly id: number; readonly after: readonly number[] }

/** Where a box stands, in columns and rows from 0: what it waits for is in a column before it. */
export type Slot = { readonly id: number; readonly column: number; readonly row: number }

export type Layout = { readonly slots: readonly Slot[]; readonly columns: number; readonly rows: number }

/**
 * Places the boxes of a graph: those that hang together in layers by their longest path, in each layer near what they wait
 * for; what does not hang together on shelves of at most `width` columns. O(V + E) but for sorting. The graph has no cycles.
 */
export function layOut(boxes: readonly Box[], width: number): Layout {
  const islands = islandsOf(boxes).map(layOutIsland)
  const slots: Slot[] = []
  let [left, top, height] = [0, 0, 0]
  for (const island of islands) {
    if (left > 0 && left + island.columns > width) [left, top, height] = [0, top + height, 0]
    for (const { id, column, row } of island.slots) slots.push({ id, column: column + left, row: row + top })
    left += island.columns
    height = Math.max(height, island.rows)
  }
  const columns = Math.max(0, ...slots.map(({ column }) => column + 1))
  return { slots, columns, rows: slots.length === 0 ? 0 : top + height }
}

/** The parts that no edge connects, each in the order of the boxes. */
function islandsOf(boxes: readonly Box[]): readonly (readonly Box[])[] {
  const leaders = new Map(boxes.map(({ id }) => [id, id]))
  const leaderOf = (id: number): number => {
    let at = id
    for (let up = leaders.get(at) ?? at; up !== at; up = leaders.get(at) ?? at) {
      leaders.set(at, leaders.get(up) ?? up)
      at = up
    }
    return at
  }
  for (const { id, after } of boxes) {
    for (const other of after)
      leaders.set(Math.max(leaderOf(id), leaderOf(other)), Math.min(leaderOf(id), leaderOf(other)))
  }
  return [...Map.groupBy(boxes, ({ id }) => leaderOf(id)).values()]
}

function layOutIsland(boxes: readonly Box[]): Layout {
  const layers = layersOf(boxes)
  const byLayer = Map.groupBy(boxes, ({ id }) => layers.get(id) ?? 0)
  const columns = Math.max(...byLayer.keys()) + 1
  const rows = new Map<number, number>()
  const slots: Slot[] = []
  for (let column = 0; column < columns; column += 1) {
    const wish = ({ after }: Box): number => {
      const above = after.flatMap((id) => rows.get(id) ?? [])
      return above.length === 0 ? 0 : above.reduce((sum, row) => sum + row, 0) / above.length
    }
    const sorted = (byLayer.get(column) ?? []).map((box) => ({ box, row: wish(box) })).toSorted((a, b) => a.row - b.row)
    let next = 0
    for (const { box, row: wanted } of sorted) {
      const row = Math.max(next, column === 0 ? next : Math.floor(wanted))
      rows.set(box.id, row)
      slots.push({ id: box.id, column, row })
      next = row + 1
    }
  }
  return { slots, columns, rows: Math.max(...slots.map(({ row }) => row + 1)) }
}

/** The length of the longest way to each box. */
function layersOf(boxes: readonly Box[]): ReadonlyMap<number, number> {
  const byId = new Map(boxes.map((box) => [box.id, box]))
  const layers = new Map<number, number>()
  const visit = (id: number): number => {
    const known = layers.get(id)
    if (known !== undefined) return known
    // Holds while the way to it is measured, so that even a cycle has an end.
    layers.set(id, 0)
    const layer = Math.max(-1, ...(byId.get(id)?.after ?? []).map(visit)) + 1
    layers.set(id, layer)
    return layer
  }
  for (const { id } of boxes) visit(id)
  return layers
}
