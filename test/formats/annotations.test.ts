import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { annotationCommand } from '../../src/formats/annotation-command.ts'
import { renderAnnotations } from '../../src/formats/render-annotations.ts'
import type { Diagnostic } from '../../src/plan/types.ts'
import { assertGolden } from '../support/golden.ts'
import { hostileReport, hostileText, type Place } from './hostile.ts'
import { exampleReport, exampleReports } from './views.ts'

const EXAMPLES = exampleReports()

type Command = {
  readonly level: string
  readonly properties: ReadonlyMap<string, string>
  readonly message: string
}

/** As the runner reads a line; undefined for one that is no command. */
function readCommand(line: string): Command | undefined {
  const match = /^::([a-z-]+) (.*?)::(.*)$/.exec(line)
  if (match === null) return undefined
  const [, level = '', properties = '', message = ''] = match
  const pairs = properties.split(',').map((pair) => {
    const at = pair.indexOf('=')
    const value = pair
      .slice(at + 1)
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
    return [pair.slice(0, at), decoded(value)] as const
  })
  return { level, properties: new Map(pairs), message: decoded(message) }
}

function decoded(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}

function commandsOf(text: string): readonly Command[] {
  if (text === '') return []
  assert.equal(text.at(-1), '\n')
  return text
    .slice(0, -1)
    .split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/)
    .map((line) => {
      const command = readCommand(line)
      assert.notEqual(command, undefined, line)
      return command ?? { level: '', properties: new Map(), message: '' }
    })
}

test('default: the annotations of every situation', () => {
  for (const { name, report } of EXAMPLES) {
    assertGolden(`formats/golden/annotations-${name}.txt`, renderAnnotations(report, { prefix: 'shops/main' }))
  }
})

test('behavior: a conflict is an error where the file says the field', () => {
  const [command] = commandsOf(renderAnnotations(exampleReport('conflict')))
  assert.equal(command?.level, 'error')
  assert.deepEqual(Object.fromEntries(command?.properties ?? []), {
    file: 'offers/aeon.yaml',
    line: '9',
    col: '5',
    title: 'OBOL-P004 spec.payment.payTo',
  })
})

test('behavior: escapes are those of the runner', () => {
  const place = { file: 'a,b:c%.yaml', line: 3, column: 5 }
  assert.equal(
    annotationCommand({ level: 'error', title: 'x::y, 50%', message: '100% of a:b,c\nd', ...place }),
    '::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,title=x%3A%3Ay%2C 50%25::100%25 of a:b,c%0Ad',
  )
})

test('behavior: places are below the prefix', () => {
  for (const prefix of ['shops/main', 'shops/main/', './shops//main']) {
    assert.match(
      renderAnnotations(exampleReport('problems'), { prefix }),
      /^::error file=shops\/main\/offers\/draw\.yaml,/,
    )
  }
})

test('behavior: at most ten of a kind, and the last says how many there are beyond', () => {
  const of = (severity: Diagnostic['severity'], count: number): readonly Diagnostic[] =>
    Array.from({ length: count }, (_, i) => ({ severity, code: 'OBOL-O020', message: `mistake ${i}` }))
  const commands = commandsOf(renderAnnotations({ problems: [...of('warning', 10), ...of('error', 25)] }))
  const [errors, warnings] = ['error', 'warning'].map((kind) => commands.filter(({ level }) => level === kind))
  assert.deepEqual([errors?.length, warnings?.length], [10, 10])
  assert.match(errors?.at(-1)?.message ?? '', /and 15 more errors/)
  assert.equal(
    warnings?.some(({ message }) => message.includes('more')),
    false,
  )
  assert.equal(commands[0]?.level, 'error')
})

test('behavior: a notice per offer that this change touches, prices before new offers', () => {
  const titles = commandsOf(renderAnnotations(exampleReport('many')))
    .filter(({ level }) => level === 'notice')
    .map(({ properties }) => properties.get('title') ?? '')
  assert.equal(titles.length, 10)
  assert.equal(
    titles.every((title) => title.endsWith(': price switch')),
    true,
  )
  assert.equal(renderAnnotations(exampleReport('base-alike')), '')
  assert.equal(renderAnnotations(exampleReport('unchanged')), '')
})

test('behavior: whatever texts hold, there are as many commands, at the same lines, and each is whole', () => {
  const shape = (text: string): readonly unknown[] =>
    commandsOf(text).map(({ level, properties }) => [level, [...properties.keys()], properties.get('line')])
  const expected = new Map(EXAMPLES.map(({ name, report }) => [name, shape(renderAnnotations(report))]))
  const places = fc.constantFrom<Place>('before', 'after')
  const small = EXAMPLES.filter(({ name }) => name !== 'many')
  fc.assert(
    fc.property(fc.constantFrom(...small), hostileText, places, ({ name, report }, text, place) => {
      const annotations = renderAnnotations(hostileReport(report, text, place), { prefix: text })
      assert.deepEqual(shape(annotations).toSorted(), expected.get(name)?.toSorted())
      assert.equal(/[^\P{Cc}\n]|[\p{Bidi_Control}\p{Cs}]/u.test(annotations), false)
    }),
    { seed: 20260101, numRuns: 300 },
  )
})
