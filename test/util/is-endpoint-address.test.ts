import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEndpointAddress } from '../../src/util/is-endpoint-address.ts'

test('default', () => {
  for (const address of [
    '172.17.0.1',
    '192.168.65.254',
    '10.0.0.1',
    '8.8.8.8',
    'fd00::1',
    '2001:DB8::5',
    '2001:db8:0:0:0:0:0:5',
  ]) {
    assert.equal(isEndpointAddress(address), true, address)
  }
})

test('behavior: what the API server refuses is refused, in every spelling', () => {
  const refused = [
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    'fe80::1',
    'febf::1',
    'ff02::1',
  ]
  for (const address of refused) assert.equal(isEndpointAddress(address), false, address)
})

test('behavior: what is no address is refused', () => {
  for (const text of [
    '',
    'localhost',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1:80',
    '[fd00::1]',
    'fd00::1%eth0',
    ':::',
    'a:b',
    '1::2::3',
  ])
    assert.equal(isEndpointAddress(text), false, text)
})
