import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validateStructural } from '../../../src/sandbox/validation/validate-structural.ts'
import type { JsonObject, JsonValue } from '../../../src/util/json.ts'

/** What the recorded sessions do not reach; the words are those of kube-openapi. */
const CASES: readonly (readonly [string, JsonObject, JsonValue, readonly string[]])[] = [
  [
    'oneOf, none',
    { oneOf: [{ type: 'string' }, { type: 'boolean' }] },
    5,
    [
      '<nil>: Invalid value: "": "v" must validate one and only one schema (oneOf). Found none valid',
      'v: Invalid value: "integer": v in body must be of type string: "integer"',
    ],
  ],
  [
    'oneOf, two',
    { oneOf: [{ minimum: 1 }, { minimum: 2 }] },
    5,
    ['<nil>: Invalid value: "": "v" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  ['oneOf, one', { oneOf: [{ minimum: 1 }, { minimum: 9 }] }, 5, []],
  [
    'allOf',
    { allOf: [{ minimum: 9 }] },
    5,
    [
      '<nil>: Invalid value: "": "v" must validate all the schemas (allOf)',
      'v: Invalid value: 5: v in body should be greater than or equal to 9',
    ],
  ],
  ['not', { not: { type: 'integer' } }, 5, ['<nil>: Invalid value: "": "v" must not validate the schema (not)']],
  ['anyOf, one', { anyOf: [{ type: 'integer' }, { type: 'string' }] }, 5, []],
  [
    'minProperties',
    { type: 'object', minProperties: 1 },
    {},
    ['v: Invalid value: 0: v in body should have at least 1 properties'],
  ],
  [
    'exclusive maximum',
    { type: 'integer', maximum: 5, exclusiveMaximum: true },
    5,
    ['v: Invalid value: 5: v in body should be less than 5'],
  ],
  ['numbers may be whole', { type: 'number' }, 5, []],
  ['null where it may be', { type: 'string', nullable: true }, null, []],
  ['formats that are not known', { type: 'string', format: 'zap' }, 'x', []],
  [
    'ipv4',
    { type: 'string', format: 'ipv4' },
    '1.2.3',
    ['v: Invalid value: "1.2.3": v in body must be of type ipv4: "1.2.3"'],
  ],
  ['duration', { type: 'string', format: 'duration' }, '1h30m', []],
  ['lengths count characters', { type: 'string', maxLength: 2 }, '😀😀', []],
  ['enum of numbers', { enum: [1, 2] }, 3, ['v: Unsupported value: 3: supported values: "1", "2"']],
]

for (const [name, schema, value, expected] of CASES) {
  test(`behavior: ${name}`, () => {
    const lines = validateStructural(value, schema, 'v').map(({ field, message }) => `${field}: ${message}`)
    assert.deepEqual(lines, expected)
  })
}
