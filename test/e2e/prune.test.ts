import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { codesIn, foreignPatch, OBOL_YAML, offer, openShop, type Shop, seen } from './shop.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e']

/** Five applied offers beside hello. */
async function fullShop(t: TestContext): Promise<Shop> {
  const files = Object.fromEntries(NAMES.map((name) => [`offers/${name}.yaml`, offer(name)]))
  const shop = await openShop(t, { files })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  return shop
}

function left(shop: Shop): readonly string[] {
  return NAMES.filter((name) => shop.live(name) !== undefined)
}

test('default: what is no longer wanted stays and is named, until --prune deletes it', async (t) => {
  const shop = await fullShop(t)
  shop.remove('offers/a.yaml')
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 0)
  assert.match(plan.stdout, /1 object is no longer in the workspace and will stay: ServiceOffer default\/a/)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.deepEqual(left(shop), NAMES)
  assert.equal((await shop.obol(['plan', '--prune', '--exit-code'])).exitCode, 2)
  assert.deepEqual(left(shop), NAMES)
  const run = await shop.obol(['apply', '--yes', '--prune'])
  assert.equal(run.exitCode, 0)
  assert.match(run.stdout, /✓ deleted .*default\/a/)
  assert.deepEqual(left(shop), ['b', 'c', 'd', 'e'])
})

test('error: beyond the ceiling nothing at all is done, and the hint approves the number', async (t) => {
  const shop = await fullShop(t)
  for (const name of ['a', 'b', 'c', 'd']) shop.remove(`offers/${name}.yaml`)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "5"'))
  const [before, journal] = [shop.stored(), shop.journal()]
  const plan = await shop.obol(['plan', '--prune'])
  assert.deepEqual([plan.exitCode, codesIn(seen(plan))], [6, ['OBOL-P008']])
  const run = await shop.obol(['apply', '--yes', '--prune'])
  assert.deepEqual([run.exitCode, codesIn(seen(run))], [6, ['OBOL-P008']])
  assert.deepEqual([shop.stored(), shop.journal()], [before, journal])
  const hint = /next {2}obol (apply --prune --max-prune \d+)\n/.exec(run.stderr)?.[1] ?? ''
  assert.equal((await shop.obol([...hint.split(' '), '--yes'])).exitCode, 0)
  assert.deepEqual(left(shop), ['e'])
})

test('behavior: the ceiling of obol.yaml, and --max-prune in its place', async (t) => {
  const shop = await fullShop(t)
  shop.write('obol.yaml', OBOL_YAML.replace('id: shop-1', 'id: shop-1, prune: { maxCount: 1, maxPercent: 0 }'))
  shop.remove('offers/a.yaml')
  shop.remove('offers/b.yaml')
  assert.equal((await shop.obol(['apply', '--yes', '--prune'])).exitCode, 6)
  assert.equal((await shop.obol(['apply', '--yes', '--prune', '--max-prune', '1'])).exitCode, 6)
  assert.deepEqual(left(shop), NAMES)
  assert.equal((await shop.obol(['apply', '--yes', '--prune', '--max-prune', '2'])).exitCode, 0)
  assert.deepEqual(left(shop), ['c', 'd', 'e'])
})

test('error: --prune with PATH is refused, for the other offers were not looked at', async (t) => {
  const shop = await fullShop(t)
  const [before, requests] = [shop.stored(), shop.requests.length]
  for (const command of [['plan'], ['apply', '--yes'], ['apply', '--yes', '--max-prune', '9']]) {
    const run = await shop.obol([...command, '--prune', 'offers/a.yaml'])
    assert.deepEqual([run.exitCode, codesIn(seen(run))], [64, ['OBOL-U003']])
  }
  assert.deepEqual([shop.stored(), shop.requests.length], [before, requests])
})

test('behavior: apply PATH applies that part alone and calls nothing else unwanted', async (t) => {
  const shop = await fullShop(t)
  shop.write('offers/a.yaml', offer('a', 'perMTok: "1"'))
  shop.write('offers/b.yaml', offer('b', 'perMTok: "1"'))
  const before = JSON.stringify(shop.live('b'))
  const run = await shop.obol(['apply', '--yes', 'offers/a.yaml'])
  assert.equal(run.exitCode, 0)
  assert.doesNotMatch(run.stdout, /no longer in the workspace/)
  assert.match(run.stdout, /Applied: 1 configured/)
  assert.equal(JSON.stringify(shop.live('b')), before)
  assert.deepEqual(left(shop), NAMES)
  const stdin = await shop.obol(['plan', '-'], { stdin: offer('b', 'perMTok: "1"') })
  assert.match(stdin.stdout, /Plan: 1 to update/)
})

test('behavior: an object whose label somebody took away, or that a controller owns, is not ours to delete', async (t) => {
  const shop = await fullShop(t)
  await foreignPatch(shop, 'a', { metadata: { labels: { 'offers.obol.org/workspace': null } } })
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u', controller: true }
  await foreignPatch(shop, 'b', { metadata: { ownerReferences: [owner] } })
  for (const name of ['a', 'b', 'c']) shop.remove(`offers/${name}.yaml`)
  const run = await shop.obol(['apply', '--yes', '--prune'])
  assert.equal(run.exitCode, 0, seen(run))
  assert.deepEqual(left(shop), ['a', 'b', 'd', 'e'])
})

test('behavior: the last object of a kind and namespace is still found by the journal', async (t) => {
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: default }\ndata: { a: b }\n'
  const shop = await openShop(t, { files: { 'offers/map.yaml': map } })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  shop.remove('offers/map.yaml')
  assert.match((await shop.obol(['plan'])).stdout, /will stay: ConfigMap default\/m/)
  assert.equal((await shop.obol(['apply', '--yes', '--prune'])).exitCode, 0)
  assert.equal(shop.sandbox.object('ConfigMap/default/m'), undefined)
})
