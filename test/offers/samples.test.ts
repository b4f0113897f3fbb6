import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadOffers } from '../../src/offers/load-offers.ts'
import { assertGolden } from '../support/golden.ts'

const ROOT = join(import.meta.dirname, '../..')

test('default: the samples have no mistakes and compile (golden)', async () => {
  const hostAddress = async () => '172.17.0.1'
  const { desired, problems } = await loadOffers(['offers'], { base: ROOT, workspaceId: 'ws-samples', hostAddress })
  assert.deepEqual(problems, [])
  assertGolden('fixtures/offers/samples.json', `${JSON.stringify(desired, undefined, 2)}\n`)
})

test('behavior: each names its schema for editors and is on a test network', () => {
  const names = readdirSync(join(ROOT, 'offers'))
  assert.ok(names.length >= 5)
  for (const name of names) {
    const text = readFileSync(join(ROOT, 'offers', name), 'utf8')
    assert.ok(text.startsWith('# yaml-language-server: $schema=../schemas/offer.schema.json\n'), name)
    assert.match(text, /network: base-sepolia/, name)
  }
})
