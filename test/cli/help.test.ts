import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROUTES } from '../../src/cli/routes.ts'
import { assertGolden } from '../support/golden.ts'
import { runCli, transcript } from '../support/run-cli.ts'

const COMMANDS = ROUTES.getAllEntries().map((entry) => entry.name['convert-camel-to-kebab'])

test('default: help of every command, each line within 80 columns', async () => {
  assert.notEqual(COMMANDS.length, 0)
  for (const args of [['--help'], ...COMMANDS.map((command) => [command, '--help'])]) {
    const run = await runCli(args)
    const wide = run.stdout.split('\n').filter((line) => line.length > 80)
    assert.deepEqual(wide, [], `obol ${args.join(' ')}`)
    assertGolden(`cli/golden/help-${args.length === 1 ? 'obol' : args[0]}.txt`, transcript(args, run))
  }
})

test('behavior: no command prints the help and is no error', async () => {
  const [bare, help] = await Promise.all([runCli([]), runCli(['--help'])])
  assert.deepEqual(bare, help)
  assert.equal(bare.exitCode, 0)
})

test('behavior: --version prints the version alone', async () => {
  const run = await runCli(['--version'])
  assert.match(run.stdout, /^\d+\.\d+\.\d+\n$/)
  assert.equal(run.exitCode, 0)
})

test('behavior: help is plain without colour and styled with it', async () => {
  const [plain, coloured] = await Promise.all([runCli(['--help']), runCli(['--help'], { colour: true })])
  assert.ok(!plain.stdout.includes('\u001b'))
  assert.ok(coloured.stdout.includes('\u001b['))
})

test('behavior: help of the commands of sell, each line within 80 columns', async () => {
  for (const command of ['inference', 'http', 'agent', 'update', 'stop']) {
    const run = await runCli(['sell', command, '--help'])
    assert.equal(run.exitCode, 0)
    assert.deepEqual(
      run.stdout.split('\n').filter((line) => line.length > 80),
      [],
      command,
    )
    assertGolden(`cli/golden/help-sell-${command}.txt`, transcript(['sell', command, '--help'], run))
  }
})
