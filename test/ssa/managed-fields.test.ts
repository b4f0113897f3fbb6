import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  decodeManagedFields,
  encodeManagedFields,
  managerId,
  ownerName,
  secondsOf,
  withManagedFields,
  withoutManagedFields,
} from '../../src/ssa/managed-fields.ts'
import type { JsonObject } from '../../src/util/json.ts'

function entry(more: JsonObject = {}): JsonObject {
  const fieldsV1 = { 'f:spec': { 'f:s': {} } }
  return { apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, manager: 'a', operation: 'Update', ...more }
}

const object = (...managedFields: readonly JsonObject[]): JsonObject => ({ metadata: { name: 'x', managedFields } })

describe('managedFields', () => {
  test('default: entries are written in the server’s order: operation, time, name, version, subresource', () => {
    const ordered = [
      entry({ operation: 'Apply', manager: 'z' }),
      entry({ operation: 'Apply', manager: 'a', time: '2026-01-01T00:00:01Z' }),
      entry({ manager: 'b' }),
      entry({ manager: 'a', time: '2026-01-01T00:00:01Z' }),
      entry({ manager: 'a', time: '2026-01-01T00:00:01Z', apiVersion: 'v2' }),
      entry({ manager: 'a', time: '2026-01-01T00:00:01Z', apiVersion: 'v2', subresource: 'status' }),
      entry({ manager: 'b', time: '2026-01-01T00:00:01Z', apiVersion: 'v2' }),
    ]
    const decoded = decodeManagedFields(object(...[...ordered].reverse()))
    assert.ok(decoded !== undefined)
    assert.deepEqual(encodeManagedFields(decoded), ordered)
  })

  test('behavior: an updater is told apart by its version, an applier is not', () => {
    const decoded = decodeManagedFields(
      object(
        entry(),
        entry({ apiVersion: 'v2' }),
        entry({ operation: 'Apply' }),
        entry({ operation: 'Apply', apiVersion: 'v2' }),
      ),
    )
    assert.equal(decoded?.size, 3)
    assert.equal(
      managerId({ manager: 'a', operation: 'Apply', apiVersion: 'v1' }),
      '{"manager":"a","operation":"Apply"}',
    )
    const status = { manager: 'a', operation: 'Update', apiVersion: 'v1', subresource: 'status' } as const
    assert.equal(managerId(status), '{"manager":"a","operation":"Update","apiVersion":"v1","subresource":"status"}')
    assert.equal(ownerName(status), 'a/Update(status)')
    assert.equal(ownerName({ manager: 'a', operation: 'Apply' }), 'a/Apply')
  })

  for (const [what, more] of [
    ['operation', { operation: 'Take' }],
    ['version', { apiVersion: '' }],
    ['notation', { fieldsType: 'FieldsV2' }],
    ['field set', { fieldsV1: { 'f:a': 1 } }],
  ] as const) {
    test(`error: an entry with a wrong ${what} makes the list unreadable`, () => {
      assert.equal(decodeManagedFields(object(entry(), entry({ manager: 'b', ...more }))), undefined)
    })
  }

  test('behavior: an object without owners has no list, and the rest is untouched', () => {
    const bare = withoutManagedFields(object(entry()))
    assert.deepEqual(bare, { metadata: { name: 'x' } })
    assert.equal(withoutManagedFields(bare), bare)
    assert.deepEqual(withManagedFields(object(entry()), new Map()), bare)
    assert.deepEqual(withManagedFields(bare, decodeManagedFields(object(entry())) ?? new Map()), object(entry()))
    assert.equal(secondsOf({ time: '2026-01-01T00:00:01Z' }), 1767225601)
    assert.equal(secondsOf({}), 0)
  })
})
