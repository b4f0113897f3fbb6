import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from '../../tools/fuzz/options.ts'

test('default: a thousand runs of seed 1 on the newest control plane', () => {
  const parsed = parseOptions([], {})
  const wanted = { seed: 1, runs: 1000, first: 0, workers: 8, cluster: 'control-plane', version: 'newest' }
  assert.deepEqual(parsed, { result: 'ok', options: { ...wanted, plant: undefined } })
})

test('behavior: flags win over the environment', () => {
  const parsed = parseOptions(['--seed=9', '--cluster=sandbox'], { SEED: '5', RUNS: '3', CLUSTER: '', VERSION: '1.34' })
  assert.equal(parsed.result, 'ok')
  const { seed, runs, cluster, version } = parsed.options
  assert.deepEqual({ seed, runs, cluster, version }, { seed: 9, runs: 3, cluster: 'sandbox', version: '1.34' })
})

test('error: what is not a number, a cluster or a version is refused', () => {
  for (const env of [{ SEED: 'x' }, { RUNS: '-1' }, { CLUSTER: 'other' }, { VERSION: '1.20' }]) {
    assert.equal(parseOptions([], env).result, 'usage', JSON.stringify(env))
  }
})
