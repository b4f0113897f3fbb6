import type { JsonObject } from '../../../src/util/json.ts'
import type { Case } from './live.contract.ts'
import type { Step } from './predict-step.ts'

const apply = (by: string, spec: JsonObject): Step => ({ do: 'apply', by, body: { spec } })
const force = (by: string, spec: JsonObject): Step => ({ do: 'force', by, body: { spec } })
const create = (by: string, spec: JsonObject): Step => ({ do: 'create', by, body: { spec } })
const update = (by: string, spec: JsonObject): Step => ({ do: 'update', by, body: { spec } })
const merge = (by: string, spec: JsonObject): Step => ({ do: 'merge', by, body: { spec } })
const body = (how: Step['do'], by: string, whole: JsonObject): Step => ({ do: how, by, body: whole })

const SAMPLE: Readonly<Record<string, readonly Step[]>> = {
  'an apply that only takes ownership leaves its entry without a time': [
    create('a', { s: 'x', gm: { k: 'v' } }),
    apply('b', { s: 'x' }),
    apply('b', { s: 'x' }),
    apply('c', { s: 'x', gm: { k: 'v' } }),
  ],
  'co-owned fields stay, own ones go': [
    apply('a', { s: 'x', n: 1, gm: { k: 'v', l: 'w' } }),
    apply('b', { s: 'x', gm: { k: 'v' } }),
    apply('a', { n: 1 }),
    apply('b', {}),
    apply('a', {}),
  ],
  'a conflict names every path, force takes them': [
    apply('a', { s: 'x', gm: { k: 'v' }, am: { k: 'v' }, al: ['a'], kl: [{ name: 'a', v: '1' }], set: ['a'] }),
    update('u', { s: 'y', gm: { k: 'v' }, am: { k: 'v' }, al: ['a'], kl: [{ name: 'a', v: '1' }], set: ['a'] }),
    apply('b', { s: 'z', gm: { k: 'w' }, am: { l: 'v' }, al: ['b'], kl: [{ name: 'a', v: '2' }], set: ['a', 'b'] }),
    force('b', { s: 'z', gm: { k: 'w' }, am: { l: 'v' }, al: ['b'], kl: [{ name: 'a', v: '2' }], set: ['a', 'b'] }),
    apply('a', { s: 'x' }),
    apply('a', { am: { l: 'v' } }),
  ],
  'an update takes what it changes and drops what it removes': [
    apply('a', { s: 'x', n: 1, kl: [{ name: 'a', v: '1' }], st: { x: 'a', in: { z: 'z' } } }),
    update('u', { n: 1, kl: [{ name: 'a', v: '2', u: 'u' }, { name: 'b' }], st: { in: { z: 'z', w: 'w' } } }),
    merge('m', { n: 2, kl: null }),
    merge('u', { st: { in: null } }),
    apply('a', { n: 2 }),
  ],
  'a switch of price keys': [
    create('kubectl-patch', { st: { x: 'old' } }),
    apply('obol', { st: { in: { z: 'new' } } }),
    force('obol', { st: { in: { z: 'new' } } }),
  ],
  'nulls in an apply': [
    apply('a', { nil: null, nilDef: null, nilMap: null }),
    apply('a', { nilDef: null }),
    apply('a', { def: null }),
    apply('a', { def: null, defs: null }),
    apply('b', { s: null }),
    apply('b', { gm: null }),
    apply('b', { nilMap: { k: 'v' } }),
    apply('a', { nilMap: null }),
    force('a', { nilMap: null }),
  ],
  'nulls in an update': [
    create('a', { nil: null, nilDef: null, s: null, def: null, gm: null }),
    merge('b', { nil: 'x', free: { a: 1 } }),
    update('b', { nil: null, free: { a: null }, nilMap: null }),
  ],
  'empty maps and lists': [
    apply('a', { gm: {}, am: {}, st: {}, as: {}, set: [], al: [], kl: [] }),
    apply('a', { gm: { k: 'v' }, am: {}, st: { x: 'x' }, set: ['a'], al: [], kl: [{ name: 'a' }] }),
    apply('a', { gm: {}, am: {} }),
    apply('b', { gm: {}, st: {}, free: {} }),
    apply('b', { free: { a: {} } }),
    apply('b', {}),
  ],
  'a map emptied by its only owner becomes null, which is refused': [
    apply('a', { gm: { k: 'v' }, st: { x: 'x' } }),
    apply('b', { gm: {} }),
    apply('a', { st: { in: {} } }),
    apply('a', { s: 'x' }),
  ],
  'defaults are nobody’s, until applied': [
    apply('a', { s: 'x', byName: { one: {} }, deep: [{ name: 'a' }] }),
    apply('b', { def: 'd' }),
    apply('c', { def: 'e' }),
    force('c', { def: 'e' }),
    apply('b', {}),
    apply('c', {}),
    apply('c', { defs: { one: 2 }, deep: [{ name: 'a', size: 'big' }] }),
    apply('c', { defs: {} }),
  ],
  'lists with a defaulted key': [
    apply('a', {
      kd: [
        { port: 80, name: 'x' },
        { port: 80, protocol: 'UDP' },
      ],
    }),
    apply('b', { kd: [{ port: 80, protocol: 'TCP' }] }),
    apply('b', { kd: [{ port: 80, name: 'y' }] }),
    apply('a', {
      kd: [
        { port: 80, protocol: 'UDP' },
        { port: 80, name: 'x' },
      ],
    }),
    apply('a', { kd: [{ port: 80, protocol: 'UDP' }] }),
    apply('a', { kd: [{ port: 80 }, { port: 80, protocol: 'TCP' }] }),
  ],
  'the order of keyed items': [
    create('u', { kl: [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }] }),
    apply('a', { kl: [{ name: 'd' }, { name: 'x' }, { name: 'b' }] }),
    apply('b', { kl: [{ name: 'y' }, { name: 'a' }, { name: 'c' }, { name: 'x' }] }),
    apply('a', { kl: [{ name: 'b' }] }),
  ],
  'the order of sets, and numbers in them': [
    create('u', { set: ['a', 'b', 'c'], nset: [1, 2.5, 1000000.5, -3] }),
    apply('a', { set: ['c', 'x', 'a'], nset: [2.5, 7] }),
    apply('b', { set: ['x', 'y'], nset: [1, 7] }),
    apply('a', { set: [], nset: [0.00001] }),
    apply('c', { nset: [0.00001] }),
    apply('a', {}),
  ],
  'texts that JSON escapes': [
    apply('a', { gm: { 'a<b&c': '<>' }, set: ['<&>', 'é', '😀', '"q"'], kl: [{ name: 'a<b', v: '1' }] }),
    apply('b', { set: ['<&>', '"q"', '\u2028'], kl: [{ name: 'a<b', v: '2' }] }),
    force('b', { gm: { 'a<b&c': '>' }, set: ['<&>', '"q"', '\u2028'], kl: [{ name: 'a<b', v: '2' }] }),
    apply('c', { gm: { 'a<b&c': 'x', __proto__x: 'y' }, kl: [{ name: '"\\', v: '2' }] }),
  ],
  'unknown fields': [
    apply('a', { nope: 1 }),
    create('u', { nope: 1, s: 'x', st: { nope: 1 }, half: { nope: { a: 1 }, known: { v: 'v', nope: 1 } } }),
    apply('a', { free: { a: { b: [1, { c: 2 }] } }, half: { other: { x: 1 } }, any: [1] }),
    apply('b', { free: { a: { d: 'e' } }, half: { other: { x: 2 } } }),
    apply('b', { free: { a: { d: 'e' } }, half: { known: { nope: 1 } } }),
    apply('b', { free: { a: { b: [1] } } }),
    force('b', { free: { a: { b: [1] } }, any: { x: 1 } }),
    force('a', { any: 'text' }),
    apply('c', { any: null }),
    force('c', { any: null }),
    apply('c', { any: null, port: null }),
    apply('c', { port: null }),
  ],
  'scalars of several types': [
    apply('a', { port: 80, when: '2026-01-01T00:00:00Z', x: 1.5 }),
    apply('b', { port: 'http' }),
    force('b', { port: 'http', x: 2 }),
    apply('a', { port: 'http', x: 2 }),
  ],
  'lists in lists and maps of structs': [
    apply('a', { lists: [['a'], []], byName: { one: { v: '1' } } }),
    apply('b', { lists: [['a'], []], byName: { one: { mode: 'auto' }, two: {} } }),
    apply('c', { lists: [['b']] }),
    apply('b', { byName: { two: { v: '2' } } }),
    apply('a', { byName: { one: {} } }),
  ],
  'embedded resources': [
    apply('a', { template: { apiVersion: 'v1', kind: 'X', metadata: { labels: { a: 'b' } }, spec: { image: 'i' } } }),
    apply('b', { template: { apiVersion: 'v1', kind: 'X', metadata: { labels: { c: 'd' } } } }),
    apply('b', { object: { apiVersion: 'v1', kind: 'X', metadata: { finalizers: ['a/b'] }, other: { x: [1] } } }),
    apply('a', { template: { apiVersion: 'v1', kind: 'Y', spec: { nope: 1 } } }),
  ],
  'nested sets': [
    apply('a', { deep: [{ name: 'a', tags: ['x', 'y'] }, { name: 'b' }] }),
    apply('b', { deep: [{ name: 'a', tags: ['z'] }] }),
    apply('a', { deep: [{ name: 'a', tags: ['y'] }] }),
    apply('b', { deep: [] }),
  ],
  duplicates: [
    apply('a', { set: ['a', 'a'] }),
    apply('a', { kl: [{ name: 'a' }, { name: 'a' }] }),
    create('u', { set: ['a', 'a'] }),
    create('u', { s: 'x' }),
  ],
  metadata: [
    body('apply', 'a', {
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['x.test/a'] },
      spec: { s: 'x' },
    }),
    body('apply', 'b', { metadata: { labels: { a: 'c' }, finalizers: ['x.test/b'] } }),
    body('force', 'b', { metadata: { labels: { a: 'c' }, finalizers: ['x.test/b'] } }),
    body('merge', 'm', { metadata: { labels: { a: null, e: 'f' }, annotations: null } }),
    body('apply', 'a', { metadata: {} }),
    body('apply', 'a', { metadata: { managedFields: [] } }),
    body('merge', 'm', { metadata: { finalizers: null } }),
  ],
  'empty metadata': [
    body('apply', 'a', { metadata: { labels: {}, annotations: null, finalizers: [] }, spec: { s: 'x' } }),
    body('apply', 'a', { metadata: { labels: {}, annotations: null, finalizers: [] }, spec: { s: 'x' } }),
    body('apply', 'b', { metadata: { labels: { a: 'b' } } }),
    body('force', 'b', { metadata: { labels: { a: 'b' } } }),
    body('apply', 'a', { metadata: { labels: {} }, spec: { s: 'x' } }),
    body('apply', 'b', { metadata: {} }),
    body('merge', 'm', { metadata: { labels: {}, annotations: { c: 'd' } } }),
    body('merge', 'm', { metadata: { annotations: {} } }),
    body('merge', 'm', { metadata: { annotations: null } }),
  ],
  'a reset of managedFields ends tracking until the next apply': [
    apply('a', { s: 'x', gm: { k: 'v' } }),
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    merge('m', { n: 1 }),
    apply('a', { s: 'x', b: true }),
    body('merge', 'm', { metadata: { managedFields: [] } }),
    apply('b', { s: 'y', st: {} }),
    force('b', { s: 'y', gm: { k: 'w' } }),
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    apply('b', { s: 'y' }),
    body('merge', 'm', { metadata: { managedFields: null } }),
    body('merge', 'm', { metadata: { managedFields: [{ manager: 'x' }] }, spec: { n: 9 } }),
  ],
  'owners are moved by writing managedFields': [
    create('u', { s: 'x', n: 1 }),
    body('merge', 'm', {
      metadata: {
        managedFields: [
          owner('u', 'Update', { 'f:spec': { 'f:n': {} } }),
          owner('obol', 'Apply', { 'f:spec': { 'f:s': {} } }),
        ],
      },
    }),
    apply('obol', { b: true }),
    body('merge', 'm', { metadata: { managedFields: [owner('', 'Update', { 'f:spec': {}, 'x:y': {} })] } }),
    body('merge', 'm', {
      metadata: {
        managedFields: [
          owner('a', 'Update', { 'f:spec': { 'i:+1': {}, 'v:1': {}, 'k:{"b": 1, "a": 2}': { '.': {}, 'f:x': {} } } }),
        ],
      },
    }),
    apply('b', { n: 2 }),
  ],
  'more than ten updaters': [
    apply('a', { s: 'x' }),
    ...Array.from({ length: 13 }, (_, i) => merge(`u${i}`, { gm: { [`k${i}`]: 'v' } })),
    merge('u3', { gm: { k3: 'w', k12: 'w' } }),
    apply('a', { s: 'y', gm: { k0: 'v' } }),
    apply('b', { gm: { k1: 'x' } }),
  ],
  'status belongs to its endpoint': [
    body('apply', 'a', { spec: { s: 'x' }, status: { phase: 'New' } }),
    { ...body('merge', 'c', { status: { phase: 'Ready' }, spec: { s: 'no' } }), subresource: 'status' },
    body('apply', 'a', { spec: { s: 'x' }, status: { phase: 'Other' } }),
    body('apply', 'b', { status: { phase: 'Other' } }),
    body('merge', 'm', { spec: { n: 1 }, status: { phase: 'Other' } }),
    { ...body('update', 'c', { spec: { s: 'x' }, status: { ready: true } }), subresource: 'status' },
    { ...body('merge', 'd', { status: { ready: false } }), subresource: 'status' },
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    apply('a', { s: 'x' }),
  ],
  'an apply of a null that is defaulted each time': [
    apply('a', { def: null, s: 'x' }),
    apply('b', { s: 'x', n: 1 }),
    apply('a', { def: null, s: 'x' }),
    apply('b', { s: 'x', n: 1 }),
  ],
}

