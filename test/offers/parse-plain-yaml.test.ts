import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Composer, isNode, Parser, stringify } from 'yaml'
import { parsePlainYaml } from '../../src/offers/parse-plain-yaml.ts'
import { YAML_OPTIONS } from '../../src/offers/parse-sources.ts'
import { yamlToJson } from '../../src/offers/yaml-to-json.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SAMPLES = yamlFilesIn(join(ROOT, 'offers'))
const MANIFEST = `apiVersion: v1
kind: Service
metadata:
  name: a
  annotations: {}
spec:
  ports:
  - name: http   # at the left edge of its key
    port: 80
    targetPort: web
  -
    name: quoted
    appProtocol: 'kubernetes.io/h2c'
  clusterIPs: []
---
apiVersion: obol.org/v1alpha1
kind: ServiceOffer
spec:
  routes:
    - /plain
    - "a: b # c"
  quantity: 5Gi
  address: 127.0.0.1:8080
  nothing:
  truth: true
`

describe('parsePlainYaml', () => {
  test('default: values and positions of the documents', () => {
    const documents = parsePlainYaml('# before\na: 1\nb:\n  - x: "y"\n    z: null\n---\nc: d e # f\n')
    assert.deepEqual(documents, [
      { value: { a: 1, b: [{ x: 'y', z: null }] }, offset: 9 },
      { value: { c: 'd e' }, offset: 44 },
    ])
  })

  test('behavior: the sample offers and manifests are plain, and read as the parser reads them', () => {
    assert.ok(SAMPLES.length >= 4)
    for (const text of [...SAMPLES, MANIFEST]) {
      assert.ok(parsePlainYaml(text) !== undefined, text)
      assertSame(text)
    }
  })

  for (const [name, text] of Object.entries({
    'a key given twice': 'a: 1\na: 2\n',
    'a tab': 'a:\tb\n',
    'an anchor': 'a: &x b\n',
    'an alias': 'a: *x\n',
    'a tag': 'a: !!str b\n',
    'a merge': '<<: a\n',
    'a block scalar': 'a: |\n  b\n',
    'a text on two lines': 'a: b\n  c\n',
    'a quoted text on two lines': 'a: "b\n  c"\n',
    'an escape': 'a: "\\n"\n',
    'a float': 'a: 1.5\n',
    'an octal number': 'a: 0o17\n',
    'a number that loses digits': 'a: 12345678901234567890\n',
    'an unusual truth': 'a: True\n',
    'a prototype': '__proto__: a\n',
    'a key that is no text': 'true: a\n',
    'a directive': '%YAML 1.1\n---\na: b\n',
    'an explicit end': 'a: b\n...\n',
    'an empty document': 'a: b\n---\n---\nc: d\n',
    'separators alone': '---\n---\n',
    'a list at the root': '- a\n',
    'a flow mapping': 'a: { b: c }\n',
    'a line too far left': 'a:\n    b: c\n  d: e\n',
    'nothing at all': '# nothing\n',
  })) {
    test(`behavior: ${name} is left to the parser`, () => {
      assert.equal(parsePlainYaml(text), undefined)
    })
  }

  test('behavior: deep nesting is left to the parser', () => {
    const text = Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')
    assert.equal(parsePlainYaml(text), undefined)
  })

  test('behavior: whatever it reads, the parser reads as the same values (generated documents)', () => {
    let read = 0
    fc.assert(
      fc.property(documentText(), (text) => {
        assertSame(text)
        if (parsePlainYaml(text) !== undefined) read += 1
      }),
      { numRuns: 1_000, seed: 7 },
    )
    assert.ok(read > 50, `only ${read} were plain`)
  })

  test('behavior: whatever it reads, the parser reads as the same values (samples with edits)', () => {
    let read = 0
    fc.assert(
      fc.property(editedSample(), (text) => {
        assertSame(text)
        if (parsePlainYaml(text) !== undefined) read += 1
      }),
      { numRuns: 3_000, seed: 7 },
    )
    assert.ok(read > 300, `only ${read} were plain`)
  })
})

/** Fails when the text is read otherwise than the parser reads it, or the parser has something to say about it. */
function assertSame(text: string): void {
  const plain = parsePlainYaml(text)
  if (plain === undefined) return
  const exact = [...new Composer(YAML_OPTIONS).compose(new Parser().parse(text), false, text.length)].map(
    (document) => {
      const { contents, errors, warnings } = document
      const { value, problems } = yamlToJson(document)
      assert.deepEqual([...errors, ...warnings, ...problems], [], JSON.stringify(text))
      return { value, offset: isNode(contents) ? contents.range?.[0] : undefined }
    },
  )
  assert.deepEqual(plain, exact, JSON.stringify(text))
}

function documentText(): fc.Arbitrary<string> {
  const key = fc.oneof(
    { weight: 30, arbitrary: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_./-]{0,8}$/) },
    { weight: 1, arbitrary: fc.constantFrom('null', 'a b', '1', 'y') },
  )
  const scalar = fc.oneof(
    { weight: 1, arbitrary: fc.stringMatching(/^[ -~]{0,12}$/) },
    { weight: 2, arbitrary: fc.stringMatching(/^[a-z0-9.:/#'" -]{1,10}$/) },
    { weight: 5, arbitrary: fc.stringMatching(/^[A-Za-z/][A-Za-z0-9 .:/#'"[\]{}&*!,-]{1,20}$/) },
    fc.constantFrom('0x1f', '1e5', '08', '~', 'null', '- a', 'ü — ß', 'a\u00a0', 'yes', '2026-01-01', '10.0.0.1'),
    fc.nat(),
    fc.boolean(),
    fc.constant(null),
  )
  const { value } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
    object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  }))
  const options = fc.record({
    indent: fc.constantFrom(1, 2, 3),
    indentSeq: fc.boolean(),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
  })
  return fc
    .tuple(fc.array(fc.dictionary(key, value, { maxKeys: 4 }), { minLength: 1, maxLength: 2 }), options)
    .map(([documents, how]) => documents.map((document) => stringify(document, { lineWidth: 0, ...how })).join('---\n'))
}

/** A sample with a few characters put in, taken out or replaced, where it hurts most: at the marks of YAML. */
function editedSample(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ...[
      ' ',
      '  ',
      '\n',
      '\n\n',
      '#',
      ' #',
      ': ',
      ':',
      '- ',
      '-',
      '---\n',
      '"',
      "'",
      '[]',
      '[a, b]',
      '[',
      ']',
      '{}',
      '&a ',
      '|',
      '\t',
      '\r',
    ],
    ...[
      'a',
      '0',
      '.',
      ',',
      '!',
      '%',
      '@',
      '\\',
      '\n  ',
      '\n- ',
      '\na: b\n',
      '\u00a0',
      '\u0085',
      'ü',
      '?',
      '~',
      '\n...\n',
    ],
  )
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(3), piece })
  return fc
    .tuple(fc.constantFrom(...SAMPLES, MANIFEST), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([sample, edits]) =>
      edits.reduce((text, { at, cut, piece: put }) => {
        const from = Math.floor(at * text.length)
        return text.slice(0, from) + put + text.slice(from + cut)
      }, sample),
    )
}

function yamlFilesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return names.map((name) => readFileSync(join(folder, name), 'utf8'))
}
