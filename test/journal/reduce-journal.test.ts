import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { JournalEvent } from '../../src/journal/journal-events.ts'
import { parseJournal, readState } from '../../src/journal/read-state.ts'
import { EMPTY_STATE, reduceJournal, type WorkspaceState } from '../../src/journal/reduce-journal.ts'
import { tempFolder } from '../support/temp-folder.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/journals')
const OFFER = 'ServiceOffer.obol.org/llm/aeon'
const SERVICE = 'Service/llm/aeon'

function stateOf(name: string): WorkspaceState {
  const path = join(FOLDER, `${name}.jsonl`)
  return reduceJournal(parseJournal(readFileSync(path, 'utf8'), path))
}

type Summary = {
  readonly bound: string | undefined
  readonly inventory: readonly string[]
  readonly run: string | undefined
  readonly finished: boolean | undefined
  readonly open: readonly string[]
}

function summary({ cluster, inventory, lastRun }: WorkspaceState): Summary {
  return {
    bound: cluster?.uid,
    inventory: [...inventory.keys()].sort(),
    run: lastRun?.run,
    finished: lastRun?.finished,
    open: [...(lastRun?.open ?? [])],
  }
}

const BOTH = [SERVICE, OFFER]
const AFTER: Readonly<Record<string, Summary>> = {
  complete: { bound: 'u-1', inventory: BOTH, run: 'run-1', finished: true, open: [] },
  'killed-before-anything': { bound: 'u-1', inventory: [], run: undefined, finished: undefined, open: [] },
  'killed-after-start': { bound: 'u-1', inventory: [], run: 'run-1', finished: false, open: [] },
  'killed-between-intent-and-request': {
    ...{ bound: 'u-1', inventory: [SERVICE], run: 'run-1', finished: false, open: [SERVICE] },
  },
  'killed-before-transfer-was-acknowledged': {
    ...{ bound: 'u-1', inventory: BOTH, run: 'run-2', finished: false, open: [OFFER] },
  },
  'killed-between-transfer-and-apply': {
    ...{ bound: 'u-1', inventory: BOTH, run: 'run-2', finished: false, open: [OFFER] },
  },
  'killed-while-deleting': { bound: 'u-1', inventory: BOTH, run: 'run-2', finished: false, open: [SERVICE] },
  'killed-before-run-finished': { bound: 'u-1', inventory: BOTH, run: 'run-1', finished: false, open: [] },
  'finished-of-another-run': { bound: 'u-1', inventory: BOTH, run: 'run-1', finished: false, open: [] },
  'torn-last-record': { bound: 'u-1', inventory: BOTH, run: 'run-1', finished: false, open: [OFFER] },
  'torn-record-then-next-run': { bound: 'u-1', inventory: BOTH, run: 'run-2', finished: true, open: [] },
  'failed-step': { bound: 'u-1', inventory: [SERVICE], run: 'run-1', finished: true, open: [] },
  deleted: { bound: 'u-1', inventory: [OFFER], run: 'run-2', finished: true, open: [] },
  'rebound-to-another-cluster': { bound: 'u-2', inventory: [], run: 'run-1', finished: true, open: [] },
  'bound-again-with-uid': { bound: 'u-1', inventory: BOTH, run: 'run-1', finished: true, open: [] },
  'unknown-type': { bound: 'u-1', inventory: [SERVICE], run: 'run-1', finished: false, open: [] },
}

const REFUSED: Readonly<Record<string, string>> = {
  'newer-version': 'OBOL-A010',
  'damaged-record': 'OBOL-A012',
  'damaged-binding': 'OBOL-A012',
  'no-version': 'OBOL-A012',
}

describe('journals as they are found', () => {
  for (const [name, expected] of Object.entries(AFTER)) {
    test(`default: ${name}`, () => {
      assert.deepEqual(summary(stateOf(name)), expected)
    })
  }

  for (const [name, code] of Object.entries(REFUSED)) {
    test(`error: ${name} is ${code}, with its line`, () => {
      assert.throws(
        () => stateOf(name),
        (error) => {
          assert.ok(error instanceof Error && 'code' in error && 'where' in error)
          assert.equal(error.code, code)
          assert.match(JSON.stringify(error.where), /"line":\d/)
          return true
        },
      )
    })
  }

  test('behavior: every fixture is looked at', () => {
    const found = readdirSync(FOLDER).map((name) => name.replace(/\.jsonl$/, ''))
    assert.deepEqual(found.toSorted(), [...Object.keys(AFTER), ...Object.keys(REFUSED)].toSorted())
  })
})

describe('properties', () => {
  const complete = (): string => readFileSync(join(FOLDER, 'deleted.jsonl'), 'utf8')

  test('behavior: cut off at any byte, a journal says what its whole records say', () => {
    const text = complete()
    for (let end = 0; end <= text.length; end += 1) {
      const whole = text.slice(0, text.lastIndexOf('\n', end - 1) + 1)
      const isWhole = end > 0 && text[end] === '\n'
      const expected = isWhole ? text.slice(0, end) : whole
      assert.deepEqual(
        summary(reduceJournal(parseJournal(text.slice(0, end), 'j'))),
        summary(reduceJournal(parseJournal(expected, 'j'))),
      )
    }
  })

  test('behavior: an intent never shrinks the inventory, and a reduction has no memory of its own', () => {
    const step = fc.constantFrom('a', 'b', 'c')
    const ref = (name: string) => ({ apiVersion: 'v1', kind: 'Service', name })
    const event: fc.Arbitrary<JournalEvent> = step.chain((id) =>
      fc.constantFrom<JournalEvent>(
        { type: 'run-started', run: 'r', steps: 1 },
        { type: 'apply-intended', run: 'r', step: id, ref: ref(id) },
        { type: 'object-applied', run: 'r', step: id, ref: ref(id), uid: 'u', resourceVersion: '1' },
        { type: 'delete-intended', run: 'r', step: id, uid: 'u' },
        { type: 'object-deleted', run: 'r', step: id, uid: 'u' },
      ),
    )
    fc.assert(
      fc.property(fc.array(event), step, (events, id) => {
        const before = reduceJournal(events)
        const after = reduceJournal([...events, { type: 'apply-intended', run: 'r', step: id, ref: ref(id) }])
        assert.ok([...before.inventory.keys(), id].every((key) => after.inventory.has(key)))
        assert.deepEqual(reduceJournal(events), before)
      }),
      { seed: 7, numRuns: 100 },
    )
  })
})

test('default: a workspace without a journal has the empty state', async (t) => {
  assert.deepEqual(await readState(tempFolder(t)), EMPTY_STATE)
})

test('error: a journal that cannot be read is OBOL-A003', async (t) => {
  const folder = tempFolder(t, { 'journal.jsonl/not-a-file': '' })
  await assert.rejects(readState(folder), { code: 'OBOL-A003' })
})
