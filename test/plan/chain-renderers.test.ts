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
import { CHAIN_CASES, chainCaseOf } from './chain-cases.ts'
import { chainPlan, chainStep, mint } from './chain-factories.ts'
import { ours, serviceOffer, wanted } from './factories.ts'

const OPTIONS = { workspace: '~/.workspace', seconds: 0.31 }

function text(name: string, columns: number, all = false): string {
  return renderText(describePlan(chainCaseOf(name), { ...OPTIONS, all }), { columns, colour: false })
}

test('default: text of every case with a chain at 80 and 120 columns', () => {
  for (const { name } of CHAIN_CASES) {
    assertGolden(`plan/golden/chain/${name}.txt`, text(name, 80))
    assertGolden(`plan/golden/chain/${name}.120.txt`, text(name, 120))
  }
})

test('behavior: what is settled is shown with --all', () => {
  for (const name of ['settled', 'adopt']) assertGolden(`plan/golden/chain/${name}.all.txt`, text(name, 80, true))
})

test('behavior: no line is wider than the terminal', () => {
  for (const { name } of CHAIN_CASES) {
    for (const columns of [60, 80, 120]) {
      const lines = text(name, columns, true).split('\n')
      const wide = lines.filter((line) => visibleWidth(line) > columns && !/^ *(obol|next|- \{) /.test(line))
      assert.deepEqual(wide, [], `${name} at ${columns}`)
    }
  }
})

test('behavior: neither an address nor a hash is cut at 80 columns', () => {
  const shown = text('mint', 80)
  assert.match(shown, /0x3{40}/)
  assert.match(shown, /0x(ab){32}/)
})

test('behavior: colour changes nothing but the colour', () => {
  for (const { name, plan } of CHAIN_CASES) {
    const view = describePlan(plan(), OPTIONS)
    const plain = renderText(view, { columns: 80, colour: false })
    assert.equal(stripVTControlCharacters(renderText(view, { columns: 80, colour: true })), plain, name)
  }
})

test('default: JSON of every case with a chain fits its schema, with and without --all', () => {
  const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': true } })
  const validate = ajv.compile(schema)
  for (const { name, plan } of CHAIN_CASES) {
    for (const all of [false, true]) {
      const output = JSON.parse(JSON.stringify(renderJson(describePlan(plan(), { ...OPTIONS, all }))))
      assert.equal(validate(output), true, `${name}: ${ajv.errorsText(validate.errors)}`)
    }
  }
})

test('error: the schema refuses a step whose type does not go with what it says', () => {
  const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(schema)
  const output = JSON.parse(JSON.stringify(renderJson(describePlan(chainCaseOf('mint'), OPTIONS))))
  assert.equal(validate(output), true)
  const steps = output.groups[0].steps
  const at = steps.findIndex((step: { readonly type: string }) => step.type === 'register')
  for (const broken of [{ type: 'object' }, { type: 'wait' }, { type: 'identity' }, { chain: undefined }]) {
    const changed = steps.toSpliced(at, 1, { ...steps[at], ...broken })
    const whole = { ...output, groups: [{ ...output.groups[0], steps: JSON.parse(JSON.stringify(changed)) }] }
    assert.equal(validate(whole), false, JSON.stringify(broken))
  }
})

test('behavior: JSON of the telling cases, amounts in wei', () => {
  for (const name of ['mint', 'set-all', 'pending', 'max-fee', 'shared-identity']) {
    const view = describePlan(chainCaseOf(name), OPTIONS)
    assertGolden(`plan/golden/chain/${name}.json`, `${JSON.stringify(renderJson(view), undefined, 2)}\n`)
  }
})

test('default: graphs in DOT and Mermaid', () => {
  for (const name of [
    'mint',
    'set-all',
    'shared-identity',
    'offer-held-back',
    'identity-crd-in-the-plan',
    'no-base-url',
  ]) {
    const view = describePlan(chainCaseOf(name), OPTIONS)
    assertGolden(`plan/golden/chain/${name}.dot`, renderGraph(view, 'dot'))
    assertGolden(`plan/golden/chain/${name}.mmd`, renderGraph(view, 'mermaid'))
  }
})

test('behavior: a warning about what is settled is shown, a note is not', () => {
  const shown = (severity: 'warning' | 'info'): number => {
    const diagnostics = [{ severity, code: 'OBOL-R005', message: 'a word' }]
    const settled = chainStep('settled', { agentId: '57', diagnostics })
    const world = { live: [ours(serviceOffer())], registrations: [{ chain: 'base-sepolia', agentId: '57' }] }
    const { groups } = describePlan(chainPlan([wanted(serviceOffer())], [settled], world))
    return groups.flatMap(({ rows }) => rows).length
  }
  assert.deepEqual([shown('warning'), shown('info')], [1, 0])
})

test('behavior: credentials in what a chain says are masked', () => {
  const secret = 'https://user:hunter2@shop.example/agent.json'
  const changes = [{ path: 'agentURI', before: secret, after: `${secret}?x` }]
  const diagnostics = [{ severity: 'warning' as const, code: 'OBOL-R005', message: secret }]
  const plan = chainPlan([wanted(serviceOffer())], [mint({ changes, diagnostics, text: secret, outcome: secret })])
  const view = describePlan(plan, { all: true })
  for (const output of [renderText(view, { columns: 200, colour: false }), JSON.stringify(renderJson(view))]) {
    assert.equal(output.includes('hunter2'), false)
    assert.match(output, /https:\/\/\*\*\*@shop\.example/)
  }
})
