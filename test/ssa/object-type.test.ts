import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { objectTypeFromCrd, objectTypeFromOpenApi } from '../../src/ssa/object-type.ts'
import { schemaFromOpenApi } from '../../src/ssa/openapi-schema.ts'
import { fieldType, resolve } from '../../src/ssa/resolve.ts'
import type { Atom, TypeRef } from '../../src/ssa/schema.ts'
import type { ObjectType } from '../../src/ssa/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { SAMPLE_CRD } from './live/sample-crd.ts'

const TEXT: JsonObject = { type: 'string' }

/** What an atom may be, in short: `string`, `atomic list`, `list by name`, `set`, `map`, `open map`, several joined by `|`. */
function summary({ scalar, list, map }: Atom): string {
  const forms = []
  if (scalar !== undefined) forms.push(scalar)
  if (list?.elementRelationship === 'atomic') forms.push('atomic list')
  else if (list !== undefined) forms.push(list.keys.length > 0 ? `list by ${list.keys.join('+')}` : 'set')
  if (map !== undefined) {
    const open = map.elementType === undefined ? '' : ' open'
    forms.push(`${map.elementRelationship}${open} map of ${map.fields.size}`)
  }
  return forms.join(' | ')
}

function convert(schema: JsonObject): Atom {
  const types = schemaFromOpenApi({ root: { type: 'object', properties: { field: schema } } })
  return resolve(types, types.types.get('root')?.map?.fields.get('field')?.type ?? {}) ?? {}
}

describe('schemaFromOpenApi', () => {
  const preserve = { 'x-kubernetes-preserve-unknown-fields': true }
  const table: readonly (readonly [string, JsonObject, string])[] = [
    ['a string', TEXT, 'string'],
    ['a string of no format', { type: 'string', format: '' }, 'string'],
    ['bytes', { type: 'string', format: 'byte' }, 'string'],
    ['a time', { type: 'string', format: 'date-time' }, 'untyped'],
    ['an integer', { type: 'integer', format: 'int64' }, 'numeric'],
    ['a number', { type: 'number' }, 'numeric'],
    ['a boolean, nullable', { type: 'boolean', nullable: true }, 'boolean'],
    ['int or string', { 'x-kubernetes-int-or-string': true }, 'untyped | atomic list | separable open map of 0'],
    ['anything', preserve, 'untyped | atomic list | separable open map of 0'],
    ['a free object', { type: 'object', ...preserve }, 'separable open map of 0'],
    ['an object without properties', { type: 'object' }, 'separable open map of 0'],
    ['a struct', { type: 'object', properties: { a: TEXT } }, 'separable map of 1'],
    ['a struct that keeps more', { type: 'object', properties: { a: TEXT }, ...preserve }, 'separable open map of 1'],
    [
      'an atomic struct',
      { type: 'object', properties: { a: TEXT }, 'x-kubernetes-map-type': 'atomic' },
      'atomic map of 1',
    ],
    ['a map', { type: 'object', additionalProperties: TEXT }, 'separable open map of 0'],
    [
      'an atomic map',
      { type: 'object', additionalProperties: TEXT, 'x-kubernetes-map-type': 'atomic' },
      'atomic open map of 0',
    ],
    ['no more', { type: 'object', additionalProperties: false }, 'separable map of 0'],
    ['a list', { type: 'array', items: TEXT }, 'atomic list'],
    ['an atomic list', { type: 'array', items: TEXT, 'x-kubernetes-list-type': 'atomic' }, 'atomic list'],
    ['a set', { type: 'array', items: TEXT, 'x-kubernetes-list-type': 'set' }, 'set'],
    [
      'a keyed list',
      {
        type: 'array',
        items: { type: 'object' },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a', 'b'],
      },
      'list by a+b',
    ],
    [
      'the older marker with a key',
      {
        type: 'array',
        items: {},
        'x-kubernetes-patch-strategy': 'merge,retainKeys',
        'x-kubernetes-patch-merge-key': 'k',
      },
      'list by k',
    ],
    ['the older marker alone', { type: 'array', items: TEXT, 'x-kubernetes-patch-strategy': 'merge' }, 'set'],
    [
      'another older marker',
      { type: 'array', items: TEXT, 'x-kubernetes-patch-strategy': 'retainKeys' },
      'atomic list',
    ],
  ]
  for (const [what, schema, expected] of table) {
    test(`behavior: ${what}`, () => assert.equal(summary(convert(schema)), expected))
  }

  test('behavior: what keeps unknown fields lets all that is written inside it keep them', () => {
    const { map } = convert({
      type: 'object',
      ...preserve,
      properties: { a: { type: 'object', properties: { b: TEXT } } },
    })
    assert.equal(summary(map?.fields.get('a')?.type.inlined ?? {}), 'separable open map of 1')
  })

  test('behavior: references are by name, also in a single allOf, and may be made atomic', () => {
    const all = schemaFromOpenApi({
      root: {
        type: 'object',
        properties: {
          plain: { $ref: '#/components/schemas/t' },
          wrapped: { allOf: [{ $ref: '#/components/schemas/t' }], default: {} },
          atomic: { allOf: [{ $ref: '#/components/schemas/t' }], 'x-kubernetes-map-type': 'atomic' },
          granular: { $ref: '#/components/schemas/t', 'x-kubernetes-map-type': 'granular' },
        },
      },
      t: { type: 'object', properties: { a: TEXT }, 'x-kubernetes-map-type': 'atomic' },
      alias: { $ref: '#/components/schemas/t' },
      'io.k8s.apimachinery.pkg.api.resource.Quantity': TEXT,
      'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
    })
    const of = (name: string): Atom | undefined => {
      const map = all.types.get('root')?.map
      return map === undefined ? undefined : resolve(all, fieldType(map, name))
    }
    assert.equal(of('plain'), all.types.get('t'))
    assert.equal(of('wrapped'), all.types.get('t'))
    assert.equal(summary(of('atomic') ?? {}), 'atomic map of 1')
    assert.equal(summary(of('granular') ?? {}), 'separable map of 1')
    assert.equal(all.types.has('alias'), false)
    assert.equal(summary(all.types.get('io.k8s.apimachinery.pkg.api.resource.Quantity') ?? {}), 'untyped')
    const raw = all.types.get('io.k8s.apimachinery.pkg.runtime.RawExtension') ?? {}
    assert.equal(summary(raw), 'untyped | atomic list | atomic open map of 0')
  })
})

