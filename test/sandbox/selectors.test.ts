import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../src/sandbox/refusal.ts'
import { fieldSelector, labelSelector } from '../../src/sandbox/selectors.ts'
import { BUILT_IN_RESOURCES } from '../../src/sandbox/served-resource.ts'
import type { JsonObject } from '../../src/util/json.ts'

const object = (labels: JsonObject): JsonObject => ({ metadata: { name: 'n', namespace: 'ns', labels } })

for (const [selector, labels, expected] of [
  ['', {}, true],
  ['a=b', { a: 'b' }, true],
  ['a==b', { a: 'c' }, false],
  ['a!=b', {}, true],
  ['a!=b', { a: 'b' }, false],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['!a', {}, true],
  ['! a', { a: '1' }, false],
  ['a in (b, c)', { a: 'c' }, true],
  ['a in (b,c)', {}, false],
  ['a notin (b)', {}, true],
  ['a notin (b)', { a: 'b' }, false],
  ['a in (b,c),d=e', { a: 'b', d: 'e' }, true],
  ['a in (b,c),d=e', { a: 'b' }, false],
  ['a>3', { a: '4' }, true],
  ['a<3', { a: '4' }, false],
  ['a=', { a: '' }, true],
  ['x.example.org/y=z', { 'x.example.org/y': 'z' }, true],
] as const) {
  test(`behavior: ${JSON.stringify(selector)} of ${JSON.stringify(labels)}`, () => {
    assert.equal(labelSelector(selector)(object(labels)), expected)
  })
}

test('behavior: fields', () => {
  const [resource] = BUILT_IN_RESOURCES
  assert.ok(resource !== undefined)
  const matches = (selector: string): boolean => fieldSelector(selector, resource)(object({}))
  assert.equal(matches('metadata.name=n,metadata.namespace==ns'), true)
  assert.equal(matches('metadata.name!=n'), false)
  assert.equal(matches(''), true)
})

for (const selector of ['a b', 'a in b', '=b', 'a=b c']) {
  test(`error: ${JSON.stringify(selector)}`, () => {
    assert.throws(
      () => labelSelector(selector),
      (error) => error instanceof Refusal && error.code === 400,
    )
  })
}
