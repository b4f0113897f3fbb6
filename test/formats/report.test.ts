import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import schema from '../../schemas/plan-output.schema.json' with { type: 'json' }
import { USAGE_ERRORS } from '../../src/errors/usage.ts'
import { checkFormats, FORMATS, type FormatRequest, parseFormat } from '../../src/formats/formats.ts'
import { type RenderOptions, renderReport } from '../../src/formats/render-report.ts'
import { isJsonObject, type JsonValue } from '../../src/util/json.ts'
import { assertGolden } from '../support/golden.ts'
import { hostileReport } from './hostile.ts'
import { exampleReport, exampleReports } from './views.ts'

const OPTIONS: RenderOptions = { columns: 100, colour: false, prefix: 'shop', marker: 'obol-review:shop' }
/** Control characters other than the newline, and those that reorder or hide text. */
const CONTROLS = /[[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff]--\n]/v

test('behavior: every format of every example ends with one newline and holds no control character', async () => {
  for (const { name, report } of exampleReports()) {
    for (const format of FORMATS) {
      const text = await renderReport(report, format, OPTIONS)
      assert.doesNotMatch(text, CONTROLS, `${format} of ${name}`)
      // Where nothing is to be annotated there is no line.
      if (format !== 'github' || text !== '') assert.match(text, /[^\n]\n$/, `${format} of ${name}`)
    }
  }
})

test('behavior: the same report is the same text', async () => {
  const [first, second] = [exampleReports(), exampleReports()]
  for (const [i, { name, report }] of first.entries()) {
    for (const format of FORMATS) {
      const again = second[i]?.report ?? report
      const text = await renderReport(report, format, OPTIONS)
      assert.equal(await renderReport(again, format, OPTIONS), text, `${format} of ${name}`)
    }
  }
})

test('behavior: control characters of a fork do not come through in any format', async () => {
  const nasty = '\u001b[2J\u202ea\u0000\u2028\u009b'
  for (const name of ['mixed', 'base', 'problems', 'registration', 'long-text']) {
    const report = hostileReport(exampleReport(name), nasty, 'after')
    for (const format of FORMATS) {
      assert.doesNotMatch(await renderReport(report, format, OPTIONS), CONTROLS, `${format} of ${name}`)
    }
  }
})

test('behavior: JSON of every example fits its schema', async () => {
  const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } })
  const validate = ajv.compile(schema)
  for (const { name, report } of exampleReports()) {
    const output: JsonValue = JSON.parse(await renderReport(report, 'json', OPTIONS))
    assert.equal(validate(output), true, `${name}: ${ajv.errorsText(validate.errors)}`)
    assert.ok(isJsonObject(output))
    assert.equal(output['commit'], report.commit)
  }
  const problem = { severity: 'error', code: 'OBOL-K001', message: 'no kubeconfig was found' }
  assert.equal(validate({ formatVersion: '1.2', problems: [problem] }), true)
  assert.equal(validate({ formatVersion: '1.2', problems: [] }), false)
  assert.equal(validate({ formatVersion: '1.2', problems: [problem], requests: 4 }), false)
  assert.equal(validate({ formatVersion: '1.2' }), false)
})

test('behavior: JSON keeps every character of a value', async () => {
  const report = { problems: [{ severity: 'error' as const, code: 'OBOL-K001', message: 'a\u202eb\u009b\u0000' }] }
  const output: JsonValue = JSON.parse(await renderReport(report, 'json', OPTIONS))
  assert.deepEqual(isJsonObject(output) ? output['problems'] : undefined, report.problems)
})

test('default: JSON with a base, and of what kept a plan from being made', async () => {
  for (const name of ['base', 'problems']) {
    assertGolden(`formats/golden/json-${name}.json`, await renderReport(exampleReport(name), 'json', OPTIONS))
  }
})

test('default: text of what kept a plan from being made', async () => {
  assertGolden('formats/golden/json-problems.txt', await renderReport(exampleReport('problems'), 'text', OPTIONS))
})

test('default: a format is a word, with a file after the first =', () => {
  for (const format of FORMATS) assert.deepEqual(parseFormat(format), { format })
  assert.deepEqual(parseFormat('markdown=plan.md'), { format: 'markdown', file: 'plan.md' })
  assert.deepEqual(parseFormat('html=a=b.html'), { format: 'html', file: 'a=b.html' })
})

test('error: what is no format is refused with the words there are', () => {
  for (const input of ['', 'md', 'Markdown', '=plan.md', 'markdown=', 'toString']) {
    assert.throws(() => parseFormat(input), { code: USAGE_ERRORS.BAD_VALUE.code }, input)
  }
  assert.throws(() => parseFormat('md'), /text, json, markdown, github, sarif, html, junit/)
})

test('error: two formats cannot have one place', () => {
  const of = (...inputs: string[]): readonly FormatRequest[] => inputs.map(parseFormat)
  const refused = { code: USAGE_ERRORS.BAD_VALUE.code }
  checkFormats([])
  checkFormats(of('text', 'markdown=plan.md', 'sarif=plan.sarif'))
  assert.throws(() => checkFormats(of('text', 'json')), refused)
  assert.throws(() => checkFormats(of('html=a', 'json=a')), refused)
  assert.throws(() => checkFormats(of('html=./out//a', 'json=out/a')), refused)
})
