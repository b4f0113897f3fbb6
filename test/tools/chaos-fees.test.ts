import assert from 'node:assert/strict'
import { test } from 'node:test'
import { estimateFees, isInside } from '../../tools/chaos/estimate-fees.ts'

const RUNS = 40

test('default: the fee paid lies in the range that the plan showed', { timeout: 120_000 }, async () => {
  const samples = await estimateFees(2, RUNS)
  assert.equal(samples.length, RUNS)
  assert.ok(samples.filter(isInside).length >= 0.95 * RUNS)
  assert.deepEqual(
    samples.filter(({ high, paid }) => paid > high),
    [],
  )
})

test('behavior: inside includes both ends', () => {
  const isIn = (paid: bigint): boolean => isInside({ low: 1n, high: 3n, paid })
  assert.deepEqual([0n, 1n, 3n, 4n].map(isIn), [false, true, true, false])
})
