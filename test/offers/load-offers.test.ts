import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stringify } from 'yaml'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { loadOffers } from '../../src/offers/load-offers.ts'
import { inferenceOffer, offer } from './factories.ts'
import { tempFolder } from './temp-folder.ts'

test('default: files in, desired objects out', async (t) => {
  const base = tempFolder(t, { 'a.yaml': stringify(offer()), 'b.yaml': stringify(inferenceOffer()) })
  const { desired, problems, files } = await loadOffers(['.'], {
    base,
    workspaceId: 'ws-1',
    hostAddress: async () => '10.0.0.1',
  })
  assert.deepEqual(problems, [])
  assert.deepEqual(
    files.map(({ path }) => path),
    ['a.yaml', 'b.yaml'],
  )
  assert.deepEqual(
    desired.objects.map(({ ref, origin }) => `${ref.kind} ${origin.file}:${origin.line}`),
    ['ServiceOffer a.yaml:1', 'Service b.yaml:1', 'Endpoints b.yaml:1', 'ServiceOffer b.yaml:1'],
  )
})

test('behavior: the host address is asked for only when an offer needs it, and once', async (t) => {
  let asked = 0
  const hostAddress = async () => {
    asked++
    return '10.0.0.1'
  }
  const http = tempFolder(t, { 'a.yaml': stringify(offer()) })
  await loadOffers(['.'], { base: http, workspaceId: 'ws-1', hostAddress })
  assert.equal(asked, 0)
  const second = inferenceOffer({ gateway: { listen: ':8403' } }, { name: 'second' })
  const inference = tempFolder(t, { 'a.yaml': stringify(inferenceOffer()), 'b.yaml': stringify(second) })
  await loadOffers(['.'], { base: inference, workspaceId: 'ws-1', hostAddress })
  assert.equal(asked, 1)
})

test('error: mistakes of every stage are reported together', async (t) => {
  const base = tempFolder(t, {
    'a.yaml': 'a: "b',
    'b.yaml': stringify(offer({ path: '/api' })),
    'c.yaml': stringify(inferenceOffer()),
    'd.yaml': new Uint8Array([0xff]),
  })
  const { problems } = await loadOffers(['missing', '.'], { base, workspaceId: 'ws-1' })
  assert.deepEqual(
    problems.map(({ file, code }) => [file, code]),
    [
      ['a.yaml', OFFER_ERRORS.YAML_SYNTAX.code],
      ['b.yaml', OFFER_ERRORS.PATH_RESERVED.code],
      ['c.yaml', OFFER_ERRORS.HOST_ADDRESS_MISSING.code],
      ['d.yaml', OFFER_ERRORS.SOURCE_NOT_TEXT.code],
      ['missing', OFFER_ERRORS.SOURCE_UNREADABLE.code],
    ],
  )
})

test('behavior: time grows with the number of offers, not with its square', async (t) => {
  const folderOf = (count: number) =>
    tempFolder(
      t,
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`${i}.yaml`, stringify(offer({}, { name: `o${i}` }))]),
      ),
    )
  const run = async (base: string) => {
    const start = performance.now()
    const { desired } = await loadOffers(['.'], { base, workspaceId: 'ws-1' })
    return { time: performance.now() - start, count: desired.objects.length }
  }
  const small = folderOf(100)
  const large = folderOf(1600)
  await run(small)
  const few = Math.min((await run(small)).time, (await run(small)).time, (await run(small)).time)
  const many = await run(large)
  assert.equal(many.count, 1600)
  // Sixteen times as many offers: a quadratic step would make it 256 times as long.
  assert.ok(many.time < few * 64 + 200, `${few.toFixed(0)} ms for 100, ${many.time.toFixed(0)} ms for 1600`)
})
