import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SELL_ERRORS } from '../../src/errors/sell.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import { withoutDocument } from '../../src/sell/without-document.ts'

function without(text: string, index: number): string | undefined {
  const [document] = parseSources([{ path: 'a.yaml', text }]).documents.slice(index)
  assert.ok(document)
  return withoutDocument(document)
}

test('default: the first, one between, the last, and the only one', () => {
  const text = '# a\na: 1\n---\n# b\nb: 2 # two\n---\nc: 3\n'
  assert.equal(without(text, 0), '# b\nb: 2 # two\n---\nc: 3\n')
  assert.equal(without(text, 1), '# a\na: 1\n---\nc: 3\n')
  assert.equal(without(text, 2), '# a\na: 1\n---\n# b\nb: 2 # two\n')
  assert.equal(without('# a\na: 1\n', 0), undefined)
})

test('behavior: two documents alike, a separator at the start, a document of comments only', () => {
  assert.equal(without('a: 1\n---\na: 1\n---\nb: 2\n', 1), 'a: 1\n---\nb: 2\n')
  assert.equal(without('---\na: 1\n---\nb: 2\n', 0), 'b: 2\n')
  assert.equal(without('# only words\n---\na: 1\n---\nb: 2\n', 0), '# only words\n---\nb: 2\n')
})

test('behavior: dashes inside of a text are no separator to the parser, so nothing is cut', () => {
  const text = 'a: |\n  x\n  ---\n  y\n---\nb: 2\n'
  assert.equal(without(text, 1), 'a: |\n  x\n  ---\n  y\n')
})

test('error: an item of a List stays', () => {
  const text = 'kind: List\nitems:\n  - { a: 1 }\n  - { a: 2 }\n'
  assert.throws(() => without(text, 0), { code: SELL_ERRORS.NOT_CUT.code })
})