function owner(manager: string, operation: string, fieldsV1: JsonObject): JsonObject {
  const time = '2026-01-01T02:03:04Z'
  return { manager, operation, apiVersion: 'ssa.test/v1', fieldsType: 'FieldsV1', time, fieldsV1 }
}

const PLAIN: Readonly<Record<string, readonly Step[]>> = {
  'status without an endpoint is a field like others': [
    body('apply', 'a', { spec: { s: 'x' }, status: { phase: 'New' } }),
    body('apply', 'b', { status: { phase: 'Old' } }),
    body('force', 'b', { status: { phase: 'Old' } }),
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    body('apply', 'a', { spec: { nested: { s: 'x' } } }),
  ],
}

const port = (of: JsonObject): JsonObject => ({ ports: [of] })

const SERVICE: Readonly<Record<string, readonly Step[]>> = {
  'created by an update': [
    create('u', { ports: [{ port: 80 }], selector: { app: 'x' } }),
    apply('obol', port({ port: 80, targetPort: 8080 })),
    force('obol', port({ port: 80, targetPort: 8080 })),
    apply('obol', port({ port: 80 })),
    merge('m', { sessionAffinity: 'ClientIP' }),
    body('merge', 'm', { metadata: { labels: { a: 'b' }, managedFields: [{}] } }),
    apply('obol', port({ port: 80, targetPort: 9090 })),
  ],
  'created by an apply': [
    apply('obol', {
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'dns', port: 80, protocol: 'UDP' },
      ],
    }),
    apply('b', { ports: [{ port: 80, protocol: 'UDP', name: 'dns' }], selector: { a: 'b' } }),
    apply('obol', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] }),
    apply('obol', { ports: [{ name: 'http', port: 80 }], selector: { c: 'd' } }),
    apply('b', { selector: { a: 'c' } }),
    body('apply', 'b', { spec: { selector: { c: 'x' } }, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } }),
    body('apply', 'b', { spec: { selector: { a: 'c' } }, status: { loadBalancer: {} } }),
  ],
}

