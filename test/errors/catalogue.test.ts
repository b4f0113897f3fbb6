import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CATALOGUE } from '../../src/errors/catalogue.ts'
import { errorsDoc } from '../../tools/errors-doc.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const ALL = CATALOGUE.flatMap(({ letter, errors }) => errors.map((error) => ({ letter, ...error })))

test("default: each code occurs once and has its subject's letter", () => {
  assert.notEqual(ALL.length, 0)
  const codes = ALL.map(({ code }) => code)
  assert.deepEqual(codes, [...new Set(codes)])
  for (const { letter, code } of ALL) assert.match(code, new RegExp(`^OBOL-${letter}\\d{3}$`))
})

test('default: titles are one sentence without a full stop, explanations say more', () => {
  for (const { code, title, explanation } of ALL) {
    assert.match(title, /[^.]$/, code)
    assert.ok(title.length <= 100, code)
    assert.match(explanation, /\.$/, code)
  }
})

test('behavior: every table under src/errors is in the catalogue', async () => {
  const codes = new Set(ALL.map(({ code }) => code))
  const missing: string[] = []
  for (const file of readdirSync(join(ROOT, 'src/errors'))) {
    if (file === 'catalogue.ts') continue
    for (const match of readFileSync(join(ROOT, 'src/errors', file), 'utf8').matchAll(/'(OBOL-[A-Z]\d{3})'/g)) {
      if (match[1] !== undefined && !codes.has(match[1])) missing.push(`${file} ${match[1]}`)
    }
  }
  assert.deepEqual(missing, [])
})

test('behavior: docs/errors.md is up to date (make gen)', () => {
  assert.equal(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8'), errorsDoc(CATALOGUE))
})
