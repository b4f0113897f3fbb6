import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonArray, isJsonObject } from '../../src/util/json.ts'
import type { FieldEdit, Story, StoryStep } from './story.ts'

/**
 * A smaller story that still fails: without steps, documents and fields that do not matter. Tries until nothing smaller
 * fails or the time is up. SIDE EFFECTS: those of `stillFails`.
 */
export async function shrink(
  story: Story,
  stillFails: (candidate: Story) => Promise<boolean>,
  limitMs: number,
): Promise<{ readonly story: Story; readonly tried: number }> {
  const deadline = Date.now() + limitMs
  let best = story
  let tried = 0
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false
    for (const pass of PASSES) {
      // After a success the pass goes on from where it was: what it tried in vain before will hardly work now.
      for (let at = 0; Date.now() < deadline; ) {
        const candidate = pass(best)[at]
        if (candidate === undefined) break
        tried += 1
        if (await stillFails(candidate)) {
          best = candidate
          isSmaller = true
        } else at += 1
      }
    }
  }
  return { story: best, tried }
}

const PASSES: readonly ((story: Story) => readonly Story[])[] = [
  withoutHalves,
  withoutOneStep,
  withoutDocument,
  withSimplerSteps,
  withSimplerDocuments,
]

/** Large pieces of the steps left out. */
function withoutHalves(story: Story): readonly Story[] {
  const { steps } = story
  const out: Story[] = []
  for (let size = Math.floor(steps.length / 2); size > 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < steps.length; from += size) {
      out.push({ ...story, steps: steps.filter((_, i) => i < from || i >= from + size) })
    }
  }
  return out
}

function withoutOneStep(story: Story): readonly Story[] {
  return story.steps.map((_, skipped) => ({ ...story, steps: story.steps.filter((__, i) => i !== skipped) }))
}

/** A document is emptied of its steps first, so that the others keep their numbers; the last one can go. */
function withoutDocument(story: Story): readonly Story[] {
  const ofDoc = (step: StoryStep): number => ('doc' in step ? step.doc : -1)
  const emptied = story.docs.map((_, doc) => ({ ...story, steps: story.steps.filter((step) => ofDoc(step) !== doc) }))
  const last = story.docs.length - 1
  const shorter = { ...story, docs: story.docs.slice(0, -1), steps: story.steps.filter((step) => ofDoc(step) !== last) }
  const only = story.docs.flatMap((document, doc) => (doc === 0 ? [] : [onlyDocument(story, document, doc)]))
  return story.docs.length < 2
    ? []
    : [shorter, ...only, ...emptied.filter(({ steps }) => steps.length < story.steps.length)]
}

/** One document alone, under the first number. */
function onlyDocument(story: Story, document: JsonObject, doc: number): Story {
  const steps = story.steps.flatMap((step): readonly StoryStep[] => {
    if (!('doc' in step)) return [{ ...step, race: step.race.filter((write) => write.doc === doc).map(asFirst) }]
    return step.doc === doc ? [asFirst(step)] : []
  })
  const metadata = isJsonObject(document['metadata']) ? document['metadata'] : {}
  return { ...story, docs: [{ ...document, metadata: { ...metadata, name: 'doc-0' } }], steps }
}

function asFirst<T extends { readonly doc: number }>(step: T): T {
  return { ...step, doc: 0 }
}

function withSimplerSteps(story: Story): readonly Story[] {
  return story.steps.flatMap((step, at) =>
    simplerSteps(step).map((simpler) => ({
      ...story,
      steps: story.steps.map((other, i) => (i === at ? simpler : other)),
    })),
  )
}

function simplerSteps(step: StoryStep): readonly StoryStep[] {
  switch (step.does) {
    case 'edit':
      return simplerEdits(step.edits).map((edits) => ({ ...step, edits }))
    case 'foreign':
      return [
        ...(step.whole && step.verb !== 'create' ? [{ ...step, whole: false }] : []),
        ...simplerEdits(step.edits).map((edits) => ({ ...step, edits })),
      ]
    case 'reconcile':
      return [
        ...(step.race.length > 0 ? [{ ...step, race: [] }] : []),
        ...(step.prune ? [{ ...step, prune: false }] : []),
        ...(step.policy === 'none' ? [] : [{ ...step, policy: 'none' as const }]),
        ...(step.policy === 'mixed' ? [{ ...step, policy: 'take' as const }] : []),
      ]
    default:
      return []
  }
}

function simplerEdits(edits: readonly FieldEdit[]): readonly (readonly FieldEdit[])[] {
  const fewer = edits.map((_, skipped) => edits.filter((__, i) => i !== skipped))
  const simpler = edits.flatMap(({ path, value }, at) =>
    smallerValues(value).map((smaller) => edits.map((edit, i) => (i === at ? { path, value: smaller } : edit))),
  )
  return [...fewer, ...simpler]
}

function withSimplerDocuments(story: Story): readonly Story[] {
  const simpler = story.docs.flatMap((document, at) =>
    smallerValues(document).map((smaller) => ({
      ...story,
      docs: story.docs.map((other, i) => (i === at && isJsonObject(smaller) ? smaller : other)),
    })),
  )
  return story.namespace === 'absent' ? [{ ...story, namespace: 'present' }, ...simpler] : simpler
}

/** The value with one member less, at any depth. */
function smallerValues(value: JsonValue | undefined): readonly JsonValue[] {
  if (isJsonArray(value)) {
    return value.flatMap((item, at) => [
      value.filter((_, i) => i !== at),
      ...smallerValues(item).map((smaller) => value.map((other, i) => (i === at ? smaller : other))),
    ])
  }
  if (!isJsonObject(value)) return []
  return Object.keys(value).flatMap((key) => {
    const { [key]: child, ...others } = value
    return [others, ...smallerValues(child).map((smaller) => ({ ...value, [key]: smaller }))]
  })
}
