import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

function abort(): never {
  throw new DOMException('This operation was aborted', 'AbortError')
}

test('default: a command that a signal cut short ends with 130', async (t) => {
  const signal = AbortSignal.abort()
  const run = await runCli(['init', '.'], {
    cwd: tempFolder(t),
    signal,
    onWrite: (stream) => stream === 'stdout' && abort(),
  })
  assert.equal(run.exitCode, 130)
  assert.match(run.stderr, /OBOL-U130/)
})

test('behavior: the same error without a signal is unexpected', async (t) => {
  const run = await runCli(['init', '.'], { cwd: tempFolder(t), onWrite: (stream) => stream === 'stdout' && abort() })
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-U900/)
})

test('behavior: a command that a signal ends as it should ends with 0', async (t) => {
  const run = await runCli(['sandbox', '--no-with-crds'], { cwd: tempFolder(t), signal: AbortSignal.abort() })
  assert.equal(run.exitCode, 0)
})
