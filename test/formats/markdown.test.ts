import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { marked } from 'marked'
import { renderMarkdown } from '../../src/formats/render-markdown.ts'
import type { ReportView } from '../../src/plan/report-view.ts'
import { SECRET_VALUES } from '../plan/cases.ts'
import { assertGolden } from '../support/golden.ts'
import { hostileReport, hostileText, type Place } from './hostile.ts'
import { exampleReport, exampleReports } from './views.ts'

const MARKER = '<!-- obol-review:shop -->'
const RUNS = { seed: 20260101, numRuns: 60 } as const

const SMALL = exampleReports().filter(({ name }) => name !== 'many')

/** By name, so that a counterexample is short. */
const NAMES = fc.constantFrom(...SMALL.map(({ name }) => name))

function smallReport(wanted: string): ReportView {
  return SMALL.find(({ name }) => name === wanted)?.report ?? exampleReport(wanted)
}

function html(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true })
}

test('default: a comment for every situation', () => {
  for (const { name, report } of SMALL) {
    assertGolden(`formats/golden/markdown-${name}.md`, renderMarkdown(report, { marker: MARKER }))
  }
})

test('behavior: of 500 offers the important ones are shown, and the rest is counted', () => {
  const text = renderMarkdown(exampleReport('many'), { marker: MARKER })
  const head = text.split('\n').slice(0, 80)
  const last = text.split('\n').find((line) => line.startsWith('**Not shown**'))
  assertGolden(
    'formats/golden/markdown-many.txt',
    `${[...head, '…', last, `${text.length} UTF-16 units`].join('\n')}\n`,
  )
  const shown = new Set([...text.matchAll(/^\| `\+`&nbsp;create \| `(.*?)`/gm)].map((match) => match[1])).size
  const left = Number(/([\d,]+) offers that only create/.exec(last ?? '')?.[1])
  assert.equal(shown + left, 398)
})

test('behavior: the limit is hard, and nothing is cut in the middle', () => {
  const examples = ['many', 'mixed', 'base', 'problems', 'unchanged', 'base-alike', 'registration'].map(exampleReport)
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.integer({ min: 1, max: 70_000 }), (report, limit) => {
      const text = renderMarkdown(report, { marker: MARKER, limit })
      assert.ok(text.length <= limit, `${text.length} > ${limit}`)
      assert.equal(text.at(-1), '\n')
      if (limit > 200) assertWhole(text)
    }),
    { ...RUNS, numRuns: 100 },
  )
})

