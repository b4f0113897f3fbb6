import type { GroupView, ObjectView, PlanView, RowView } from '../plan/plan-view.ts'
import type { ReportView } from '../plan/report-view.ts'
import { showCoinRange } from '../plan/show-coin.ts'
import { summariseReview } from '../plan/summarise.ts'
import { groupDigits } from '../util/group-digits.ts'
import { plural } from '../util/plural.ts'
import { type Finding, findingsOf } from './findings.ts'
import { conflictCard, findingCard } from './html-concerns.ts'
import { graphFigure } from './html-graph.ts'
import { html, type Markup, markupText } from './html-markup.ts'
import { groupCard, offerTable, rowsCard } from './html-offers.ts'
import { callOf, type Tone } from './html-signs.ts'
import { factList } from './html-step.ts'
import { STYLE } from './html-style.ts'
import { type Concern, concernOf } from './markdown-concern.ts'
import { type Headline, headlineOf } from './markdown-headline.ts'

/**
 * A report as one page of HTML that needs nothing else: no script, no file from elsewhere, which its own policy forbids.
 * Every value in it is escaped. Ends with a newline. Pure.
 */
export function renderHtml(report: ReportView): string {
  return report.plan === undefined ? problemPage(report) : planPage(report, report.plan)
}

type Part = { readonly id: string; readonly title: string; readonly body: Markup }

type PageParts = {
  readonly title: string
  readonly where: string
  readonly headline: Markup
  readonly intro: Markup
  readonly parts: readonly Part[]
  readonly foot: Markup
}

function problemPage({ problems, commit }: ReportView): string {
  const findings = findingsOf({ problems })
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const words = `No plan: ${plural(errors, 'mistake')}`
  const part = findingPart('problems', 'What kept the plan from being made', findings)
  return page({
    title: words,
    where: 'obol plan',
    headline: headlineMarkup('✕', 'remove', words),
    intro: html`<p>Nothing was compared and nothing can be applied until these are gone.</p>`,
    parts: [part],
    foot: html`<p>${commit === undefined ? 'The commit is not known.' : html`Commit <code>${commit}</code>`}</p>`,
  })
}

function planPage({ problems, commit }: ReportView, view: PlanView): string {
  const concern = concernOf(view, problems)
  const headline = headlineOf(concern)
  const summary = view.base === undefined ? view.summary : summariseReview(view)
  const { workspace, context } = view.header
  const words = `${headline.words.charAt(0).toUpperCase()}${headline.words.slice(1)}`
  const fees = summary.fees.map(({ low, high, coin, network }) => `${showCoinRange(low, high, coin)} on ${network}`)
  const cost = fees.length === 0 ? undefined : html`<p>Fees: ${fees.join(' · ')}</p>`
  return page({
    title: `${words}: obol plan of ${workspace}`,
    where: `obol plan · ${workspace} → ${context}`,
    headline: headlineMarkup(...signOfHeadline(headline, concern), words),
    intro: html`<p>${summary.sentence}</p>${cost}
${tiles(view, concern)}`,
    parts: planParts(concern),
    foot: footer(view, commit),
  })
}

function signOfHeadline({ isUnchanged }: Headline, { conflicts, findings }: Concern): [sign: string, tone: Tone] {
  if (findings.some(({ severity }) => severity === 'error')) return ['✕', 'remove']
  if (conflicts.length > 0) return ['!', 'held']
  return isUnchanged ? ['=', 'wait'] : ['✓', 'create']
}

function headlineMarkup(sign: string, tone: Tone, words: string): Markup {
  return html`<h1 class="verdict"><span class="sign ${tone}" aria-hidden="true">${sign}</span><span>${words}</span></h1>`
}

/** What matters is counted large; what is none is left out. */
function tiles({ base, summary }: PlanView, concern: Concern): Markup | undefined {
  const own = base === undefined ? summary : summariseReview(concern.view)
  const { registrations } = own
  const counts: readonly (readonly [count: number, tone: Tone, one: string, several: string])[] = [
    [concern.conflicts.length, 'held', 'conflict to decide', 'conflicts to decide'],
    [own.errors, 'remove', 'error', 'errors'],
    [own.heldBack, 'held', 'step held back', 'steps held back'],
    [own.delete, 'remove', 'object to delete', 'objects to delete'],
    [own.update + own.adopt, 'change', 'object to update', 'objects to update'],
    [own.create, 'create', 'object to create', 'objects to create'],
    [own.nullOuts, 'change', 'field nulled out', 'fields nulled out'],
    [own.transfers, 'change', 'field changes its owner', 'fields change their owner'],
    [registrations.mint, 'create', 'identity to buy', 'identities to buy'],
    [registrations.adopt + registrations.change, 'change', 'change on a chain', 'changes on chains'],
    [registrations.pending, 'wait', 'transaction under way', 'transactions under way'],
    [registrations.waiting + registrations.unknown, 'wait', 'chain step waits', 'chain steps wait'],
    [own.identities, 'change', 'agentId to write', 'agentIds to write'],
    [own.warnings, 'change', 'warning', 'warnings'],
    [base?.counts.withdrawn ?? 0, 'wait', 'step withdrawn', 'steps withdrawn'],
    [base?.counts.same ?? 0, 'wait', 'step pending already', 'steps pending already'],
    [summary.unchanged, 'wait', 'object unchanged', 'objects unchanged'],
  ]
  const shown = counts.filter(([count]) => count > 0)
  if (shown.length === 0) return undefined
  return html`<dl class="tiles">${shown.map(([count, tone, one, several]) => {
    return html`<div class="${tone}"><dt>${count === 1 ? one : several}</dt><dd>${groupDigits(count)}</dd></div>`
  })}</dl>`
}

