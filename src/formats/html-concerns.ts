import type { ConflictView } from '../plan/plan-view.ts'
import { ownerText } from '../plan/render-changes.ts'
import type { Finding } from './findings.ts'
import { html, type Markup } from './html-markup.ts'
import { showValue } from './html-values.ts'
import type { Held } from './markdown-findings.ts'

/** A conflict to decide: both values, who holds the other one, and every edit that settles it. */
export function conflictCard({ conflict, row }: Held, number: number, now: string): Markup {
  const { path, ours, theirs, owner, inBase } = conflict
  const origin = conflict.origin ?? row.origin
  return html`<article class="card concern" aria-labelledby="conflict-${number}"><div class="head">
<h3 id="conflict-${number}"><span class="sign held">! conflict</span> <code>${path}</code></h3>
<p>${row.kind} ${row.label}${origin === undefined ? undefined : html` · ${placeOf(origin)}`}${inBase === true ? ' · the base has the same conflict' : ''}</p></div>
<div class="body"><table class="stack" role="table"><caption>Values that contradict each other</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Whose</th><th scope="col" role="columnheader">Value</th><th scope="col" role="columnheader">Owner</th></tr></thead>
<tbody role="rowgroup"><tr role="row"><th scope="row" role="rowheader">Ours</th><td role="cell" data-label="Value">${showValue(ours, 'ins')}</td><td role="cell" data-label="Owner">this workspace wants it</td></tr>
<tr role="row"><th scope="row" role="rowheader">Theirs</th><td role="cell" data-label="Value">${showValue(theirs, 'del')}</td><td role="cell" data-label="Owner">${ownerText(owner, now)}</td></tr>
</tbody></table>${editList(conflict)}</div></article>
`
}

function editList({ edits }: ConflictView): Markup | undefined {
  if (edits.length === 0) return undefined
  const hasYaml = edits.some(({ yaml }) => yaml !== undefined)
  const heads = [
    'Decision',
    'What it does',
    'For one run',
    ...(hasYaml ? ['For good, under fieldDecisions of the offer'] : []),
  ]
  const rows = edits.map(({ decision, effect, command, yaml }) => {
    const forGood = html`<td role="cell" data-label="For good">${yaml === undefined ? undefined : html`<code>${yaml}</code>`}</td>`
    return html`<tr role="row"><th scope="row" role="rowheader"><strong>${decision}</strong></th><td role="cell" data-label="Does">${effect}</td><td role="cell" data-label="One run"><code>${command}</code></td>${hasYaml ? forGood : undefined}</tr>
`
  })
  return html`<table class="stack edits" role="table"><caption>Any of these settles it</caption>
<thead role="rowgroup"><tr role="row">${heads.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows}</tbody></table>`
}

function placeOf({ file, line, column }: NonNullable<Finding['origin']>): Markup {
  return html`<code>${file}:${line}:${column}</code>`
}

const TONES = { error: 'remove', warning: 'change', info: 'wait' } as const
const SIGNS = { error: '✕ error', warning: '⚠ warning', info: 'ℹ note' } as const

/** One diagnostic, with its place and what to do next. */
export function findingCard(finding: Finding, heading: 'h3' | 'h5'): Markup {
  const { severity, code, message, object, field, next, origin } = finding
  const title = html`<span class="sign ${TONES[severity]}">${SIGNS[severity]}</span> ${code}`
  const about = [object, field].filter((name) => name !== undefined).join(' · ')
  const commands = next.map((command) => html`<li>Next: <code>${command}</code></li>`)
  return html`<div class="card concern ${severity}"><div class="head">
${heading === 'h3' ? html`<h3>${title}</h3>` : html`<p>${title}</p>`}
<p>${message}</p>${about === '' ? undefined : html`<p class="muted">${about}</p>`}${origin === undefined ? undefined : html`<p>${placeOf(origin)}</p>`}
${commands.length === 0 ? undefined : html`<ul class="plain">${commands}</ul>`}</div></div>
`
}
