import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { claimsAllOf } from '../../src/ssa/claims-all-of.ts'
import { difference, EMPTY_SET, setOf } from '../../src/ssa/field-set.ts'
import { mergeValues } from '../../src/ssa/merge-values.ts'
import { pruneDropped } from '../../src/ssa/prune-dropped.ts'
import { STRIP_SET } from '../../src/ssa/strip-set.ts'
import { applyDefaults } from '../../src/ssa/structural.ts'
import { toFieldSet } from '../../src/ssa/to-field-set.ts'
import { isJsonObject, type JsonObject, jsonEquals } from '../../src/util/json.ts'
import { RUNS, samples, sampleType } from './arbitrary.ts'

const type = sampleType()
const { schema, root } = type
const merge = (live: JsonObject, applied: JsonObject): JsonObject => {
  const merged = mergeValues(schema, root, live, applied)
  if (!isJsonObject(merged)) throw new Error('objects merge to an object')
  return merged
}

/** Samples without keyed lists, of which it is never sure. */
const plainSamples = samples.map((sample): JsonObject => {
  const { kl: _l, kd: _d, ...spec } = isJsonObject(sample['spec']) ? sample['spec'] : {}
  return { ...sample, spec }
})

describe('claimsAllOf', () => {
  test('default: every path again, and more', () => {
    const last = setOf([['f:a', 'f:b'], ['f:c']])
    assert.equal(claimsAllOf(setOf([['f:a', 'f:b'], ['f:c'], ['f:d']]), last), true)
    assert.equal(claimsAllOf(setOf([['f:a', 'f:b']]), last), false)
    assert.equal(claimsAllOf(EMPTY_SET, last), false)
    assert.equal(claimsAllOf(last, EMPTY_SET), true)
  })

  test('behavior: paths through keyed lists are never sure', () => {
    const set = setOf([['f:a', 'k:{"name":"x"}', 'f:b']])
    assert.equal(claimsAllOf(set, set), false)
  })

  test('behavior: where it is sure, pruning changes nothing', () => {
    let sure = 0
    const check = (before: JsonObject, more: JsonObject, foreign: JsonObject, unowned: JsonObject): void => {
      const config = merge(before, more)
      const live = applyDefaults(merge(merge(unowned, foreign), before), type.structural ?? {})
      const last = difference(toFieldSet(schema, root, before), STRIP_SET)
      const claimed = toFieldSet(schema, root, config)
      const merged = merge(live, config)
      if (!claimsAllOf(claimed, last)) return
      sure += 1
      const others = difference(toFieldSet(schema, root, foreign), STRIP_SET)
      assert.deepEqual(pruneDropped({ schema, ref: root }, merged, [claimed, others], last), merged)
    }
    fc.assert(fc.property(plainSamples, samples, samples, samples, check), { ...RUNS, numRuns: 400 })
    assert.ok(sure > 50, `sure in ${sure} cases only`)
  })
})

describe('mergeValues', () => {
  test('behavior: what an applied configuration does not change is the live value itself', () => {
    fc.assert(
      fc.property(samples, samples, (live, applied) => {
        const merged = merge(live, applied)
        assert.equal(merge(merged, structuredClone(applied)), merged)
        assert.equal(merged === live, jsonEquals(merged, live))
      }),
      RUNS,
    )
  })
})
