import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chaos } from '../../tools/chaos/chaos.ts'
import { parseNumbers } from '../../tools/chaos/options.ts'
import { describeScenario, killPoints, LISTED_ROUNDS, MIXES, scenarioOf } from '../../tools/chaos/scenario.ts'

const RUNS = 24
/** Far behind the listed runs: points and mixes are drawn. */
const FIRST = 100_000

test('default: killed anywhere, one identity is bought', { timeout: 180_000 }, async () => {
  const onRun = (): void => undefined
  const { passed, failed, killed } = await chaos({ seed: 4, first: FIRST, runs: RUNS, lanes: 2, onRun })
  assert.deepEqual(
    failed.map(({ scenario, report }) => [describeScenario(scenario), ...report.problems]),
    [],
  )
  assert.equal(passed, RUNS)
  assert.ok(killed > RUNS / 2, `only ${killed} runs were killed`)
})

test('behavior: every kill point comes first, then every pair with what else happens', () => {
  const points = killPoints({ writes: 3, exchanges: 5 })
  assert.equal(points.length, 3 * 4 + 5 * 3)
  const listed = Array.from({ length: points.length * LISTED_ROUNDS }, (_, run) => scenarioOf(1, run, points))
  assert.deepEqual(new Set(listed.slice(0, points.length).map(({ point }) => point)), new Set(points))
  assert.equal(new Set(listed.map(describeScenario)).size, points.length * MIXES.length)
})

test('behavior: the same seed and run give the same scenario', () => {
  const points = killPoints({ writes: 3, exchanges: 5 })
  const drawn = (seed: number, run: number) => {
    const scenario = scenarioOf(seed, run, points)
    return [describeScenario(scenario), scenario.random.int(1000)]
  }
  assert.deepEqual(drawn(7, FIRST), drawn(7, FIRST))
  const some = Array.from({ length: 20 }, (_, i) => drawn(8, FIRST + i).join())
  assert.ok(new Set(some).size > 10)
})

test('behavior: numbers come from flags, then the environment, then the defaults', () => {
  const defaults = { seed: 1, runs: 100 }
  assert.deepEqual(parseNumbers(['--runs=5'], { RUNS: '7', SEED: '9' }, defaults), {
    result: 'ok',
    numbers: { seed: 9, runs: 5 },
  })
  assert.deepEqual(parseNumbers([], { RUNS: '' }, defaults), { result: 'ok', numbers: defaults })
})

test('error: what is no number, and what is no option', () => {
  const defaults = { runs: 100 }
  for (const args of [['--runs=many'], ['--runs=-1'], ['--walks=1']]) {
    assert.equal(parseNumbers(args, {}, defaults).result, 'usage', args.join())
  }
})