function planParts(concern: Concern): readonly Part[] {
  const { view, groups, conflicts, findings, pending, pendingFindings, orphans } = concern
  const now = view.header.readAt
  const errors = findings.filter(({ severity }) => severity === 'error')
  const rest = findings.filter(({ severity }) => severity !== 'error')
  const conflictCards = conflicts.map((held, i) => conflictCard(held, i + 1, now))
  return [
    ...(conflicts.length === 0 ? [] : [part('conflicts', 'Conflicts to decide', html`${conflictCards}`)]),
    ...(errors.length === 0 ? [] : [findingPart('errors', 'Errors', errors)]),
    ...(groups.length === 0 ? [] : changeParts(concern)),
    ...(rest.length === 0 ? [] : [findingPart('notes', 'Warnings and notes', rest)]),
    ...withdrawnPart(view),
    ...pendingPart(view, pending, pendingFindings),
    ...(orphans.length === 0 ? [] : [orphanPart(orphans)]),
  ]
}

function changeParts({ view, groups }: Concern): readonly Part[] {
  const graph = graphFigure(groups)
  const names = namesOf(view)
  const cards = groups.map((group, i) =>
    groupCard(group, { number: i + 1, isOpen: groups.length <= 12, names, now: view.header.readAt }),
  )
  return [
    part('offers', view.base === undefined ? 'What changes' : 'This change', offerTable(groups)),
    ...(graph === undefined ? [] : [part('graph', 'Order of the steps', graph)]),
    part('steps', 'Step by step', html`${cards}`),
  ]
}

function namesOf({ groups }: PlanView): ReadonlyMap<string, string> {
  return new Map(groups.flatMap((group: GroupView) => group.rows).map((row) => [row.id, callOf(row)]))
}

function withdrawnPart(view: PlanView): readonly Part[] {
  const { base } = view
  if (base === undefined || base.withdrawn.length + base.resolved.length === 0) return []
  const intro = html`<p>What <code>${base.ref}</code> would do, and this version does no more.</p>`
  const resolved = findingsOf({ problems: base.resolved }).map((finding) => findingCard(finding, 'h3'))
  const good = resolved.length === 0 ? undefined : html`<p>It puts right:</p>${resolved}`
  const steps =
    base.withdrawn.length === 0
      ? undefined
      : rowsCard(plural(base.withdrawn.length, 'step'), base.withdrawn, {
          names: namesOf(view),
          now: view.header.readAt,
        })
  return [part('withdrawn', 'Withdrawn by this change', html`${intro}${steps}${good}`)]
}

function pendingPart(view: PlanView, rows: readonly RowView[], findings: readonly Finding[]): readonly Part[] {
  const { base } = view
  if (base === undefined || rows.length + findings.length === 0) return []
  const intro = html`<p>The cluster is behind <code>${base.ref}</code>: an apply does this with or without the change.</p>`
  const steps =
    rows.length === 0
      ? undefined
      : rowsCard(plural(rows.length, 'step'), rows, { names: namesOf(view), now: view.header.readAt })
  return [
    part(
      'pending',
      `Already pending on ${base.ref}`,
      html`${intro}${steps}${findings.map((finding) => findingCard(finding, 'h3'))}`,
    ),
  ]
}

function orphanPart(orphans: readonly ObjectView[]): Part {
  const items = orphans.map(({ kind, label }) => html`<li><code>${kind} ${label}</code></li>`)
  return part(
    'orphans',
    'Left alone',
    html`<p>${plural(orphans.length, 'object')} of this workspace that nothing asks for any more. <code>obol plan --prune</code> would delete them.</p><ul>${items}</ul>`,
  )
}

function findingPart(id: string, title: string, findings: readonly Finding[]): Part {
  return part(id, title, html`${findings.map((finding) => findingCard(finding, 'h3'))}`)
}

function part(id: string, title: string, body: Markup): Part {
  return { id, title, body }
}

function footer({ header, base }: PlanView, commit: string | undefined): Markup {
  return factList([
    ['Commit', commit === undefined ? undefined : html`<code>${commit}</code>`],
    ['Compared with', base === undefined ? undefined : html`${base.ref} <code>${base.commit}</code>`],
    ['Workspace', html`${header.workspace} (${header.workspaceId})`],
    ['Cluster', html`${header.context} <code>${header.server}</code> ${header.version}`],
    header.source === 'snapshot'
      ? ['Snapshot of', html`${header.readAt}`]
      : ['Read at', html`${header.readAt}, ${plural(header.requests, 'request')}, nothing was written`],
  ])
}

function page({ title, where, headline, intro, parts, foot }: PageParts): string {
  const links = parts.map(({ id, title: words }) => html`<li><a href="#${id}">${words}</a></li>`)
  const nav = parts.length < 2 ? undefined : html`<nav aria-label="On this page"><ul>${links}</ul></nav>`
  const sections = parts.map(({ id, title: words, body }) => {
    return html`<section aria-labelledby="${id}"><h2 id="${id}">${words}</h2>
${body}</section>
`
  })
  return markupText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${STYLE}
</head>
<body>
<a class="skip" href="#main">Skip to the plan</a>
<header>
<p class="where">${where}</p>
${headline}
${intro}
${nav}
</header>
<main id="main" tabindex="-1">
${sections}</main>
<footer>
${foot}
</footer>
</body>
</html>
`)
}
