/**
 * `make fuzz [SEED=…] [RUNS=…] [CLUSTER=control-plane|sandbox] [VERSION=newest|1.34]`: random stories of offers, edits and
 * other people's writes, planned and applied on a real API server; what is stored must be what was predicted, owners
 * included. FIRST=… RUNS=1 repeats one run. Last line: `N passed, N failed`; exit code 1 when one failed or none passed.
 * SIDE EFFECTS: starts a server of its own and ends it.
 */
import process from 'node:process'
import { stringify } from 'yaml'
import { type FailedRun, fuzz } from './fuzz/fuzz.ts'
import { startFuzzCluster } from './fuzz/fuzz-cluster.ts'
import { type Options, parseOptions } from './fuzz/options.ts'
import { PLANTS } from './fuzz/plant.ts'

const SHRINK_MS = 60_000

async function main(options: Options): Promise<number> {
  const { seed, first, runs, workers, cluster: kind, version, plant: name } = options
  const plant = name === undefined ? undefined : PLANTS[name]
  if (name !== undefined && plant === undefined) {
    process.stderr.write(`OBOL_FUZZ_PLANT is one of ${Object.keys(PLANTS).join(', ')}, not ${name}\n`)
    return 64
  }
  const cluster = await startFuzzCluster(kind, version)
  try {
    const began = performance.now()
    const onRun = (done: number, failed: number): void => {
      if (done % 100 === 0) process.stderr.write(`${done} of ${runs} runs, ${failed} failed\n`)
    }
    const result = await fuzz({
      ...{ cluster, seed, first, runs, workers, onRun },
      shrinkMs: SHRINK_MS,
      ...(plant === undefined ? {} : { plant }),
    })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`${cluster.name}, seed ${seed}, runs ${first} to ${first + runs - 1}, ${seconds} s\n`)
    for (const line of result.tally.lines()) process.stdout.write(`  ${line}\n`)
    for (const failed of result.failed) process.stdout.write(report(failed, options))
    process.stdout.write(`${result.passed} passed, ${result.failed.length} failed\n`)
    return result.failed.length > 0 || result.passed === 0 ? 1 : 0
  } finally {
    await cluster.stop()
  }
}

function report({ run, failures, shrunk }: FailedRun, { seed, cluster, version }: Options): string {
  const repeat = `make fuzz SEED=${seed} FIRST=${run} RUNS=1 CLUSTER=${cluster} VERSION=${version}`
  const lines = [
    `\nrun ${run} failed; again: ${repeat}`,
    ...failures.slice(0, 5).map(({ check, detail }) => `${check}: ${detail}`),
  ]
  if (shrunk !== undefined) {
    lines.push(
      `the smallest story that fails alike (${shrunk.tried} tried):`,
      stringify(shrunk.story, { lineWidth: 0 }).trimEnd(),
    )
    lines.push(...shrunk.failures.slice(0, 5).map(({ check, detail }) => `${check}: ${detail}`))
  }
  return `${lines.join('\n')}\n\n`
}

const parsed = parseOptions(process.argv.slice(2), process.env)
if (parsed.result === 'usage') {
  process.stderr.write(`${parsed.message}\n`)
  process.exitCode = 64
} else process.exitCode = await main(parsed.options)
