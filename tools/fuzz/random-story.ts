import type { JsonObject } from '../../src/util/json.ts'
import { jsonAt } from '../../src/util/json.ts'
import { type Random, randomOf } from './random.ts'
import { randomDocument } from './random-document.ts'
import { foreignEdits, randomEdits, statusEdits } from './random-edits.ts'
import type { ForeignWrite, Reconcile, Story, StoryStep, Verb } from './story.ts'

const MANAGERS = [
  'kubectl-client-side-apply',
  'kubectl-edit',
  'kubectl-patch',
  'helm',
  'argocd-controller',
  'serviceoffer-controller',
  // Our own name by another operation is another owner.
  'obol',
] as const

/** The story of one run: documents, who wrote first, then rounds of edits, foreign writes and reconciliations. */
export function randomStory(seed: number, run: number): Story {
  const random = randomOf(seed, run)
  const docs = Array.from({ length: 1 + random.int(3) }, (_, i) => randomDocument(random, i))
  const steps: StoryStep[] = []
  for (const [i, document] of docs.entries()) {
    if (random.chance(0.5)) steps.push(...foreignStart(random, document, i))
  }
  steps.push(reconcile(random, docs))
  for (let round = 0; round < random.int(4); round += 1) {
    for (const [i, document] of docs.entries()) steps.push(...happenings(random, document, i))
    steps.push(reconcile(random, docs))
  }
  return { namespace: random.chance(0.1) ? 'absent' : 'present', docs, steps }
}

/** What may happen to one document between two reconciliations. */
function happenings(random: Random, document: JsonObject, doc: number): readonly StoryStep[] {
  const steps: StoryStep[] = []
  if (random.chance(0.5)) steps.push(...foreignWrites(random, document, doc))
  if (random.chance(0.6)) steps.push({ does: 'edit', doc, edits: randomEdits(random, document, doc) })
  if (random.chance(0.06)) steps.push({ does: random.pick(['drop', 'drop', 'restore']), doc })
  return steps
}

/** Others were there before us: created by one, touched by more. */
function foreignStart(random: Random, document: JsonObject, doc: number): readonly StoryStep[] {
  const verb = random.pick(['create', 'create', 'apply'])
  const manager = random.pick(MANAGERS)
  return kindsOf(document)
    .filter(() => random.chance(0.8))
    .flatMap((kind) => [
      {
        does: 'foreign' as const,
        ...{ doc, kind, verb, manager, whole: true },
        edits: random.chance(0.6) ? foreignEdits(random, kind) : [],
      },
      ...(random.chance(0.5) ? foreignWrites(random, document, doc) : []),
    ])
}

function foreignWrites(random: Random, document: JsonObject, doc: number): readonly ForeignWrite[] {
  const writes: ForeignWrite[] = []
  for (let i = 0; i <= random.int(3); i += 1) writes.push(foreignWrite(random, document, doc))
  // More than ten updaters: the server merges the oldest into one.
  if (random.chance(0.04)) writes.push(...manyUpdaters(random, document, doc))
  return writes
}

const COMMON_VERBS = [
  ...(['merge-patch', 'merge-patch', 'json-patch', 'json-patch', 'replace', 'apply', 'apply', 'force-apply'] as const),
] as const

function foreignWrite(random: Random, document: JsonObject, doc: number): ForeignWrite {
  const [first = 'ServiceOffer', ...rest] = kindsOf(document)
  const kind = random.chance(0.6) ? first : random.pick([first, ...rest])
  const verb = random.chance(0.85) ? random.pick(COMMON_VERBS) : random.pick(rareVerbs(kind))
  const isStatus = verb === 'status-patch' || verb === 'status-apply'
  return {
    does: 'foreign',
    ...{ doc, kind, verb },
    manager: random.pick(isStatus ? ['serviceoffer-controller', 'kubectl-edit', 'obol'] : MANAGERS),
    whole: random.chance(0.3),
    edits: isStatus ? statusEdits(random) : foreignEdits(random, kind),
  }
}

function rareVerbs(kind: string): readonly [Verb, ...Verb[]] {
  if (kind === 'ServiceOffer')
    return ['status-patch', 'status-patch', 'status-apply', 'clear-owners', 'delete', 'create']
  return ['strategic-patch', 'strategic-patch', 'clear-owners', 'delete', 'create']
}

function manyUpdaters(random: Random, document: JsonObject, doc: number): readonly ForeignWrite[] {
  const [kind = 'ServiceOffer'] = kindsOf(document)
  return Array.from({ length: 8 + random.int(6) }, (_, i) => ({
    does: 'foreign',
    ...{ doc, kind, verb: 'merge-patch', manager: `m${i}`, whole: false },
    edits: [...foreignEdits(random, kind).slice(0, 1), { path: ['metadata', 'annotations', `m${i}`], value: 'x' }],
  }))
}

/** The kinds a document compiles to, the ServiceOffer first. */
function kindsOf(document: JsonObject): readonly string[] {
  const { kind } = document
  if (kind !== 'Offer') return typeof kind === 'string' ? [kind] : []
  const hasGateway = jsonAt(document, ['spec', 'gateway']) !== undefined
  return hasGateway ? ['ServiceOffer', 'Service', 'Endpoints'] : ['ServiceOffer']
}

function reconcile(random: Random, docs: readonly JsonObject[]): Reconcile {
  const doc = random.int(docs.length)
  const raced = docs[doc]
  return {
    does: 'reconcile',
    policy: random.pick(['none', 'none', 'take', 'yield', 'share', 'mixed', 'mixed']),
    salt: random.int(1_000_000),
    prune: random.chance(0.5),
    race: raced !== undefined && random.chance(0.12) ? [foreignWrite(random, raced, doc)] : [],
  }
}
