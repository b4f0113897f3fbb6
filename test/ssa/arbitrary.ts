import fc from 'fast-check'
import type { FieldSet } from '../../src/ssa/field-set.ts'
import { setOf } from '../../src/ssa/field-set.ts'
import { objectTypeFromCrd } from '../../src/ssa/object-type.ts'
import type { ObjectType } from '../../src/ssa/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { SAMPLE_CRD } from './live/sample-crd.ts'

/** What every property test runs with: the same cases each time. */
export const RUNS = { seed: 20260101, numRuns: 150 } as const

/** The kind whose schema has every list and map construct. */
export function sampleType(): ObjectType {
  const type = objectTypeFromCrd(SAMPLE_CRD, 'v1')
  if (type === undefined) throw new Error('the sample CRD does not serve v1')
  return type
}

const text = fc.constantFrom('a', 'b', 'c')
const optional = { requiredKeys: [] }
const textMap = fc.dictionary(fc.constantFrom('k', 'l', 'm', '__proto__'), text, { maxKeys: 2, noNullPrototype: true })
const item = fc.record({ name: text, v: text, u: text }, { requiredKeys: ['name'] })
const port = fc.record(
  { port: fc.constantFrom(80, 443), protocol: fc.constantFrom('TCP', 'UDP') },
  { requiredKeys: ['port'] },
)

const spec = fc.record(
  {
    s: text,
    n: fc.constantFrom(0, 1),
    gm: textMap,
    am: textMap,
    st: fc.record({ x: text, in: fc.record({ z: text, w: text }, optional) }, optional),
    as: fc.record({ x: text, z: text }, optional),
    set: fc.uniqueArray(text),
    nset: fc.uniqueArray(fc.constantFrom(1, 2.5)),
    al: fc.array(text, { maxLength: 2 }),
    kl: fc.uniqueArray(item, { selector: ({ name }) => name }),
    kd: fc.uniqueArray(port, { selector: ({ port: number, protocol = 'TCP' }) => `${number}/${protocol}` }),
    free: fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 2 })), { maxKeys: 2, noNullPrototype: true }),
    def: text,
  },
  optional,
)

/** Never empty: empty labels are not in the server’s JSON. */
const labels = fc.dictionary(text, text, { minKeys: 1, maxKeys: 2, noNullPrototype: true })

/** Objects of the sample kind, without server-side metadata. */
export const samples: fc.Arbitrary<JsonObject> = fc.record({ spec, labels }).map(({ spec: of, labels: named }) =>
  // Plain JSON, as it would arrive.
  JSON.parse(
    JSON.stringify({
      apiVersion: 'ssa.test/v1',
      kind: 'Sample',
      metadata: { name: 'x', namespace: 'default', labels: named },
      spec: of,
    }),
  ),
)

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"a"}', 'v:"a<b"', 'v:1', 'i:0')

export const fieldSets: fc.Arbitrary<FieldSet> = fc
  .array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 8 })
  .map(setOf)
