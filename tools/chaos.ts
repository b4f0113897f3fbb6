/**
 * `make chaos [SEED=…] [RUNS=…]`: registrations on a local chain, each killed with SIGKILL at a journal write or around an
 * RPC call while something else happens, then applied again; exactly one identity must be there, and everybody must know
 * it. FIRST=… RUNS=1 repeats one run. Last line: `N passed, N failed`; exit code 1 when one failed or none passed.
 * SIDE EFFECTS: starts chains, API servers and processes of its own and ends them.
 */
import process from 'node:process'
import { chaos, type FailedRun, pairCount } from './chaos/chaos.ts'
import { parseNumbers } from './chaos/options.ts'
import { describeScenario } from './chaos/scenario.ts'

const DEFAULTS = { seed: 1, first: 0, runs: 100, lanes: 2 }

async function main(options: Readonly<typeof DEFAULTS>): Promise<number> {
  const { seed, first, runs } = options
  const began = performance.now()
  const onRun = (done: number, failed: number): void => {
    if (done % 50 === 0) process.stderr.write(`${done} of ${runs} runs, ${failed} failed\n`)
  }
  const onFailure = (failed: FailedRun): void => {
    process.stdout.write(report(failed, seed))
  }
  const { passed, failed, killed, points, reached } = await chaos({ ...options, onRun, onFailure })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`seed ${seed}, runs ${first} to ${first + runs - 1}, ${seconds} s, ${killed} killed\n`)
  process.stdout.write(
    `reached ${reached.points} of ${points.length} kill points, ` +
      `${reached.pairs} of ${pairCount(points)} pairs of kill point and what else happens\n`,
  )
  process.stdout.write(`${passed} passed, ${failed.length} failed\n`)
  return failed.length > 0 || passed === 0 ? 1 : 0
}

function report({ scenario, report: { problems, journals } }: FailedRun, seed: number): string {
  const { run } = scenario
  const again = `again: make chaos SEED=${seed} FIRST=${run} RUNS=1`
  return `\nrun ${run} failed (${describeScenario(scenario)}); ${again}\n${[...problems, ...journals].join('\n')}\n\n`
}

const parsed = parseNumbers(process.argv.slice(2), process.env, DEFAULTS)
if (parsed.result === 'usage') {
  process.stderr.write(`${parsed.message}\n`)
  process.exitCode = 64
} else process.exitCode = await main(parsed.numbers)
