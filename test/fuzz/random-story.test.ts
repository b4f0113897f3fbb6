import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileDocuments } from '../../tools/fuzz/compile-documents.ts'
import { randomStory } from '../../tools/fuzz/random-story.ts'
import { shrink } from '../../tools/fuzz/shrink.ts'
import { type Story, withEdits } from '../../tools/fuzz/story.ts'

const RUNS = Array.from({ length: 200 }, (_, run) => run)

test('default: the same seed and run tell the same story, others another', () => {
  assert.deepEqual(randomStory(7, 3), randomStory(7, 3))
  const texts = new Set(RUNS.map((run) => JSON.stringify(randomStory(7, run))))
  assert.equal(texts.size, RUNS.length)
  assert.notDeepEqual(randomStory(7, 3), randomStory(8, 3))
})

test('behavior: the documents of a story are without mistakes', () => {
  for (const run of RUNS) {
    const compiled = compileDocuments(randomStory(1, run).docs, 'fuzz')
    assert.equal(compiled.result, 'compiled', compiled.result === 'refused' ? compiled.problems.join('\n') : '')
  }
})

test('behavior: a story is data, and comes back from JSON as it was', () => {
  const story = randomStory(7, 5)
  assert.deepEqual(JSON.parse(JSON.stringify(story)), story)
})

test('behavior: shrinking keeps what the failure needs and nothing else', async () => {
  const fails = (story: Story): boolean =>
    story.steps.some((step) => step.does === 'foreign' && step.verb === 'delete') &&
    story.steps.at(-1)?.does === 'reconcile'
  const run = RUNS.find((candidate) => fails(randomStory(7, candidate)))
  assert.ok(run !== undefined, 'some story deletes')
  const { story, tried } = await shrink(randomStory(7, run), async (candidate) => fails(candidate), 10_000)
  assert.deepEqual(
    story.steps.map((step) => (step.does === 'foreign' ? step.verb : step.does)),
    ['delete', 'reconcile'],
  )
  assert.equal(story.docs.length, 1)
  assert.ok(tried > 0)
})

test('behavior: edits make missing parents and take away what is there', () => {
  assert.deepEqual(withEdits({}, [{ path: ['a', 'b', 0, 'c'], value: 1 }]), { a: { b: [{ c: 1 }] } })
  assert.deepEqual(withEdits({ a: [1, 2, 3] }, [{ path: ['a', 1] }]), { a: [1, 3] })
  assert.deepEqual(withEdits({ a: { b: 1 } }, [{ path: ['a', 'b'] }, { path: ['x', 'y'] }]), { a: {} })
})
