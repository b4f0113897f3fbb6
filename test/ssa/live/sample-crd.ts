import type { JsonObject } from '../../../src/util/json.ts'

const TEXT: JsonObject = { type: 'string' }
const ITEM: JsonObject = { type: 'object', required: ['name'], properties: { name: TEXT, v: TEXT, u: TEXT } }

/** Every list, map and scalar construct that a structural schema can have. */
const SPEC: JsonObject = {
  type: 'object',
  properties: {
    s: TEXT,
    n: { type: 'integer', format: 'int64' },
    x: { type: 'number' },
    b: { type: 'boolean' },
    gm: { type: 'object', additionalProperties: TEXT },
    am: { type: 'object', additionalProperties: TEXT, 'x-kubernetes-map-type': 'atomic' },
    st: { type: 'object', properties: { x: TEXT, in: { type: 'object', properties: { z: TEXT, w: TEXT } } } },
    as: { type: 'object', properties: { x: TEXT, z: TEXT }, 'x-kubernetes-map-type': 'atomic' },
    set: { type: 'array', items: TEXT, 'x-kubernetes-list-type': 'set' },
    nset: { type: 'array', items: { type: 'number' }, 'x-kubernetes-list-type': 'set' },
    al: { type: 'array', items: TEXT },
    kl: { type: 'array', items: ITEM, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
    kd: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: TEXT },
      },
    },
    deep: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: TEXT,
          tags: { type: 'array', items: TEXT, 'x-kubernetes-list-type': 'set' },
          size: { type: 'string', default: 'small' },
        },
      },
    },
    lists: { type: 'array', items: { type: 'array', items: TEXT } },
    byName: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { v: TEXT, mode: { type: 'string', default: 'auto' } } },
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    half: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { known: { type: 'object', properties: { v: TEXT } }, s: TEXT },
    },
    any: { 'x-kubernetes-preserve-unknown-fields': true },
    port: { 'x-kubernetes-int-or-string': true },
    when: { type: 'string', format: 'date-time' },
    nil: { type: 'string', nullable: true },
    nilDef: { type: 'string', nullable: true, default: 'filled' },
    nilMap: { type: 'object', nullable: true, additionalProperties: TEXT },
    def: { type: 'string', default: 'd' },
    defs: {
      type: 'object',
      default: {},
      properties: { one: { type: 'integer', default: 1 }, two: { type: 'array', items: TEXT, default: ['a'] } },
    },
    template: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { spec: { type: 'object', properties: { image: TEXT } } },
    },
    object: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
  },
}

const STATUS: JsonObject = { type: 'object', properties: { phase: TEXT, ready: { type: 'boolean' } } }

/** The kinds of the contract: Sample has a status endpoint, Plain has a status but no endpoint for it. */
export const SAMPLE_CRD = crd('Sample', SPEC, { status: {} })
export const PLAIN_CRD = crd('Plain', { type: 'object', properties: { s: TEXT, nested: SPEC } }, undefined)

/** A kind whose map and list are granular, or atomic, as a later release of a CRD may make them. */
export function shiftingCrd(isAtomic: boolean): JsonObject {
  const map = { type: 'object', additionalProperties: TEXT, ...(isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}) }
  const struct = {
    type: 'object',
    properties: { x: TEXT, z: TEXT },
    ...(isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
  const list = {
    type: 'array',
    items: ITEM,
    ...(isAtomic ? {} : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  }
  return crd('Shifting', { type: 'object', properties: { map, struct, list, s: TEXT } }, undefined)
}

function crd(kind: string, spec: JsonObject, subresources: JsonObject | undefined): JsonObject {
  const singular = kind.toLowerCase()
  const schema = { type: 'object', properties: { spec, status: STATUS } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.ssa.test` },
    spec: {
      group: 'ssa.test',
      scope: 'Namespaced',
      names: { kind, plural: `${singular}s`, singular, listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          ...(subresources === undefined ? {} : { subresources }),
        },
      ],
    },
  }
}
