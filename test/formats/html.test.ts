import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PALETTES, type Palette } from '../../src/formats/html-palette.ts'
import { renderHtml } from '../../src/formats/render-html.ts'
import { describePlan } from '../../src/plan/describe-plan.ts'
import type { ReportView } from '../../src/plan/report-view.ts'
import { planOf, service, serviceOffer, wanted } from '../plan/factories.ts'
import { assertGolden } from '../support/golden.ts'
import { hostileReport, hostileText } from './hostile.ts'
import { type Element, readPage } from './html-check.ts'
import { exampleReport, exampleReports } from './views.ts'

const PLACES = fc.constantFrom('before' as const, 'after' as const, 'instead' as const)
const SMALL = exampleReports().filter(({ name }) => name !== 'many')

/** Offers of two steps each, the second after the first. */
function pairs(count: number): ReportView {
  const names = Array.from({ length: count }, (_, i) => `offer-${i}`)
  const objects = names.flatMap((name) => [wanted(service(name)), wanted(serviceOffer({ name }))])
  return { plan: describePlan(planOf(objects)), problems: [] }
}

test('default: pages of the telling examples', () => {
  for (const name of ['mixed', 'base', 'registration', 'problems', 'unchanged', 'prune-refused', 'long-text']) {
    const page = renderHtml(exampleReport(name))
    assertGolden(`formats/golden/html-${name}.html`, page.replace(/<style>.*<\/style>/s, '<style></style>'))
  }
})

/** Fails unless the page is read strictly, has one style sheet that takes nothing from elsewhere, and links into itself only. */
function assertSelfContained(page: string): readonly Element[] {
  const elements = readPage(page)
  const policy = elements.find(({ attributes }) => attributes.has('http-equiv'))?.attributes.get('content')
  assert.equal(policy, "default-src 'none'; style-src 'unsafe-inline'")
  const styles = elements.filter((element) => element.name === 'style').map(({ text }) => text)
  assert.equal(styles.length, 1)
  assert.doesNotMatch(styles.join(''), /url\(|@import|expression|&/i)
  for (const { attributes } of elements) assert.match(attributes.get('href') ?? '#', /^#[a-z0-9-]*$/)
  return elements
}

test('behavior: a page needs nothing from elsewhere and runs nothing', () => {
  for (const { report } of exampleReports()) assertSelfContained(renderHtml(report))
})

test('behavior: headings descend by one, landmarks and tables are named, every reference has an aim', () => {
  for (const { name, report } of exampleReports()) {
    const elements = readPage(renderHtml(report))
    assertAims(elements, name)
    assertHeadings(elements, name)
    const count = (element: string): number => elements.filter((other) => other.name === element).length
    for (const landmark of ['header', 'main', 'footer']) assert.equal(count(landmark), 1, `${name}: ${landmark}`)
    assert.equal(count('caption'), count('table'), name)
    const heads = elements.filter((element) => element.name === 'th')
    for (const { attributes } of heads) assert.match(attributes.get('scope') ?? '', /^(col|row)$/)
  }
})

function assertAims(elements: readonly Element[], name: string): void {
  const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? [])
  assert.equal(new Set(ids).size, ids.length, `${name}: an id twice`)
  for (const { attributes } of elements) {
    const labels = attributes.get('aria-labelledby')?.split(' ') ?? []
    for (const aim of [...labels, attributes.get('href')?.slice(1) ?? 'main']) {
      assert.ok(ids.includes(aim), `${name}: nothing is called ${aim}`)
    }
  }
}

function assertHeadings(elements: readonly Element[], name: string): void {
  const levels = elements.flatMap((element) => /^h([1-6])$/.exec(element.name)?.[1] ?? []).map(Number)
  assert.equal(levels.filter((level) => level === 1).length, 1, name)
  for (const [i, level] of levels.entries()) assert.ok(level <= (levels[i - 1] ?? 0) + 1, `${name}: h${level} at ${i}`)
}

test('behavior: what a fork writes stays text', () => {
  const known = new Set(SMALL.flatMap(({ report }) => readPage(renderHtml(report)).map(({ name }) => name)))
  fc.assert(
    fc.property(fc.constantFrom(...SMALL), hostileText, PLACES, ({ report }, text, place) => {
      const elements = assertSelfContained(renderHtml(hostileReport(report, text, place)))
      for (const { name } of elements) assert.ok(known.has(name), name)
    }),
    { numRuns: 200 },
  )
})

test('behavior: colours keep their contrast, light and dark', () => {
  for (const [mode, palette] of Object.entries(PALETTES)) {
    for (const [text, ground] of textPairs(palette)) {
      const ratio = contrast(text, ground)
      assert.ok(ratio >= 4.5, `${mode}: ${text} on ${ground} has ${ratio.toFixed(2)}`)
    }
  }
})

function textPairs(palette: Palette): readonly (readonly [string, string])[] {
  const { ground, panel, text, muted, link, create, change, remove, held, wait } = palette
  const onGround = [text, muted, link, create, change, remove, held, wait]
  return [
    ...onGround.flatMap((colour) => [[colour, ground] as const, [colour, panel] as const]),
    [create, palette.createTint],
    [change, palette.changeTint],
    [remove, palette.removeTint],
    [held, palette.heldTint],
    [wait, palette.waitTint],
  ]
}

/** WCAG 2.2, contrast ratio of two colours `#rrggbb`. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('behavior: the measure of contrast is that of WCAG', () => {
  assert.equal(contrast('#ffffff', '#000000'), 21)
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48')
})

test('behavior: the graph is drawn by step, by offer where there are too many, and not at all beyond', () => {
  const titles = (report: ReportView): readonly string[] =>
    readPage(renderHtml(report))
      .filter(({ attributes }) => attributes.get('id') === 'graph-title')
      .map(({ text }) => text)
  assert.deepEqual(titles(pairs(75)), ['Graph of 150 steps'])
  assert.deepEqual(titles(pairs(76)), ['Graph of 152 steps by offer'])
  assert.deepEqual(titles(pairs(151)), [])
  assert.match(renderHtml(pairs(151)), /302 steps of 151 offers are too many to be drawn/)
})

test('behavior: offers are folded where there are many', () => {
  const open = (report: ReportView): number =>
    readPage(renderHtml(report)).filter(({ attributes }) => attributes.has('open')).length
  assert.equal(open(pairs(12)), 12)
  assert.equal(open(pairs(13)), 0)
})
