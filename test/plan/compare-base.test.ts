import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { compareWithBase } from '../../src/plan/compare-base.ts'
import { saysSomething } from '../../src/plan/compare-effect.ts'
import { describePlan } from '../../src/plan/describe-plan.ts'
import { describeWithBase, type PlanOf } from '../../src/plan/describe-with-base.ts'
import type { BaseView, PlanView, RowView } from '../../src/plan/plan-view.ts'
import { renderGraph } from '../../src/plan/render-graph.ts'
import { renderText } from '../../src/plan/render-text.ts'
import { summariseReview } from '../../src/plan/summarise.ts'
import type { Plan } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { visibleWidth } from '../../src/util/visible-width.ts'
import { assertGolden } from '../support/golden.ts'
import { BASE, BASE_CASES, type BaseCase, baseCaseOf, plannedOf } from './base-cases.ts'
import { CASES, SECRET_VALUES } from './cases.ts'
import { CHAIN_CASES } from './chain-cases.ts'
import { changed, OTHER_PAYEE, ours, planOf, serviceOffer, wanted, withPayment } from './factories.ts'

const OPTIONS = { workspace: '~/.workspace', seconds: 0.31 }

function viewOf({ head, base }: BaseCase, all = false): PlanView {
  const planned = base()
  return describeWithBase(head(), { ...BASE, ...(planned === undefined ? {} : { planned }) }, { ...OPTIONS, all })
}

function baseOf(view: PlanView): BaseView {
  if (view.base === undefined) throw new Error('no base')
  return view.base
}

function rowsOf(view: PlanView): readonly RowView[] {
  return view.groups.flatMap((group) => group.rows)
}

function ids(rows: readonly RowView[]): readonly string[] {
  return rows.map(({ id }) => id).sort()
}

function compared(head: Plan, base: Plan): PlanView {
  return compareWithBase(describePlan(head, { all: true }), describePlan(base, { all: true }), BASE)
}

/** Id → review, of the steps that have one. */
function reviewsOf(view: PlanView): Readonly<Record<string, string>> {
  return Object.fromEntries(rowsOf(view).flatMap(({ id, review }) => (review === undefined ? [] : [[id, review]])))
}

test('default: text of every case at 80 columns, of some at 120', () => {
  for (const item of BASE_CASES) {
    assertGolden(`plan/golden/base/${item.name}.txt`, renderText(viewOf(item), { columns: 80, colour: false }))
  }
  for (const name of ['drift-and-change', 'changed-on-both', 'withdrawn']) {
    const text = renderText(viewOf(baseCaseOf(name)), { columns: 120, colour: false })
    assertGolden(`plan/golden/base/${name}.120.txt`, text)
  }
})

