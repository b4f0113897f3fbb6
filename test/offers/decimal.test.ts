import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { atomicAmount, formatDecimal, parseDecimal, shiftDown } from '../../src/offers/decimal.ts'

function decimal(text: string) {
  const parsed = parseDecimal(text)
  assert.ok(parsed, text)
  return parsed
}

test('default', () => {
  assert.deepEqual(parseDecimal('0.0230'), { digits: 230n, scale: 4 })
  assert.equal(formatDecimal(decimal('0.0230')), '0.023')
  assert.equal(formatDecimal(decimal('23.000')), '23')
  assert.equal(formatDecimal(shiftDown(decimal('23'), 3)), '0.023')
})

test('error: anything but a plain decimal is refused', () => {
  const wrong = [
    '',
    '.5',
    '5.',
    '-1',
    '+1',
    '1e3',
    ' 1',
    '1 ',
    '01',
    '1,5',
    '0x1',
    '1_000',
    'NaN',
    '١',
    '1.2.3',
    '9'.repeat(79),
  ]
  for (const text of wrong) assert.equal(parseDecimal(text), undefined, text)
})

test('behavior: no digit is lost', () => {
  const text = '123456789012345678901234567890.123456789'
  assert.equal(formatDecimal(decimal(text)), text)
  assert.deepEqual(atomicAmount(decimal('0.1'), 18), { units: 10n ** 17n, exact: true })
})

test('behavior: amounts round half up', () => {
  assert.deepEqual(atomicAmount(decimal('0.0000005'), 6), { units: 1n, exact: false })
  assert.deepEqual(atomicAmount(decimal('0.00000049'), 6), { units: 0n, exact: false })
  assert.deepEqual(atomicAmount(decimal('0.0000010'), 6), { units: 1n, exact: true })
})

test('behavior: format and parse are inverse', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat(20), (digits, scale) => {
      const text = formatDecimal({ digits, scale })
      const parsed = decimal(text)
      assert.equal(parsed.digits * 10n ** BigInt(scale), digits * 10n ** BigInt(parsed.scale))
    }),
  )
})
