import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'

const parse = (text: string) => parseSources([{ path: 'a.yaml', text }])
const values = (text: string) => {
  const { documents, problems } = parse(text)
  assert.deepEqual(problems, [])
  return documents.map(({ value }) => value)
}
const problemsOf = (text: string) =>
  parse(text).problems.map(({ code, line, column, path }) => `${code} ${line}:${column} ${path}`)

test('default: documents in order, with the place where each begins', () => {
  const { documents, problems } = parse('# comment\n---\nkind: A\n---\n\n  kind: B\n')
  assert.deepEqual(problems, [])
  assert.deepEqual(
    documents.map(({ value, origin, index }) => ({ value, origin, index })),
    [
      { value: { kind: 'A' }, origin: { file: 'a.yaml', line: 3, column: 1 }, index: 0 },
      { value: { kind: 'B' }, origin: { file: 'a.yaml', line: 6, column: 3 }, index: 1 },
    ],
  )
})

test('behavior: empty documents are no documents', () => {
  assert.deepEqual(values(''), [])
  assert.deepEqual(values('# only a comment\n'), [])
  assert.deepEqual(values('---\n---\nnull\n---\nkind: A\n...\n'), [{ kind: 'A' }])
})

test('behavior: scalars are those of YAML 1.2, and octal and dates stay what they are in JSON', () => {
  assert.deepEqual(values('a: yes\nb: 2026-01-31\nc: 0x10\nd: 1.5\ne: ~\nf: "1"\n'), [
    { a: 'yes', b: '2026-01-31', c: 16, d: 1.5, e: null, f: '1' },
  ])
})

test('behavior: JSON with tabs is read', () => {
  assert.deepEqual(values('{\n\t"kind": "A",\n\t"list": [1, {"b": null}]\n}\n'), [
    { kind: 'A', list: [1, { b: null }] },
  ])
})

test('behavior: Windows line ends are read', () => {
  const { documents } = parse('kind: A\r\n---\r\nkind: B\r\n')
  assert.deepEqual(
    documents.map(({ value, origin }) => [value, origin.line]),
    [
      [{ kind: 'A' }, 1],
      [{ kind: 'B' }, 3],
    ],
  )
})

test('behavior: aliases and merges are expanded, integer keys become text', () => {
  assert.deepEqual(values('a: &x { p: 1, q: 2 }\nb: { <<: *x, q: 3 }\nc: [*x]\n80: port\n'), [
    { a: { p: 1, q: 2 }, b: { p: 1, q: 3 }, c: [{ p: 1, q: 2 }], '80': 'port' },
  ])
  assert.deepEqual(values('a: &a { p: 1 }\nb: &b { p: 2, q: 2 }\nc: { <<: [*a, *b] }\n')[0]?.['c'], { p: 1, q: 2 })
})

test('behavior: a List is its items, each with its place', () => {
  const text = 'kind: List\napiVersion: v1\nitems:\n- kind: A\n- kind: ServiceOfferList\n  items:\n  - kind: B\n'
  const { documents } = parse(text)
  assert.deepEqual(
    documents.map(({ value, prefix, origin }) => ({ value, prefix, line: origin.line })),
    [
      { value: { kind: 'A' }, prefix: ['items', 0], line: 4 },
      { value: { kind: 'B' }, prefix: ['items', 1, 'items', 0], line: 7 },
    ],
  )
})

test('error: broken YAML is reported and the other documents are kept', () => {
  const { documents, problems } = parse('kind: [A\n---\nkind: B\n---\na: b: c\n')
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ kind: 'B' }],
  )
  assert.ok(problems.length >= 2)
  assert.ok(problems.every(({ code }) => code === OFFER_ERRORS.YAML_SYNTAX.code))
})

test('error: a tab as indentation is named', () => {
  const [problem] = parse('metadata:\n\tname: x\n').problems
  assert.equal(problem?.code, OFFER_ERRORS.YAML_SYNTAX.code)
  assert.equal(problem?.line, 2)
})

