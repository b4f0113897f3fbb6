import { PLAN_ERRORS } from '../errors/plan.ts'
import { plural } from '../util/plural.ts'
import { printable } from '../util/printable.ts'
import { visibleWidth } from '../util/visible-width.ts'
import { fitMiddle, wrapParts, wrapWords } from './fit-text.ts'
import { paintWith } from './paint.ts'
import type { PlanView, SummaryView } from './plan-view.ts'
import { baseTitle, renderBase } from './render-base.ts'
import { renderFees } from './render-chain.ts'
import type { Page } from './render-changes.ts'
import { renderDiagnostic, renderGroup } from './render-group.ts'
import { summariseReview } from './summarise.ts'

export type TextOptions = {
  readonly columns: number
  readonly colour: boolean
  /** False: the plan is about to be applied. */
  readonly isReadOnly?: boolean
}

/**
 * A plan for people: groups with their steps, then what is wrong, then the sentence; with a base, of this change alone.
 * Ends with a newline. Pure.
 */
export function renderText(view: PlanView, options: TextOptions): string {
  const page: Page = {
    columns: Math.max(40, options.columns),
    paint: paintWith(options.colour),
    now: view.header.readAt,
  }
  const blocks = [
    renderHeader(view, page, options.isReadOnly !== false),
    ...(view.base === undefined
      ? view.groups.map((group) => renderGroup(group, page))
      : renderBase(view.groups, view.base, page)),
    renderOrphans(view, page),
    view.diagnostics.flatMap((diagnostic) => renderDiagnostic(diagnostic, '', page)),
    ...renderResolved(view, page),
    renderSummary(view, page),
  ]
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`
}

function renderHeader(view: PlanView, page: Page, isReadOnly: boolean): readonly string[] {
  const { base } = view
  const line = base === undefined ? [] : [page.paint.dim(fitMiddle(`  ${baseTitle(base)}`, page.columns))]
  return [...renderReading(view, page, isReadOnly), ...line]
}

function renderReading({ header }: PlanView, { columns, paint }: Page, isReadOnly: boolean): readonly string[] {
  const seconds = header.seconds === undefined ? [] : [`${header.seconds.toFixed(2)} s`]
  const how = header.source === 'snapshot' ? `from a snapshot of ${header.readAt}` : plural(header.requests, 'request')
  const reading = [...(header.source === 'snapshot' || !isReadOnly ? [] : ['read-only']), how, ...seconds].join(' · ')
  const from = printable(header.workspace)
  const to = printable(header.context)
  const server = printable(header.server)
  const line = `obol plan  ${from} → ${to} (${server})  ${reading}`
  if (visibleWidth(line) <= columns) {
    return [
      `${paint.bold('obol plan')}  ${from} → ${paint.bold(to)} ${paint.dim(`(${server})`)}  ${paint.dim(reading)}`,
    ]
  }
  const first = `obol plan  ${from} → ${to}`
  return [
    visibleWidth(first) <= columns
      ? `${paint.bold('obol plan')}  ${from} → ${paint.bold(to)}`
      : fitMiddle(first, columns),
    paint.dim(fitMiddle(`  ${server} · ${reading}`, columns)),
  ]
}

/** With a base, those that it still wants; the others are nothing new. */
function renderOrphans(view: PlanView, { columns, paint }: Page): readonly string[] {
  const { diagnostics, base } = view
  const orphans = base?.orphans ?? view.orphans
  if (orphans.length === 0) return []
  const names = orphans.map((orphan) => `${orphan.kind} ${orphan.label}`).join(', ')
  const count = plural(orphans.length, 'object')
  const verb = orphans.length === 1 ? 'is' : 'are'
  const sentence = `${count} ${verb} no longer in the workspace and will stay: ${printable(names)}`
  const isRefused = diagnostics.some(({ code }) => code === PLAN_ERRORS.PRUNE_CEILING.code)
  const next = isRefused ? [] : [`${paint.dim('next')} ${paint.cyan('obol plan --prune')}`]
  return [...wrapWords(sentence, columns), ...next]
}

/** What the change puts right. */
function renderResolved({ base }: PlanView, page: Page): readonly (readonly string[])[] {
  if (base === undefined || base.resolved.length === 0) return []
  const lines = base.resolved.flatMap(({ hint: _, ...item }) => renderDiagnostic(item, '  ', page))
  return [[page.paint.bold('Put right by this change'), ...lines]]
}

/** With a base, of this change; what apply would do altogether follows where that is more. */
function renderSummary(view: PlanView, page: Page): readonly string[] {
  const { summary, base } = view
  if (base === undefined) return renderSentence(summary, page)
  const whole = printable(summary.sentence).replace(/^Plan: /, 'and with the drift: ')
  const altogether =
    base.counts.same === 0 ? [] : wrapParts(whole.split(' · '), ' · ', page.columns).map(page.paint.dim)
  return [...renderSentence(summariseReview(view), page), ...altogether]
}

function renderSentence(summary: SummaryView, { columns, paint }: Page): readonly string[] {
  const colour = summary.errors > 0 ? paint.red : summary.conflicts > 0 ? paint.magenta : paint.bold
  // Breaks between two counts, not within one.
  const sentence = wrapParts(printable(summary.sentence).split(' · '), ' · ', columns).map(colour)
  return [...sentence, ...renderFees(summary, columns)]
}
