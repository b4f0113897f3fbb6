import { fitMiddle } from '../plan/fit-text.ts'
import type { GroupView, RowView } from '../plan/plan-view.ts'
import { plural } from '../util/plural.ts'
import { type Box, layOut, type Slot } from './html-layout.ts'
import { html, type Markup } from './html-markup.ts'
import { nameOf, TONES, type Tone, verbOf } from './html-signs.ts'

/** Beyond this many boxes nobody reads a drawing. */
const MAX_BOXES = 150
const COLUMNS = 4
const BOX = { width: 240, height: 46, gapX: 44, gapY: 14, margin: 6 }

type Node = {
  readonly id: number
  readonly sign: string
  readonly what: string
  readonly name: string
  readonly tone: Tone
  readonly after: readonly number[]
}

/** The graph of the plan as a drawing: steps, or offers where there are too many; undefined where no step waits for another. */
export function graphFigure(groups: readonly GroupView[]): Markup | undefined {
  const rows = groups.flatMap((group) => group.rows)
  const steps = stepNodes(rows)
  if (steps.every(({ after }) => after.length === 0)) return undefined
  const isDrawable = steps.length <= MAX_BOXES
  const nodes = isDrawable ? steps : groupNodes(groups)
  const words = isDrawable ? plural(nodes.length, 'step') : `${plural(steps.length, 'step')} by offer`
  return nodes.length > MAX_BOXES
    ? html`<p>${plural(steps.length, 'step')} of ${plural(groups.length, 'offer')} are too many to be drawn. Each step below says what it comes after.</p>`
    : html`<figure><div class="graph" role="region" aria-label="Drawing of the graph, scrolls sideways" tabindex="0">${draw(nodes, words)}</div>
<figcaption>An arrow goes from a step to the one that waits for it. Each step below says the same in words.</figcaption></figure>`
}

function stepNodes(rows: readonly RowView[]): readonly Node[] {
  const ids = new Map(rows.map((row, i) => [row.id, i]))
  return rows.map((row, id) => ({
    id,
    sign: row.symbol,
    what: row.type === 'object' ? `${row.op} ${row.kind}` : verbOf(row),
    name: row.type === 'object' ? row.label : nameOf(row),
    tone: TONES[row.symbol],
    after: row.dependsOn.flatMap((other) => ids.get(other) ?? []).filter((other) => other !== id),
  }))
}

/** The gravest first. */
const SYMBOLS = ['!', '-', '~', '+', '·', '='] as const

function groupNodes(groups: readonly GroupView[]): readonly Node[] {
  const owners = new Map(groups.flatMap(({ rows }, i) => rows.map((row) => [row.id, i] as const)))
  return groups.map(({ title, rows }, id) => {
    const sign = SYMBOLS.find((symbol) => rows.some((row) => row.symbol === symbol)) ?? '='
    const after = new Set(rows.flatMap((row) => row.dependsOn.flatMap((other) => owners.get(other) ?? [])))
    return {
      id,
      sign,
      what: plural(rows.length, 'step'),
      name: title,
      tone: TONES[sign],
      // Offers can wait for each other both ways; a box waits for those before it only.
      after: [...after].filter((other) => other < id),
    }
  })
}

function draw(nodes: readonly Node[], words: string): Markup {
  const boxes: readonly Box[] = nodes
  const { slots, columns, rows } = layOut(boxes, COLUMNS)
  const at = new Map(slots.map((slot) => [slot.id, slot]))
  const width = columns * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.margin
  const height = rows * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.margin
  const edges = nodes.flatMap((node) =>
    node.after.flatMap((other) => {
      const [from, to] = [at.get(other), at.get(node.id)]
      return from === undefined || to === undefined ? [] : [drawEdge(from, to)]
    }),
  )
  const drawn = nodes.flatMap((node) => {
    const slot = at.get(node.id)
    return slot === undefined ? [] : [drawNode(node, slot)]
  })
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="graph-title graph-text" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title id="graph-title">Graph of ${words}</title>
<desc id="graph-text">${plural(nodes.length, 'box', 'boxes')}, ${plural(edges.length, 'arrow')}. The list of steps below has the same.</desc>
${edges}${drawn}</svg>`
}

function leftOf({ column }: Slot): number {
  return BOX.margin + column * (BOX.width + BOX.gapX)
}

function topOf({ row }: Slot): number {
  return BOX.margin + row * (BOX.height + BOX.gapY)
}

/** From the right side of one box to the left side of the other; over boxes between them it passes in the gap above. */
function drawEdge(from: Slot, to: Slot): Markup {
  const [x1, y1] = [leftOf(from) + BOX.width, topOf(from) + BOX.height / 2]
  const [x2, y2] = [leftOf(to), topOf(to) + BOX.height / 2]
  const bend = BOX.gapX / 2
  const tip = html`<path class="tip" d="M${x2 - 8} ${y2 - 4} L${x2} ${y2} L${x2 - 8} ${y2 + 4}z"/>`
  if (to.column - from.column < 2) {
    return html`<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>${tip}
`
  }
  const lane = topOf(to) + BOX.height + BOX.gapY / 2
  const [first, last] = [x1 + bend, x2 - bend]
  return html`<path d="M${x1} ${y1} C${first} ${y1} ${first} ${lane} ${first + bend} ${lane} L${last - bend} ${lane} C${last} ${lane} ${last} ${y2} ${x2} ${y2}"/>${tip}
`
}

/** About 8 px a letter: what is longer loses its middle, and is whole in the title. */
const MAX_LETTERS = 28

function drawNode({ sign, what, name, tone }: Node, slot: Slot): Markup {
  const [x, y] = [leftOf(slot), topOf(slot)]
  return html`<g class="${tone}"><title>${sign} ${what} ${name}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8"/>
<text class="what" x="${x + 12}" y="${y + 19}">${sign} ${fitMiddle(oneLine(what), MAX_LETTERS)}</text><text x="${x + 12}" y="${y + 36}">${fitMiddle(oneLine(name), MAX_LETTERS)}</text></g>
`
}

function oneLine(text: string): string {
  return text.toWellFormed().replace(/\s+/g, ' ')
}
