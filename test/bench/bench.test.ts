import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { makeOffers } from '../../bench/make-offers.ts'
import { renderTable } from '../../bench/render-table.ts'
import { type Contender, takeTurns } from '../../bench/take-turns.ts'
import { timeProcess } from '../../bench/time-process.ts'
import { metadataOf } from '../../src/kube/ref.ts'
import { loadOffers } from '../../src/offers/load-offers.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import { WORKSPACE_LABEL } from '../../src/plan/desired.ts'
import { tempFolder } from '../support/temp-folder.ts'

describe('makeOffers', () => {
  test('default: the manifests for kubectl are what the offers compile to, but for our label', async (t) => {
    const folder = tempFolder(t)
    const { manifests, first } = await makeOffers(folder, 'bench', 3)
    const { desired, problems } = await loadOffers(['offers'], { base: folder, workspaceId: 'bench' })
    assert.deepEqual(problems, [])
    const names = readdirSync(manifests).sort()
    assert.equal(join(manifests, names[0] ?? ''), first)
    const files = names.map((path) => ({ path, text: readFileSync(join(manifests, path), 'utf8') }))
    const forKubectl = parseSources(files).documents.map(({ value }) => value)
    const ours = desired.objects.map(({ manifest }) => {
      const { labels, ...metadata } = metadataOf(manifest)
      assert.deepEqual(labels, { [WORKSPACE_LABEL]: 'bench' })
      return { ...manifest, metadata }
    })
    assert.deepEqual(ours, forKubectl)
  })
})

describe('takeTurns', () => {
  test('default: in turns, another one first each time, with the median of each', async () => {
    const order: string[] = []
    const contender = (name: string, runs: number): Contender => ({
      ...{ name, runs, check: ({ stdout }) => assert.equal(stdout, name) },
      prepare: async () => {
        order.push(name)
        return { file: process.execPath, args: ['-e', `process.stdout.write('${name}')`], env: {} }
      },
    })
    const results = await takeTurns([contender('a', 3), contender('b', 2)], () => undefined)
    assert.deepEqual(order, ['a', 'b', 'b', 'a', 'a'])
    assert.deepEqual(
      results.map(({ name, median, runs }) => [name, runs.length, runs.toSorted((x, y) => x - y).includes(median)]),
      [
        ['a', 3, true],
        ['b', 2, false],
      ],
    )
  })

  test('error: a run that did not do what it was to do, or failed, is no measurement', async () => {
    const command = { file: process.execPath, args: ['-e', 'process.exitCode = 3'], env: {} }
    await assert.rejects(timeProcess(command), /ended with 3/)
    const prepare = async () => ({ ...command, args: ['-e', '0'] })
    const check = () => {
      throw new Error('not done')
    }
    await assert.rejects(
      takeTurns([{ name: 'x', runs: 1, prepare, check }], () => undefined),
      /not done/,
    )
  })
})

test('default: renderTable says which targets are met', () => {
  const timings = [{ name: 'a', median: 0.5, runs: [0.4, 0.5, 0.6] }]
  const targets = [
    { name: 'fast', value: 41.5, bound: { atLeast: 40 }, isMet: true },
    { name: 'small', value: 5, bound: { atMost: 4 }, isMet: false },
  ]
  assert.equal(
    renderTable({ timings, targets }),
    [
      'whole process  median s  runs',
      'a                 0.500     3',
      '',
      'target     is',
      'fast    41.50  ≥ 40     met',
      'small       5   ≤ 4  MISSED',
    ].join('\n'),
  )
})
