import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { showCoin, showCoinRange } from '../../src/plan/show-coin.ts'

const COIN = 10n ** 18n

test('default: wei as a decimal number of coins, exact', () => {
  assert.equal(showCoin(0n), '0')
  assert.equal(showCoin(1n), '0.000000000000000001')
  assert.equal(showCoin(20_000_000_000_000_000n), '0.02')
  assert.equal(showCoin(1234n * COIN), '1234')
})

test('behavior: few digits, rounded to the safe side', () => {
  const wei = 31_987_654_321_000n
  assert.deepEqual([showCoin(wei, 2), showCoin(wei, 2, 'up'), showCoin(wei, 3)], ['0.000031', '0.000032', '0.0000319'])
  assert.equal(showCoin(999_999n * 10n ** 9n, 2, 'up'), '0.001')
  assert.equal(showCoin(12_345n * COIN + 1n, 2), '12345')
  assert.equal(showCoin(12_345n * COIN + 1n, 2, 'up'), '12346')
})

test('behavior: a range is one number where both ends look alike', () => {
  assert.equal(showCoinRange(30_100_000_000_000n, 59_900_000_000_000n, 'ETH'), '0.00003 to 0.00006 ETH')
  assert.equal(showCoinRange(30_000_000_000_000n, 30_000_000_000_000n, 'POL'), '0.00003 POL')
})

test('behavior: what is shown is never on the wrong side, and never far off', () => {
  const parse = (text: string): bigint => {
    const [whole = '', fraction = ''] = text.split('.')
    return BigInt(whole) * COIN + BigInt(fraction.padEnd(18, '0'))
  }
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 1, max: 4 }), (wei, digits) => {
      const [down, up] = [parse(showCoin(wei, digits)), parse(showCoin(wei, digits, 'up'))]
      assert.ok(down <= wei && wei <= up)
      assert.ok((up - down) * 10n ** BigInt(digits - 1) <= wei)
      assert.equal(parse(showCoin(wei)), wei)
    }),
    { numRuns: 300, seed: 7 },
  )
})
