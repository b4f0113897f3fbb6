import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { alignItems } from '../../src/plan/align-items.ts'
import { expandChange } from '../../src/plan/expand-change.ts'

test('default: a replaced list is taken apart to its leaves, by index', () => {
  const before = [{ network: 'base', price: { perMTok: '1' } }]
  const after = [{ network: 'base', price: { perMTok: '2' } }]
  assert.deepEqual(expandChange('spec.payments', before, after), [
    { path: 'spec.payments[0].price.perMTok', before: '1', after: '2' },
  ])
})

test('behavior: an item taken from the front is one difference', () => {
  assert.deepEqual(expandChange('x', ['a', 'b', 'c'], ['b', 'c']), [{ path: 'x[0]', before: 'a', after: undefined }])
})

test('behavior: the same items in another order are one difference', () => {
  const before = [{ path: '/a' }, { path: '/b' }]
  const after = before.toReversed()
  assert.deepEqual(expandChange('x', before, after), [{ path: 'x', before, after, reordered: true }])
})

test('behavior: a value that comes or goes is one difference', () => {
  assert.deepEqual(expandChange('x', undefined, { a: 1 }), [{ path: 'x', before: undefined, after: { a: 1 } }])
  assert.deepEqual(expandChange('x', { a: 1 }, { a: 1 }), [])
})

test('behavior: null and absent are different, as are keys that need quotes', () => {
  assert.deepEqual(expandChange('x', { 'a.b/c': null }, {}), [{ path: 'x["a.b/c"]', before: null, after: undefined }])
})

test('behavior: every item of both lists is in the alignment once, in order', () => {
  const list = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 })
  fc.assert(
    fc.property(list, list, (a, b) => {
      const pairs = alignItems(a, b, (x, y) => x === y)
      const indexes = (side: 'before' | 'after'): readonly number[] =>
        pairs.map((pair) => pair[side]).filter((index) => index !== undefined)
      assert.deepEqual(indexes('before'), [...a.keys()])
      assert.deepEqual(indexes('after'), [...b.keys()])
    }),
    { numRuns: 300, seed: 7 },
  )
})
