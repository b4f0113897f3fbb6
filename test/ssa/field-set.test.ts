import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  difference,
  EMPTY_SET,
  type FieldSet,
  hasPath,
  intersection,
  isEmpty,
  leavesOf,
  pathsOf,
  recursiveDifference,
  setEquals,
  setOf,
  subset,
  union,
} from '../../src/ssa/field-set.ts'
import { decodeFieldsV1, encodeFieldsV1, isFieldsV1 } from '../../src/ssa/fields-v1.ts'
import { compareElements } from '../../src/ssa/path-element.ts'
import type { JsonValue } from '../../src/util/json.ts'
import { fieldSets, RUNS } from './arbitrary.ts'

const text = (set: FieldSet): readonly string[] => [...pathsOf(set)].map((path) => path.join(' '))
const check = (holds: (a: FieldSet, b: FieldSet, c: FieldSet) => void): void =>
  fc.assert(fc.property(fieldSets, fieldSets, fieldSets, holds), RUNS)

describe('field sets', () => {
  test('behavior: union, intersection and difference are those of the sets of their paths', () => {
    check((a, b) => {
      const [left, right] = [new Set(text(a)), new Set(text(b))]
      assert.deepEqual(new Set(text(union(a, b))), left.union(right))
      assert.deepEqual(new Set(text(intersection(a, b))), left.intersection(right))
      assert.deepEqual(new Set(text(difference(a, b))), left.difference(right))
    })
  })

  test('behavior: the laws of sets hold, and equality is by path', () => {
    check((a, b, c) => {
      assert.ok(setEquals(union(a, b), union(b, a)))
      assert.ok(setEquals(union(union(a, b), c), union(a, union(b, c))))
      assert.ok(setEquals(intersection(a, union(b, c)), union(intersection(a, b), intersection(a, c))))
      assert.ok(setEquals(union(difference(a, b), intersection(a, b)), a))
      assert.ok(isEmpty(difference(a, union(a, b))))
      assert.equal(setEquals(a, b), text(a).join() === text(b).join())
      assert.ok(setEquals(a, union(a, EMPTY_SET)))
    })
  })

  test('behavior: a recursive difference takes what lies below as well', () => {
    check((a, b) => {
      const roots = text(b)
      const expected = text(a).filter((path) => !roots.some((root) => path === root || path.startsWith(`${root} `)))
      assert.deepEqual(text(recursiveDifference(a, b)), expected)
    })
  })

  test('behavior: paths, membership, subsets and leaves agree', () => {
    check((a) => {
      const paths = [...pathsOf(a)]
      assert.ok(setEquals(setOf(paths), a))
      assert.ok(paths.every((path) => hasPath(a, path)))
      const leaves = paths.filter((path) => isEmpty(subset(a, path)))
      assert.deepEqual(text(leavesOf(a)), text(setOf(leaves)))
      const below = [...pathsOf(subset(a, ['f:a']))]
      assert.deepEqual(
        below.map((path) => ['f:a', ...path]),
        paths.filter((path) => path.length > 1 && path[0] === 'f:a'),
      )
    })
  })

  test('behavior: nobody owns the object as a whole', () => {
    assert.equal(setOf([[]]), EMPTY_SET)
    assert.equal(hasPath(setOf([['f:a']]), []), false)
  })
})

describe('FieldsV1', () => {
  test('behavior: what is written is read back, and its keys stand in the server’s order', () => {
    check((a) => {
      const written = encodeFieldsV1(a)
      assert.ok(setEquals(decodeFieldsV1(JSON.parse(JSON.stringify(written))), a))
      const keys = Object.keys(written)
      assert.deepEqual(keys, [...keys].sort(compareElements))
      assert.ok(isFieldsV1(written))
    })
  })

  const table: readonly (readonly [JsonValue, JsonValue | undefined])[] = [
    [null, {}],
    [{ 'f:a': null }, { 'f:a': {} }],
    [{ 'f:a': { '.': 5 } }, { 'f:a': {} }],
    [{ 'x:a': { 'f:b': {} } }, {}],
    [{ 'f:s': { 'x:a': {} } }, { 'f:s': {} }],
    [{ 'f:a': { '.': {}, 'f:b': {} } }, { 'f:a': { '.': {}, 'f:b': {} } }],
    [{ 'k:{"b": 1, "a": 2}': {} }, { 'k:{"a":2,"b":1}': {} }],
    [{ 'f:a': 1 }, undefined],
    [{ q: {} }, undefined],
    [{ 'v:1 2': {} }, undefined],
    [[], undefined],
  ]
  for (const [fields, expected] of table) {
    test(`behavior: ${JSON.stringify(fields)} is ${expected === undefined ? 'refused' : JSON.stringify(expected)}`, () => {
      assert.equal(isFieldsV1(fields), expected !== undefined)
      if (expected === undefined) return
      const object = fields === null ? {} : JSON.parse(JSON.stringify(fields))
      assert.deepEqual(encodeFieldsV1(decodeFieldsV1(object)), expected)
    })
  }
})
