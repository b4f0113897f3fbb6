import { fitMiddle } from '../plan/fit-text.ts'
import type { GroupView, RowView } from '../plan/plan-view.ts'
import type { ReportView } from '../plan/report-view.ts'
import { plural } from '../util/plural.ts'
import { type Annotation, type AnnotationLevel, annotationCommand } from './annotation-command.ts'
import { type Finding, findingsOf } from './findings.ts'
import { isPriceSwitch, keyChanges } from './markdown-changes.ts'
import { GRAVEST, natureOf } from './markdown-offer.ts'
import { repositoryPath } from './repository-path.ts'

export type AnnotationOptions = {
  /** Path of the workspace in the repository; default: its root. */
  readonly prefix?: string
}

/** What GitHub shows of one step, per kind. */
const MAX_OF_A_KIND = 10
const MAX_TITLE = 120
const MAX_MESSAGE = 1_000

/**
 * Workflow commands of GitHub, one a line: errors for errors and undecided conflicts, warnings, a notice per offer that
 * changes. At most 10 of a kind, the gravest first; the last says how many were left out. With a base, what the base has
 * too comes last, and its warnings and changes not at all. Empty, or ends with a newline. Pure.
 */
export function renderAnnotations(report: ReportView, options: AnnotationOptions = {}): string {
  const { plan } = report
  const findings = findingsOf(report).filter(({ baseline }) => baseline !== 'absent')
  const isOld = ({ baseline }: Finding): boolean => baseline === 'unchanged'
  const errors = findings
    .filter(({ severity }) => severity === 'error')
    .toSorted((a, b) => Number(isOld(a)) - Number(isOld(b)))
  const warnings = findings.filter((finding) => finding.severity === 'warning' && !isOld(finding))
  const notices = (plan?.groups ?? [])
    .map((group) => ({ ...group, rows: group.rows.filter((row) => row.applies && row.review !== 'same') }))
    .filter(({ rows }) => rows.length > 0)
    .toSorted((a, b) => importance(a) - importance(b))
  const lines = [
    ...limited(errors.map((finding) => annotate(finding, options))),
    ...limited(warnings.map((finding) => annotate(finding, options))),
    ...limited(notices.map((group) => noticeOf(group, options))),
  ]
  return lines.map((annotation) => `${annotationCommand(annotation)}\n`).join('')
}

function limited(annotations: readonly Annotation[]): readonly Annotation[] {
  const shown = annotations.slice(0, MAX_OF_A_KIND)
  const left = annotations.length - shown.length
  const last = shown.at(-1)
  if (left === 0 || last === undefined) return shown
  const more = `and ${plural(left, `more ${last.level}`)} that GitHub would not show: obol plan lists all`
  return [...shown.slice(0, -1), { ...last, message: `${last.message}\n(${more})` }]
}

const LEVELS: Readonly<Record<Finding['severity'], AnnotationLevel>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
}

function annotate(finding: Finding, { prefix }: AnnotationOptions): Annotation {
  const { severity, code, message, field, next, baseline } = finding
  const about = field === undefined || field === '' ? '' : ` ${field}`
  const also = baseline === 'unchanged' ? ['(the base has this too)'] : []
  return {
    level: LEVELS[severity],
    title: short(`${code}${about}`, MAX_TITLE),
    message: [short(message, MAX_MESSAGE), ...also, ...next.map((command) => `next: ${command}`)].join('\n'),
    ...placeOf(finding.origin, prefix),
  }
}

function placeOf(origin: Finding['origin'], prefix: string | undefined): Pick<Annotation, 'file' | 'line' | 'column'> {
  if (origin === undefined) return {}
  return { file: repositoryPath(origin.file, prefix), line: origin.line, column: origin.column }
}

/** Deletions, then prices, then the rest, in the order of the plan. */
function importance(group: GroupView): number {
  const nature = GRAVEST.indexOf(natureOf(group)) * 2
  return natureOf(group) === 'changes' && !group.rows.some(isPriceSwitch) ? nature + 1 : nature
}

function noticeOf(group: GroupView, { prefix }: AnnotationOptions): Annotation {
  const main =
    group.rows.find(isPriceSwitch) ?? group.rows.find(({ changes }) => changes.length > 0) ?? group.rows.at(-1)
  const place = main?.origin ?? group.rows.find(({ origin }) => origin !== undefined)?.origin
  const lines = group.rows.flatMap(rowWords)
  return {
    level: 'notice',
    title: short(`${group.title}: ${verbOf(group)}`, MAX_TITLE),
    message: short(lines.join('\n'), MAX_MESSAGE),
    ...placeOf(place, prefix),
  }
}

function verbOf(group: GroupView): string {
  if (group.rows.some(isPriceSwitch)) return 'price switch'
  switch (natureOf(group)) {
    case 'deletes':
      return 'deletes'
    case 'changes':
      return 'changes'
    case 'creates':
      return 'new'
    case 'held':
    case 'idle':
      return 'waits'
  }
}

function rowWords(row: RowView): readonly string[] {
  const text = row.text === '' ? '' : `: ${row.text}`
  const changes = keyChanges(row).map(({ what, before, after }) => `  ${what} ${before} → ${after}`)
  const name = row.type === 'register' ? `on ${row.label}` : `${row.kind} ${row.label}`
  return [`${row.op} ${name}${text}`, ...(row.op === 'create' ? [] : changes)]
}

function short(text: string, max: number): string {
  if (text.length <= max) return text
  return fitMiddle(`${text.slice(0, max)}${text.slice(-max)}`, max)
}
