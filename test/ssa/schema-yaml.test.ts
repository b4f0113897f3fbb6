import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deduce, formOf, resolve } from '../../src/ssa/resolve.ts'
import { schemaFromYaml } from '../../src/ssa/schema-yaml.ts'
import { validateTyped } from '../../src/ssa/validate-typed.ts'
import type { JsonValue } from '../../src/util/json.ts'

describe('schemaFromYaml', () => {
  test('behavior: a reference may override the relationship of what it names', () => {
    const schema = schemaFromYaml({
      types: [
        { name: 'm', map: { elementType: { scalar: 'string' } } },
        { name: 'l', list: { elementType: { scalar: 'string' }, elementRelationship: 'atomic' } },
      ],
    })
    const atomic = { named: 'm', elementRelationship: 'atomic' as const }
    assert.equal(resolve(schema, atomic)?.map?.elementRelationship, 'atomic')
    assert.equal(resolve(schema, atomic), resolve(schema, atomic))
    assert.equal(
      resolve(schema, { named: 'l', elementRelationship: 'associative' })?.list?.elementRelationship,
      'associative',
    )
    assert.equal(resolve(schema, { named: 'm' })?.map?.elementRelationship, 'separable')
    assert.equal(resolve(schema, { named: 'nope' }), undefined)
  })

  test('behavior: an atom of several forms is the form of the value, and a map when there is none', () => {
    const hybrid = schemaFromYaml({
      types: [{ name: 'h', scalar: 'untyped', list: { elementRelationship: 'atomic' }, map: {} }],
    }).types.get('h')
    assert.ok(hybrid !== undefined)
    const form = (value: JsonValue): string => formOf(deduce(hybrid, value))
    assert.deepEqual(['a', 1, true, [], {}, null].map(form), ['scalar', 'scalar', 'scalar', 'list', 'map', 'map'])
  })

  const mistakes: readonly (readonly [string, JsonValue, RegExp])[] = [
    ['no types', {}, /no list `types`/],
    ['a type without a name', { types: [{ scalar: 'string' }] }, /no name/],
    ['a field without a name', { types: [{ name: 't', map: { fields: [{}] } }] }, /t: a field has no name/],
    ['an unknown scalar', { types: [{ name: 't', scalar: 'text' }] }, /t: unknown scalar "text"/],
  ]
  for (const [what, document, message] of mistakes) {
    test(`error: ${what}`, () => assert.throws(() => schemaFromYaml(document), message))
  }
})

describe('validateTyped', () => {
  const schema = schemaFromYaml({
    types: [
      {
        name: 'root',
        map: {
          fields: [
            { name: 's', type: { scalar: 'string' } },
            { name: 'n', type: { scalar: 'numeric' } },
            { name: 'b', type: { scalar: 'boolean' } },
            { name: 'u', type: { scalar: 'untyped' } },
            { name: 'm', type: { map: { elementType: { scalar: 'string' } } } },
            { name: 'al', type: { list: { elementType: { scalar: 'string' }, elementRelationship: 'atomic' } } },
            { name: 'set', type: { list: { elementType: { scalar: 'string' }, elementRelationship: 'associative' } } },
            {
              name: 'kl',
              type: {
                list: { elementType: { namedType: 'item' }, elementRelationship: 'associative', keys: ['name'] },
              },
            },
            { name: 'lost', type: { namedType: 'nowhere' } },
            { name: 'nothing', type: {} },
          ],
        },
      },
      { name: 'item', map: { fields: [{ name: 'name', type: { scalar: 'string' } }] } },
    ],
  })
  const problems = (value: JsonValue, allowDuplicates = false): readonly string[] =>
    validateTyped(schema, { named: 'root' }, value, { allowDuplicates }).map(
      ({ path, message }) => `${path}: ${message}`,
    )

  test('default: what fits, and null anywhere, has no problem', () => {
    assert.deepEqual(
      problems({ s: 'x', n: 1.5, b: true, u: 1, m: { k: 'v' }, al: ['a', 'a'], set: ['a'], kl: [{ name: 'a' }] }),
      [],
    )
    assert.deepEqual(problems({ s: null, n: null, b: null, u: null, m: null, al: null, set: null, kl: null }), [])
  })

  test('error: every problem is told, each at its path', () => {
    assert.deepEqual(problems({ s: 1, n: 'x', b: [], u: {}, m: 'x', al: {}, z: 1 }), [
      '.s: expected string, got 1',
      '.n: expected numeric (int or float), got "x"',
      '.b: expected boolean, got a list',
      '.u: expected any scalar, got a map',
      '.m: expected map, got "x"',
      '.al: expected list, got a map',
      '.z: field not declared in schema',
    ])
    assert.deepEqual(problems({ al: [1], m: { k: 1 }, kl: [{ name: 'a', z: 1 }] }), [
      '.al[0]: expected string, got 1',
      '.m.k: expected string, got 1',
      '.kl[name="a"].z: field not declared in schema',
    ])
    assert.deepEqual(problems({ lost: 1, nothing: 1 }), [
      '.lost: schema error: no type found matching: nowhere',
      '.nothing: schema error: invalid atom: inlined',
    ])
  })

  test('error: items without a key or, unless allowed, twice', () => {
    assert.deepEqual(problems({ set: ['a', 'a'], kl: [{}] }), [
      '.set: duplicate entries for key [="a"]',
      '.kl: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
    ])
    assert.deepEqual(problems({ set: ['a', 'a'], kl: [{ name: 'a' }, { name: 'a' }] }, true), [])
  })
})
