import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { editFile } from '../../src/sell/edit-file.ts'
import type { FieldEdit } from '../../src/sell/field-edit.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'

const OFFERS = join(import.meta.dirname, '..', '..', 'offers')
const TEXTS = readdirSync(OFFERS)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(join(OFFERS, file), 'utf8'))

const PATHS: readonly (readonly string[])[] = [
  ['spec', 'payment', 'price', 'perRequest'],
  ['spec', 'payment', 'price', 'perMTok'],
  ['spec', 'payment', 'payTo'],
  ['spec', 'payment', 'network'],
  ['spec', 'limits', 'rps'],
  ['spec', 'listing', 'category'],
  ['spec', 'routes'],
  ['spec', 'path'],
  ['spec', 'registration', 'description'],
  ['spec', 'registration'],
  ['spec', 'upstream', 'port'],
  ['metadata', 'namespace'],
]
const VALUES: readonly JsonValue[] = [
  ...[
    '0.5',
    '007',
    'true',
    'null',
    'a: b',
    '# no comment',
    "it's",
    '"',
    'two\nlines',
    '',
    ' padded ',
    '0x12',
    '/*',
    '- x',
  ],
  ...[5, 0.25, true],
  ...[[{ path: '/a' }], { name: 'A', skills: ['x', 'y'] }],
]

/** What an edit means, without any text. */
function applied(object: JsonObject, { path, value }: FieldEdit): JsonObject {
  const [key = '', ...rest] = path
  const { [String(key)]: own, ...others } = object
  if (rest.length === 0) return value === undefined ? others : { ...object, [String(key)]: value }
  if (value === undefined && !isJsonObject(own)) return object
  const below = applied(isJsonObject(own) ? own : {}, { path: rest, ...(value === undefined ? {} : { value }) })
  return Object.keys(below).length === 0 ? others : { ...object, [String(key)]: below }
}

const edit = fc
  .record({ path: fc.constantFrom(...PATHS), value: fc.constantFrom(undefined, ...VALUES) })
  .map(({ path, value }): FieldEdit => (value === undefined ? { path } : { path, value }))

test('behavior: edits of a text mean what edits of the object mean, and leave other lines alone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TEXTS), fc.array(edit, { minLength: 1, maxLength: 6 }), (text, edits) => {
      const after = editFile(text, { index: 0, prefix: [] }, edits)
      assert.deepEqual(parse(after), edits.reduce(applied, parse(text)))
      const comments = text.split('\n').filter((line) => line.startsWith('#'))
      for (const comment of comments) assert.ok(after.includes(comment), comment)
    }),
    { numRuns: 600, seed: 7 },
  )
})
