import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { schemaFromYaml } from '../../src/ssa/schema-yaml.ts'
import { typeForServer } from '../../src/ssa/server-version.ts'
import type { ObjectType } from '../../src/ssa/types.ts'
import { replayVectors } from '../../tools/replay-vectors.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'ssa')

const type: ObjectType = { apiVersion: 'v1', kind: 'K', schema: { types: new Map() }, root: { named: 'root' } }

test('default: 1.36.0 to 1.36.2 keep what a removal empties, all others do not', () => {
  const keeps = (version: string): boolean => typeForServer(type, version).schema.keepsEmptied === true
  for (const version of ['v1.36.0', 'v1.36.1', 'v1.36.2', 'v1.36.2+k3s1', 'v1.36.0-rc.1'])
    assert.ok(keeps(version), version)
  for (const version of ['v1.34.4', 'v1.35.9', 'v1.36.3', 'v1.36.20', 'v1.37.2', 'v1.136.1', '']) {
    assert.ok(!keeps(version), version)
  }
  assert.equal(typeForServer(type, 'v1.36.1'), typeForServer(type, 'v1.36.1'))
})

test('behavior: merges recorded with the library of those versions replay, and only so', () => {
  const lines = gunzipSync(readFileSync(join(FIXTURES, 'keeps-emptied.jsonl.gz'))).toString('utf8')
  const schema = schemaFromYaml(parse(readFileSync(join(FIXTURES, 'keeps-emptied.yaml'), 'utf8'), { merge: true }))
  const { passed, failures } = replayVectors(lines, { ...schema, keepsEmptied: true })
  assert.deepEqual(failures, [])
  assert.ok(passed > 1500)
  assert.ok(replayVectors(lines, schema).failures.length > 10)
})