const SERVICE_VALUES: Readonly<Record<string, readonly Step[]>> = {
  'nulls and empty values': [
    apply('a', { ports: [{ port: 80 }], selector: {}, externalIPs: [], type: 'ClusterIP', sessionAffinity: '' }),
    apply('a', { ports: [{ port: 80 }], selector: {}, externalIPs: [], type: 'ClusterIP', sessionAffinity: '' }),
    apply('a', { ports: [{ port: 80, name: '' }], selector: null, publishNotReadyAddresses: false }),
    apply('b', { selector: { x: 'y' }, publishNotReadyAddresses: true }),
    apply('b', { selector: {} }),
    apply('a', { ports: [{ port: 80, targetPort: 0 }] }),
    apply('a', {
      ports: [
        { port: 80, name: 'first' },
        { port: 81, name: 'second', appProtocol: 'h2c' },
      ],
    }),
    apply('c', { type: 'NodePort' }),
    force('c', { type: 'ClusterIP', sessionAffinity: 'ClientIP' }),
    apply('c', {}),
    merge('m', { selector: null, sessionAffinity: null }),
  ],
  'without a selector, for an upstream outside the cluster': [
    apply('obol', { ports: [{ port: 11434, protocol: 'TCP', targetPort: 11434 }] }),
    apply('obol', { ports: [{ port: 11434, protocol: 'TCP', targetPort: 8402 }] }),
    apply('obol', { ports: [{ port: 8402, protocol: 'TCP', targetPort: 8402 }] }),
    merge('u', { ports: [{ port: 8402 }] }),
    merge('u', { ports: [{ port: 8402, targetPort: 8402 }], selector: {} }),
  ],
}

