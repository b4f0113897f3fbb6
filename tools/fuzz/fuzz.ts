import type { JsonObject } from '../../src/util/json.ts'
import type { Failure } from './failure.ts'
import type { FuzzCluster } from './fuzz-cluster.ts'
import { randomStory } from './random-story.ts'
import { runStory } from './run-story.ts'
import { shrink } from './shrink.ts'
import type { Story } from './story.ts'
import { Tally } from './tally.ts'

export type FuzzOptions = {
  readonly cluster: FuzzCluster
  readonly seed: number
  /** The first run; each is a story of its own, so any can be repeated alone. */
  readonly first: number
  readonly runs: number
  /** How many stories are told side by side. */
  readonly workers: number
  /** Milliseconds for making failing stories smaller, all together. */
  readonly shrinkMs: number
  readonly plant?: (predicted: JsonObject) => JsonObject
  readonly onRun?: (done: number, failed: number) => void
}

export type FailedRun = {
  readonly run: number
  readonly failures: readonly Failure[]
  /** The smallest story found that breaks the same promise, and how it does. */
  readonly shrunk?: { readonly story: Story; readonly failures: readonly Failure[]; readonly tried: number }
}

export type FuzzResult = { readonly passed: number; readonly failed: readonly FailedRun[]; readonly tally: Tally }

/** How many different failures are made smaller: the others are most likely the same. */
const MAX_SHRUNK = 5

/** SIDE EFFECTS: tells stories on the server, each in a namespace of its own that is left behind. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { cluster, seed, first, runs, workers, onRun } = options
  const tally = new Tally()
  const failed: FailedRun[] = []
  let next = first
  let done = 0
  const work = async (): Promise<void> => {
    while (next < first + runs) {
      const run = next
      next += 1
      const result = await tell(randomStory(seed, run), `fuzz-${run}`, options)
      tally.merge(result.tally)
      if (result.failures.length > 0) failed.push({ run, failures: result.failures })
      done += 1
      onRun?.(done, failed.length)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  failed.sort((a, b) => a.run - b.run)
  tally.add('requests', cluster.writer.requestCount())
  return { passed: done - failed.length, failed: await shrinkSome(failed, options), tally }
}

function tell(story: Story, namespace: string, { cluster, plant }: FuzzOptions) {
  return runStory(story, cluster, { namespace, ...(plant === undefined ? {} : { plant }) })
}

/** One failing run of each kind, made smaller. */
async function shrinkSome(failed: readonly FailedRun[], options: FuzzOptions): Promise<readonly FailedRun[]> {
  const kinds = [...Map.groupBy(failed, checkOf).values()].flatMap(([run]) => run ?? []).slice(0, MAX_SHRUNK)
  const out: FailedRun[] = []
  for (const run of failed) {
    const limit = options.shrinkMs / Math.max(1, kinds.length)
    out.push(kinds.includes(run) ? await shrinkOne(run, options, limit) : run)
  }
  return out
}

async function shrinkOne(failed: FailedRun, options: FuzzOptions, limitMs: number): Promise<FailedRun> {
  const { run } = failed
  let attempt = 0
  let failures = failed.failures
  const stillFails = async (story: Story): Promise<boolean> => {
    attempt += 1
    const result = await tell(story, `fuzz-${run}-${attempt}`, options)
    const isSame = result.failures[0]?.check === checkOf(failed)
    if (isSame) failures = result.failures
    return isSame
  }
  const { story, tried } = await shrink(randomStory(options.seed, run), stillFails, limitMs)
  return { ...failed, shrunk: { story, failures, tried } }
}

function checkOf({ failures }: FailedRun): string {
  return failures[0]?.check ?? ''
}
