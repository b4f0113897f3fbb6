import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codesIn, hasStack, OBOL_YAML, OTHER_PAYEE, offer, openShop, type Shop, seen } from './shop.ts'

type Case = {
  readonly name: string
  readonly text: string | Uint8Array
  /** In the order of the report. */
  readonly codes: readonly string[]
}

const hello = offer('hello')
const anchors = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** Eight levels of ten aliases each: 10^8 values in half a kilobyte. */
const BOMB = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...anchors.slice(1).map((name, i) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${anchors[i]}`)}]`),
].join('\n')

const inference = (name: string): string => `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: ${name} }
spec:
  type: inference
  model: { name: m, runtime: ollama }
  gateway: { listen: ":8402", upstream: "http://localhost:11434" }
  payment: { payTo: "${OTHER_PAYEE}", network: base-sepolia, price: { perMTok: "1" } }
`

const CASES: readonly Case[] = [
  { name: 'broken YAML', text: 'kind: [Offer\nmetadata: }', codes: ['OBOL-O010'] },
  { name: 'tabs', text: 'kind: Offer\nmetadata:\n\tname: x\n', codes: ['OBOL-O010'] },
  {
    name: 'a duplicate key',
    text: hello.replace('    network: base-sepolia', '    network: base-sepolia\n    network: base'),
    codes: ['OBOL-O011'],
  },
  { name: 'an anchor bomb', text: BOMB, codes: ['OBOL-O012'] },
  { name: 'a file of more than 10 MiB', text: `# ${'x'.repeat(10 * 1024 * 1024)}\n`, codes: ['OBOL-O003'] },
  { name: 'a wrong type', text: hello.replace('port: 80', 'port: eighty'), codes: ['OBOL-O022'] },
  {
    name: 'an unknown field',
    text: hello.replace('  type: http', '  type: http\n  colour: red'),
    codes: ['OBOL-O020'],
  },
  { name: 'an unknown network', text: hello.replace('base-sepolia', 'base-seplia'), codes: ['OBOL-O035'] },
  { name: 'two price keys', text: offer('hello', 'perRequest: "0.01"\n      perMTok: "5"'), codes: ['OBOL-O030'] },
  { name: 'no price key', text: offer('hello', '{}'), codes: ['OBOL-O030'] },
  { name: 'no price', text: offer('hello', ''), codes: ['OBOL-O030'] },
  { name: 'a price that is a number', text: offer('hello', 'perRequest: 0.01'), codes: ['OBOL-O031'] },
  { name: 'a price that is no decimal', text: offer('hello', 'perRequest: "1e-3"'), codes: ['OBOL-O031'] },
  { name: 'a negative price', text: offer('hello', 'perRequest: "-1"'), codes: ['OBOL-O031'] },
  { name: 'a price of zero', text: offer('hello', 'perRequest: "0"'), codes: ['OBOL-O031'] },
  { name: 'a short address', text: offer('hello', undefined, '0x7099'), codes: ['OBOL-O038'] },
  {
    name: 'an address with a wrong checksum',
    text: offer('hello', undefined, '0x70997970c51812dc3A010C7d01b50e0d17dc79C8'),
    codes: ['OBOL-O039'],
  },
  { name: 'a duplicate name', text: `${hello}---\n${hello}`, codes: ['OBOL-O050'] },
  {
    name: 'a duplicate path',
    text: `${hello}---\n${offer('other', undefined, undefined, '  path: /services/hello/\n')}`,
    codes: ['OBOL-O051'],
  },
  { name: 'a duplicate port', text: `${inference('one')}---\n${inference('two')}`, codes: ['OBOL-O053'] },
  { name: 'not an object at all', text: '- just\n- a list\n', codes: ['OBOL-O015'] },
  { name: 'bytes that are no text', text: Buffer.from([0x61, 0xff, 0xfe]), codes: ['OBOL-O004'] },
  {
    name: 'several mistakes, all told',
    text: offer('hello', 'perRequest: "-1"', '0x1').replace('base-sepolia', 'mars'),
    codes: ['OBOL-O038', 'OBOL-O035', 'OBOL-O031'],
  },
]

