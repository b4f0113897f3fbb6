import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { CATALOGUE } from '../../src/errors/catalogue.ts'
import { PLAN_ERRORS } from '../../src/errors/plan.ts'
import { renderSarif } from '../../src/formats/render-sarif.ts'
import { errorAnchor } from '../../src/formats/sarif-rules.ts'
import type { PlanView } from '../../src/plan/plan-view.ts'
import type { ReportView } from '../../src/plan/report-view.ts'
import type { Diagnostic } from '../../src/plan/types.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import { assertGolden } from '../support/golden.ts'
import { hostileReport, hostileText } from './hostile.ts'
import { exampleReport, exampleReports } from './views.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** Of the OASIS standard, as its technical committee publishes it. */
const SCHEMA = join(ROOT, 'test', 'fixtures', 'sarif', 'sarif-schema-2.1.0.json')
/** RFC 3986: characters that stand for themselves, and percent-encoded ones. */
const URI_REFERENCE = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9a-fA-F]{2})*$/

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    uri: (text) => URI_REFERENCE.test(text) && URL.canParse(text),
    'uri-reference': URI_REFERENCE,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  },
})
const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')))

function logOf(report: ReportView, options: Parameters<typeof renderSarif>[1] = {}): JsonObject {
  const log: JsonValue = JSON.parse(renderSarif(report, options))
  assert.equal(validate(log), true, ajv.errorsText(validate.errors))
  assert.ok(isJsonObject(log))
  return log
}

function resultsOf(log: JsonObject): readonly JsonValue[] {
  const results = jsonAt(log, ['runs', 0, 'results'])
  assert.ok(isJsonArray(results))
  return results
}

function printOf(result: JsonValue): JsonValue | undefined {
  return jsonAt(result, ['partialFingerprints', 'obolFinding/v1'])
}

function problem(fields: Partial<Diagnostic>): Diagnostic {
  return { severity: 'error', code: PLAN_ERRORS.INVALID_OBJECT.code, message: 'it does not fit', ...fields }
}

/** The report with every place some lines further down. */
function moved(report: ReportView, lines: number): ReportView {
  const text = JSON.stringify(report, (key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString()
    return key === 'line' && typeof value === 'number' ? value + lines : value
  })
  return JSON.parse(text)
}

test('default: logs of the telling examples', () => {
  for (const name of ['mixed', 'base', 'problems', 'unchanged', 'other-workspace']) {
    assertGolden(`formats/golden/sarif-${name}.json`, renderSarif(exampleReport(name), { prefix: 'shops/my shop' }))
  }
})

test('default: every example fits the schema of SARIF 2.1.0, formats included', () => {
  for (const { report } of exampleReports()) {
    logOf(report)
    logOf(report, { prefix: './shops/größe', docs: 'https://docs.example/errors.html' })
  }
  assert.equal(validate({ version: '2.1.0', runs: [{ results: [] }] }), false)
})

test('behavior: a fingerprint stays when lines move, and no two results share one', () => {
  for (const name of ['mixed', 'base', 'problems', 'many', 'other-workspace']) {
    const report = exampleReport(name)
    const prints = resultsOf(logOf(report)).map(printOf)
    assert.deepEqual(resultsOf(logOf(moved(report, 7))).map(printOf), prints, name)
    assert.equal(new Set(prints).size, prints.length, name)
    assert.ok(prints.length > 0)
  }
})

test('behavior: findings that are alike are counted', () => {
  const twice = [problem({ object: 'Service/a/b', field: 'spec' }), problem({ object: 'Service/a/b', field: 'spec' })]
  const other = problem({ object: 'Service/a/b', field: 'spec.ports' })
  const prints = resultsOf(logOf({ problems: [...twice, other] })).map((result) => String(printOf(result)))
  assert.deepEqual(
    prints.map((print) => print.split(':')[1]),
    ['1', '2', '1'],
  )
  assert.equal(new Set(prints).size, 3)
})

