import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  canonicalElement,
  compareElements,
  elementKey,
  encodeElement,
  formatPath,
  itemElement,
} from '../../src/ssa/path-element.ts'
import type { ListType, Schema } from '../../src/ssa/schema.ts'
import type { JsonValue } from '../../src/util/json.ts'

// The expected texts of these tables were printed by structured-merge-diff v6.4.2.

describe('formatPath', () => {
  const table: readonly (readonly [readonly string[], string])[] = [
    [['f:spec', 'f:ports', 'k:{"name":"http"}', 'f:port'], '.spec.ports[name="http"].port'],
    [['k:{"port":80,"protocol":"TCP"}'], '[port=80,protocol="TCP"]'],
    [['f:finalizers', 'v:"x"'], '.finalizers[="x"]'],
    [['i:3'], '[3]'],
    [['k:{"a":null,"b":true}'], '[a=null,b=true]'],
    [['v:100000.5'], '[=100000.5]'],
    [['v:1234567.25'], '[=1.23456725e+06]'],
    [['v:0.0001'], '[=0.0001]'],
    [['v:0.00001'], '[=1e-05]'],
    [['v:100000000000000000000'], '[=1e+20]'],
    [['v:1e+300'], '[=1e+300]'],
    [['v:-2.5e-9'], '[=-2.5e-09]'],
    [['v:9007199254740992'], '[=9007199254740992]'],
    [['v:9223372036854775808'], '[=9.223372036854776e+18]'],
    [['v:"\\u0007\\b\\f\\n\\r\\t\\u000b\\u0001\u007f"'], '[="\\a\\b\\f\\n\\r\\t\\v\\x01\\x7f"]'],
    [['v:"\u0085\u00a0\u2028\ufeff\ue000"'], '[="\\u0085\\u00a0\\u2028\\ufeff\\ue000"]'],
    [['v:"é😀\u0378\u{e0001}\u3000 x"'], '[="é😀\\u0378\\U000e0001\\u3000 x"]'],
    [['v:"\\"\\\\"'], '[="\\"\\\\"]'],
  ]
  for (const [path, expected] of table) {
    test(`behavior: ${JSON.stringify(path)} is printed as the server does`, () => {
      assert.equal(formatPath(path), expected)
    })
  }
})

describe('encodeElement', () => {
  const table: readonly (readonly [string, string])[] = [
    ['f:a<b', 'f:a<b'],
    ['v:"plain"', 'v:"plain"'],
    ['v:"<>&\u2028😀/"', 'v:"\\u003c\\u003e\\u0026\\u2028😀/"'],
    ['v:"\\b\\f\\n\\u000b\\\\b"', 'v:"\\u0008\\u000c\\n\\u000b\\\\b"'],
    ['v:1e-7', 'v:1e-07'],
    ['v:"e-7"', 'v:"e-7"'],
    ['v:1e+21', 'v:1e+21'],
    ['k:{"a<b\\b":"x<y\\b","b":null}', 'k:{"a<b\\u0008":"x\\u003cy\\u0008","b":null}'],
  ]
  for (const [element, expected] of table) {
    test(`behavior: ${element} is written as the server does, and read back`, () => {
      assert.equal(encodeElement(element), expected)
      assert.equal(canonicalElement(expected), element)
    })
  }
})

describe('canonicalElement', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['f:', 'f:'],
    ['f', undefined],
    ['x:y', undefined],
    ['v:1 2', undefined],
    ['v:', undefined],
    ['v:1.0', 'v:1'],
    ['k:1', undefined],
    ['k:null', 'k:{}'],
    ['k:{"b": 1, "a": 2}', 'k:{"a":2,"b":1}'],
    ['i:+5', 'i:5'],
    ['i:05', 'i:5'],
    ['i:-1', 'i:-1'],
    ['i:a', undefined],
  ]
  for (const [key, expected] of table) {
    test(`behavior: ${key} → ${expected}`, () => assert.equal(canonicalElement(key), expected))
  }
})

test('behavior: elements are ordered by kind, then by content, numbers by value and texts by code point', () => {
  const ordered = [
    ...['f:a', 'f:b', 'f:\uffee', 'f:😀'],
    ...['k:{"a":1}', 'k:{"a":1,"b":0}', 'k:{"a":2}', 'k:{"b":0}'],
    ...['v:-3', 'v:1.5', 'v:2', 'v:10', 'v:""', 'v:"a"', 'v:"b"', 'v:false', 'v:true', 'v:null'],
    ...['i:2', 'i:10'],
  ]
  assert.deepEqual([...ordered].reverse().sort(compareElements), ordered)
  assert.deepEqual(
    ordered.map((element) => compareElements(element, element)),
    ordered.map(() => 0),
  )
})

test('behavior: elementKey gives the key fields of a keyed item only', () => {
  assert.deepEqual(elementKey('k:{"name":"a"}'), { name: 'a' })
  assert.equal(elementKey('v:{"name":"a"}'), undefined)
})

describe('itemElement', () => {
  const fields = new Map([
    ['name', { type: { inlined: { scalar: 'string' as const } }, default: undefined }],
    ['port', { type: { inlined: { scalar: 'numeric' as const } }, default: 80 }],
    ['none', { type: { inlined: { scalar: 'string' as const } }, default: null }],
  ])
  const schema: Schema = {
    types: new Map([['item', { map: { fields, elementType: undefined, elementRelationship: 'separable' } }]]),
  }
  const list = (...keys: readonly string[]): ListType => ({
    elementType: { named: 'item' },
    elementRelationship: 'associative',
    keys,
  })
  const table: readonly (readonly [string, ListType, JsonValue, string | RegExp])[] = [
    ['given keys', list('name', 'port'), { name: 'a', port: 1, v: 2 }, 'k:{"name":"a","port":1}'],
    ['a default', list('name', 'port'), { name: 'a' }, 'k:{"name":"a","port":80}'],
    ['an explicit null, which is no default', list('port'), { port: null }, 'k:{"port":null}'],
    ['a missing key beside another', list('name', 'none'), { name: 'a' }, 'k:{"name":"a"}'],
    ['no key at all', list('name', 'none'), { v: 1 }, /omits all key fields \["name" "none"\]/],
    ['a null item', list('name'), null, /null element/],
    ['a scalar item', list('name'), 'a', /non-map/],
    ['a set of scalars', list(), 'a', 'v:"a"'],
    ['a set with a null', list(), null, /explicit null/],
    ['a set with a list', list(), [], /lists as elements/],
    ['a set with a map', list(), {}, /map type/],
    ['an atomic list', { ...list(), elementRelationship: 'atomic' }, 'a', /non-associative/],
  ]
  for (const [what, type, item, expected] of table) {
    test(`behavior: ${what}`, () => {
      const found = itemElement(schema, type, item)
      if (typeof expected === 'string') assert.deepEqual(found, { element: expected })
      else assert.match('error' in found ? found.error : '', expected)
    })
  }
})
