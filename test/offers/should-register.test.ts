import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistrationEnabled, shouldRegister } from '../../src/offers/should-register.ts'

const BASE_URL = 'https://sell.example.com'
const ENABLED = { registration: { enabled: true } }

test('row 8: enabled, with a base URL, is registered', () => {
  assert.equal(shouldRegister(ENABLED, BASE_URL), true)
})

test('row 8: disabled is not registered', () => {
  assert.equal(shouldRegister({ registration: { enabled: false } }, BASE_URL), false)
})

test('row 8: no block is not registered', () => {
  assert.equal(shouldRegister({}, BASE_URL), false)
})

test('row 8: without a base URL nothing is registered', () => {
  for (const empty of ['', '  ', undefined]) assert.equal(shouldRegister(ENABLED, empty), false, JSON.stringify(empty))
})

test('row 8: a block that is not a mapping is not registered', () => {
  for (const block of [true, 'enabled', ['enabled'], null, 1]) {
    assert.equal(shouldRegister({ registration: block }, BASE_URL), false, JSON.stringify(block))
  }
})

test('row 8: enabled as a string is not registered', () => {
  for (const enabled of ['true', 'yes', 1, null]) {
    assert.equal(shouldRegister({ registration: { enabled } }, BASE_URL), false, JSON.stringify(enabled))
  }
  assert.equal(shouldRegister({ registration: {} }, BASE_URL), false)
})

test('behavior: that a registration is wanted does not depend on the base URL', () => {
  assert.equal(isRegistrationEnabled(ENABLED), true)
  assert.equal(isRegistrationEnabled({ registration: { enabled: 'true' } }), false)
})
