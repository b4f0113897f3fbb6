import type { GroupView, PlanView, RowView } from '../plan/plan-view.ts'
import { renderGraph } from '../plan/render-graph.ts'
import { plural } from '../util/plural.ts'
import type { Finding } from './findings.ts'
import type { Concern } from './markdown-concern.ts'
import { diffLines } from './markdown-diff.ts'
import { nameConflict, showConflict, showFinding } from './markdown-findings.ts'
import type { Item, Kind, Section } from './markdown-fit.ts'
import { KINDS } from './markdown-kinds.ts'
import { GRAVEST, type Nature, natureOf, offerBlock, offerRow, TABLE_HEAD } from './markdown-offer.ts'
import { code, fence, fenceFor, folded, htmlCode, MAX_VALUE, oneLine } from './markdown-safe.ts'

const FOLD_END = '\n\n</details>'
/** More conflicts than this are shown on a line each; so is one with more text. */
const MAX_CONFLICTS = 30
const MAX_CONFLICT_TEXT = 8_000

/** Conflicts, each with what settles it. */
export function conflictSection({ conflicts, view }: Concern): Section {
  const items = conflicts.map((held, i) => {
    const ref = view.base?.ref
    const text = i < MAX_CONFLICTS ? showConflict(held, i + 1, view.header.readAt, ref) : ''
    const isShort = text === '' || text.length > MAX_CONFLICT_TEXT
    return item(isShort ? nameConflict(held, i + 1, view.header.readAt) : text, 0, KINDS.conflict)
  })
  return section(heading('To decide'), items, '\n\n')
}

/** A list of findings of one severity under a heading. */
export function findingSection(title: string, findings: readonly Finding[], kind: Kind): Section {
  return section(
    heading(title),
    findings.map((finding) => item(showFinding(finding), 1, kind)),
  )
}

/** A folded list of findings; the summary is HTML. */
export function foldedFindings(
  summary: (shown: number) => string,
  findings: readonly Finding[],
  kind: Kind,
  rank: number,
): Section {
  return fold(
    summary,
    findings.map((finding) => item(showFinding(finding), rank, kind)),
  )
}

const MAX_OPEN_ROWS = 40
const MAX_OPEN_BLOCKS = 2
/** More offers than this that only create share one folded block. */
const MAX_CREATES = 20

type Place = { readonly rank: number; readonly row: Kind; readonly block: Kind }

const PLACES: Readonly<Record<Nature, Place>> = {
  held: { rank: 2, row: KINDS.mainRow, block: KINDS.mainBlock },
  deletes: { rank: 2, row: KINDS.mainRow, block: KINDS.mainBlock },
  changes: { rank: 2, row: KINDS.mainRow, block: KINDS.mainBlock },
  creates: { rank: 5, row: KINDS.createRow, block: KINDS.createBlock },
  idle: { rank: 8, row: KINDS.idleRow, block: KINDS.idleBlock },
}

/** The table of offers, those that change before those that only create; a long one goes on in a folded block. */
export function tableSections({ groups, view }: Concern): readonly Section[] {
  const rows = gravestFirst(groups).map((group) => {
    const { rank, row } = PLACES[natureOf(group)]
    return item(offerRow(group), rank, row)
  })
  const title = heading(view.base === undefined ? 'What changes' : 'This change')
  return [
    section(`${title}${TABLE_HEAD}`, rows.slice(0, MAX_OPEN_ROWS)),
    {
      open: (shown) => `${foldStart(plural(shown, 'more offer'))}${TABLE_HEAD}`,
      close: FOLD_END,
      separator: '\n',
      items: rows.slice(MAX_OPEN_ROWS),
    },
  ]
}

function gravestFirst(groups: readonly GroupView[]): readonly GroupView[] {
  return groups.toSorted((a, b) => GRAVEST.indexOf(natureOf(a)) - GRAVEST.indexOf(natureOf(b)))
}

/** A folded block per offer. */
export function blockSections({ groups, view }: Concern): readonly Section[] {
  const context = { now: view.header.readAt, ...(view.base === undefined ? {} : { base: view.base.ref }) }
  const isFew = groups.length <= MAX_OPEN_BLOCKS
  const items = (some: readonly GroupView[]): readonly Item[] =>
    some.map((group) => {
      const { rank, block } = PLACES[natureOf(group)]
      return item(offerBlock(group, context, isFew), rank + 1, block)
    })
  const creates = groups.filter((group) => natureOf(group) === 'creates')
  const others = groups.filter((group) => natureOf(group) !== 'creates')
  if (creates.length <= MAX_CREATES) return [section('', items(gravestFirst(groups)), '\n\n')]
  const summary = (shown: number): string => `Details of ${KINDS.createRow.words(shown)}`
  return [section('', items(gravestFirst(others)), '\n\n'), fold(summary, items(creates), '\n\n')]
}

