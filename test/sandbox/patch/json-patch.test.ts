import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyJsonPatch } from '../../../src/sandbox/patch/json-patch.ts'
import { Refusal } from '../../../src/sandbox/refusal.ts'
import type { JsonArray, JsonObject } from '../../../src/util/json.ts'

const OBJECT: JsonObject = { a: { b: 1 }, list: [1, 2, 3], 'x/y~z': 'q' }

test('default', () => {
  const patch: JsonArray = [
    { op: 'test', path: '/a/b', value: 1 },
    { op: 'replace', path: '/a/b', value: { c: null } },
    { op: 'add', path: '/list/1', value: 9 },
    { op: 'add', path: '/list/-', value: 4 },
    { op: 'remove', path: '/list/0' },
    { op: 'copy', from: '/a', path: '/copied' },
    { op: 'move', from: '/x~1y~0z', path: '/moved' },
  ]
  assert.deepEqual(applyJsonPatch(OBJECT, patch), {
    a: { b: { c: null } },
    list: [9, 2, 3, 4],
    copied: { b: { c: null } },
    moved: 'q',
  })
  assert.deepEqual(OBJECT, { a: { b: 1 }, list: [1, 2, 3], 'x/y~z': 'q' })
})

test('behavior: a replaced key may be missing, a missing copy is null', () => {
  const patch = [
    { op: 'replace', path: '/a/new', value: 2 },
    { op: 'copy', from: '/a/none', path: '/a/copied' },
  ]
  assert.deepEqual(applyJsonPatch({ a: {} }, patch), { a: { new: 2, copied: null } })
})

for (const step of [
  { op: 'remove', path: '/none' },
  { op: 'remove', path: '/list/9' },
  { op: 'replace', path: '/list/9', value: 1 },
  { op: 'replace', path: '/none/below', value: 1 },
  { op: 'add', path: '/list/9', value: 1 },
  { op: 'add', path: '/none/below', value: 1 },
  { op: 'test', path: '/a/b', value: 2 },
  { op: 'test', path: '/none', value: 1 },
  { op: 'move', from: '/none', path: '/a' },
  { op: 'move', path: '/a' },
  { op: 'zap', path: '/a' },
  { op: 'replace', path: '', value: 'no object' },
] as const) {
  test(`error: ${JSON.stringify(step)}`, () => {
    assert.throws(
      () => applyJsonPatch(OBJECT, [{ ...step }]),
      (error) => error instanceof Refusal && error.code === 422,
    )
  })
}

test('error: no list', () => {
  assert.throws(
    () => applyJsonPatch(OBJECT, {}),
    (error) => error instanceof Refusal && error.code === 400,
  )
})