describe('objectTypeFromCrd', () => {
  const at = (type: ObjectType | undefined, ...path: readonly string[]): Atom => {
    let ref: TypeRef = type?.root ?? {}
    for (const name of path) {
      const map = type === undefined ? undefined : resolve(type.schema, ref)?.map
      ref = map === undefined ? {} : fieldType(map, name)
    }
    return (type === undefined ? undefined : resolve(type.schema, ref)) ?? {}
  }
  const type = objectTypeFromCrd(SAMPLE_CRD, 'v1')

  test('default: the type has the CRD’s fields and those of every object', () => {
    assert.equal(type?.apiVersion, 'ssa.test/v1')
    assert.equal(type?.kind, 'Sample')
    assert.equal(summary(at(type, 'apiVersion')), 'string')
    assert.equal(summary(at(type, 'metadata', 'finalizers')), 'set')
    assert.equal(summary(at(type, 'metadata', 'ownerReferences')), 'list by uid')
    assert.equal(summary(at(type, 'metadata', 'labels')), 'separable open map of 0')
    assert.equal(summary(at(type, 'spec', 'kd')), 'list by port+protocol')
    assert.equal(at(type, 'spec').map?.fields.get('def')?.default, 'd')
    assert.equal(type?.statusSubresource, true)
  })

  test('behavior: an embedded resource has metadata too', () => {
    assert.equal(summary(at(type, 'spec', 'template', 'metadata', 'finalizers')), 'set')
    assert.equal(summary(at(type, 'spec', 'object', 'kind')), 'string')
  })

  test('behavior: a version that is not served, or no CRD at all, has no type', () => {
    assert.equal(objectTypeFromCrd(SAMPLE_CRD, 'v2'), undefined)
    assert.equal(objectTypeFromCrd({ ...SAMPLE_CRD, spec: { group: 'g', names: {}, versions: [] } }, 'v1'), undefined)
    assert.equal(objectTypeFromCrd({}, 'v1'), undefined)
  })
})

describe('objectTypeFromOpenApi', () => {
  const from = (rootName: string, root: JsonObject, more: { readonly statusSubresource?: boolean } = {}): ObjectType =>
    objectTypeFromOpenApi({ apiVersion: 'a/v1', kind: 'K', rootName, schemas: { [rootName]: root }, ...more })
  const root = { type: 'object', properties: { status: { type: 'object' } } }

  test('behavior: a custom resource has a structural schema, a built-in kind has not', () => {
    assert.equal(from('test.ssa.v1.K', root).structural, root)
    assert.equal(from('io.k8s.api.core.v1.K', root).structural, undefined)
  })

  test('behavior: a status means a status endpoint, unless it is said otherwise', () => {
    assert.equal(from('test.ssa.v1.K', root).statusSubresource, true)
    assert.equal(from('test.ssa.v1.K', root, { statusSubresource: false }).statusSubresource, false)
    assert.equal(from('io.k8s.api.core.v1.K', { type: 'object', properties: { data: TEXT } }).statusSubresource, false)
  })
})
