import { createHash } from 'node:crypto'
import type { ReportView } from '../plan/report-view.ts'
import type { JsonObject } from '../util/json.ts'
import { printable } from '../util/printable.ts'
import { type Finding, findingsOf } from './findings.ts'
import { repositoryPath } from './repository-path.ts'
import { type SarifLevel, sarifRules } from './sarif-rules.ts'

export type SarifOptions = {
  /** Path of the workspace in the repository: what the places begin with. */
  readonly prefix?: string
  /** Absolute address of the page of the errors; without it the rules have their help inline only. */
  readonly docs?: string
}

/** Where a finding without a place is shown. */
const WORKSPACE_FILE = 'obol.yaml'
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/**
 * The diagnostics and undecided conflicts of a report as SARIF 2.1.0: one run, the rules it uses, a place for each result.
 * A fingerprint says which finding it is, whatever its line. Ends with a newline. Pure.
 */
export function renderSarif(report: ReportView, options: SarifOptions = {}): string {
  const findings = findingsOf(report)
  const rules = sarifRules(findings.map(levelled), options.docs)
  const indexes = new Map(rules.map(({ id }, i) => [id, i]))
  const prints = fingerprints(findings)
  const results = findings.map((finding, i) => resultOf(finding, prints[i] ?? '', indexes, options.prefix))
  const log: JsonObject = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'obol', rules: rules.map(({ descriptor }) => descriptor) } },
        automationDetails: { id: `${['obol', 'plan', ...partsOf(options.prefix)].join('/')}/` },
        columnKind: 'utf16CodeUnits',
        ...(report.commit === undefined ? {} : { properties: { commit: report.commit } }),
        results,
      },
    ],
  }
  // What is not printable stands as an escape, which any reader of JSON takes back.
  return `${printable(JSON.stringify(log, undefined, 2))}\n`
}

function partsOf(prefix = ''): readonly string[] {
  return repositoryPath(prefix)
    .split('/')
    .filter((part) => part !== '')
    .map(encodePart)
}

const LEVELS: Readonly<Record<Finding['severity'], SarifLevel>> = { error: 'error', warning: 'warning', info: 'note' }

function levelled({ code, severity }: Finding): { readonly code: string; readonly level: SarifLevel } {
  return { code, level: LEVELS[severity] }
}

function resultOf(
  finding: Finding,
  print: string,
  indexes: ReadonlyMap<string, number>,
  prefix: string | undefined,
): JsonObject {
  const { code, severity, baseline } = finding
  const ruleIndex = indexes.get(code)
  return {
    ruleId: code,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[severity],
    message: { text: messageOf(finding) },
    locations: [locationOf(finding, prefix)],
    // The first is the only one that GitHub goes by; the second is ours by name.
    partialFingerprints: { primaryLocationLineHash: print, 'obolFinding/v1': print },
    ...(baseline === undefined ? {} : { baselineState: baseline }),
    // Who does not know of baselines would take what is gone for a finding.
    ...(baseline === 'absent'
      ? { suppressions: [{ kind: 'external', justification: 'resolved by this change' }] }
      : {}),
  }
}

/** A literal text: brackets before a parenthesis would be a link, a number in braces a placeholder (SARIF 3.11.5, 3.11.6). */
function messageOf({ message, field, next }: Finding): string {
  const about = field === undefined || message.includes(field) ? '' : `${field}: `
  const lines = [`${about}${message}`, ...next.map((command) => `Next: ${command}`)]
  return printable(lines.join('\n'))
    .replaceAll('](', '] (')
    .replace(/\{(\d+)\}/g, '{{$1}}')
}

function locationOf({ origin, object, field }: Finding, prefix: string | undefined): JsonObject {
  const { file, line, column } = origin ?? { file: '', line: 1, column: 1 }
  const path = repositoryPath(file === '' ? WORKSPACE_FILE : file, prefix)
  const names = [object, field].filter((name) => name !== undefined)
  return {
    physicalLocation: {
      artifactLocation: artifactOf(path),
      region: { startLine: atLeastOne(line), startColumn: atLeastOne(column) },
    },
    ...(names.length === 0
      ? {}
      : {
          logicalLocations: [
            { fullyQualifiedName: names.join(':'), kind: field === undefined ? 'object' : 'property' },
          ],
        }),
  }
}

function artifactOf(path: string): JsonObject {
  const encoded = path.split('/').map(encodePart).join('/')
  return path.startsWith('/') ? { uri: `file://${encoded}` } : { uri: encoded, uriBaseId: '%SRCROOT%' }
}

function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}

function atLeastOne(position: number): number {
  return Number.isSafeInteger(position) && position > 0 ? position : 1
}

/** Per finding `<hash of code, object and field>:<n>`, n counting those that are alike: neither line nor value is in it. */
function fingerprints(findings: readonly Finding[]): readonly string[] {
  const counts = new Map<string, number>()
  return findings.map(({ code, object = '', field = '', origin, message }) => {
    // What has no name of its own is known by what it says, in which file.
    const rest = object === '' && field === '' ? [origin?.file ?? '', message] : []
    const text = JSON.stringify([code, object, field, ...rest])
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
    // What only the base has comes last, and so takes no number away from what is here.
    const count = (counts.get(hash) ?? 0) + 1
    counts.set(hash, count)
    return `${hash}:${count}`
  })
}
