/**
 * Bundles the command into dist/ (`--out=FOLDER`: elsewhere): `main.js`, which is all that `obol --help` loads, and
 * chunks that a command loads when it runs. Prints a size report; fails when the entry has grown or has pulled in what
 * belongs into a chunk. SIDE EFFECTS: replaces the folder.
 */
import { rmSync, utimesSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { build, type Metafile, type Plugin } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')
const ENTRY_LIMIT_KIB = 96
/** Packages that only commands load; none may be in what `obol --help` loads. */
const LAZY = ['@kubernetes/client-node', 'viem', 'chokidar', '@clack/prompts', 'yaml', 'ajv']
/** Some CommonJS dependencies call `require` for node's own modules, which an ES module does not have. */
const BANNER = "import{createRequire as obolRequire}from'node:module';const require=obolRequire(import.meta.url);"

/** A module that is imported shows all its exports at once: node:http's WebSocket loads undici, 18 ms of every plan. */
const WITHOUT_UNDICI: Plugin = {
  name: 'without-undici',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:http$/ }, ({ path }) => ({ path, namespace: 'builtin' }))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}

type Output = Metafile['outputs'][string]

function entryPoints(): Record<string, string> {
  return { main: join(ROOT, 'src/cli/main.ts') }
}

/** Names of the output files that are loaded with `name` before any dynamic import. */
function loadedWith(outputs: Metafile['outputs'], name: string, seen = new Set<string>()): ReadonlySet<string> {
  const output = outputs[name]
  if (output === undefined || seen.has(name)) return seen
  seen.add(name)
  for (const { path, kind } of output.imports) if (kind === 'import-statement') loadedWith(outputs, path, seen)
  return seen
}

/** Bytes per npm package (or `src`) in some output files, largest first. */
function bytesPerPackage(outputs: readonly Output[]): readonly (readonly [name: string, bytes: number])[] {
  const bytes = new Map<string, number>()
  for (const output of outputs) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'obol'
      bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput)
    }
  }
  return [...bytes].toSorted(([, a], [, b]) => b - a)
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1).padStart(8)} KiB`
}

function printReport(outputs: Metafile['outputs'], start: readonly Output[]): void {
  const all = Object.values(outputs)
  console.log('loaded by every command')
  for (const [name, bytes] of bytesPerPackage(start)) console.log(`${kib(bytes)}  ${name}`)
  console.log('loaded by some commands')
  for (const [name, bytes] of bytesPerPackage(all.filter((output) => !start.includes(output))).slice(0, 12)) {
    console.log(`${kib(bytes)}  ${name}`)
  }
  const total = all.reduce((sum, { bytes }) => sum + bytes, 0)
  console.log(`${kib(total)}  in ${all.length} files, ${kib(sizeOf(start)).trim()} of it at every start`)
}

function sizeOf(outputs: readonly Output[]): number {
  return outputs.reduce((sum, { bytes }) => sum + bytes, 0)
}

function problemsOf(start: readonly Output[]): readonly string[] {
  const eager = bytesPerPackage(start)
    .map(([name]) => name)
    .filter((name) => LAZY.includes(name))
  return [
    ...eager.map((name) => `${name} is loaded at every start: import it in a command's own code`),
    ...(sizeOf(start) > ENTRY_LIMIT_KIB * 1024 ? [`the start loads more than ${ENTRY_LIMIT_KIB} KiB`] : []),
  ]
}

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } })
const outdir = resolve(ROOT, values.out)
rmSync(outdir, { recursive: true, force: true })
const started = new Date()
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: entryPoints(),
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  legalComments: 'linked',
  metafile: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: { js: BANNER },
  logLevel: 'warning',
  plugins: [WITHOUT_UNDICI],
})
// bin/obol.js takes no bundle that is older than a source, and one may have changed while this ran.
utimesSync(join(outdir, 'main.js'), started, started)
const names = loadedWith(metafile.outputs, relative(ROOT, join(outdir, 'main.js')))
const start = Object.entries(metafile.outputs).flatMap(([name, output]) => (names.has(name) ? [output] : []))
printReport(metafile.outputs, start)
const problems = problemsOf(start)
for (const problem of problems) console.error(`build: ${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0