test('behavior: no line is too wide, and colour changes nothing but the colour', () => {
  for (const item of BASE_CASES) {
    for (const columns of [60, 80, 120]) {
      const plain = renderText(viewOf(item, true), { columns, colour: false })
      const wide = plain
        .split('\n')
        .filter((line) => visibleWidth(line) > columns && !/^ *(obol|next|- \{) /.test(line))
      assert.deepEqual(wide, [], `${item.name} at ${columns}`)
      const coloured = renderText(viewOf(item, true), { columns, colour: true })
      assert.equal(stripVTControlCharacters(coloured), plain, item.name)
    }
  }
})

test('behavior: the graph knows no base', () => {
  for (const item of BASE_CASES) {
    assert.equal(renderGraph(viewOf(item), 'mermaid'), renderGraph(describePlan(item.head().plan, OPTIONS), 'mermaid'))
  }
})

test('behavior: drift is the same, what the change brings is new', () => {
  const view = viewOf(baseCaseOf('drift-and-change'))
  assert.deepEqual(reviewsOf(view), {
    'ServiceOffer.obol.org/llm/aeon': 'new',
    'ServiceOffer.obol.org/llm/hello': 'same',
  })
  assert.deepEqual(baseOf(view).counts, { new: 1, changed: 0, same: 1, withdrawn: 0 })
  const [row] = rowsOf(view).filter(({ review }) => review === 'same')
  assert.deepEqual(
    row?.changes.map(({ inBase }) => inBase),
    [true],
  )
})

test('behavior: a step that both run otherwise says which changes are its own', () => {
  const [row] = rowsOf(viewOf(baseCaseOf('changed-on-both')))
  assert.equal(row?.review, 'changed')
  assert.deepEqual(
    row?.changes.map(({ path, inBase }) => [path, inBase]),
    [
      ['spec.payment.maxTimeoutSeconds', true],
      ['spec.payment.price.perRequest', undefined],
    ],
  )
  const [created] = rowsOf(viewOf(baseCaseOf('created-on-both')))
  assert.equal(created?.review, 'changed')
  assert.deepEqual(
    created?.changes.map(({ path }) => path),
    ['spec.payment.price.perMTok'],
  )
})

test('behavior: what the head gives up is new, pruned or not', () => {
  const renamed = baseOf(viewOf(baseCaseOf('rename')))
  assert.deepEqual(
    renamed.orphans?.map(({ id }) => id),
    ['ServiceOffer.obol.org/llm/hello'],
  )
  const pruned = viewOf(baseCaseOf('removed-and-pruned'))
  assert.deepEqual(reviewsOf(pruned), { 'ServiceOffer.obol.org/llm/hello': 'new' })
  assert.deepEqual(ids(baseOf(pruned).withdrawn), ['ServiceOffer.obol.org/llm/hello'])
})

test('behavior: what is masked alike and differs is not the same', () => {
  const item = baseCaseOf('secrets')
  const view = viewOf(item)
  assert.deepEqual(reviewsOf(view), { 'Secret/llm/facilitator': 'changed' })
  assert.deepEqual(
    rowsOf(view)[0]?.changes.map(({ inBase }) => inBase),
    [undefined],
  )
  const text = JSON.stringify(view, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
  for (const value of SECRET_VALUES) assert.equal(text.includes(Buffer.from(value).toString('base64')), false)
  const alike = viewOf({ ...item, base: item.head })
  assert.deepEqual(reviewsOf(alike), { 'Secret/llm/facilitator': 'same' })
  const created = (value: string): PlanOf => {
    const data = { token: Buffer.from(value).toString('base64') }
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'facilitator', namespace: 'llm' }, data }
    return plannedOf([wanted(object, { manifest: true })])
  }
  const made = describeWithBase(created('one'), { ...BASE, planned: created('two') })
  assert.deepEqual(reviewsOf(made), { 'Secret/llm/facilitator': 'changed' })
})

test('behavior: what is held back on both and asks for another thing is not the same', () => {
  const item = baseCaseOf('conflict-on-both')
  const view = viewOf(item)
  assert.deepEqual(reviewsOf(view), { 'ServiceOffer.obol.org/llm/aeon': 'changed' })
  assert.deepEqual(
    rowsOf(view)[0]?.conflicts.map(({ inBase }) => inBase),
    [true],
  )
  assert.deepEqual(reviewsOf(viewOf({ ...item, base: item.head })), { 'ServiceOffer.obol.org/llm/aeon': 'same' })
})

test('behavior: errors that are gone are put right, those that stay or only count higher are not', () => {
  const resolved = baseOf(viewOf(baseCaseOf('error-put-right'))).resolved
  assert.deepEqual([...new Set(resolved.map(({ code }) => code))], ['OBOL-P006'])
  const orphans = (count: number): Plan => {
    const live = Array.from({ length: 5 }, (_, i) => ours(serviceOffer({ name: `old-${i}` })))
    const kept = live.slice(count).map((_, i) => wanted(serviceOffer({ name: `old-${i + count}` })))
    return planOf(kept, { live }, { prune: { maxCount: 1, maxPercent: 0 } })
  }
  assert.deepEqual(baseOf(compared(orphans(5), orphans(4))).resolved, [])
  assert.deepEqual(
    baseOf(compared(orphans(0), orphans(4))).resolved.map(({ code }) => code),
    ['OBOL-P008'],
  )
})

