import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import type { Hex } from '../../src/util/hex.ts'
import { isJsonObject, type JsonObject } from '../../src/util/json.ts'
import { type ChainShop, chainOfFile, openChainShop, registered } from './chain-shop.ts'
import { codesIn, foreignPatch, OFFERS_PATH, offer, seen } from './shop.ts'

const ROUNDS = 100
const SEED = 20_261_124
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/serviceoffers.obol.org'
const MERGE = 'application/merge-patch+json'
const chain = chainOfFile()

/** A change of what a plan was made from; `n` is another number each time. */
type Mutation = { readonly apply: (shop: ChainShop, n: number) => Promise<unknown>; readonly reason: RegExp }

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  uid: {
    apply: async (shop) => {
      const { apiVersion, kind, metadata, spec } = JSON.parse((await shop.send('GET', `${OFFERS_PATH}/hello`)).text)
      await shop.send('DELETE', `${OFFERS_PATH}/hello`)
      const { name, labels } = metadata
      await shop.send('POST', OFFERS_PATH, { apiVersion, kind, metadata: { name, labels }, spec })
    },
    reason: /default\/hello: the object was deleted and made anew/,
  },
  resourceVersion: {
    apply: (shop, n) => foreignPatch(shop, 'hello', { metadata: { annotations: { note: String(n) } } }, 'annotator'),
    reason: /default\/hello: the object was written by .*in nothing that the plan relies on/,
  },
  'a field': {
    apply: (shop, n) => foreignPatch(shop, 'hello', { spec: { payment: { maxTimeoutSeconds: 1_000 + n } } }, 'editor'),
    reason: /spec\.payment\.maxTimeoutSeconds: .* → 1\d{3} {2}by editor\/Update at /,
  },
  'the schema': {
    apply: async (shop, n) => {
      const crd: JsonObject = JSON.parse((await shop.send('GET', CRD)).text)
      const text = JSON.stringify(crd['spec']).replace(/"openAPIV3Schema":\{("description":"[^"]*",)?/, (found) =>
        found.includes('"description"')
          ? found.replace(/"description":"[^"]*"/, `"description":"${n}"`)
          : `${found}"description":"${n}",`,
      )
      await shop.send('PATCH', `${CRD}?fieldManager=helm`, { spec: JSON.parse(text) }, MERGE)
    },
    reason: /ServiceOffer: the schema of the kind was changed/,
  },
  'an input file': {
    apply: async (shop, n) => shop.write('offers/later.yaml', `${registered('later')}# ${n}\n`),
    reason: /offers\/later\.yaml: the file was changed/,
  },
  'the nonce': {
    apply: (shop) => shop.control.sendAs({ from: shop.owner.address, to: shop.owner.address }),
    reason: /base-sepolia: the owner has sent transactions \(nonce \d+ → \d+\)/,
  },
  "the registry's code": {
    apply: async (shop) => {
      const code = await rpc(shop.chain.rpcUrl, 'eth_getCode', [shop.chain.registry, 'latest'])
      // Behind the end of the code: it does the same, and is another.
      const longer: Hex = `0x${String(code).slice(2)}00`
      await shop.control.setCode(shop.chain.registry, longer)
      await shop.control.mine()
    },
    reason: /base-sepolia: the code of the registry was changed/,
  },
}

test('default: whatever changed after the plan was saved, it is refused for that reason, 100 times of 100', async (t) => {
  const shop = await openChainShop(t, chain(), { files: { 'offers/hello.yaml': offer('hello') } })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "20"\n    maxTimeoutSeconds: 60'))
  shop.write('offers/later.yaml', registered('later'))
  const random = sequence(SEED)
  const names = Object.keys(MUTATIONS)
  const tried = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    const name = names[random() % names.length] ?? ''
    const mutation = MUTATIONS[name]
    if (mutation === undefined) throw new Error(name)
    const saved = await shop.obol([
      'plan',
      '--out',
      'plan.json',
      '--take',
      'default/hello:spec.payment.maxTimeoutSeconds',
    ])
    assert.equal(saved.exitCode, 0, `${round} ${name}: ${seen(saved)}`)
    await mutation.apply(shop, round)
    const before = shop.stored()
    const run = await shop.obol(['apply', '--plan', 'plan.json', '--yes'])
    assert.equal(run.exitCode, 5, `${round} ${name}: ${seen(run)}`)
    assert.match(run.stderr, mutation.reason, `${round} ${name}`)
    const code = name === 'resourceVersion' ? 'OBOL-V005' : 'OBOL-V004'
    assert.deepEqual(codesIn(run.stderr), [code], `${round} ${name}`)
    assert.equal(shop.stored(), before)
    tried.set(name, (tried.get(name) ?? 0) + 1)
  }
  assert.deepEqual([...tried.keys()].sort(), names.toSorted(), 'each kind was tried')
  assert.deepEqual(await shop.minted(), [], 'no identity was bought')
  assert.ok(isJsonObject(shop.live('hello')))
})

/** Whole numbers from a seed, the same on every run (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
