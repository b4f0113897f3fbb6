import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, interpolate, isMet } from '../../tools/demo-pr/expression.ts'

const CONTEXTS = {
  inputs: { name: 'shop', empty: '', 'fail-on': 'error' },
  secrets: { KUBECONFIG: 'text' },
  steps: { review: { outputs: { verdict: 'changes' } } },
}

for (const [source, expected] of [
  ['inputs.name', 'shop'],
  ["inputs.fail-on == 'error'", true],
  ["inputs.fail-on != 'error'", false],
  ["inputs.name == 'shop' && inputs.empty", ''],
  ["inputs.empty || 'none'", 'none'],
  ['!inputs.empty', true],
  ["!(inputs.name == 'shop')", false],
  ["'it''s'", "it's"],
  ['secrets.ABSENT', ''],
  ['steps.review.outputs.verdict', 'changes'],
  ['steps.review.outputs.absent', ''],
  ['always() && failure()', false],
] as const) {
  test(`default: ${source}`, () => assert.equal(evaluate(source, CONTEXTS, 'success'), expected))
}

for (const source of ['inputs.absent', 'nothing', "hashFiles('x')", 'inputs.name ==', '(inputs.name', 'a + b', '1']) {
  test(`error: ${source} is not read as something else`, () => {
    assert.throws(() => evaluate(source, CONTEXTS, 'success'))
  })
}

test('default: expressions in a text', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of workflows
  assert.equal(interpolate('a ${{ inputs.name }} b${{inputs.empty}}', CONTEXTS), 'a shop b')
})

test('behavior: after a failure only steps run that ask for it', () => {
  assert.equal(isMet(undefined, CONTEXTS, 'failure'), false)
  assert.equal(isMet("inputs.name == 'shop'", CONTEXTS, 'failure'), false)
  assert.equal(isMet("always() && inputs.name == 'shop'", CONTEXTS, 'failure'), true)
  assert.equal(isMet("inputs.name == 'shop'", CONTEXTS, 'success'), true)
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of workflows
  assert.equal(isMet('${{ failure() }}', CONTEXTS, 'failure'), true)
})
