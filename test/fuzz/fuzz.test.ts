import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FuzzResult, fuzz } from '../../tools/fuzz/fuzz.ts'
import { connectFuzzCluster, type FuzzCluster, serverOf, startFuzzCluster } from '../../tools/fuzz/fuzz-cluster.ts'
import { PLANTS } from '../../tools/fuzz/plant.ts'
import { forEachRealServer } from '../support/control-plane.ts'

const SEED = 11
const WORKERS = 4

/** A fuzz that did not come to the interesting cases proves nothing. */
const MUST_HAPPEN = [
  ...['plan create', 'plan update', 'plan adopt', 'plan noop', 'write transfer', 'write force'],
  ...['conflict take', 'conflict yield', 'conflict share', 'conflict undecided', 'change null-out', 'owners cleared'],
]

function assertPassed(result: FuzzResult, runs: number): void {
  assert.deepEqual(
    result.failed.map(({ run, failures }) => ({ run, first: failures[0] })),
    [],
  )
  assert.equal(result.passed, runs)
  assert.deepEqual(
    MUST_HAPPEN.filter((what) => result.tally.of(what) === 0),
    [],
  )
}

async function withCluster(cluster: Promise<FuzzCluster>, use: (cluster: FuzzCluster) => Promise<void>): Promise<void> {
  const opened = await cluster
  try {
    await use(opened)
  } finally {
    await opened.stop()
  }
}

test('default: forty stories on the sandbox are stored as predicted', async () => {
  await withCluster(startFuzzCluster('sandbox', 'newest'), async (cluster) => {
    const result = await fuzz({ cluster, seed: SEED, first: 0, runs: 40, workers: WORKERS, shrinkMs: 0 })
    assertPassed(result, 40)
  })
})

test('behavior: a planted bug is found and its story made smaller', async () => {
  await withCluster(startFuzzCluster('sandbox', 'newest'), async (cluster) => {
    const plant = PLANTS['drop-owner']
    assert.ok(plant)
    const result = await fuzz({ cluster, seed: SEED, first: 0, runs: 20, workers: WORKERS, shrinkMs: 10_000, plant })
    const [first] = result.failed
    assert.equal(first?.failures[0]?.check, 'stored-owners')
    const { shrunk } = first
    assert.ok(shrunk, 'the first of each kind is made smaller')
    assert.ok(shrunk.story.docs.length === 1, 'one document is enough')
    assert.ok(shrunk.story.steps.length <= 3, 'somebody else writes, we reconcile')
    assert.ok(shrunk.story.steps.some((step) => step.does === 'foreign' && step.manager === 'helm'))
    assert.equal(shrunk.failures[0]?.check, 'stored-owners')
  })
})

forEachRealServer((server, plane) => {
  test(`behavior: forty stories on ${server.name} are stored as predicted`, async () => {
    await withCluster(connectFuzzCluster(serverOf(plane())), async (cluster) => {
      const result = await fuzz({ cluster, seed: SEED, first: 0, runs: 40, workers: WORKERS, shrinkMs: 0 })
      assertPassed(result, 40)
    })
  })
})