test('behavior: a decision on the command line that only this version needs is nothing put right', () => {
  const live = [changed(ours(serviceOffer()), (object) => withPayment(object, { payTo: OTHER_PAYEE }), { by: 'x' })]
  const options = { decisions: [{ path: 'spec.payment.payTo', decision: 'take' as const }] }
  const head = planOf([wanted(serviceOffer())], { live }, options)
  const base = planOf([wanted(serviceOffer({ payTo: OTHER_PAYEE }))], { live }, options)
  assert.deepEqual(baseOf(compared(head, base)).resolved, [])
})

test('behavior: the sentence counts what the change does', () => {
  const view = viewOf(baseCaseOf('drift-and-change'))
  assert.equal(view.summary.update, 2)
  assert.equal(summariseReview(view).update, 1)
  assert.equal(summariseReview(view).sentence, 'This change: 1 to update · 0 conflicts')
  const conflict = viewOf(baseCaseOf('conflict-on-both'))
  assert.equal(conflict.summary.conflicts, 1)
  assert.equal(summariseReview(conflict).conflicts, 0)
})

test('behavior: a plan compared with itself has only the same', () => {
  for (const { name, plan } of [...CASES, ...CHAIN_CASES]) {
    const view = compared(plan(), plan())
    const { counts, withdrawn, resolved, orphans } = baseOf(view)
    const active = rowsOf(view).filter(saysSomething).length
    assert.deepEqual(counts, { new: 0, changed: 0, same: active, withdrawn: 0 }, name)
    assert.deepEqual([withdrawn, resolved, orphans], [[], [], []], name)
  }
})

/** Any few offers: each is absent, as it is live, or otherwise. */
const STATES = fc.array(fc.constantFrom('absent', 'as-live', 'cheap', 'dear', 'broken'), { minLength: 4, maxLength: 4 })

function planFor(states: readonly string[], isPruning: boolean): Plan {
  const live = [0, 1].map((i) => ours(serviceOffer({ name: `offer-${i}` })))
  const objects = states.flatMap((state, i) => {
    const price: Readonly<Record<string, JsonObject>> = {
      'as-live': { perMTok: '23' },
      cheap: { perMTok: '1' },
      dear: { perMTok: '99' },
      broken: { perMTok: ['23'] },
    }
    const found = price[state]
    return found === undefined ? [] : [wanted(serviceOffer({ name: `offer-${i}`, price: found }))]
  })
  return planOf(objects, { live }, isPruning ? { prune: { maxCount: 9, maxPercent: 0 } } : {})
}

test('property: counts add up, and what one withdraws the other has new', () => {
  fc.assert(
    fc.property(STATES, STATES, fc.boolean(), (ofHead, ofBase, isPruning) => {
      const [head, base] = [planFor(ofHead, isPruning), planFor(ofBase, isPruning)]
      const [there, back] = [compared(head, base), compared(base, head)]
      const { counts, withdrawn } = baseOf(there)
      assert.equal(counts.new + counts.changed + counts.same, rowsOf(there).filter(saysSomething).length)
      assert.equal(counts.withdrawn, withdrawn.length)
      assert.equal(counts.changed, baseOf(back).counts.changed)
      assert.equal(counts.same, baseOf(back).counts.same)
      assert.deepEqual(ids(withdrawn), ids(rowsOf(back).filter(({ review }) => review === 'new')))
      for (const row of rowsOf(there)) assert.equal(row.review !== undefined, saysSomething(row), row.id)
    }),
    { numRuns: 150, seed: 5 },
  )
})
