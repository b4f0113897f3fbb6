import type { PlanView, RowSymbol, RowView } from './plan-view.ts'

export const GRAPH_FORMATS = ['dot', 'mermaid'] as const
export type GraphFormat = (typeof GRAPH_FORMATS)[number]

/**
 * The steps as a graph in DOT or Mermaid: an arrow goes from a step to the one that waits for it. Steps that do nothing
 * are in it only where the view has them (`all`). Ends with a newline. Pure.
 */
export function renderGraph(view: PlanView, format: GraphFormat): string {
  const rows = view.groups.flatMap((group) => group.rows)
  const ids = new Map(rows.map((row, i) => [row.id, `s${i}`]))
  const edges = rows.flatMap((row) =>
    row.dependsOn.flatMap((id) => {
      const [from, to] = [ids.get(id), ids.get(row.id)]
      return from === undefined || to === undefined ? [] : [{ from, to }]
    }),
  )
  const nodes = rows.map((row) => ({ id: ids.get(row.id) ?? '', row }))
  const lines = format === 'dot' ? dot(nodes, edges) : mermaid(nodes, edges)
  return `${lines.join('\n')}\n`
}

type Node = { readonly id: string; readonly row: RowView }
type Edge = { readonly from: string; readonly to: string }

const COLOURS: Readonly<Record<RowSymbol, string>> = {
  '+': '#2da44e',
  '~': '#bf8700',
  '-': '#cf222e',
  '=': '#8c959f',
  '!': '#a333c8',
  '·': '#57606a',
}

const CLASSES: Readonly<Record<RowSymbol, string>> = {
  '+': 'create',
  '~': 'update',
  '-': 'delete',
  '=': 'noop',
  '!': 'held',
  '·': 'wait',
}

function dot(nodes: readonly Node[], edges: readonly Edge[]): readonly string[] {
  return [
    'digraph plan {',
    '  rankdir=LR',
    '  node [shape=box, style=rounded, fontname="sans-serif"]',
    ...nodes.map(({ id, row }) => {
      return `  ${id} [label=${JSON.stringify(wordsOf(row).join('\n'))}, color="${COLOURS[row.symbol]}"]`
    }),
    ...edges.map(({ from, to }) => `  ${from} -> ${to}`),
    '}',
  ]
}

function mermaid(nodes: readonly Node[], edges: readonly Edge[]): readonly string[] {
  const used = [...new Set(nodes.map(({ row }) => row.symbol))]
  return [
    'flowchart LR',
    ...nodes.map(({ id, row }) => {
      return `  ${id}["${wordsOf(row).map(escaped).join('<br>')}"]:::${CLASSES[row.symbol]}`
    }),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
    ...used.map((symbol) => `  classDef ${CLASSES[symbol]} stroke:${COLOURS[symbol]}`),
  ]
}

/** What is done, to what: of a step on a chain, the op says both. */
function wordsOf(row: RowView): readonly string[] {
  return row.type === 'register' ? [verb(row), row.label] : [verb(row), row.kind, row.label]
}

function verb(row: RowView): string {
  if (row.symbol === '!') return `${row.op}, held back`
  if (row.identity?.waits === true) return `${row.op}, waiting`
  const state = row.chain?.state ?? 'ready'
  return state === 'ready' || state === row.op ? row.op : `${row.op}, ${state}`
}

function escaped(text: string): string {
  return text.replace(/[#"<>&]/g, (char) => `#${char.charCodeAt(0)};`)
}
