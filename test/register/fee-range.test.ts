import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { feeRange, MAX_BUMPS, raised } from '../../src/register/fee-range.ts'

const GWEI = 10n ** 9n
const AMOUNT = fc.bigInt({ min: 0n, max: 10n ** 13n })

test('default', () => {
  const range = feeRange({ gas: 160_000n, l1Fee: 0n }, { baseFee: GWEI, priorityFee: GWEI / 1000n })
  assert.equal(range.gasLimit, 192_000n)
  assert.equal(range.maxFeePerGas, 1_501_000_001n)
  assert.ok(range.low < 160_000n * GWEI && 160_000n * GWEI < range.high)
})

test('behavior: raised is 12.5 % more each time, rounded up, so that a node takes it even at one wei', () => {
  assert.equal(raised(800n, 1), 900n)
  assert.equal(raised(1n, 1), 2n)
  assert.equal(raised(100n, 0), 100n)
  fc.assert(
    fc.property(AMOUNT, fc.integer({ min: 1, max: MAX_BUMPS }), (fee, bumps) => {
      assert.ok(raised(fee, bumps) * 8n >= raised(fee, bumps - 1) * 9n)
    }),
  )
})

test('behavior: what any attempt may cost is inside the range, after every bump too', () => {
  fc.assert(
    fc.property(
      AMOUNT,
      AMOUNT,
      fc.bigInt({ min: 21_000n, max: 10n ** 7n }),
      AMOUNT,
      (baseFee, priorityFee, gas, l1Fee) => {
        const range = feeRange({ gas, l1Fee }, { baseFee, priorityFee })
        assert.equal(range.ceilingFeePerGas, raised(range.maxFeePerGas, MAX_BUMPS))
        assert.ok(range.high >= range.gasLimit * raised(range.maxFeePerGas, MAX_BUMPS) + l1Fee)
        assert.ok(range.low <= gas * (baseFee + priorityFee) + l1Fee)
        assert.ok(range.maxPriorityFeePerGas <= range.maxFeePerGas)
      },
    ),
  )
})
