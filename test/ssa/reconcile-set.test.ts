import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { decodeFieldsV1, encodeFieldsV1 } from '../../src/ssa/fields-v1.ts'
import { reconcileSet } from '../../src/ssa/reconcile-set.ts'
import { schemaFromYaml } from '../../src/ssa/schema-yaml.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures')

test('behavior: sets of an older schema become what the real library makes of them', () => {
  const schema = schemaFromYaml(parse(readFileSync(join(FIXTURES, 'vectors', 'constructs.yaml'), 'utf8')))
  const lines = gunzipSync(readFileSync(join(FIXTURES, 'ssa', 'reconcile.jsonl.gz'))).toString('utf8')
  const recorded = lines.split('\n').filter((line) => line !== '')
  assert.equal(recorded.length, 400)
  for (const line of recorded) {
    const { set, reconciled } = JSON.parse(line)
    const actual = reconcileSet(schema, { named: 'root' }, decodeFieldsV1(set))
    assert.deepEqual(encodeFieldsV1(actual), encodeFieldsV1(decodeFieldsV1(reconciled)), line)
  }
})

test('behavior: what an atomic map holds no longer is owned one by one; an unchanged set is the same value', () => {
  const schema = schemaFromYaml({
    types: [
      {
        name: 'root',
        map: {
          fields: [
            { name: 'm', type: { map: { elementType: { scalar: 'string' }, elementRelationship: 'atomic' } } },
            { name: 's', type: { scalar: 'string' } },
          ],
        },
      },
    ],
  })
  const reconcile = (fields: object): unknown => {
    const set = decodeFieldsV1(JSON.parse(JSON.stringify(fields)))
    return encodeFieldsV1(reconcileSet(schema, { named: 'root' }, set))
  }
  assert.deepEqual(reconcile({ 'f:m': { 'f:a': {}, 'f:b': {} }, 'f:s': {} }), { 'f:m': {}, 'f:s': {} })
  const whole = decodeFieldsV1({ 'f:m': {}, 'f:s': {} })
  assert.equal(reconcileSet(schema, { named: 'root' }, whole), whole)
})
