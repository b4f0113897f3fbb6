import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertGolden } from '../support/golden.ts'
import { runCli, transcript } from '../support/run-cli.ts'

const MISTAKES: readonly (readonly string[])[] = [
  ['validat'],
  ['frobnicate'],
  ['validate', '--jsn'],
  ['validate', '-x'],
  ['validate', '--workspace'],
  ['validate', '--workspace='],
  ['validate', '--workspace=a', '--workspace=b'],
  ['validate', '--json=maybe'],
  ['sandbox', '--port', '70000'],
  ['sandbox', '--port', 'x', '--state='],
  ['sandbox', 'one', 'two'],
  ['init', 'a', 'b'],
]

test('error: usage mistakes name the mistake, the nearest name and the next command', async () => {
  const runs: string[] = []
  for (const args of MISTAKES) {
    const run = await runCli(args)
    assert.equal(run.exitCode, 64, `obol ${args.join(' ')}`)
    assert.equal(run.stdout, '')
    runs.push(transcript(args, run))
  }
  assertGolden('cli/golden/usage-errors.txt', runs.join('\n'))
})

test('error: --json reports a usage mistake as JSON on stdout', async () => {
  const run = await runCli(['validate', '--json', '--frce'])
  assert.equal(run.stderr, '')
  assert.equal(run.exitCode, 64)
  assert.deepEqual(JSON.parse(run.stdout).error.code, 'OBOL-U002')
})

test('behavior: what follows -- is an argument, not a flag', async () => {
  const run = await runCli(['init', '--', 'a', '--json'])
  assert.equal(run.exitCode, 64)
  assert.equal(run.stdout, '')
  assert.match(run.stderr, /OBOL-U005/)
})
