import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alignColumns } from '../../src/util/align-columns.ts'
import { groupDigits } from '../../src/util/group-digits.ts'
import { plural } from '../../src/util/plural.ts'
import { printable } from '../../src/util/printable.ts'
import { visibleWidth } from '../../src/util/visible-width.ts'

test('default: visibleWidth counts terminal columns', () => {
  const widths: readonly (readonly [string, number])[] = [
    ['', 0],
    ['aeon', 4],
    ['\u001b[31maeon\u001b[39m', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['→ …', 3],
    ['価格', 4],
    ['한글', 4],
    ['🚀', 2],
    ['👨‍👩‍👧', 2],
    ['a\u200b', 1],
  ]
  for (const [text, width] of widths) assert.equal(visibleWidth(text), width, JSON.stringify(text))
})

test('default: alignColumns starts each column at one place', () => {
  const rows = [['+', 'Service', 'llm/aeon'], ['~', '\u001b[1m価格\u001b[22m', ''], ['x']]
  assert.deepEqual(alignColumns(rows), ['+  Service  llm/aeon', '~  \u001b[1m価格\u001b[22m', 'x'])
  assert.deepEqual(alignColumns([]), [])
})

test('default: plural', () => {
  assert.deepEqual(
    [0, 1, 1204].map((n) => plural(n, 'step')),
    ['0 steps', '1 step', '1,204 steps'],
  )
  assert.equal(plural(2, 'registry', 'registries'), '2 registries')
})

test('default: groupDigits', () => {
  assert.deepEqual([0, 12, 123, 1204, 123456, 1234567].map(groupDigits), [
    '0',
    '12',
    '123',
    '1,204',
    '123,456',
    '1,234,567',
  ])
})

test('behavior: printable shows control and reordering characters instead of sending them', () => {
  assert.equal(printable('a\u001b]0;title\u0007\rb\u202ec'), 'a\\u001b]0;title\\u0007\\u000db\\u202ec')
  assert.equal(printable('tab\tnewline\né価🚀'), 'tab\tnewline\né価🚀')
})
