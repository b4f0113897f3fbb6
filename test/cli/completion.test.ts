import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { offer, openWorkspace } from '../e2e/shop.ts'
import { assertGolden } from '../support/golden.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')

async function proposed(words: readonly string[], folder = '/nowhere'): Promise<readonly string[]> {
  const run = await runCli(['complete', '--', ...words], { cwd: folder })
  assert.deepEqual([run.exitCode, run.stderr], [0, ''])
  return run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t')[0] ?? '')
}

test('default: commands, flags and words', async () => {
  assert.deepEqual(await proposed(['pl']), ['plan'])
  assert.ok((await proposed([''])).includes('completion'))
  assert.ok(!(await proposed([''])).includes('complete'), 'what the scripts call is for no person')
  assert.deepEqual(await proposed(['plan', '--gr']), ['--graph'])
  assert.deepEqual(await proposed(['plan', '--graph', '']), ['dot', 'mermaid'])
  assert.deepEqual(await proposed(['plan', '--format', 's']), ['sarif'])
  assert.deepEqual(await proposed(['completion', '']), ['bash', 'zsh', 'fish'])
  assert.deepEqual(await proposed(['journal', '--e']), ['--events'])
})

test('behavior: offers and their fields where a target is wanted', async (t) => {
  const { folder } = openWorkspace(t, { 'offers/more.yaml': offer('more') })
  assert.deepEqual(await proposed(['apply', '--take', 'def'], folder), ['default/hello:', 'default/more:'])
  const fields = await proposed(['why', 'default/hello:spec.payment.price.'], folder)
  assert.deepEqual(fields.toSorted(), [
    ...['perEpoch', 'perHour', 'perMTok', 'perRequest'].map((key) => `default/hello:spec.payment.price.${key}`),
  ])
})

test('behavior: nothing, and no error, where there is nothing to propose', async (t) => {
  assert.deepEqual(await proposed(['plan', '']), [], 'files are for the shell')
  assert.deepEqual(await proposed(['no-such-command', '']), [])
  assert.deepEqual(await proposed(['plan', '--no-such-flag', '']), [])
  assert.deepEqual(await proposed(['apply', '--take', 'x']), [], 'no workspace')
  const broken = openWorkspace(t, { 'obol.yaml': 'a: [', 'offers/hello.yaml': 'b: [' })
  assert.deepEqual(await proposed(['apply', '--take', 'd'], broken.folder), [])
})

test('default: the scripts', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const run = await runCli(['completion', shell])
    assert.equal(run.exitCode, 0)
    assertGolden(`cli/golden/completion-${shell}.txt`, run.stdout)
  }
  assert.equal((await runCli(['completion', 'csh'])).exitCode, 64)
})

/** A folder with an `obol` that runs from the sources. */
function withObol(folder: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const file = join(bin, 'obol')
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/src/cli/main.ts' "$@"\n`)
  chmodSync(file, 0o755)
  return `${bin}:${process.env['PATH'] ?? ''}`
}

test('behavior: bash completes words, flags, and what has a colon in it', (t) => {
  const folder = tempFolder(t)
  const script = `
    source <(obol completion bash)
    try() { COMP_LINE="$1"; COMP_POINT=\${#1}; _obol; printf '%s|' "\${COMPREPLY[@]}"; echo; }
    try 'obol pl'
    try 'obol plan --gr'
    try 'obol plan --graph m'
    try 'obol why default/a:spec.payment.pa'
    try 'obol plan '
  `
  const env = { ...process.env, PATH: withObol(folder) }
  const out = execFileSync('bash', ['--norc', '-c', script], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
  assert.deepEqual(out.split('\n'), ['plan|', '--graph|', 'mermaid|', 'spec.payment.payTo|', '|', ''])
})

/** What a shell that may not be there must print. */
const OTHERS = [
  {
    shell: 'fish',
    script: "obol completion fish | source; complete -C 'obol plan --graph m'; complete -C 'obol pl'",
    expected: /^mermaid\t[^\n]+\nplan\t[^\n]+\n$/,
  },
  {
    shell: 'zsh',
    script:
      `compdef() { :; }; _files() { echo files; }; _describe() { print -l -- "\${(@P)4}"; };` +
      'source <(obol completion zsh); words=(obol plan --graph m); CURRENT=4; _obol',
    expected: /^mermaid:[^\n]+\n$/,
  },
] as const

for (const { shell, script, expected } of OTHERS) {
  test(`behavior: ${shell}, where it is installed, gets the same proposals`, (t) => {
    const folder = tempFolder(t)
    const env = { ...process.env, PATH: withObol(folder), HOME: folder }
    const run = spawnSync(shell, ['-c', script], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
    const isMissing = run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT'
    t.diagnostic(isMissing ? `${shell} is not installed: only its script was compared` : `${shell} was run`)
    if (!isMissing) assert.match(run.stdout, expected, run.stderr)
  })
}
