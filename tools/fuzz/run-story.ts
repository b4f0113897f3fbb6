import type { JsonObject } from '../../src/util/json.ts'
import { type Compiled, compileDocuments } from './compile-documents.ts'
import type { Failure } from './failure.ts'
import { sendForeignWrite } from './foreign-write.ts'
import type { FuzzCluster } from './fuzz-cluster.ts'
import { reconcile } from './reconcile.ts'
import { type ForeignWrite, type Story, type StoryStep, withEdits } from './story.ts'
import { Tally } from './tally.ts'

export type StoryOptions = {
  /** The namespace the story plays in: one that no other story has. */
  readonly namespace: string
  /** Changes the prediction before it is compared: a planted bug. */
  readonly plant?: (predicted: JsonObject) => JsonObject
}

export type StoryResult = { readonly failures: readonly Failure[]; readonly tally: Tally }

/**
 * Tells one story on a server and checks every promise on the way; ends at the first round that breaks one.
 * SIDE EFFECTS: requests; leaves the namespace and its objects behind. An unexpected error is a failure too.
 */
export async function runStory(story: Story, cluster: FuzzCluster, options: StoryOptions): Promise<StoryResult> {
  const teller = new Teller(story, cluster, options)
  try {
    return { failures: await teller.tell(), tally: teller.tally }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { failures: [{ check: 'unexpected-error', detail }], tally: teller.tally }
  } finally {
    cluster.log.forget(options.namespace)
  }
}

/** What the server answers with a bare 500 although the request is to blame. */
const CLIENTS_FAULT = /^failed to create typed patch object|does not contain declared merge key/

/** How the sandbox names what it does not do. */
const NOT_OFFERED = 501

type Document = { readonly value: JsonObject; readonly isHere: boolean }

class Teller {
  readonly tally = new Tally()
  readonly #story: Story
  readonly #cluster: FuzzCluster
  readonly #options: StoryOptions
  #documents: readonly Document[]

  constructor(story: Story, cluster: FuzzCluster, options: StoryOptions) {
    this.#story = story
    this.#cluster = cluster
    this.#options = options
    this.#documents = story.docs.map((value) => ({ value, isHere: true }))
  }

  async tell(): Promise<readonly Failure[]> {
    const first = this.#compile(this.#documents)
    if (first.result === 'refused') return [{ check: 'documents', detail: first.problems.join('\n') }]
    if (this.#story.namespace === 'present') await this.#createNamespace()
    for (const step of this.#story.steps) {
      const failures = await this.#take(step)
      if (failures.length > 0) return failures
    }
    return []
  }

  async #take(step: StoryStep): Promise<readonly Failure[]> {
    switch (step.does) {
      case 'foreign':
        return this.#foreign(step)
      case 'edit':
        this.#change(step.doc, ({ value, isHere }) => ({ value: withEdits(value, step.edits), isHere }))
        return []
      case 'drop':
      case 'restore':
        this.#change(step.doc, ({ value }) => ({ value, isHere: step.does === 'restore' }))
        return []
      case 'reconcile': {
        const compiled = this.#compile(this.#documents.filter(({ isHere }) => isHere))
        if (compiled.result === 'refused') return [{ check: 'documents', detail: compiled.problems.join('\n') }]
        const { namespace, plant = (predicted) => predicted } = this.#options
        return reconcile(step, {
          ...{ cluster: this.#cluster, tally: this.tally, namespace, plant },
          desired: compiled.desired,
          foreign: (write) => this.#foreign(write),
        })
      }
    }
  }

  /** An edit that the offer's own rules refuse is not made: no operator could apply it. */
  #change(index: number, change: (document: Document) => Document): void {
    const edited = this.#documents.map((document, i) => (i === index ? change(document) : document))
    const compiled = this.#compile(edited)
    this.tally.add(`edit ${compiled.result === 'compiled' ? 'made' : 'refused'}`)
    if (compiled.result === 'compiled') this.#documents = edited
  }

  #compile(documents: readonly Document[]): Compiled {
    return compileDocuments(
      documents.map(({ value }) => value),
      this.#options.namespace,
    )
  }

  async #foreign(write: ForeignWrite): Promise<readonly Failure[]> {
    const compiled = this.#compile(this.#documents)
    if (compiled.result === 'refused') return []
    const { desired } = compiled
    const context = { raw: this.#cluster.raw, namespace: this.#options.namespace, desired }
    const answer = await sendForeignWrite(write, context)
    const status = answer?.status ?? 0
    this.tally.add(`foreign ${write.verb} ${status < 300 && status > 0 ? 'stored' : 'refused'}`)
    const message = String(answer?.body['message'] ?? '')
    if (status < 500 || status === NOT_OFFERED || CLIENTS_FAULT.test(message)) return []
    return [{ check: 'server-error', detail: `${write.verb} ${write.kind}: ${status} ${message}` }]
  }

  async #createNamespace(): Promise<void> {
    const metadata = { name: this.#options.namespace }
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata }
    const { status } = await this.#cluster.raw.send({ method: 'POST', path: '/api/v1/namespaces', body })
    if (status !== 201) throw new Error(`the namespace ${metadata.name} was not created: ${status}`)
  }
}
