import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { schemaFromYaml } from '../../src/ssa/schema-yaml.ts'
import { replayVectors } from '../../tools/replay-vectors.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures')
const TOOL = join(import.meta.dirname, '..', '..', 'tools', 'vectors.ts')

describe('recorded merges of the real library', () => {
  const files: readonly (readonly [string, string, number])[] = [
    ['vectors/vectors.jsonl.gz', 'vectors/schema.yaml', 4917],
    ['vectors/constructs.jsonl.gz', 'vectors/constructs.yaml', 1990],
    ['ssa/deduced.jsonl.gz', 'ssa/deduced.yaml', 670],
  ]
  for (const [file, schemaFile, steps] of files) {
    test(`behavior: ${file} replays without a difference`, () => {
      const lines = gunzipSync(readFileSync(join(FIXTURES, file))).toString('utf8')
      const schema = schemaFromYaml(parse(readFileSync(join(FIXTURES, schemaFile), 'utf8')))
      assert.deepEqual(replayVectors(lines, schema), { passed: steps, failures: [] })
    })
  }
})

describe('replayVectors', () => {
  const schema = schemaFromYaml({
    types: [{ name: 'first', map: { fields: [{ name: 's', type: { scalar: 'string' } }] } }],
  })
  const line = (step: object): string => JSON.stringify({ seed: 1, steps: [step] })

  test('error: a step that went otherwise is a failure that names seed and step', () => {
    const step = { op: 'apply', manager: 'a/Apply', object: { s: 'x' }, live: { s: 'y' }, managedFields: {} }
    const { passed, failures } = replayVectors(line(step), schema)
    assert.equal(passed, 0)
    assert.match(failures[0] ?? '', /^seed 1 step 0 \(apply\): object/)
  })

  test('behavior: a refused object leaves the state as it was', () => {
    const step = { op: 'apply', manager: 'a/Apply', object: { nope: 1 }, managedFields: {} }
    assert.deepEqual(replayVectors(`${line(step)}\n\n`, schema), { passed: 1, failures: [] })
  })

  test('behavior: the tool takes any file, zipped or not, and ends with its count', () => {
    const folder = mkdtempSync(join(tmpdir(), 'obol-vectors-'))
    try {
      const file = join(folder, 'one.jsonl')
      const schemaFile = join(folder, 'schema.yaml')
      const fields = { 'a/Apply': { 'f:s': {} } }
      const step = { op: 'apply', manager: 'a/Apply', object: { s: 'x' }, live: { s: 'x' }, managedFields: fields }
      writeFileSync(file, `${line(step)}\n`)
      writeFileSync(
        schemaFile,
        'types:\n- name: root\n  map:\n    fields:\n    - &f {name: s, type: {scalar: string}}\n    - {<<: *f, name: t}\n',
      )
      const run = (): ReturnType<typeof spawnSync> => spawnSync(process.execPath, [TOOL, file, schemaFile])
      const good = run()
      assert.equal(String(good.stdout).trimEnd().split('\n').at(-1), '1 passed, 0 failed')
      assert.equal(good.status, 0)
      writeFileSync(file, '\n')
      const empty = run()
      assert.equal(String(empty.stdout).trimEnd().split('\n').at(-1), '0 passed, 0 failed')
      assert.equal(empty.status, 1)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