const CONFIG_MAP: Readonly<Record<string, readonly Step[]>> = {
  'keys of data': [
    body('create', 'u', { data: { a: '1', b: '2' } }),
    body('apply', 'x', { data: { a: '1', c: '3' } }),
    body('apply', 'x', { data: { b: '3' } }),
    body('force', 'x', { data: { b: '3' } }),
    body('merge', 'm', { data: { a: null, ['__proto__']: 'p' } }),
    body('apply', 'x', { data: {} }),
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    body('apply', 'x', { data: { ['__proto__']: 'p', d: '4' }, immutable: false }),
    body('apply', 'x', { data: { d: '4' } }),
    body('merge', 'm', { metadata: { managedFields: [] } }),
    body('merge', 'm', { data: { e: '5' } }),
    body('apply', 'x', { data: { d: '5' } }),
  ],
}

const EMPTY_VALUES: Readonly<Record<string, readonly Step[]>> = {
  'nulls and empty values': [
    body('apply', 'x', { data: {}, immutable: false }),
    body('apply', 'x', { data: {}, immutable: false }),
    body('apply', 'x', { data: null, immutable: null }),
    body('apply', 'y', { data: { a: '' } }),
    body('apply', 'x', { data: {} }),
    body('apply', 'y', { data: {} }),
    body('merge', 'm', { data: { a: null } }),
    body('merge', 'm', { data: null }),
    body('apply', 'z', { metadata: { labels: { a: 'b' }, annotations: {} } }),
    body('apply', 'z', { metadata: { labels: {} } }),
    body('apply', 'z', { binaryData: { b: 'AA==' } }),
    body('apply', 'z', { data: { b: 'x' } }),
  ],
}

