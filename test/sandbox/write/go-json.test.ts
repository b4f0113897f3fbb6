import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseGoJson } from '../../../src/sandbox/write/go-json.ts'

test('default', () => {
  const text = ' {"a": [1, -2.5e3, true, null, "\\u00e9\\n"], "b": {}} '
  assert.deepEqual(parseGoJson(text), {
    result: 'parsed',
    value: { a: [1, -2500, true, null, 'é\n'], b: {} },
    duplicates: [],
  })
})

test('behavior: repeated keys are found wherever they are', () => {
  const parsed = parseGoJson('{"a":1,"b":[{"c":1,"c":2}],"\\u0061":3}')
  assert.deepEqual(parsed.result === 'parsed' ? parsed.duplicates : parsed, ['b[0].c', 'a'])
})

test('behavior: what JSON.parse takes is taken, and nothing else', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = parseGoJson(text)
      if (parsed.result === 'unsafe-integer') assert.match(text, /\d{16}/)
      else assert.deepEqual(parsed, { result: 'parsed', value: JSON.parse(text), duplicates: [] })
    }),
    { numRuns: 200, seed: 1 },
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:0-1.etrufalsn\\ ') }), (text) => {
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      const { result } = parseGoJson(text)
      assert.equal(result !== 'broken', isJson, JSON.stringify(text))
    }),
    { numRuns: 2000, seed: 1 },
  )
})

for (const [text, message] of [
  ['', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['zap', "invalid character 'z' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{} x', "invalid character 'x' after top-level value"],
] as const) {
  test(`error: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseGoJson(text), { result: 'broken', message })
  })
}

test('error: an integer that JavaScript would change', () => {
  assert.deepEqual(parseGoJson('{"a":[9007199254740993]}'), { result: 'unsafe-integer', path: 'a[0]' })
})