/** Without the colours of a diff: what is withdrawn adds nothing and removes nothing. */
const WITHDRAWN: Steps = { rank: 2, kind: KINDS.withdrawn, language: 'text', close: '' }
const PENDING: Steps = { rank: 8, kind: KINDS.pending, language: 'diff', close: FOLD_END }

/** What the base would do and this version does not, and what it puts right. */
export function withdrawnSections({ view }: Concern): readonly Section[] {
  const { base } = view
  if (base === undefined) return []
  const by = `What ${code(base.ref, 60)} would still do, and this version does not:\n\n`
  return [
    steps(() => `${heading('Withdrawn by this change')}${by}`, base.withdrawn, view, WITHDRAWN),
    section(
      heading('Put right by this change'),
      base.resolved.map((diagnostic) => {
        return item(showFinding({ ...diagnostic, next: [] }), 6, KINDS.resolved)
      }),
    ),
  ]
}

/** Drift: steps that the base runs alike, which are no part of the review. */
export function pendingSections({ view, pending, pendingFindings }: Concern): readonly Section[] {
  const { base } = view
  if (base === undefined || pending.length === 0) return []
  const where = `Already pending on ${htmlCode(base.ref, 60)}`
  const summary = (shown: number): string => foldStart(`${where}: ${plural(shown, 'step')}, no part of this change`)
  const about = `What is wrong with what is pending on ${htmlCode(base.ref, 60)}`
  return [
    steps(summary, pending, view, PENDING),
    foldedFindings((shown) => `${about}: ${plural(shown, 'finding')}`, pendingFindings, KINDS.pendingFinding, 8),
  ]
}

type Steps = { readonly rank: number; readonly kind: Kind; readonly language: string; readonly close: string }

/** Steps in one fence, each of which can be left out. */
function steps(open: Section['open'], rows: readonly RowView[], view: PlanView, how: Steps): Section {
  const { rank, kind, language, close } = how
  const texts = rows.map((row) => diffLines([row], { now: view.header.readAt }).map((line) => oneLine(line)))
  const ticks = fenceFor(texts.flat())
  const items = texts.map((lines) => item(lines.join('\n'), rank, kind))
  const separator = texts.some((lines) => lines.length > 1) ? '\n\n' : '\n'
  return { open: (shown) => `${open(shown)}${ticks}${language}\n`, close: `\n${ticks}${close}`, separator, items }
}

const MAX_NODES = 60

/** The graph as Mermaid, where it says something: some arrows, and not too many steps. */
export function graphSections({ view, groups }: Concern): readonly Section[] {
  const rows = groups.flatMap((group) => group.rows)
  const ids = new Set(rows.map(({ id }) => id))
  if (!rows.some(({ dependsOn }) => dependsOn.some((id) => ids.has(id)))) return []
  const count = plural(rows.length, 'step')
  if (rows.length > MAX_NODES) {
    return [
      section('', [item(`The graph has ${count}: ${code('obol plan --graph mermaid')} prints it.`, 8, KINDS.graph)]),
    ]
  }
  // A label is one line, and no directive of Mermaid.
  const named = groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => ({
      ...row,
      kind: oneLine(row.kind, 60),
      label: oneLine(row.label, 60),
    })),
  }))
  const lines = renderGraph({ ...view, groups: named }, 'mermaid')
    .trimEnd()
    .replaceAll('%', '#37;')
    .split('\n')
  return [section('', [item(folded(`The graph: ${count}`, fence('mermaid', lines)), 8, KINDS.graph)])]
}

/** What carries our label, is wanted no more, and stays. */
export function orphanSection({ orphans }: Concern): Section {
  const items = orphans.map(({ kind, label }) => item(`- ${code(`${kind} ${label}`, MAX_VALUE)}`, 8, KINDS.orphan))
  const words = [
    'object is no longer in the workspace and stays',
    'objects are no longer in the workspace and stay',
  ] as const
  return fold((shown) => plural(shown, ...words), items)
}

function heading(title: string): string {
  return `### ${title}\n\n`
}

function item(text: string, rank: number, kind: Kind): Item {
  return { text, rank, kind }
}

function section(open: string, items: readonly Item[], separator: Section['separator'] = '\n'): Section {
  return { open: () => open, close: '', separator, items }
}

function fold(
  summary: (shown: number) => string,
  items: readonly Item[],
  separator: Section['separator'] = '\n',
): Section {
  return { open: (shown) => foldStart(summary(shown)), close: FOLD_END, separator, items }
}

function foldStart(summary: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n`
}
