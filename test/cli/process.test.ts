import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const MAIN = join(ROOT, 'src/cli/main.ts')

type Run = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { exitCode, stdout, stderr }
}

/** A folder as of a package (`dist`), or of a checkout (`src`), with the real bin and a main that says which it is. */
function installation(t: TestContext, parts: readonly ('dist' | 'src')[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'obol-bin-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const part of parts) {
    const file = part === 'dist' ? 'dist/main.js' : 'src/cli/main.ts'
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), `console.log('${part}', process.argv.slice(2).join(' '))\n`)
  }
  return join(folder, 'bin/obol.js')
}

test('default: bin/obol.js runs dist, in a checkout that was never built the sources', async (t) => {
  const [package_, checkout] = await Promise.all([
    run([installation(t, ['dist', 'src']), 'plan', '--json']),
    run([installation(t, ['src']), 'plan']),
  ])
  assert.deepEqual(package_, { exitCode: 0, stdout: 'dist plan --json\n', stderr: '' })
  assert.deepEqual(checkout, { exitCode: 0, stdout: 'src plan\n', stderr: '' })
})

test('error: bin/obol.js refuses an old Node with one line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'obol-old-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const preload = join(folder, 'old.cjs')
  for (const [version, accepted] of [
    ['20.20.2', false],
    ['22.21.9', false],
    ['22.22.0', true],
    ['23.0.0', true],
  ] as const) {
    writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' })`)
    const { exitCode, stdout, stderr } = await run(['--require', preload, installation(t, ['dist'])])
    assert.equal(exitCode, accepted ? 0 : 1, version)
    assert.equal(stdout === '', !accepted, version)
    assert.equal(stderr.split('\n').length, accepted ? 1 : 2, version)
    assert.equal(stderr.includes(version), !accepted, version)
  }
})

test('default: the real entry, from arguments to exit code', async () => {
  const [version, mistake] = await Promise.all([run([MAIN, '--version']), run([MAIN, 'validat'])])
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  assert.deepEqual([version.exitCode, version.stderr], [0, ''])
  assert.deepEqual([mistake.exitCode, mistake.stdout], [64, ''])
  assert.match(mistake.stderr, /OBOL-U001/)
})

test('behavior: a reader that goes away is no error', async () => {
  const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')])
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' })
})

test('behavior: colour follows FORCE_COLOR and --no-color', async () => {
  const [forced, refused] = await Promise.all([
    run([MAIN, 'validat'], { FORCE_COLOR: '1' }),
    run([MAIN, 'validat', '--no-color'], { FORCE_COLOR: '1' }),
  ])
  assert.ok(forced.stderr.includes('\u001b['))
  assert.ok(!refused.stderr.includes('\u001b['))
})
