import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import schema from '../../schemas/plan-output.schema.json' with { type: 'json' }
import { describePlan } from '../../src/plan/describe-plan.ts'
import { renderGraph } from '../../src/plan/render-graph.ts'
import { renderJson } from '../../src/plan/render-json.ts'
import { renderText } from '../../src/plan/render-text.ts'
import { visibleWidth } from '../../src/util/visible-width.ts'
import { assertGolden } from '../support/golden.ts'
import { CASES, caseOf, SECRET_VALUES } from './cases.ts'

const OPTIONS = { workspace: '~/.workspace', seconds: 0.31 }

function text(name: string, columns: number, all = false): string {
  return renderText(describePlan(caseOf(name), { ...OPTIONS, all }), { columns, colour: false })
}

test('default: text of every case at 80 columns', () => {
  for (const { name } of CASES) assertGolden(`plan/golden/${name}.txt`, text(name, 80))
})

test('behavior: text at 120 columns', () => {
  for (const name of ['price-switch', 'conflict-undecided', 'payments-replaced', 'asset-null-out']) {
    assertGolden(`plan/golden/${name}.120.txt`, text(name, 120))
  }
})

test('behavior: --all lists unchanged objects, defaults and every field of new ones', () => {
  for (const name of ['create-all', 'unchanged', 'before-first-apply', 'secrets']) {
    assertGolden(`plan/golden/${name}.all.txt`, text(name, 80, true))
  }
})

test('behavior: no line is wider than the terminal, but for commands that are to be copied', () => {
  for (const { name } of CASES) {
    for (const columns of [60, 80, 120]) {
      const lines = text(name, columns, true).split('\n')
      const wide = lines.filter((line) => visibleWidth(line) > columns && !/^ *(obol|next|- \{) /.test(line))
      assert.deepEqual(wide, [], `${name} at ${columns}`)
    }
  }
})

test('behavior: colour changes nothing but the colour', () => {
  for (const { name, plan } of CASES) {
    const view = describePlan(plan(), OPTIONS)
    const plain = renderText(view, { columns: 80, colour: false })
    const coloured = renderText(view, { columns: 80, colour: true })
    assert.equal(stripVTControlCharacters(coloured), plain, name)
    assert.equal(plain.includes('\u001b'), false, name)
    assert.notEqual(coloured, plain, name)
  }
})

test('behavior: control characters of the cluster do not reach the terminal', () => {
  const plan = caseOf('price-switch')
  const hostile = { ...plan, cluster: { ...plan.cluster, context: 'k3d\u001b[2J\u202e' } }
  const shown = renderText(describePlan(hostile), { columns: 80, colour: false })
  assert.equal(shown.includes('\u001b') || shown.includes('\u202e'), false)
})

test('default: JSON of every case fits its schema, with and without --all', () => {
  const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } })
  const validate = ajv.compile(schema)
  for (const { name, plan } of CASES) {
    for (const all of [false, true]) {
      const output: unknown = JSON.parse(JSON.stringify(renderJson(describePlan(plan(), { ...OPTIONS, all }))))
      assert.equal(validate(output), true, `${name}: ${ajv.errorsText(validate.errors)}`)
    }
  }
  assert.equal(validate({ formatVersion: '2.0' }), false)
})

test('behavior: JSON of the telling cases', () => {
  for (const name of ['price-switch', 'conflict-undecided', 'prune', 'secrets', 'crd-in-the-plan']) {
    const view = describePlan(caseOf(name), OPTIONS)
    assertGolden(`plan/golden/${name}.json`, `${JSON.stringify(renderJson(view), undefined, 2)}\n`)
  }
})

test('default: graphs in DOT and Mermaid', () => {
  for (const name of ['create-all', 'crd-in-the-plan', 'prune', 'backend-held-back']) {
    const view = describePlan(caseOf(name), OPTIONS)
    assertGolden(`plan/golden/${name}.dot`, renderGraph(view, 'dot'))
    assertGolden(`plan/golden/${name}.mmd`, renderGraph(view, 'mermaid'))
  }
})

test('behavior: steps that do nothing are in the graph with --all only', () => {
  const nodes = (all: boolean): number =>
    renderGraph(describePlan(caseOf('price-switch'), { all }), 'dot').split('label=').length - 1
  assert.deepEqual([nodes(false), nodes(true)], [2, 3])
})

test('behavior: no secret is in any output', () => {
  const encoded = SECRET_VALUES.flatMap((value) => [value, Buffer.from(value).toString('base64')])
  for (const all of [false, true]) {
    const view = describePlan(caseOf('secrets'), { all })
    const outputs = [
      renderText(view, { columns: 200, colour: false }),
      JSON.stringify(renderJson(view)),
      renderGraph(view, 'dot'),
      renderGraph(view, 'mermaid'),
    ]
    for (const output of outputs) {
      for (const value of encoded) assert.equal(output.includes(value), false)
    }
    assert.match(outputs[0] ?? '', /\*\*\* \(before\) +→ \*\*\* \(after\)/)
  }
})
