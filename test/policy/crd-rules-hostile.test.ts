import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkCrdRules } from '../../src/policy/crd-rules/check-crd-rules.ts'
import { crdRulesOf } from '../../src/policy/crd-rules/collect-rules.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'

const PIECES =
  'self oldSelf x y 0 1 5u -7 9223372036854775807 1.5 "a" "é" r"(a+)+$" b"z" null true [ ] ( ) { } . ? : , == != < <= && || ! + - * / % in .? [? [0] .size() .all(x, .exists(y, .map(x, .filter(x, has( .matches( .find("a*") .split("") .replace("a", "aa") .substring( .format( .sum() .max() int( string( double( type( size( duration("1h") timestamp( quantity("1Ki") ip("::1") url("/a") optional.of( .orValue( .value() .a .b __proto__ constructor'.split(
    ' ',
  )

const SCHEMAS: readonly JsonObject[] = [
  { type: 'string' },
  { type: 'integer' },
  { type: 'number' },
  { 'x-kubernetes-int-or-string': true },
  { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
  { type: 'object', properties: { a: { type: 'string' }, b: { type: 'array', items: { type: 'integer' } } } },
  { type: 'object', additionalProperties: { type: 'string', nullable: true } },
  { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-embedded-resource': true },
  { type: 'string', format: 'date-time' },
  { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } }, 'x-kubernetes-list-type': 'map' },
]

const VALUES: readonly JsonValue[] = [
  null,
  '',
  'aaaa',
  '😀',
  -1,
  2 ** 60,
  1.5,
  true,
  [],
  ['a', 'a', null],
  [[[]]],
  { a: 'x', b: [1, 2], __proto__x: 1 },
  JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "a": null}'),
  [{ a: 'x' }, { a: 'x' }, 7],
]

function judge(rule: string, schema: JsonObject, after: JsonValue, before: JsonValue): readonly string[] {
  const rules = crdRulesOf({
    type: 'object',
    properties: { v: { ...schema, 'x-kubernetes-validations': [{ rule, messageExpression: rule, fieldPath: rule }] } },
  })
  return rules === undefined ? [] : checkCrdRules(rules, { v: after }, { v: before }).map(({ result }) => result)
}

test('behavior: no expression and no value throws', () => {
  const words = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  const value = fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue({ maxDepth: 3 }).map(jsonOf))
  let judged = 0
  fc.assert(
    fc.property(words, fc.constantFrom('', ' '), fc.constantFrom(...SCHEMAS), value, value, (...given) => {
      const [pieces, by, schema, after, before] = given
      const rule = pieces.join(by)
      const balanced = rule + ')'.repeat(Math.max(0, rule.split('(').length - rule.split(')').length))
      const results = judge(balanced, schema, after, before)
      assert.ok(results.length <= 1)
      if (results[0] !== 'not-checked') judged += 1
    }),
    { numRuns: 5_000, seed: 7 },
  )
  assert.ok(judged > 100, `only ${judged} were judged`)
})

function jsonOf(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value))
}

test('behavior: what is nested deeply, long or costly ends as not checked', () => {
  const numbers: JsonObject = { type: 'array', items: { type: 'integer' } }
  const many = Array.from({ length: 3_000 }, (_, i) => i)
  const doubling = Array.from({ length: 40 }, (_, i) => `.optMap(v${i}, [v${i}, v${i}])`).join('')
  const text = 'a'.repeat(1_000_000)
  const cases: readonly (readonly [rule: string, schema: JsonObject, value: JsonValue])[] = [
    [`${'('.repeat(5_000)}true${')'.repeat(5_000)}`, numbers, []],
    [`${'!'.repeat(9_000)}true`, numbers, []],
    [`${'true && '.repeat(4_000)}true`, numbers, []],
    [`${'['.repeat(90)}1${']'.repeat(90)} == self`.repeat(50), numbers, []],
    ['self.all(a, self.all(b, self.all(c, a + b + c >= 0)))', numbers, many],
    ['self.all(a, self.distinct().size() > 0)', numbers, many],
    [`optional.of([1])${doubling}.value() == [[1]]`, numbers, []],
    [`size(self${'.replace("a", "aaaaaaaaaa")'.repeat(9)}) > 0`, { type: 'string' }, 'aaaa'],
    ['self.findAll("a?").size() == 0', { type: 'string' }, text],
    ['self.matches("(a{1,500}){2,900}")', { type: 'string' }, text],
    ['self.split("").all(a, self.size() > 0)', { type: 'string' }, text],
    ['self.split("").all(a, self <= self + a)', { type: 'string' }, text],
  ]
  for (const [rule, schema, value] of cases) {
    const started = process.hrtime.bigint()
    assert.deepEqual(judge(rule, schema, value, null), ['not-checked'], rule.slice(0, 80))
    const seconds = Number(process.hrtime.bigint() - started) / 1e9
    assert.ok(seconds < 10, `${rule.slice(0, 80)} took ${seconds} s`)
  }
})

test('behavior: a pattern that makes others go back for ever is matched at once', () => {
  const rule = 'self.findAll("((a*)*)*b").size() == 0 && !self.matches("^(a|aa)+$")'
  assert.deepEqual(judge(rule, { type: 'string' }, `${'a'.repeat(20_000)}c`, null), [])
})
