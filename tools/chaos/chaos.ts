import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ObolError } from '../../src/errors/obol-error.ts'
import { bundleWorker } from './bundle-worker.ts'
import { type Lane, openLane } from './lane.ts'
import { measure, type RunReport, runScenario } from './run-scenario.ts'
import { describeScenario, type KillPoint, killPoints, MIXES, type Scenario, scenarioOf } from './scenario.ts'

export type ChaosOptions = {
  readonly seed: number
  readonly first: number
  readonly runs: number
  /** Runs at a time, each with a chain of its own. */
  readonly lanes: number
  readonly onRun: (done: number, failed: number) => void
  readonly onFailure?: (failed: FailedRun) => void
}

export type FailedRun = { readonly scenario: Scenario; readonly report: RunReport }

export type ChaosResult = {
  readonly passed: number
  readonly failed: readonly FailedRun[]
  /** How many runs were really killed. */
  readonly killed: number
  readonly points: readonly KillPoint[]
  /** Kill points, and pairs of kill point and mix, that came about. */
  readonly reached: { readonly points: number; readonly pairs: number }
}

/** Runs scenarios side by side. SIDE EFFECTS: starts chains and processes, and ends them. */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'obol-chaos-worker-'))
  const lanes: Lane[] = []
  try {
    const script = await bundleWorker(folder)
    const wanted = Math.max(1, Math.min(options.lanes, options.runs))
    lanes.push(...(await Promise.all(Array.from({ length: wanted }, () => openLane(script)))))
    return await runAll(lanes, options)
  } finally {
    await Promise.all(lanes.map((lane) => lane.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runAll(lanes: readonly Lane[], options: ChaosOptions): Promise<ChaosResult> {
  const { seed, first, runs, onRun, onFailure } = options
  const [lane] = lanes
  if (lane === undefined) throw new Error('there is no lane')
  const points = killPoints(await measure(lane))
  const failed: FailedRun[] = []
  const reached = { points: new Set<KillPoint>(), pairs: new Set<string>() }
  let next = first
  let done = 0
  let killed = 0
  const work = async (own: Lane): Promise<void> => {
    while (next < first + runs) {
      const run = next
      next += 1
      const scenario = scenarioOf(seed, run, points)
      const report = await runScenario(own, scenario, `${seed}/${run}`).catch(broken)
      if (report.problems.length > 0) {
        failed.push({ scenario, report })
        onFailure?.({ scenario, report })
      }
      if (report.wasKilled) {
        killed += 1
        reached.points.add(scenario.point)
        reached.pairs.add(describeScenario(scenario))
      }
      done += 1
      onRun(done, failed.length)
    }
  }
  await Promise.all(lanes.map(work))
  const counts = { points: reached.points.size, pairs: reached.pairs.size }
  return { passed: done - failed.length, failed, killed, points, reached: counts }
}

/** A run that could not be brought to its end has failed; the others go on. */
function broken(error: unknown): RunReport {
  const problem = error instanceof ObolError ? [error.message, ...error.details].join(': ') : String(error)
  return { problems: [`the run broke off: ${problem}`], wasKilled: false, journals: [] }
}

/** How many pairs of kill point and mix there are. */
export function pairCount(points: readonly KillPoint[]): number {
  return points.length * MIXES.length
}
