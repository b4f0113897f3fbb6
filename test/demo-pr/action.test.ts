import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readAction } from '../../tools/demo-pr/run-action.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const text = readFileSync(join(ROOT, 'action.yml'), 'utf8')
const { inputs, outputs, runs } = readAction(ROOT)

test('default: every action that ours uses is pinned to a commit, with its version beside it', () => {
  const uses = text.match(/uses: .*/g) ?? []
  assert.ok(uses.length > 0)
  for (const line of uses) assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('behavior: what a user gives reaches scripts by variables, never as part of a script', () => {
  for (const { run, shell } of runs.steps) {
    if (run === undefined) continue
    assert.equal(shell, 'bash')
    assert.doesNotMatch(run, /\$\{\{/)
  }
})

test('default: every input is described and used, and what is used is an input', () => {
  const body = text.slice(text.indexOf('\nruns:'))
  const used = new Set([...body.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name))
  assert.deepEqual([...used].toSorted(), Object.keys(inputs).toSorted())
  for (const [name, { description }] of Object.entries(inputs)) assert.ok(description.length > 10, name)
})

test('default: outputs are those that obol review writes', () => {
  assert.deepEqual(Object.keys(outputs), ['verdict', 'comment-url'])
})

test('default: the script reads every variable that the action sets', () => {
  const script = readFileSync(join(ROOT, 'ci/review.sh'), 'utf8')
  const set = runs.steps.flatMap(({ env = {} }) => Object.keys(env)).filter((name) => name.startsWith('OBOL_'))
  assert.ok(set.length > 5)
  for (const name of set) assert.ok(script.includes(`\${${name}:-`), name)
})
