import type { JsonObject, JsonValue } from '../../src/util/json.ts'

/** One object of the fixture's kind: what is stored before, if anything, and what is applied. */
export type RuleCase = {
  readonly name: string
  readonly before?: JsonObject
  readonly spec: JsonObject
  /** The fields at which rules are violated, as the API server writes them; absent: none are. */
  readonly fields?: readonly string[]
  /** Set where the API server refuses and we do not know. */
  readonly isNotChecked?: boolean
  readonly objectName?: string
}

/** Cases of one field: its values, and at which fields each of them violates a rule. */
function of(field: string, values: readonly (readonly [value: JsonValue, ...fields: string[]])[]): readonly RuleCase[] {
  return values.map(([value, ...fields], i) => ({
    name: `${field} ${i}: ${JSON.stringify(value)}`,
    spec: { [field]: value },
    ...(fields.length === 0 ? {} : { fields: fields.map((at) => `spec.${field}${at}`) }),
  }))
}

/** The same of changes from one value to another. */
function changes(
  field: string,
  values: readonly (readonly [before: JsonValue, after: JsonValue, ...fields: string[]])[],
): readonly RuleCase[] {
  return values.map(([before, after, ...fields], i) => ({
    name: `${field} from ${i}: ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
    before: { [field]: before },
    spec: { [field]: after },
    ...(fields.length === 0 ? {} : { fields: fields.map((at) => `spec.${field}${at}`) }),
  }))
}

const ONE = { name: 'a', port: 5 }

export const RULE_CASES: readonly RuleCase[] = [
  { name: 'nothing', spec: {} },
  { name: 'a root rule', spec: {}, objectName: 'a-name-that-is-much-too-long-for-the-rule', fields: ['<nil>'] },
  { name: 'a root rule without a message', spec: {}, objectName: 'forbidden-name', fields: ['<nil>'] },
  { name: 'a root rule that names a field', spec: { root: 'Other' }, fields: ['spec.root'] },
  { name: 'the kind', spec: { root: 'Ruled' } },
  ...of('sized', [['abcd'], ['abc', '']]),
  ...of('unicode', [['aé'], ['😀é'], ['é', '']]),
  ...of('dns', [['a.b-c.d'], ['a..b', ''], ['-a', '']]),
  ...of('hostile', [['aaaa'], [`${'a'.repeat(60)}b`, '']]),
  ...of('folded', [['Abc 12'], ['Abc 1', ''], ['Äbc 12', '']]),
  ...of('expressed', [[{ n: 1 }], [{ n: 12, word: 'twelve' }, ''], [{ n: 12 }, '']]),
  ...of('brokenWords', [[12, '']]),
  ...of('emptyWords', [[12, '']]),
  ...of('reasons', [[{ b: 'x' }], [{ a: 'x' }, '.a', '.b'], [{ b: 'x', c: 'y' }, '.c']]),
  ...of('numbers', [
    [{ i: -7, d: 1.5 }],
    [{ i: 7, d: 1.5 }, '', ''],
    [{ d: 0.25 }, ''],
    [{ d: 1 }],
    [{ any: 6 }],
    [{ any: 5 }, ''],
    [{ any: '5%' }],
    [{ any: 'x' }, ''],
  ]),
  ...of('escaped', [
    [{ 'a-b': 2, 'c.d': 2, 'e/f': 2, g__h: 2, namespace: 'x' }],
    [{ 'a-b': 1 }, '.a-b'],
    [{ 'c.d': 1 }, '.c.d'],
    [{ 'e/f': 1 }, ''],
    [{ g__h: 1 }, ''],
    [{ namespace: 'default' }, ''],
  ]),
  ...of('nullable', [[{ n: 'x' }], [{ n: null }, ''], [{}, '']]),
  ...of('times', [
    [{ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00.5Z' }],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00+02:00' }, ''],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z' }, ''],
    [{ day: '2025-12-31' }],
    [{ day: '2019-12-31' }, ''],
    [{ lasts: '1m30s' }],
    [{ lasts: '1500ms' }, ''],
    [{ bytes: 'aGVsbG8=' }],
    [{ bytes: 'aGVsbG9v' }, ''],
  ]),
  ...of('defaulted', [[{ size: 5 }], [{ size: 20 }, ''], [{ mode: 'slow', size: 20 }]]),
  ...of('plainList', [[[1, 2, 3]], [[]], [[2, 1], ''], [[1, 70], ''], [[7, 7], '', ''], [[0], '']]),
  ...of('set', [[['y', 'x']], [['y'], ''], [['x', 'w'], '']]),
  ...changes('set', [
    [
      ['x', 'y'],
      ['y', 'x'],
    ],
    [['x', 'y'], ['x'], ''],
  ]),
  ...of('keyed', [[[ONE]], [[{ name: 'bad', port: 1 }], '[0]'], [[ONE, { name: 'b', port: 0 }], '[1].port']]),
  ...changes('keyed', [
    [
      [ONE, { name: 'b', port: 1 }],
      [{ name: 'b', port: 2 }, ONE],
    ],
    [[ONE, { name: 'b', port: 3 }], [{ name: 'b', port: 2 }, ONE], '[0].port'],
    [[ONE, { name: 'b', port: 3 }], [ONE], ''],
    [[{ name: 'bad', port: 1 }], [{ name: 'bad', port: 1 }, ONE]],
    [[{ name: 'bad', port: 1 }], [{ name: 'bad', port: 2 }], '[0]'],
    [[{ name: 'b', port: -5 }], [{ name: 'b', port: -5, mode: 'x' }]],
  ]),
  ...of('atomic', [[[{ v: 2 }]], [[{ v: 1 }], '[0].v']]),
  ...changes('atomic', [
    [[{ v: 2 }], [{ v: 3 }]],
    [[{ v: 1 }], [{ v: 1 }, { v: 2 }], '[0].v'],
  ]),
  ...of('frozen', [[{ a: 'x' }]]),
  ...changes('frozen', [
    [
      { a: 'x', b: ['1', '2'] },
      { b: ['1', '2'], a: 'x' },
    ],
    [{ a: 'x', b: ['1', '2'] }, { a: 'x', b: ['2', '1'] }, ''],
    [{ a: 'x' }, { a: 'x', b: [] }, ''],
  ]),
  ...of('optionalOld', [['begin'], ['x', '']]),
  ...changes('optionalOld', [
    ['begin', 'x'],
    ['end', 'x', ''],
  ]),
  ...changes('atomicMap', [
    [{ a: 'x' }, { a: 'x' }],
    [{ a: 'x' }, { a: 'y' }, '.a'],
  ]),
  ...of('map', [[{ k1: 1, k2: 2 }], [{ x: 1 }, ''], [{ k1: 0 }, ''], [{ k1: 12 }, '[k1]']]),
  ...changes('map', [
    [{ k1: 2 }, { k1: 1 }, '[k1]'],
    [{ k2: 12 }, { k2: 12, k1: 1 }],
  ]),
  ...of('optionals', [
    [{}],
    [{ in: {} }],
    [{ in: { deep: 1 } }, ''],
    [{ list: ['ok', 'two'] }],
    [{ list: [] }],
    [{ list: ['ko'] }, ''],
    [{ list: ['ok', 'one'] }, ''],
  ]),
  ...of('strings', [
    ['abc,d1'],
    ['aBc', ''],
    [' abc', ''],
    ['a,b,c', ''],
    ['foo', ''],
    ['zoo!', '', ''],
    ['a 60', ''],
    ['quit', ''],
    ['qi'],
  ]),
  ...of('quantity', [
    [{ limit: '1Gi', request: '500Mi' }],
    [{ limit: '1.5', request: '1500m' }],
    [{ limit: '1', request: '1001m' }, ''],
    [{ limit: '2Gi', request: '1' }, ''],
    [{ limit: 'x', request: '1' }, ''],
    [{ limit: '1e3', request: '1k' }],
  ]),
  ...of('url', [
    ['https://example.org:443/a?b=c'],
    ['/just/a/path'],
    ['http://example.org', ''],
    ['https://example.org:80', ''],
    ['https://localhost/x', ''],
    ['no-url', ''],
  ]),
  ...of('address', [
    ['10.1.2.3'],
    ['11.1.2.3', ''],
    ['2001:db8::1'],
    ['::'],
    ['010.1.2.3', ''],
    ['1.2.3', ''],
    [':::', ''],
  ]),
  ...of('embedded', [
    [{ apiVersion: 'v1', kind: 'Thing', metadata: { name: 't1' }, more: 1 }],
    [{ apiVersion: 'v1', kind: 'Other', metadata: { name: 't1' } }, ''],
    [{ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' } }, ''],
  ]),
  ...of('open', [[{ known: 2, other: 1 }], [{ known: 1, other: 1 }, '']]),
  ...of('absent', [[{}], [{ maybe: 2 }], [{ maybe: 1 }, '.maybe']]),
  ...of('absorbed', [[{ list: [1] }], [{ list: [0, 50] }], [{ list: [50] }]]),
  ...of('relations', [[{ a: true, b: 1 }], [{ a: false, b: 1 }, '']]),
  ...of('twoVars', [[[0, 1]], [[0, 0], '']]),
  ...changes('open', [
    [{ known: 1, other: 1 }, { known: 1, other: 2 }, ''],
    [{ known: 1 }, { known: 1 }],
  ]),
  ...changes('absent', [[{ maybe: 1 }, { maybe: 1 }]]),
  ...changes('sized', [['abc', 'ab', '']]),
  { name: 'an error of CEL', spec: { failing: { list: [] } }, fields: ['spec.failing'], isNotChecked: true },
  {
    name: 'an error that nothing absorbs',
    spec: { absorbed: { list: [0] } },
    fields: ['spec.absorbed'],
    isNotChecked: true,
  },
  { name: 'a function that is not known', spec: { formats: 'A' }, fields: ['spec.formats'], isNotChecked: true },
  { name: 'a violation that was there before', before: { sized: 'abc' }, spec: { sized: 'abc', strings: 'x' } },
]
