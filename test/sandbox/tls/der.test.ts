import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bitString,
  boolean,
  contextTag,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  utcTime,
  utf8String,
} from '../../../src/sandbox/tls/der.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('default', () => {
  assert.equal(hex(sequence(integer(Buffer.of(5)), boolean(true))), '30060201050101ff')
  assert.equal(hex(setOfOne(utf8String('a'))), '31030c0161')
  assert.equal(hex(octetString(Buffer.of(1, 2))), '04020102')
  assert.equal(hex(bitString(Buffer.of(0x84), 2)), '03020284')
  assert.equal(hex(contextTag(0, integer(Buffer.of(2)), true)), 'a003020102')
  assert.equal(hex(contextTag(2, Buffer.from('x'), false)), '820178')
})

test('behavior: an integer is the shortest that stays positive', () => {
  assert.equal(hex(integer(Buffer.of(0, 0, 1))), '020101')
  assert.equal(hex(integer(Buffer.of(0x80))), '02020080')
  assert.equal(hex(integer(Buffer.of(0))), '020100')
})

test('behavior: lengths of 128 bytes and more take the long form', () => {
  assert.equal(hex(octetString(Buffer.alloc(127))).slice(0, 4), '047f')
  assert.equal(hex(octetString(Buffer.alloc(128))).slice(0, 6), '048180')
  assert.equal(hex(octetString(Buffer.alloc(300))).slice(0, 8), '0482012c')
})

test('behavior: object identifiers in base 128', () => {
  assert.equal(hex(objectIdentifier('1.2.840.10045.4.3.2')), '06082a8648ce3d040302')
  assert.equal(hex(objectIdentifier('2.5.29.17')), '0603551d11')
})

test('behavior: times are UTC to the second', () => {
  assert.equal(utcTime(new Date('2026-11-23T19:04:05.678Z')).toString('latin1').slice(2), '261123190405Z')
})
