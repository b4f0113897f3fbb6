import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { metadataOf } from '../../src/kube/ref.ts'
import { objectTypeFromOpenApi } from '../../src/ssa/object-type.ts'
import { trackUpdate } from '../../src/ssa/track-update.ts'
import type { UpdateRequest } from '../../src/ssa/types.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'
import { sampleType } from './arbitrary.ts'

const type = sampleType()
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`

function sample(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'ssa.test/v1', kind: 'Sample', metadata: { name: 'x', uid: 'u-1', ...metadata }, spec }
}

function track(
  live: JsonObject | undefined,
  object: JsonObject,
  by: Partial<Omit<UpdateRequest, 'live' | 'object'>> = {},
): JsonObject {
  return trackUpdate({ live, object, manager: 'u', type, now: at(1), ...by })
}

/** `name/Operation(subresource) time` and fields of each entry, in order. */
function owners(object: JsonObject): readonly JsonValue[] {
  const list = metadataOf(object)['managedFields']
  return (Array.isArray(list) ? list : []).map((entry: JsonValue) => {
    const { manager = '', operation = '', time = '', fieldsV1 = null } = isJsonObject(entry) ? entry : {}
    return [`${manager}/${operation} ${time}`, fieldsV1]
  })
}

describe('trackUpdate', () => {
  test('default: who creates an object owns all of it but its identity', () => {
    const metadata = { labels: { a: 'b' }, resourceVersion: '1', generation: 1 }
    assert.deepEqual(owners(track(undefined, sample({ s: 'x' }, metadata))), [
      [
        'u/Update 2026-01-01T00:00:01Z',
        { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } }, 'f:spec': { '.': {}, 'f:s': {} } },
      ],
    ])
  })

  test('behavior: a writer without a name is unknown, and writes of the same one become one entry', () => {
    const live = track(undefined, sample({ s: 'x' }), { manager: '' })
    const next = track(live, sample({ s: 'x', n: 1 }), { manager: '', now: at(2) })
    assert.deepEqual(owners(next), [
      ['unknown/Update 2026-01-01T00:00:02Z', { 'f:spec': { '.': {}, 'f:n': {}, 'f:s': {} } }],
    ])
  })

  test('behavior: an update without a change leaves the owners as they were', () => {
    const live = track(undefined, sample({ s: 'x' }))
    assert.deepEqual(track(live, sample({ s: 'x' }), { manager: 'v', now: at(2) }), live)
  })

  test('behavior: what changes moves, what goes is nobody’s', () => {
    const live = track(undefined, sample({ s: 'x', gm: { k: 'v', l: 'w' } }))
    assert.deepEqual(owners(track(live, sample({ s: 'y', gm: { l: 'w' } }), { manager: 'v', now: at(2) })), [
      ['u/Update 2026-01-01T00:00:01Z', { 'f:spec': { '.': {}, 'f:gm': { '.': {}, 'f:l': {} } } }],
      ['v/Update 2026-01-01T00:00:02Z', { 'f:spec': { 'f:s': {} } }],
    ])
  })

  test('behavior: [{}] ends tracking, [] does only for built-in kinds, and the next update does not start it', () => {
    const live = track(undefined, sample({ s: 'x' }))
    const reset = track(live, sample({ s: 'y' }, { managedFields: [{}] }))
    assert.deepEqual(owners(reset), [])
    assert.deepEqual(owners(track(reset, sample({ s: 'z' }))), [])
    assert.equal(owners(track(live, sample({ s: 'x' }, { managedFields: [] }))).length, 1)
    const configMap = objectTypeFromOpenApi({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      rootName: 'io.k8s.api.core.v1.ConfigMap',
      schemas: { 'io.k8s.api.core.v1.ConfigMap': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    })
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', uid: 'u' }, data: { a: '1' } }
    const tracked = track(undefined, map, { type: configMap })
    const emptied = { ...map, metadata: { ...map.metadata, managedFields: [] } }
    assert.deepEqual(owners(track(tracked, emptied, { type: configMap })), [])
  })

  test('behavior: managedFields in the request move owners; unreadable or missing ones change nothing', () => {
    const live = track(undefined, sample({ s: 'x' }))
    const entry = { manager: 'a', operation: 'Apply', apiVersion: 'ssa.test/v1', fieldsType: 'FieldsV1', time: at(0) }
    const moved = { ...entry, fieldsV1: { 'f:spec': { 'f:s': {} } } }
    const sent = (managedFields: JsonValue): readonly JsonValue[] =>
      owners(track(live, sample({ s: 'x' }, { managedFields }), { now: at(2) }))
    assert.deepEqual(sent([moved]), [[`a/Apply ${at(0)}`, moved.fieldsV1]])
    assert.deepEqual(sent([{ ...moved, fieldsV1: { 'f:spec': 1 } }]), owners(live))
    assert.deepEqual(sent([{ ...moved, operation: 'Take' }]), owners(live))
    assert.deepEqual(sent(null), owners(live))
  })

  test('behavior: an entry without a name is kept without one', () => {
    const entry = { operation: 'Update', apiVersion: 'ssa.test/v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }
    const object = track(sample({}), sample({}, { managedFields: [entry] }))
    assert.deepEqual(metadataOf(object)['managedFields'], [entry])
  })

  test('behavior: the status endpoint owns status alone, as another owner, and ignores sent owners', () => {
    const live = track(undefined, sample({ s: 'x' }))
    const object = { ...sample({ s: 'no' }, { labels: { a: 'b' }, managedFields: [{}] }), status: { phase: 'Ready' } }
    const tracked = track(live, object, { subresource: 'status', now: at(2) })
    assert.deepEqual(owners(tracked).at(-1), [
      'u/Update 2026-01-01T00:00:02Z',
      { 'f:status': { '.': {}, 'f:phase': {} } },
    ])
    assert.equal(owners(tracked).length, 2)
  })

  test('behavior: beyond ten updaters the oldest become ancient-changes', () => {
    let live = track(undefined, sample({}))
    for (let i = 0; i < 12; i += 1) {
      const gm = Object.fromEntries(Array.from({ length: i + 1 }, (_, k) => [`k${k}`, 'v']))
      live = track(live, sample({ gm }), { manager: `m${i}`, now: at(i + 2) })
    }
    const names = owners(live).map((owner) => (Array.isArray(owner) ? owner[0] : owner))
    assert.equal(names.length, 10)
    // The time is that of the newest write folded in; u and the first three writers are in it.
    assert.equal(names[0], `ancient-changes/Update ${at(4)}`)
    assert.equal(names[1], `m3/Update ${at(5)}`)
  })

  test('behavior: an object that does not fit its type is stored with the owners it had', () => {
    const live = track(undefined, sample({ s: 'x' }))
    assert.deepEqual(owners(track(live, sample({ s: 1 }), { now: at(2) })), owners(live))
  })

  test('behavior: a built-in kind starts from its empty structs, so that nobody owns spec itself', () => {
    const service = objectTypeFromOpenApi({
      apiVersion: 'v1',
      kind: 'Service',
      rootName: 'io.k8s.api.core.v1.Service',
      schemas: {
        'io.k8s.api.core.v1.Service': {
          type: 'object',
          properties: {
            apiVersion: { type: 'string' },
            kind: { type: 'string' },
            metadata: { type: 'object' },
            spec: { type: 'object', properties: { type: { type: 'string' } } },
            status: { type: 'object' },
          },
        },
      },
    })
    const object = {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } },
      ...{ spec: { type: 'ClusterIP' }, status: { loadBalancer: {} } },
    }
    assert.deepEqual(owners(track(undefined, object, { type: service })), [
      ['u/Update 2026-01-01T00:00:01Z', { 'f:spec': { 'f:type': {} } }],
    ])
  })
})