const SECRET: Readonly<Record<string, readonly Step[]>> = {
  'data and type': [
    body('create', 'u', { data: { a: 'MQ==' } }),
    body('apply', 'x', { type: 'Opaque', data: { b: 'Mg==' } }),
    body('apply', 'x', { data: { a: 'Mg==' } }),
    body('force', 'x', { data: { a: 'Mg==' } }),
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    body('apply', 'x', { type: 'Opaque', data: { a: 'Mg==' } }),
    body('apply', 'y', { stringData: { c: 'text' } }),
    body('apply', 'y', { stringData: { c: 'text' } }),
    body('apply', 'y', { stringData: { c: 'other', d: 'x' } }),
    body('apply', 'y', { data: { d: 'eA==' } }),
    body('apply', 'y', {}),
  ],
  'nulls and empty values': [
    body('apply', 'x', { data: {}, type: '' }),
    body('apply', 'x', { data: null }),
    body('apply', 'x', { data: { a: '' } }),
  ],
}

const subset = (ip: string, more: JsonObject = {}): JsonObject => ({
  subsets: [{ addresses: [{ ip }], ports: [{ port: 11434, ...more }] }],
})

const ENDPOINTS: Readonly<Record<string, readonly Step[]>> = {
  'subsets are one value': [
    body('create', 'u', subset('10.1.1.1')),
    body('apply', 'x', subset('10.1.1.1', { protocol: 'TCP' })),
    body('apply', 'x', subset('10.1.1.2')),
    body('force', 'x', subset('10.1.1.2')),
    body('apply', 'x', subset('10.1.1.2')),
    body('apply', 'x', { metadata: { labels: { a: 'b' } } }),
    body('merge', 'm', { metadata: { managedFields: [{}] } }),
    body('apply', 'x', subset('10.1.1.3')),
  ],
}

const SUITES: readonly (readonly [string, Readonly<Record<string, readonly Step[]>>])[] = [
  ['SAMPLE', SAMPLE],
  ['PLAIN', PLAIN],
  ['SERVICE', { ...SERVICE, ...SERVICE_VALUES }],
  ['CONFIG_MAP', { ...CONFIG_MAP, ...EMPTY_VALUES }],
  ['SECRET', SECRET],
  ['ENDPOINTS', ENDPOINTS],
]

/** Every case of the contract. */
export const CASES: readonly Case[] = SUITES.flatMap(([kind, cases]) =>
  Object.entries(cases).map(([name, steps]) => ({ name, kind, steps })),
)
