import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keccak256 as reference, toHex } from 'viem/utils'
import { keccak256 } from '../../src/util/keccak256.ts'

const hex = (text: string) => `0x${Buffer.from(keccak256(text)).toString('hex')}`

test('default: the hash of nothing is the one of the yellow paper', () => {
  assert.equal(hex(''), '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
})

test('behavior: agrees with viem for every length around the block size', () => {
  for (const length of [1, 40, 134, 135, 136, 137, 271, 272, 273, 1000]) {
    const text = 'abcdefg'.repeat(200).slice(0, length)
    assert.equal(hex(text), reference(toHex(text)), `${length} bytes`)
  }
})

test('behavior: agrees with viem for any ASCII text', () => {
  const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 })
  fc.assert(fc.property(ascii, (text) => hex(text) === reference(toHex(text))))
})
