/**
 * `node tools/chaos/fees.ts [--seed=…] [--runs=…]`: how often the fee that was paid lies in the range that the plan showed,
 * on a local chain with a moving base fee. Exit code 1 below 95 %, or when one was above the range.
 * SIDE EFFECTS: starts a chain and ends it.
 */
import process from 'node:process'
import { estimateFees, isInside } from './estimate-fees.ts'
import { parseNumbers } from './options.ts'

const LEAST_PERCENT = 95

const parsed = parseNumbers(process.argv.slice(2), process.env, { seed: 1, runs: 200 })
if (parsed.result === 'usage') {
  process.stderr.write(`${parsed.message}\n`)
  process.exitCode = 64
} else {
  const { seed, runs } = parsed.numbers
  const samples = await estimateFees(seed, runs)
  const inside = samples.filter(isInside).length
  const above = samples.filter(({ high, paid }) => paid > high).length
  const percent = (100 * inside) / runs
  const shares = samples.map(({ low, high, paid }) => Number(((paid - low) * 1000n) / (high - low)) / 10)
  process.stdout.write(
    `seed ${seed}, ${runs} registrations: the fee paid lies in the range shown in ${percent.toFixed(1)} %, above it ${above} times\n` +
      `it lies between ${Math.min(...shares)} % and ${Math.max(...shares)} % of the way from low to high\n`,
  )
  process.exitCode = percent >= LEAST_PERCENT && above === 0 ? 0 : 1
}
