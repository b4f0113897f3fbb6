import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const BIOME = join(ROOT, 'node_modules/.bin/biome')

/** What each folder of src/ may import; the same table as in ARCHITECTURE.md. A file stands for that file alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'formats',
    'saved',
    'policy',
    'sell',
    'snapshot',
    'git',
    'forge',
    'sandbox',
    'apply',
    'register',
    'journal',
    'chain',
    'cluster',
    'plan',
    'offers',
    'host',
    'networks',
    'ssa',
    'kube',
    'errors',
    'util',
  ],
  formats: ['plan', 'kube', 'util', 'errors'],
  saved: ['plan', 'ssa', 'kube', 'util', 'errors'],
  policy: ['offers', 'plan', 'networks', 'ssa', 'kube', 'util', 'errors'],
  sell: ['offers', 'networks', 'kube', 'util', 'errors'],
  snapshot: ['cluster', 'chain', 'journal', 'plan', 'networks', 'ssa', 'kube', 'util', 'errors'],
  git: ['util', 'errors'],
  forge: ['util', 'errors'],
  sandbox: ['ssa', 'kube', 'util', 'errors'],
  apply: ['journal', 'plan', 'cluster', 'ssa', 'kube', 'util', 'errors'],
  register: ['journal', 'chain', 'plan', 'networks', 'kube', 'util', 'errors'],
  journal: ['kube', 'util', 'errors', 'plan/observed.ts'],
  chain: ['networks', 'util', 'errors', 'plan/chain.ts'],
  cluster: ['ssa', 'kube', 'util', 'errors', 'plan/observed.ts'],
  plan: ['ssa', 'kube', 'util', 'errors'],
  offers: ['networks', 'kube', 'util', 'errors', 'plan/desired.ts'],
  host: ['util', 'errors'],
  networks: ['util'],
  ssa: ['kube', 'util'],
  kube: ['util'],
  errors: ['util'],
  util: [],
}
const ROOMS = Object.keys(MAY_IMPORT)
/** Doors to files; elsewhere single files are named. */
const WITH_FILES = ['cli', 'cluster', 'chain', 'journal', 'git']
const PURE = ['plan', 'formats', 'saved', 'policy', 'sell', 'networks', 'ssa', 'kube', 'errors', 'util']

/** One file of a single import, and whether the rules must refuse it. */
type Probe = { readonly file: string; readonly source: string; readonly refused: boolean }

function importing(module: string): string {
  return `import { x } from '${module}'\n\nexport const y = x\n`
}

/** Every pair of folders, from a file in the folder and from one in a folder below it. */
function arrowProbes(): readonly Probe[] {
  return ROOMS.flatMap((from) =>
    ROOMS.filter((to) => to !== from).flatMap((to) => {
      const allowed = MAY_IMPORT[from] ?? []
      const refused = !allowed.includes(to)
      const files = allowed.filter((path) => path.startsWith(`${to}/`))
      return [
        { file: `src/${from}/to-${to}.ts`, source: importing(`../${to}/some-file.ts`), refused },
        { file: `src/${from}/below/to-${to}.ts`, source: importing(`../../${to}/some/file.ts`), refused },
        ...files.map((path, i) => ({
          file: `src/${from}/to-${to}-${i}.ts`,
          source: importing(`../${path}`),
          refused: false,
        })),
      ]
    }),
  )
}

/** Node's own modules, packages and the global `process`. */
function doorProbes(): readonly Probe[] {
  const probe = (file: string, module: string, refused: boolean): Probe => ({
    file: `src/${file}`,
    source: importing(module),
    refused,
  })
  return [
    ...ROOMS.map(
      (room): Probe => ({
        file: `src/${room}/global-process.ts`,
        source: 'export const y = process.env\n',
        refused: room !== 'cli',
      }),
    ),
    ...ROOMS.map((room) => probe(`${room}/module-process.ts`, 'node:process', room !== 'cli')),
    ...ROOMS.map((room) => probe(`${room}/fs.ts`, 'node:fs', !WITH_FILES.includes(room))),
    ...ROOMS.map((room) => probe(`${room}/fs-promises.ts`, 'node:fs/promises', !WITH_FILES.includes(room))),
    ...PURE.map((room) => probe(`${room}/http.ts`, 'node:https', true)),
    ...ROOMS.map((room) => probe(`${room}/client.ts`, '@kubernetes/client-node', !['cli', 'cluster'].includes(room))),
    ...ROOMS.map((room) => probe(`${room}/stricli.ts`, '@stricli/core', room !== 'cli')),
    ...ROOMS.map((room) => probe(`${room}/cel.ts`, '@marcbachmann/cel-js', !['cli', 'policy'].includes(room))),
    probe('plan/hash.ts', 'node:crypto', false),
    probe('util/text.ts', 'node:util', false),
    probe('ssa/hash.ts', 'node:crypto', true),
    probe('offers/read-sources.ts', 'node:fs/promises', false),
    probe('offers/read-workspace.ts', '../cluster/some-file.ts', true),
    probe('journal/file-journal.ts', 'node:fs', false),
    probe('journal/lock.ts', 'node:fs', false),
    probe('apply/lock-offers.ts', '../offers/some-file.ts', true),
    probe('sandbox/state-file.ts', 'node:fs', false),
  ]
}

/** Files (relative to the folder) of which a rule of imports or globals complains. */
function refusedFiles(folder: string): ReadonlySet<string> {
  const rules = ['lint/style/noRestrictedImports', 'lint/style/noRestrictedGlobals']
  const { stdout } = spawnSync(
    BIOME,
    [
      'lint',
      ...rules.map((rule) => `--only=${rule.slice('lint/'.length)}`),
      '--reporter=github',
      '--max-diagnostics=none',
    ],
    { cwd: folder, encoding: 'utf8' },
  )
  const refused = new Set<string>()
  for (const [, title, file] of stdout.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)) {
    if (title !== undefined && file !== undefined && rules.includes(title))
      refused.add(file.slice(file.indexOf('src/')))
  }
  return refused
}

test('default: the lint refuses each forbidden arrow and each closed door, and nothing else', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'obol-arrows-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const probes = [...arrowProbes(), ...doorProbes()]
  for (const { file, source } of probes) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), source)
  }
  cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'))
  execFileSync('git', ['init', '--quiet'], { cwd: folder })

  const refused = refusedFiles(folder)

  const wrong = probes.filter((probe) => refused.has(probe.file) !== probe.refused)
  assert.deepEqual(
    wrong.map((probe) => `${probe.file} should be ${probe.refused ? 'refused' : 'allowed'}`),
    [],
  )
  assert.ok(refused.size > ROOMS.length * 5)
})

test('default: the table knows every folder of src/', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  assert.deepEqual(
    folders.map(({ name }) => name).filter((name) => !ROOMS.includes(name)),
    [],
  )
})

test('behavior: the lint examines files in every folder of src/', () => {
  for (const folder of readdirSync(join(ROOT, 'src'), { withFileTypes: true })) {
    if (!folder.isDirectory()) continue
    const sources = readdirSync(join(ROOT, 'src', folder.name), { recursive: true, encoding: 'utf8' })
    if (!sources.some((name) => name.endsWith('.ts'))) continue
    const { stdout, stderr } = spawnSync(BIOME, ['lint', '--only=style/noRestrictedImports', `src/${folder.name}`], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const checked = Number(/Checked (\d+) files?/.exec(stdout + stderr)?.[1] ?? 0)
    assert.ok(checked > 0, `src/${folder.name}: ${stderr.slice(0, 200)}`)
  }
})