test('behavior: a path is encoded; what has no place is in the workspace file', () => {
  const origin = { file: './offers/50% off #1 ü.yaml', line: 3, column: 2 }
  const log = logOf({ problems: [problem({ origin }), problem({})] }, { prefix: 'shop/' })
  const places = resultsOf(log).map((result) => jsonAt(result, ['locations', 0, 'physicalLocation']))
  assert.deepEqual(places, [
    {
      artifactLocation: { uri: 'shop/offers/50%25%20off%20%231%20%C3%BC.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 2 },
    },
    {
      artifactLocation: { uri: 'shop/obol.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 1, startColumn: 1 },
    },
  ])
})

test('behavior: only rules that are used, each where its results say', () => {
  for (const { report } of exampleReports()) {
    const log = logOf(report)
    const rules = jsonAt(log, ['runs', 0, 'tool', 'driver', 'rules'])
    assert.ok(isJsonArray(rules))
    const used = new Set<JsonValue | undefined>()
    for (const result of resultsOf(log)) {
      const index = Number(jsonAt(result, ['ruleIndex']))
      assert.equal(jsonAt(rules, [index, 'id']), jsonAt(result, ['ruleId']))
      used.add(jsonAt(result, ['ruleId']))
    }
    assert.equal(used.size, rules.length)
  }
})

test('behavior: a conflict is told once, its diagnostic is not', () => {
  const field = 'spec.payment.payTo'
  const report = withDiagnostic(
    exampleReport('conflict'),
    problem({ code: PLAN_ERRORS.UNDECIDED_CONFLICT.code, field }),
  )
  assert.equal(resultsOf(logOf(report)).length, 1)
})

function withDiagnostic(report: ReportView, diagnostic: Diagnostic): ReportView {
  const { plan } = report
  assert.ok(plan !== undefined)
  const groups = plan.groups.map((group) => {
    const rows = group.rows.map((row) => (row.conflicts.length === 0 ? row : { ...row, diagnostics: [diagnostic] }))
    return { ...group, rows }
  })
  return { ...report, plan: { ...plan, groups } }
}

test('behavior: with a base, what is known of it is said', () => {
  const report = exampleReport('base')
  const states = (view: PlanView | undefined): readonly (JsonValue | undefined)[] =>
    resultsOf(logOf(view === undefined ? report : { ...report, plan: view })).map((result) => {
      return jsonAt(result, ['baselineState']) ?? 'unknown'
    })
  assert.deepEqual(states(undefined), ['new', 'absent'])
  assert.deepEqual(states(inBase(report.plan)), ['unchanged', 'absent'])
  const absent = resultsOf(logOf(report)).at(-1) ?? null
  assert.equal(jsonAt(absent, ['suppressions', 0, 'kind']), 'external')
})

/** The same with conflicts that the base has as well. */
function inBase(plan: PlanView | undefined): PlanView {
  assert.ok(plan !== undefined)
  const groups = plan.groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => ({
      ...row,
      review: 'changed' as const,
      conflicts: row.conflicts.map((conflict) => ({ ...conflict, inBase: true as const })),
    })),
  }))
  return { ...plan, groups }
}

test('behavior: a message is text, whatever is in it', () => {
  const reports = ['mixed', 'base', 'problems'].map(exampleReport)
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...reports), (text, report) => {
      const log = logOf(hostileReport(report, text, 'after'), { prefix: text })
      for (const result of resultsOf(log)) {
        const message = String(jsonAt(result, ['message', 'text']))
        assert.doesNotMatch(message, /\]\(|(?<!\{)\{\d+\}(?!\})/)
      }
    }),
    { numRuns: 60 },
  )
  const [first] = resultsOf(logOf({ problems: [problem({ message: '[a](http://b) {0}' })] }))
  assert.equal(jsonAt(first ?? null, ['message', 'text']), '[a] (http://b) {{0}}')
})

test('behavior: the anchors are those of docs/errors.md', () => {
  const headings = new Set(
    [...readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8').matchAll(/^### (OBOL-\S+): (.*)$/gm)].map(
      ([, code = '', title = '']) => errorAnchor({ code, title }),
    ),
  )
  assert.ok(headings.size > 50)
  assert.equal(
    errorAnchor(PLAN_ERRORS.NOT_CLOSED),
    'obol-p010-a-closed-subtree-would-keep-a-key-that-the-offer-does-not-have',
  )
  const { length } = CATALOGUE.flatMap(({ errors }) => errors).filter((entry) => headings.has(errorAnchor(entry)))
  assert.equal(length, headings.size)
})
