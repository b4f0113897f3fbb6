import type { PlanView } from '../plan/plan-view.ts'
import type { ReportView } from '../plan/report-view.ts'
import { showCoinRange } from '../plan/show-coin.ts'
import { summariseReview } from '../plan/summarise.ts'
import { plural } from '../util/plural.ts'
import { type Finding, findingsOf } from './findings.ts'
import { type Concern, concernOf } from './markdown-concern.ts'
import { fitSections, type Section } from './markdown-fit.ts'
import { forCommit, headlineOf } from './markdown-headline.ts'
import { KINDS } from './markdown-kinds.ts'
import { code, prose } from './markdown-safe.ts'
import {
  blockSections,
  conflictSection,
  findingSection,
  foldedFindings,
  graphSections,
  orphanSection,
  pendingSections,
  tableSections,
  withdrawnSections,
} from './markdown-sections.ts'

export type MarkdownOptions = {
  /** The hidden line by which a comment is found again: an HTML comment, or the text of one. */
  readonly marker?: string
  /** UTF-16 units that the whole may take; default 60,000. */
  readonly limit?: number
}

const LIMIT = 60_000

/**
 * A report as the comment under a pull request, in the Markdown of GitHub and GitLab: the verdict, what is to be decided,
 * then offer by offer what changes. Never longer than the limit: the least important parts are left out as a whole, and
 * counted. Nothing that a file or a cluster says becomes markup, a mention or a link. Ends with a newline. Pure.
 */
export function renderMarkdown(report: ReportView, options: MarkdownOptions = {}): string {
  const { limit = LIMIT } = options
  const comment = commentOf(report)
  const marker = options.marker === undefined ? [] : [markerLine(options.marker)]
  const around = [...marker, ...comment.head, ...comment.tail].join('\n\n').length
  const body = fitSections(comment.sections, limit - around - '\n\n\n'.length)
  const parts = body === undefined ? [...marker, comment.title] : [...marker, ...comment.head, body, ...comment.tail]
  const text = parts.filter((part) => part !== '').join('\n\n')
  return `${text.slice(0, Math.max(0, limit - 1))}\n`
}

type Comment = {
  /** The first of `head`, for where nothing else has room. */
  readonly title: string
  readonly head: readonly string[]
  readonly sections: readonly Section[]
  readonly tail: readonly string[]
}

function markerLine(marker: string): string {
  return /^<!--.*-->$/.test(marker) ? marker : `<!-- ${marker} -->`
}

function commentOf({ plan, problems, commit }: ReportView): Comment {
  if (plan === undefined) return withoutPlan(findingsOf({ problems }), commit)
  const concern = concernOf(plan, problems)
  const { sign, words, isUnchanged } = headlineOf(concern)
  const line = `${sign} obol plan${forCommit(commit)}: ${words}`
  const sentence = summaryOf(plan)
  if (!isUnchanged) {
    const title = `## ${line}`
    return { title, head: [title, sentence], sections: sectionsOf(concern), tail: [footer(plan)] }
  }
  const title = `**${line}**`
  const open = `<details>\n<summary>${asideOf(concern)}</summary>`
  return {
    title,
    head: [title, open, sentence],
    sections: sectionsOf(concern),
    tail: [footer(plan), '</details>'],
  }
}

function withoutPlan(findings: readonly Finding[], commit: string | undefined): Comment {
  const mistakes = findings.filter(({ severity }) => severity === 'error')
  const others = findings.filter(({ severity }) => severity !== 'error')
  const title = `## ❌ No plan${forCommit(commit)}: ${plural(mistakes.length, 'mistake')}`
  const sections = [
    { ...findingSection('', mistakes, KINDS.mistake), open: () => '' },
    foldedFindings(KINDS.warning.words, others, KINDS.warning, 6),
  ]
  return {
    title,
    head: [title],
    sections,
    tail: [`<sub>Nothing is planned until this is put right: ${code('obol validate')} lists it too.</sub>`],
  }
}

function sectionsOf(concern: Concern): readonly Section[] {
  const by = (severity: Finding['severity']): readonly Finding[] =>
    concern.findings.filter((finding) => finding.severity === severity)
  const [errors, warnings, notes] = [by('error'), by('warning'), by('info')]
  return [
    conflictSection(concern),
    findingSection('Errors', errors, KINDS.error),
    ...tableSections(concern),
    ...blockSections(concern),
    ...withdrawnSections(concern),
    ...pendingSections(concern),
    ...graphSections(concern),
    foldedFindings(KINDS.warning.words, warnings, KINDS.warning, 6),
    foldedFindings(KINDS.note.words, notes, KINDS.note, 9),
    orphanSection(concern),
  ]
}

/** What the plan comes to, or the change alone where there is a base; and what it costs. */
function summaryOf(view: PlanView): string {
  const { sentence, fees } = view.base === undefined ? view.summary : summariseReview(view)
  const sums = fees.map(({ low, high, coin, network }) => {
    return `${prose(showCoinRange(low, high, coin))} on ${code(network, 40)}`
  })
  return `**${prose(sentence)}**${sums.length === 0 ? '' : `\\\nFees: ${sums.join(' · ')}`}`
}

/** What is to be found behind a headline that says that nothing changes. */
function asideOf({ view, pending, findings, orphans }: Concern): string {
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  const parts = [
    ...(view.summary.unchanged === 0 ? [] : [`${plural(view.summary.unchanged, 'step')} unchanged`]),
    ...(pending.length === 0 ? [] : [`${plural(pending.length, 'step')} pending already`]),
    ...(warnings === 0 ? [] : [plural(warnings, 'warning')]),
    ...(orphans.length === 0 ? [] : [`${plural(orphans.length, 'object')} left alone`]),
  ]
  return parts.length === 0 ? 'Details' : parts.join(' · ')
}

function footer({ header, base }: PlanView): string {
  const { workspace, context, server, version, requests, readAt, source } = header
  const reading =
    source === 'snapshot'
      ? `from a snapshot of ${code(readAt, 40)}`
      : `read at ${code(readAt, 40)} by ${plural(requests, 'request')}, nothing changed`
  const compared = base === undefined ? [] : [`compared with ${code(base.ref, 60)}${forBase(base.commit)}`]
  const parts = [
    `${code(workspace, 80)} → ${code(context, 80)} (${code(server, 100)}, ${code(version, 40)})`,
    reading,
    ...compared,
  ]
  return `<sub>${parts.join(' · ')}</sub>`
}

function forBase(commit: string): string {
  return commit === '' ? '' : ` at ${code([...commit].slice(0, 7).join(''))}`
}
