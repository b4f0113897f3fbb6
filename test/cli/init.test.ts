import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { assertGolden } from '../support/golden.ts'
import { runCli, transcript } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

test('default: init makes ~/.workspace, which validates', async (t) => {
  const home = tempFolder(t)
  const run = await runCli(['init'], { cwd: home, home })
  assertGolden('cli/golden/init.txt', transcript(['init'], run))
  assert.match(readFileSync(join(home, '.workspace/obol.yaml'), 'utf8'), /id: ws-[0-9a-f]{12}\n/)
  const validated = await runCli(['validate'], { cwd: home, home })
  assert.equal(validated.exitCode, 0)
  assert.equal(validated.stdout, '')
})

test('behavior: init DIR, and the next commands name the folder', async (t) => {
  const cwd = tempFolder(t)
  const run = await runCli(['init', 'shop'], { cwd, home: '/nowhere' })
  assert.equal(run.exitCode, 0)
  assert.ok(run.stdout.split('\n').includes('shop/obol.yaml'))
  assert.match(run.stderr, /obol plan --workspace shop\n/)
})

test('behavior: --json lists what was written', async (t) => {
  const cwd = tempFolder(t)
  const run = await runCli(['init', '.', '--json'], { cwd })
  const { workspace, written } = JSON.parse(run.stdout)
  assert.equal(workspace, cwd)
  assert.equal(written.length, 6)
  for (const path of written) assert.ok(existsSync(join(cwd, path)), path)
  assert.equal(run.stderr, '')
})

test('error: init never overwrites, and then writes nothing at all', async (t) => {
  const cwd = tempFolder(t, { 'obol.yaml': 'mine' })
  const run = await runCli(['init', '.'], { cwd })
  assert.equal(run.exitCode, 1)
  assert.equal(run.stdout, '')
  assert.match(run.stderr, /OBOL-W003/)
  assert.deepEqual(readdirSync(cwd), ['obol.yaml'])
  assert.equal(readFileSync(join(cwd, 'obol.yaml'), 'utf8'), 'mine')
})

test('error: a folder that cannot be made', async (t) => {
  const cwd = tempFolder(t, { file: '' })
  const run = await runCli(['init', 'file/below'], { cwd })
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-U011/)
})
