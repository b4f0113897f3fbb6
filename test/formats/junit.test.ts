import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { renderJunit } from '../../src/formats/render-junit.ts'
import { assertGolden } from '../support/golden.ts'
import { hostileReport, hostileText } from './hostile.ts'
import { exampleReport, exampleReports } from './views.ts'
import { readXml, type XmlElement } from './xml-check.ts'

const SMALL = exampleReports().filter(({ name }) => name !== 'many')
const ELEMENTS = new Set(['testsuites', 'testsuite', 'testcase', 'failure', 'skipped', 'system-out'])

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(all)]
}

function count(element: XmlElement, name: string): number {
  return all(element).filter((other) => other.name === name).length
}

test('default: reports of the telling examples', () => {
  for (const name of ['mixed', 'base', 'problems', 'registration', 'chain-unknown', 'unchanged']) {
    assertGolden(`formats/golden/junit-${name}.xml`, renderJunit(exampleReport(name), { prefix: 'shops/my shop' }))
  }
})

test('behavior: the counts are those of the cases, and there is always one', () => {
  for (const { name, report } of exampleReports()) {
    const root = readXml(renderJunit(report))
    for (const suite of [root, ...root.children]) {
      const { tests, failures, errors, skipped } = suite.attributes
      assert.deepEqual(
        [tests, failures, errors, skipped],
        [String(count(suite, 'testcase')), String(count(suite, 'failure')), '0', String(count(suite, 'skipped'))],
        name,
      )
    }
    assert.ok(count(root, 'testcase') > 0, name)
  }
})

test('behavior: no two cases of a suite have one name', () => {
  for (const { name, report } of exampleReports()) {
    for (const suite of readXml(renderJunit(report)).children) {
      const names = suite.children.map(({ attributes }) => attributes['name'])
      assert.equal(new Set(names).size, names.length, name)
    }
  }
})

test('behavior: errors and undecided conflicts fail, what waits is skipped, the rest passes', () => {
  const outcomes = readXml(renderJunit(exampleReport('mixed'))).children.flatMap((suite) =>
    suite.children.map(({ attributes, children }) => {
      const outcome = children.find(({ name }) => name !== 'system-out')
      return `${attributes['name']}: ${outcome?.name ?? 'passes'} ${outcome?.attributes['type'] ?? ''}`.trim()
    }),
  )
  assert.deepEqual(outcomes, [
    'a plan can be made: passes',
    'create Service llm/aeon: passes',
    'update ServiceOffer llm/aeon: passes',
    'update ServiceOffer llm/draw: failure OBOL-P004',
    'create ServiceOffer shop/hello: passes',
    'create Service default/weather: failure OBOL-P006',
    'create ServiceOffer default/weather: skipped',
    'create Namespace shop: passes',
  ])
})

test('error: a report without plan and without an error is no success', () => {
  const root = readXml(renderJunit({ problems: [] }))
  assert.equal(root.attributes['failures'], '1')
})

test('behavior: what a fork writes stays text, and only characters that XML has', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SMALL),
      hostileText,
      fc.constantFrom('before' as const, 'after' as const, 'instead' as const),
      ({ report }, text, place) => {
        const root = readXml(renderJunit(hostileReport(report, text, place), { prefix: text }))
        for (const { name } of all(root)) assert.ok(ELEMENTS.has(name), name)
      },
    ),
    { numRuns: 200 },
  )
})