async function refusedEverywhere(shop: Shop, codes: readonly string[]): Promise<void> {
  const before = shop.stored()
  const from = shop.requests.length
  const validated = await shop.obol(['validate'])
  assert.equal(validated.exitCode, 1)
  assert.deepEqual(codesIn(validated.stdout), codes, validated.stdout)
  const json = JSON.parse((await shop.obol(['validate', '--json'])).stdout)
  assert.deepEqual([json.valid, [...new Set(json.problems.map(({ code }: { code: string }) => code))]], [false, codes])
  for (const args of [['plan'], ['apply', '--yes'], ['status'], ['why', 'spec.payment'], ['plan', '--json']]) {
    const run = await shop.obol(args)
    assert.equal(run.exitCode, 1, `${args.join(' ')}: ${seen(run)}`)
    assert.deepEqual(codesIn(seen(run)), ['OBOL-O001', ...codes])
    assert.ok(!hasStack(seen(run)), seen(run))
    assert.ok(seen(run).length < 5_000, 'a mistake is told in a few lines')
    if (args.includes('--json')) assert.equal(JSON.parse(run.stdout).error.code, 'OBOL-O001')
  }
  assert.equal(shop.journal(), '')
  assert.equal(shop.stored(), before)
  assert.ok(shop.requests.slice(from).every((line) => line.startsWith('GET ')))
}

test('error: every mistake of a file is refused by validate, plan and apply, and nothing is written', async (t) => {
  const shop = await openShop(t)
  for (const { name, text, codes } of CASES) {
    await t.test(name, async () => {
      shop.write('offers/hello.yaml', text)
      await refusedEverywhere(shop, codes)
    })
  }
})

test('error: one broken file keeps the right ones from being applied', async (t) => {
  const shop = await openShop(t, { files: { 'offers/broken.yaml': 'a: [' } })
  const before = shop.stored()
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /offers\/broken\.yaml:1:/)
  assert.deepEqual([shop.journal(), shop.stored()], ['', before])
})

test('error: a mistake loses nothing of what was applied before', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const [before, journal] = [shop.stored(), shop.journal()]
  shop.write('offers/hello.yaml', 'a: [')
  for (const args of [
    ['apply', '--yes'],
    ['apply', '--yes', '--prune'],
  ]) {
    assert.equal((await shop.obol(args)).exitCode, 1)
  }
  assert.deepEqual([shop.stored(), shop.journal()], [before, journal])
})

test('error: mistakes of obol.yaml are told with their place, by every command', async (t) => {
  const shop = await openShop(t, { files: { 'obol.yaml': OBOL_YAML.replace('id: shop-1', 'id: 7, colour: red') } })
  for (const args of [['validate'], ['plan'], ['apply', '--yes'], ['status']]) {
    const run = await shop.obol(args)
    assert.equal(run.exitCode, 1)
    assert.match(seen(run), /obol\.yaml:4:/)
    assert.match(seen(run), /spec\.colour/)
    assert.ok(!hasStack(seen(run)))
  }
  assert.equal(shop.requests.length, 0)
})

test('error: an empty workspace is no reason to delete', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  shop.remove('offers')
  const before = shop.stored()
  const gone = await shop.obol(['apply', '--yes', '--prune'])
  assert.equal(gone.exitCode, 1)
  assert.deepEqual(codesIn(seen(gone)), ['OBOL-O001', 'OBOL-O002'])
  assert.equal(shop.stored(), before)
})

test('error: an object that is too large for the server fails alone', async (t) => {
  const big = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: big, namespace: default }\ndata: { a: "${'x'.repeat(4_000_000)}" }\n`
  const shop = await openShop(t, { files: { 'offers/big.yaml': big } })
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 3, seen(run).slice(0, 2000))
  assert.ok(seen(run).length < 5_000)
  assert.ok(shop.live('hello') !== undefined)
  assert.match(run.stdout, /✗ failed .*default\/big/)
})
