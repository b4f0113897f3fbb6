import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorsToJson, renderErrors, toObolErrors } from '../../src/cli/render-error.ts'
import { createStyle } from '../../src/cli/style.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { USAGE_ERRORS } from '../../src/errors/usage.ts'
import { assertGolden } from '../support/golden.ts'

const PLAIN = createStyle(false)

const IN_FILE = new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
  message: 'obol.yaml could not be written',
  where: { file: 'offers/aeon.yaml', line: 12, column: 5 },
  details: ['the file system is read-only', 'tried as user 1000'],
  hint: 'obol init ~/elsewhere',
})
const IN_OBJECT = new ObolError(USAGE_ERRORS.UNEXPECTED, {
  where: { object: 'ServiceOffer.obol.org/llm/aeon', field: 'spec.payment.price' },
})
const HOSTILE = new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
  message: 'no answer from https://me:s3cret@host/ for "\u001b[2Jx"',
  details: ['Authorization: Bearer abcdef123456'],
})

test('default: several errors at once', () => {
  assertGolden('cli/golden/errors.txt', renderErrors([IN_FILE, IN_OBJECT, HOSTILE], PLAIN, false))
})

test('default: coloured', () => {
  assertGolden('cli/golden/errors-coloured.txt', renderErrors([IN_FILE], createStyle(true), false))
})

test('default: JSON has the first error, and all when there are several', () => {
  assertGolden('cli/golden/errors.json', `${JSON.stringify(errorsToJson([IN_FILE, HOSTILE], false), undefined, 2)}\n`)
  assert.deepEqual(Object.keys(errorsToJson([IN_FILE], false)), ['error'])
})

test('behavior: no stack, unless for debugging; causes then too, masked', () => {
  const cause = new Error('token=abc at https://u:p@h')
  const error = new ObolError(USAGE_ERRORS.UNEXPECTED, { cause })
  assert.ok(!renderErrors([error], PLAIN, false).includes('.ts:'))
  const debug = renderErrors([error], PLAIN, true)
  assert.match(debug, /render-error\.test\.ts:\d+/)
  assert.match(debug, /caused by/)
  assert.ok(!debug.includes('u:p@'))
})

test('behavior: anything else that is thrown becomes OBOL-U900 with what it said', () => {
  for (const thrown of [new TypeError('x is not a function'), 'text', undefined, null, { a: 1 }]) {
    const [error, ...rest] = toObolErrors(thrown)
    assert.equal(error?.code, USAGE_ERRORS.UNEXPECTED.code)
    assert.equal(error?.exitCode, 1)
    assert.deepEqual(rest, [])
  }
  assert.deepEqual(toObolErrors(new TypeError('x is not a function'))[0]?.details, ['TypeError: x is not a function'])
})

test('behavior: an AggregateError is taken apart, however deep', () => {
  const nested = new AggregateError([IN_FILE, new AggregateError([IN_OBJECT, new Error('x')])])
  assert.deepEqual(
    toObolErrors(nested).map(({ code }) => code),
    ['OBOL-U011', 'OBOL-U900', 'OBOL-U900'],
  )
})