function assertWhole(text: string): void {
  assert.equal(text.startsWith(`${MARKER}\n`), true)
  assert.equal((text.match(/^```/gm) ?? []).length % 2, 0)
  assertNested(html(text))
}

/** Every folded block is closed, and none before it was opened. */
function assertNested(page: string): void {
  let depth = 0
  for (const [tag] of page.matchAll(/<\/?details\b/g)) {
    depth += tag === '<details' ? 1 : -1
    assert.ok(depth >= 0, 'closed before it was opened')
  }
  assert.equal(depth, 0)
}

test('behavior: a small limit keeps what is to be decided', () => {
  const text = renderMarkdown(exampleReport('many'), { limit: 4_000 })
  assert.match(text, /obol plan --take llm\/offer-007:spec\.payment\.payTo/)
  assert.match(text, /\*\*Not shown\*\*, for length: .*398 offers that only create/)
})

test('behavior: the marker is a line of its own, given as a comment or as the text of one', () => {
  const report = exampleReport('unchanged')
  const first = (marker: string): string | undefined => renderMarkdown(report, { marker }).split('\n')[0]
  assert.equal(first('<!-- obol-review:a -->'), '<!-- obol-review:a -->')
  assert.equal(first('obol-review:a'), '<!-- obol-review:a -->')
  assert.equal(renderMarkdown(report).includes('<!--'), false)
})

test('behavior: nothing changes is one line and a folded block', () => {
  for (const name of ['unchanged', 'orphans', 'base-alike']) {
    const [line, blank, fold] = renderMarkdown(exampleReport(name)).split('\n')
    assert.match(line ?? '', /^\*\*✅ obol plan for `abc1234`: .*\*\*$/, name)
    assert.deepEqual([blank, fold], ['', '<details>'], name)
  }
})

test('behavior: what the base has too is no part of this change', () => {
  const text = renderMarkdown(exampleReport('base'))
  const [change = '', rest = ''] = text.split('### Withdrawn by this change')
  const [withdrawn = '', pending = ''] = rest.split('Already pending on')
  assert.equal(change.includes('Service llm/aeon  #'), false)
  assert.match(pending, /\+ Service llm\/aeon {2}# port 8402/)
  assert.match(withdrawn, /ServiceOffer shop\/bye/)
})

test('behavior: no secret is in any comment', () => {
  const text = renderMarkdown(exampleReport('secrets'))
  for (const value of SECRET_VALUES) {
    assert.equal(text.includes(value) || text.includes(Buffer.from(value).toString('base64')), false)
  }
})

/** Tags that a comment is made of. */
const TAGS = /^\/?(h2|h3|p|strong|b|code|pre|table|thead|tbody|tr|th|td|ul|li|br|hr|sub|details|summary)$/
const ATTRIBUTES = /^( class="language-(diff|sh|yaml|mermaid|text)"| open)?$/

type Shape = Readonly<Record<string, number>>

/** How many there are of each tag; fails for a tag or attribute that no comment has. */
function shapeOf(page: string): Shape {
  const counts: Record<string, number> = {}
  for (const [, name = '', rest = ''] of page.matchAll(/<(\/?[a-z!?][a-z0-9-]*)([^>]*)>/gi)) {
    assert.match(name, TAGS)
    assert.match(rest, ATTRIBUTES)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const STRUCTURE = [
  'h2',
  'h3',
  'table',
  'tr',
  'th',
  'td',
  'ul',
  'details',
  '/details',
  'summary',
  '/summary',
  'sub',
  'hr',
]

function structureOf(report: ReportView): readonly unknown[] {
  const text = renderMarkdown(report, { marker: MARKER, limit: 1_000_000 })
  assert.equal(text.split('<!--').length, 2, 'one comment of HTML: the marker')
  assert.equal(/[^\P{Cc}\n]|[\p{Bidi_Control}\p{Cs}\u2028\u2029\u200b]/u.test(text), false, 'nothing unseen')
  const page = html(text.replace(MARKER, ''))
  const shape = shapeOf(page)
  assertNested(page)
  assertInert(page)
  return STRUCTURE.map((name) => [name, shape[name] ?? 0])
}

/** Outside of code, no text is what a host turns into a mention, a reference, a link, a formula or an emoji. */
function assertInert(page: string): void {
  const words = page
    .replace(/<(pre|code)\b[^>]*>[\s\S]*?<\/\1>/g, '<code></code>')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
  const found = /[@#!][\w]|\bGH-\d|https?:\/\/|\bwww\.|javascript:\/\/|:octocat:|\$\w/i.exec(words)
  assert.equal(
    found,
    null,
    JSON.stringify(words.slice(Math.max(0, (found?.index ?? 0) - 30), (found?.index ?? 0) + 30)),
  )
}

test('behavior: whatever names, values and messages hold, the comment has the same structure', () => {
  const expected = new Map(SMALL.map(({ name, report }) => [name, structureOf(report)]))
  const places = fc.constantFrom<Place>('before', 'after')
  fc.assert(
    fc.property(NAMES, hostileText, places, (name, text, place) => {
      assert.deepEqual(structureOf(hostileReport(smallReport(name), text, place)), expected.get(name))
    }),
    { ...RUNS, numRuns: 400 },
  )
})

test('behavior: nor does a text in the place of all others become markup', () => {
  fc.assert(
    fc.property(NAMES, hostileText, (name, text) => {
      structureOf(hostileReport(smallReport(name), text, 'instead'))
    }),
    { ...RUNS, numRuns: 300 },
  )
})

test('behavior: hostile texts of any length keep to the limit', () => {
  fc.assert(
    fc.property(NAMES, hostileText, fc.integer({ min: 1, max: 400 }), (name, text, times) => {
      const long = renderMarkdown(hostileReport(smallReport(name), text.repeat(times), 'after'), {
        marker: MARKER,
        limit: 9_000,
      })
      assert.ok(long.length <= 9_000)
      const page = html(long.replace(MARKER, ''))
      shapeOf(page)
      assertNested(page)
    }),
    RUNS,
  )
})
