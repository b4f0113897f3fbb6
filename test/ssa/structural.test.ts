import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyDefaults, isLoose, pruneUnknown, pruneUntypedNulls } from '../../src/ssa/structural.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'

const TEXT: JsonObject = { type: 'string' }
const KEEP = 'x-kubernetes-preserve-unknown-fields'
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more })
const root = (spec: JsonObject): JsonObject => object({ spec })

describe('applyDefaults', () => {
  const cases: readonly (readonly [string, JsonObject, JsonValue, JsonValue])[] = [
    ['a missing property', object({ a: { ...TEXT, default: 'x' } }), {}, { a: 'x' }],
    ['a present property', object({ a: { ...TEXT, default: 'x' } }), { a: 'y' }, { a: 'y' }],
    [
      'a false or empty one',
      object({ a: { default: 'x' }, b: { default: true } }),
      { a: '', b: false },
      { a: '', b: false },
    ],
    ['a null where null may not be', object({ a: { ...TEXT, default: 'x' } }), { a: null }, { a: 'x' }],
    ['a null where null may be', object({ a: { ...TEXT, nullable: true, default: 'x' } }), { a: null }, { a: null }],
    ['a null without a default', object({ a: TEXT }), { a: null }, { a: null }],
    ['a default of null', object({ a: { ...TEXT, nullable: true, default: null } }), {}, {}],
    ['no parent is made up', object({ a: object({ b: { default: 1 } }) }), {}, {}],
    ['below a default', object({ a: object({ b: { default: 1 } }, { default: {} }) }), {}, { a: { b: 1 } }],
    [
      'items',
      object({ a: { type: 'array', items: object({ b: { default: 1 } }) } }),
      { a: [{}, { b: 2 }] },
      { a: [{ b: 1 }, { b: 2 }] },
    ],
    ['null items', object({ a: { type: 'array', items: { ...TEXT, default: 'x' } } }), { a: [null] }, { a: ['x'] }],
    ['null items without a default', object({ a: { type: 'array', items: TEXT } }), { a: [null] }, { a: [null] }],
    [
      'values of a map',
      object({}, { additionalProperties: object({ b: { default: 1 } }) }),
      { x: {}, y: { b: 2 } },
      { x: { b: 1 }, y: { b: 2 } },
    ],
    ['null values of a map', object({}, { additionalProperties: { ...TEXT, default: 'x' } }), { k: null }, { k: 'x' }],
    ['any values of a map', object({}, { additionalProperties: true }), { k: null }, { k: null }],
    ['an unknown field', object({ a: TEXT }), { z: { y: null } }, { z: { y: null } }],
  ]
  for (const [what, schema, value, expected] of cases) {
    test(`behavior: ${what}`, () => {
      const before = { spec: value }
      const copy = structuredClone(before)
      assert.deepEqual(applyDefaults(before, root(schema)), { spec: expected })
      assert.deepEqual(before, copy)
    })
  }

  test('behavior: an object that lacks nothing is returned as it is', () => {
    const whole = { spec: { a: 'x', l: [{ b: 1 }] } }
    const schema = root(object({ a: { default: 'y' }, l: { type: 'array', items: object({ b: { default: 1 } }) } }))
    assert.equal(applyDefaults(whole, schema), whole)
  })
})

describe('pruneUnknown', () => {
  const cases: readonly (readonly [string, JsonObject, JsonValue, JsonValue, readonly string[]])[] = [
    ['an unknown field', object({ a: TEXT }), { a: 'x', z: 1 }, { a: 'x' }, ['spec.z']],
    [
      'unknown fields of items',
      object({ a: { type: 'array', items: object({ b: TEXT }) } }),
      { a: [{ b: 'x', z: 1 }, { z: 2 }] },
      { a: [{ b: 'x' }, {}] },
      ['spec.a[0].z', 'spec.a[1].z'],
    ],
    [
      'keys of a map',
      object({}, { additionalProperties: object({ b: TEXT }) }),
      { k: { b: 'x', z: 1 } },
      { k: { b: 'x' } },
      ['spec.k.z'],
    ],
    [
      'what is in a map of anything',
      object({}, { additionalProperties: true }),
      { k: { z: 1 }, l: 1 },
      { k: {}, l: 1 },
      ['spec.k.z'],
    ],
    ['items without a schema', object({ a: { type: 'array' } }), { a: [{ z: 1 }, 2] }, { a: [{}, 2] }, ['spec.a[0].z']],
    ['a free object', object({}, { [KEEP]: true }), { z: { y: [{ x: 1 }] } }, { z: { y: [{ x: 1 }] } }, []],
    [
      'a known field of a free object',
      object({ a: object({ b: TEXT }) }, { [KEEP]: true }),
      { a: { b: 'x', z: 1 }, y: { x: 1 } },
      { a: { b: 'x' }, y: { x: 1 } },
      ['spec.a.z'],
    ],
    [
      'items of a free list keep their unknown fields, not those of their known ones',
      { type: 'array', [KEEP]: true, items: object({ a: object({}) }) },
      [{ z: 1, a: { y: 1 } }],
      [{ z: 1, a: {} }],
      ['spec[0].a.y'],
    ],
    ['a free list without items', { [KEEP]: true }, [[{ z: 1 }]], [[{ z: 1 }]], []],
    [
      'an embedded resource',
      object({ spec: object({}) }, { 'x-kubernetes-embedded-resource': true }),
      { apiVersion: 'v1', kind: 'X', metadata: { z: 1 }, spec: { z: 1 }, y: 1 },
      { apiVersion: 'v1', kind: 'X', metadata: { z: 1 }, spec: {} },
      ['spec.spec.z', 'spec.y'],
    ],
  ]
  for (const [what, schema, value, expected, unknown] of cases) {
    test(`behavior: ${what}`, () => {
      const meta = { apiVersion: 'a/v1', kind: 'K', metadata: { any: 1 } }
      const pruned = pruneUnknown({ ...meta, spec: value }, root(schema))
      assert.deepEqual(pruned, { object: { ...meta, spec: expected }, unknown })
    })
  }
})

describe('pruneUntypedNulls', () => {
  test('behavior: only nulls that validation lets through go', () => {
    const schema = object({
      any: { [KEEP]: true },
      typed: TEXT,
      port: { 'x-kubernetes-int-or-string': true },
      nil: { [KEEP]: true, nullable: true },
      list: { type: 'array', items: object({ any: { [KEEP]: true } }) },
    })
    const value = { any: null, typed: null, port: null, nil: null, list: [{ any: null }, null], z: null }
    const expected = { typed: null, port: null, nil: null, list: [{}, null], z: null }
    assert.deepEqual(pruneUntypedNulls(value, schema), expected)
  })
})

describe('isLoose', () => {
  const table: readonly (readonly [JsonObject, boolean])[] = [
    [object({ a: TEXT, metadata: { $ref: 'x' } }), false],
    [object({ a: object({ metadata: {} }) }), true],
    [object({}, { [KEEP]: true }), true],
    [object({ a: { type: 'array', items: { 'x-kubernetes-int-or-string': true } } }), true],
    [object({ a: object({}, { additionalProperties: true }) }), true],
    [object({ a: object({}, { additionalProperties: TEXT }) }), false],
  ]
  for (const [schema, expected] of table) {
    test(`behavior: ${JSON.stringify(schema)} → ${expected}`, () => assert.equal(isLoose(schema), expected))
  }
})
