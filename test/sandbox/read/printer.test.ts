import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atJsonPath, humanDuration } from '../../../src/sandbox/read/printer.ts'

const OBJECT = {
  a: { b: 'c', 'x.y': 1 },
  list: [{ n: 1 }, { n: 2 }],
  status: {
    conditions: [
      { type: 'Other', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
  },
}

for (const [path, expected] of [
  ['.a.b', 'c'],
  [".a['b']", 'c'],
  ['.a.x\\.y', 1],
  ['.list[1].n', 2],
  ['.status.conditions[?(@.type=="Ready")].status', 'True'],
  [".status.conditions[?(@.type=='None')].status", undefined],
  ['.none.below', undefined],
] as const) {
  test(`behavior: ${path}`, () => {
    assert.equal(atJsonPath(OBJECT, path), expected)
  })
}

test('behavior: ages as kubectl shows them', () => {
  const cases = [
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [600, '10m'],
    [10_800, '3h'],
    [11_100, '3h5m'],
    [100_000, '27h'],
    [200_000, '2d7h'],
    [864_000, '10d'],
    [86_400 * 800, '2y70d'],
    [-5, '<invalid>'],
  ] as const
  for (const [seconds, text] of cases) assert.equal(humanDuration(seconds), text)
})
