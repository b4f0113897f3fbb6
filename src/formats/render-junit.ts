import type { GroupView, PlanView, RowView } from '../plan/plan-view.ts'
import { ownersText, showCell } from '../plan/render-changes.ts'
import type { ReportView } from '../plan/report-view.ts'
import { showCoinRange } from '../plan/show-coin.ts'
import { plural } from '../util/plural.ts'
import { changeReason } from './change-words.ts'
import { type Finding, findingsOf, findingsOfRow } from './findings.ts'
import { repositoryPath } from './repository-path.ts'
import { xmlAttribute, xmlText } from './xml-text.ts'

export type JunitOptions = {
  /** Path of the workspace in the repository: what the files begin with. */
  readonly prefix?: string
}

/**
 * A report as JUnit XML: a suite for the plan as a whole and one per group, a case per step. Errors and undecided conflicts
 * fail; what is held back by another step, or waits, is skipped. No times, so that the same plan is the same text. Ends
 * with a newline. Pure.
 */
export function renderJunit(report: ReportView, options: JunitOptions = {}): string {
  const suites = [wholeSuite(report), ...(report.plan === undefined ? [] : groupSuites(report.plan))]
  const cases = suites.flatMap((suite) => suite.cases)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="obol plan" ${counts(cases)}>`,
    ...suites.flatMap((suite) => renderSuite(suite, options)),
    '</testsuites>',
  ]
  return `${lines.join('\n')}\n`
}

type Suite = { readonly name: string; readonly cases: readonly Case[] }

type Case = {
  readonly name: string
  readonly origin?: Finding['origin']
  /** Grave ones: the case has failed. */
  readonly failures: readonly Finding[]
  /** Why it is skipped. */
  readonly skipped?: string
  readonly output: readonly string[]
}

/** The making of the plan, and what is said of it as a whole. There is always a case, so that no run is empty. */
function wholeSuite({ plan, problems, commit }: ReportView): Suite {
  const diagnostics = [...problems, ...(plan?.diagnostics ?? [])]
  const findings = findingsOf({ problems: diagnostics })
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const made: Case = {
    name: 'a plan can be made',
    // The errors themselves are cases that fail.
    failures: plan === undefined && errors === 0 ? [UNKNOWN] : [],
    ...(plan === undefined && errors > 0 ? { skipped: plural(errors, 'error') } : {}),
    output: [...(plan === undefined ? [] : planOutput(plan)), ...(commit === undefined ? [] : [`commit ${commit}`])],
  }
  return { name: 'plan', cases: distinct([made, ...findings.map(findingCase)]) }
}

const UNKNOWN: Finding = { severity: 'error', code: 'OBOL-U900', message: 'no plan was made', next: [] }

function planOutput({ summary, header, base }: PlanView): readonly string[] {
  const { ref, counts } = base ?? {}
  const review =
    counts === undefined
      ? []
      : [
          `against ${ref}: ${counts.new} new, ${counts.changed} changed, ${counts.withdrawn} withdrawn, ${counts.same} pending already`,
        ]
  return [`${header.workspace} → ${header.context} (${header.server})`, summary.sentence, ...review]
}

function findingCase(finding: Finding): Case {
  const { origin, severity } = finding
  const isGrave = severity === 'error'
  return {
    name: `${finding.code} ${firstLine(finding.message)}`,
    ...(origin === undefined ? {} : { origin }),
    failures: isGrave ? [finding] : [],
    output: isGrave ? [] : findingLines(finding),
  }
}

function groupSuites({ groups, header }: PlanView): readonly Suite[] {
  return groups.map((group: GroupView) => ({
    name: group.title,
    cases: distinct(group.rows.map((row) => stepCase(row, header.readAt))),
  }))
}

/** A case is known by its name: what would be a second of one name gets a number. */
function distinct(cases: readonly Case[]): readonly Case[] {
  const counts = new Map<string, number>()
  return cases.map((item) => {
    const count = (counts.get(item.name) ?? 0) + 1
    counts.set(item.name, count)
    return count === 1 ? item : { ...item, name: `${item.name} (${count})` }
  })
}

function stepCase(row: RowView, now: string): Case {
  const findings = findingsOfRow(row, now)
  const failures = findings.filter(({ severity }) => severity === 'error')
  const isLeft = failures.length === 0 && !row.applies && (row.symbol === '!' || row.symbol === '·')
  return {
    name: [row.op, row.kind === row.op ? '' : row.kind, row.label].filter((word) => word !== '').join(' '),
    ...(row.origin === undefined ? {} : { origin: row.origin }),
    failures,
    ...(isLeft ? { skipped: row.text === '' ? 'held back' : row.text } : {}),
    output: [
      ...(row.text === '' ? [] : [row.text]),
      ...(row.review === undefined ? [] : [`review: ${row.review}`]),
      ...row.changes.map((change) => {
        const owners = change.owners.length === 0 ? '' : `, owned by ${ownersText(change.owners, now)}`
        return `${change.path}: ${showCell(change.before)} → ${showCell(change.after)} (${changeReason(change)}${owners})`
      }),
      ...row.transfers.map(({ path, from }) => `${path}: ownership moves from ${ownersText(from, now)} to obol/Apply`),
      ...chainLines(row),
      ...findings.filter(({ severity }) => severity !== 'error').flatMap(findingLines),
    ],
  }
}

function chainLines({ chain }: RowView): readonly string[] {
  if (chain === undefined) return []
  const { fee, coin, call, outcome } = chain
  return [
    ...(outcome === undefined ? [] : [`simulated: ${outcome}`]),
    ...(call?.dataHash === undefined ? [] : [`calldata: ${call.dataHash}`]),
    ...(fee === undefined ? [] : [`fee: ${showCoinRange(fee.low, fee.high, coin)}`]),
  ]
}

function findingLines({ severity, code, field, message, next }: Finding): readonly string[] {
  const about = field === undefined || message.includes(field) ? '' : `${field}: `
  return [`${severity} ${code}: ${about}${message}`, ...next.map((command) => `next: ${command}`)]
}

function renderSuite({ name, cases }: Suite, options: JunitOptions): readonly string[] {
  return [
    `  <testsuite name="${xmlAttribute(name)}" ${counts(cases)}>`,
    ...cases.flatMap((item) => renderCase(item, name, options)),
    '  </testsuite>',
  ]
}

function renderCase({ name, origin, failures, skipped, output }: Case, suite: string, options: JunitOptions): string[] {
  const place =
    origin === undefined
      ? ''
      : ` file="${xmlAttribute(repositoryPath(origin.file, options.prefix))}" line="${Math.trunc(origin.line)}"`
  const open = `    <testcase classname="${xmlAttribute(suite)}" name="${xmlAttribute(name)}"${place}`
  const inner = [
    ...renderFailure(failures),
    ...(skipped === undefined ? [] : [`      <skipped message="${xmlAttribute(skipped)}"/>`]),
    ...(output.length === 0 ? [] : [`      <system-out>${xmlText(output.join('\n'))}</system-out>`]),
  ]
  return inner.length === 0 ? [`${open}/>`] : [`${open}>`, ...inner, '    </testcase>']
}

/** One element for all of them: readers of JUnit take no more than one. */
function renderFailure(failures: readonly Finding[]): readonly string[] {
  const [first, ...others] = failures
  if (first === undefined) return []
  const more = others.length === 0 ? '' : `, and ${plural(others.length, 'more error')}`
  const text = failures.flatMap(findingLines).join('\n')
  return [
    `      <failure type="${xmlAttribute(first.code)}" message="${xmlAttribute(`${firstLine(first.message)}${more}`)}">${xmlText(text)}</failure>`,
  ]
}

function counts(cases: readonly Case[]): string {
  const failures = cases.filter((item) => item.failures.length > 0).length
  const skipped = cases.filter((item) => item.skipped !== undefined).length
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
