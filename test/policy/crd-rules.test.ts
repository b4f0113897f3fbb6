import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCrdRules } from '../../src/policy/crd-rules/check-crd-rules.ts'
import { crdRulesOf, hasCrdRules } from '../../src/policy/crd-rules/collect-rules.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { HELD } from './crd-rule-expressions.ts'

const TEXT: JsonObject = { type: 'string' }
const INT: JsonObject = { type: 'integer' }

/** What a rule says of a value: `holds`, `violated`, or why it is not checked. */
function judge(rule: string, value: JsonValue, schema: JsonObject, before?: JsonValue): string {
  const ruled = { type: 'object', properties: { v: { ...schema, 'x-kubernetes-validations': [{ rule }] } } }
  const rules = crdRulesOf(ruled)
  assert.ok(rules)
  const [verdict, ...more] = checkCrdRules(rules, { v: value }, before === undefined ? undefined : { v: before })
  assert.deepEqual(more, [])
  if (verdict === undefined) return 'holds'
  return verdict.result === 'violated' ? 'violated' : verdict.reason
}

test('default: a schema without rules has none to check', () => {
  const schema: JsonObject = { type: 'object', properties: { a: { type: 'array', items: TEXT } } }
  assert.equal(hasCrdRules(schema), false)
  assert.equal(crdRulesOf(schema), undefined)
})

for (const { name, value, schema, rules } of HELD) {
  test(`behavior: ${name}`, () => {
    for (const rule of rules) {
      assert.equal(judge(rule, value, schema), 'holds', rule)
      assert.equal(judge(`!(${rule})`, value, schema), 'violated', `not: ${rule}`)
    }
  })
}

test('behavior: a pattern takes time in proportion to the text, and one that is not known is not tried', () => {
  assert.equal(judge('self.matches("^(([a-z])+.)+[A-Z]([a-z])+$")', 'a'.repeat(5_000), TEXT), 'violated')
  for (const pattern of ['(?=a)', 'a**', '\\\\1', '[b-a]', 'a{1001}', '(', '\\\\Qa']) {
    assert.match(judge(`self.matches("${pattern}")`, 'a', TEXT), /pattern/)
  }
})

test('behavior: what is not known, or fails, is not checked', () => {
  const unknown = [
    'self.nothing()',
    'authorizer.path("x").check("get").allowed()',
    'self == "a" == "b" in ["c"]',
    'self[',
    '1 / 0 == 1',
    'self.x == 1',
    'self',
    'isURL("http://exa mple")',
    'semver("1.0.0").major() == 1',
    'timestamp("yesterday") == timestamp("today")',
    '9223372036854775807 + 1 == 0',
  ]
  for (const rule of unknown) assert.doesNotMatch(judge(rule, 'a', TEXT), /^(holds|violated)$/, rule)
  const beyond = 2 ** 60
  assert.doesNotMatch(judge('self > 1', beyond, INT), /^(holds|violated)$/)
})

test('behavior: a transition is judged only where there is something before', () => {
  assert.equal(judge('self == oldSelf', 'a', TEXT), 'holds')
  assert.equal(judge('self == oldSelf', 'a', TEXT, 'b'), 'violated')
  assert.equal(judge('self == oldSelf', 'a', TEXT, 'a'), 'holds')
})

test('behavior: rules inside of allOf are said to be unread', () => {
  const nested = { allOf: [{ 'x-kubernetes-validations': [{ rule: 'false' }] }] }
  const rules = crdRulesOf({ type: 'object', 'x-kubernetes-validations': [{ rule: 'true' }], ...nested })
  assert.ok(rules)
  assert.deepEqual(
    checkCrdRules(rules, {}).map(({ result }) => result),
    ['not-checked'],
  )
})