test('error: every duplicate key is reported, the first value wins', () => {
  const { DUPLICATE_KEY } = OFFER_ERRORS
  assert.deepEqual(problemsOf('a: 1\nb: { c: 1, c: 2 }\na: 2\na: 3\n'), [
    `${DUPLICATE_KEY.code} 2:12 b.c`,
    `${DUPLICATE_KEY.code} 3:1 a`,
    `${DUPLICATE_KEY.code} 4:1 a`,
  ])
  assert.deepEqual(parse('a: 1\na: 2\n').documents[0]?.value, { a: 1 })
})

test('error: aliases may not explode, loop or dangle', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i}: &l${i} [${Array(10).fill(i === 0 ? 'x' : `*l${i - 1}`)}]`)
  assert.deepEqual(codesOf(levels.join('\n')), [OFFER_ERRORS.ALIAS.code])
  assert.deepEqual(codesOf('a: &a { b: *a }\n'), [OFFER_ERRORS.ALIAS.code])
  assert.deepEqual(codesOf('a: *nowhere\n'), [OFFER_ERRORS.ALIAS.code])
})

test('error: what is no JSON is reported', () => {
  const { NOT_JSON, INTEGER_TOO_LARGE, YAML_SYNTAX } = OFFER_ERRORS
  for (const text of ['a: .nan', 'a: -.inf', '[a]: 1', '__proto__: 1', '~: 1', 'a: !!binary aGk=', 'a: { <<: 1 }'])
    assert.deepEqual(codesOf(text), [NOT_JSON.code], text)
  assert.deepEqual(codesOf('a: 9007199254740993'), [INTEGER_TOO_LARGE.code])
  assert.deepEqual(codesOf('a: -9007199254740993'), [INTEGER_TOO_LARGE.code])
  assert.deepEqual(codesOf('a: !Custom 1'), [YAML_SYNTAX.code])
  assert.deepEqual(values('a: 9007199254740991'), [{ a: 9007199254740991 }])
})

test('error: a document that is no mapping is reported', () => {
  assert.deepEqual(problemsOf('text\n---\n[1]\n---\nkind: List\nitems: [1]\n'), [
    `${OFFER_ERRORS.NOT_AN_OBJECT.code} 1:1 `,
    `${OFFER_ERRORS.NOT_AN_OBJECT.code} 3:1 `,
    `${OFFER_ERRORS.NOT_AN_OBJECT.code} 6:9 items[0]`,
  ])
})

test('error: no text of a file appears in a message', () => {
  const secret = 'hunter2-do-not-print'
  const texts = [
    `a: "${secret}\n`,
    `a: ${secret}: ${secret}`,
    `a: [b] ]${secret}`,
    `a: [${secret}`,
    `${secret}`,
    `a: *${secret}`,
    `a: !${secret} x`,
  ]
  for (const text of texts) {
    const { problems } = parse(text)
    assert.ok(problems.length > 0, text)
    assert.equal(JSON.stringify(problems).includes('hunter2'), false, text)
  }
})

test('error: deep nesting is refused', () => {
  assert.deepEqual([...new Set(codesOf('['.repeat(20_000)))], [OFFER_ERRORS.YAML_SYNTAX.code])
  assert.deepEqual([...new Set(codesOf('- '.repeat(20_000)))], [OFFER_ERRORS.YAML_SYNTAX.code])
})

test('behavior: any text gives documents or problems, never a throw', () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a',
    '*a',
    '"',
    "'",
    '|',
    '>',
    '#',
    '---\n',
    '!',
    '%',
    '?',
    '<<',
    '\t',
    ',',
  )
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
  fc.assert(fc.property(text, (any) => Array.isArray(parse(any).documents)))
})

test('behavior: JSON values survive the way through YAML', () => {
  const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 })
  fc.assert(
    fc.property(value, (any) => {
      const plain = JSON.parse(JSON.stringify(any, (key, each: unknown) => (key === '__proto__' ? undefined : each)))
      const isExact = JSON.stringify(plain).match(/\d{16,}|e[+-]?\d/) === null && plain['kind'] === undefined
      fc.pre(isExact)
      assert.deepEqual(values(stringify(plain, { aliasDuplicateObjects: false })), [plain])
    }),
  )
})

function codesOf(text: string): readonly string[] {
  return parse(text).problems.map(({ code }) => code)
}
