import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkRun, type Expected } from './check-run.ts'
import { type Lane, openStage, type Stage } from './lane.ts'
import type { Extent, Scenario } from './scenario.ts'
import { type Ended, startWorker, type Worker } from './start-worker.ts'
import { World } from './world.ts'

export type RunReport = {
  readonly problems: readonly string[]
  /** False when the first attempt ended before it came to the kill point. */
  readonly wasKilled: boolean
  /** Of every process, for a failed run. */
  readonly journals: readonly string[]
}

/** After that many undisturbed applies everything must be final. */
const RERUNS = 10

/** How much there is to kill in a run that nobody disturbs. SIDE EFFECTS: as `runScenario`. */
export async function measure(lane: Lane): Promise<Extent> {
  const stage = await openStage(lane, 'measure')
  try {
    lane.proxy.begin(new World(stage, undefined).hooks())
    const ended = await startWorker(lane.script, stage.input('a')).ended
    if (ended.how !== 'said' || ended.output.agentId === undefined || ended.output.identity !== 'created') {
      throw new Error(`an undisturbed run does not register: ${JSON.stringify(ended)}`)
    }
    return { writes: ended.output.writes, exchanges: lane.proxy.exchanges().length }
  } finally {
    await stage.stop()
  }
}

/**
 * Kills one apply as the scenario says, lets things happen meanwhile, applies again until everybody says final, and checks
 * what is there. SIDE EFFECTS: processes, blocks, a temporary folder; ends or removes all of them but the blocks.
 */
export async function runScenario(lane: Lane, scenario: Scenario, name: string): Promise<RunReport> {
  const stage = await openStage(lane, name)
  const world = new World(stage, scenario)
  const problems: string[] = []
  try {
    const wasKilled = await attempt(stage, scenario, world, problems)
    await world.meanwhile()
    const named = await applyUntilFinal(stage, scenario, world, problems)
    await world.comeBack()
    const expected: Expected = { named, foreign: world.foreign }
    problems.push(...(await checkRun(stage, expected)))
    return { problems, wasKilled, journals: problems.length === 0 ? [] : journalsOf(stage) }
  } finally {
    await stage.stop()
  }
}

function clientsOf({ mix }: Scenario): readonly string[] {
  return mix === 'two processes' ? ['a', 'b'] : ['a']
}

/** The attempt that is killed; with a second process beside it where the scenario says so. */
async function attempt(stage: Stage, scenario: Scenario, world: World, problems: string[]): Promise<boolean> {
  const { lane } = stage
  const { point } = scenario
  const victim: { worker: Worker | undefined } = { worker: undefined }
  lane.proxy.begin(world.hooks(async () => victim.worker?.kill()))
  const kill = point.at === 'journal' ? { kill: { write: point.write, phase: point.phase } } : {}
  const workers = clientsOf(scenario).map((client) =>
    startWorker(lane.script, { ...stage.input(client), ...(client === 'a' ? kill : {}) }),
  )
  victim.worker = workers[0]
  const [first, ...others] = await Promise.all(workers.map(({ ended }) => ended))
  for (const ended of [first, ...others]) noteFailure(ended, problems)
  return first?.how === 'killed'
}

async function applyUntilFinal(
  stage: Stage,
  scenario: Scenario,
  world: World,
  problems: string[],
): Promise<ReadonlyMap<string, string>> {
  const { lane } = stage
  const named = new Map<string, string>()
  let said: readonly Ended[] = []
  lane.proxy.begin(world.hooks())
  for (let rerun = 0; rerun < RERUNS; rerun += 1) {
    const waiting = clientsOf(scenario).filter((client) => !named.has(client))
    if (waiting.length === 0) return named
    said = await Promise.all(waiting.map((client) => startWorker(lane.script, stage.input(client)).ended))
    for (const [i, client] of waiting.entries()) {
      const ended = said[i]
      noteFailure(ended, problems)
      // The registration is final, and the cluster was told of it.
      const isDone = ended?.how === 'said' && (ended.output.identity ?? 'failed') !== 'failed'
      if (isDone && ended.output.agentId !== undefined) named.set(client, ended.output.agentId)
    }
    world.calm()
  }
  problems.push(`not final after ${RERUNS} applies: ${JSON.stringify(said)}`)
  return named
}

function noteFailure(ended: Ended | undefined, problems: string[]): void {
  if (ended?.how === 'failed') problems.push(`a process failed: ${ended.talk}`)
}

function journalsOf(stage: Stage): readonly string[] {
  return ['a', 'b'].flatMap((client) => {
    const path = join(stage.stateFolder(client), 'journal.jsonl')
    return existsSync(path) ? [`journal of ${client}:\n${readFileSync(path, 'utf8')}`] : []
  })
}
