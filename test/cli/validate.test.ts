import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertGolden } from '../support/golden.ts'
import { runCli, transcript } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const WORKSPACE = `apiVersion: offers.obol.org/v1alpha1
kind: Workspace
metadata: { name: shop }
spec: { id: shop-1 }
`

function offer(name: string, price = '{ perRequest: "0.01" }'): string {
  return `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: ${name} }
spec:
  type: http
  upstream: { service: ${name}, port: 80 }
  payment:
    payTo: "0x1111111111111111111111111111111111111111"
    network: base-sepolia
    price: ${price}
`
}

const BROKEN = {
  'obol.yaml': WORKSPACE,
  'offers/a.yaml': offer('aeon', '{ perMTok: "23", perRequest: "0.1" }'),
  'offers/b.yaml': `${offer('blur')}  colour: red\n`,
}

test('default: a workspace without mistakes', async (t) => {
  const cwd = tempFolder(t, { 'obol.yaml': WORKSPACE, 'offers/aeon.yaml': offer('aeon') })
  const run = await runCli(['validate'], { cwd })
  assertGolden('cli/golden/validate-clean.txt', transcript(['validate'], run))
  assert.equal(run.exitCode, 0)
})

test('error: every mistake at once, one per line', async (t) => {
  const run = await runCli(['validate'], { cwd: tempFolder(t, BROKEN) })
  assertGolden('cli/golden/validate-mistakes.txt', transcript(['validate'], run))
  assert.equal(run.exitCode, 1)
})

test('error: a broken obol.yaml is reported with the mistakes of the offers', async (t) => {
  const run = await runCli(['validate'], { cwd: tempFolder(t, { ...BROKEN, 'obol.yaml': 'kind: Workspace\n' }) })
  assert.equal(run.exitCode, 1)
  for (const file of ['obol.yaml', 'offers/a.yaml', 'offers/b.yaml']) assert.ok(run.stdout.includes(`${file}:`), file)
})

test('behavior: --json has the same problems as data', async (t) => {
  const run = await runCli(['validate', '--json'], { cwd: tempFolder(t, BROKEN) })
  const report = JSON.parse(run.stdout)
  assert.equal(run.exitCode, 1)
  assert.equal(run.stderr, '')
  assert.equal(report.valid, false)
  assert.equal(report.files, 2)
  assert.ok(report.problems.length >= 2)
  assert.deepEqual(Object.keys(report.problems[0]).slice(0, 5), ['severity', 'code', 'file', 'line', 'column'])
})

test('behavior: named files and stdin need no workspace', async (t) => {
  const cwd = tempFolder(t, { 'x/aeon.yaml': offer('aeon') })
  const options = { cwd, home: cwd, stdin: offer('blur') }
  const run = await runCli(['validate', 'x/aeon.yaml', '-'], options)
  assert.deepEqual([run.exitCode, run.stdout], [0, ''])
  const missing = await runCli(['validate', 'y.yaml'], options)
  assert.equal(missing.exitCode, 1)
  assert.match(missing.stdout, /^y\.yaml:1:1 /)
})

test('behavior: --workspace and OBOL_WORKSPACE say where', async (t) => {
  const folder = tempFolder(t, { 'obol.yaml': WORKSPACE, 'offers/aeon.yaml': offer('aeon') })
  assert.equal((await runCli(['validate', '--workspace', folder])).exitCode, 0)
  assert.equal((await runCli(['validate'], { env: { OBOL_WORKSPACE: folder } })).exitCode, 0)
})

test('error: no workspace, and the command that makes one', async (t) => {
  const cwd = tempFolder(t)
  const run = await runCli(['validate'], { cwd, home: cwd })
  assertGolden('cli/golden/validate-no-workspace.txt', transcript(['validate'], run))
  assert.equal(run.exitCode, 1)
})
