import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyRule } from '../../src/sandbox/users.ts'
import { type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import { codesIn, foreignPatch, hasStack, OFFERS_PATH, offer, openShop, PAYEE, type Shop, seen } from './shop.ts'

const HELLO = 'ServiceOffer.obol.org/default/hello'

function priceOf(object: JsonObject | undefined): JsonValue | undefined {
  return jsonAt(object, ['spec', 'payment', 'price'])
}

/** Only reads, and what was stored is untouched. */
async function changesNothing(shop: Shop, run: () => Promise<void>): Promise<void> {
  const [before, from] = [shop.stored(), shop.requests.length]
  await run()
  assert.equal(shop.stored(), before)
  assert.deepEqual(new Set(shop.requests.slice(from).map((line) => line.split(' ')[0])), new Set(['GET']))
}

test('error: a missing CRD is explained, and nothing is sent', async (t) => {
  const shop = await openShop(t, { crds: false })
  await changesNothing(shop, async () => {
    for (const args of [['plan'], ['apply', '--yes']]) {
      const run = await shop.obol(args)
      assert.deepEqual([run.exitCode, codesIn(seen(run))], [1, ['OBOL-P001']])
      assert.match(run.stdout, /does not serve ServiceOffer \(obol\.org\/v1alpha1\)/)
      assert.match(run.stdout, /next kubectl api-resources --kubeconfig config\/kubeconfig\.yaml/)
      assert.ok(!hasStack(seen(run)))
    }
    const status = await shop.obol(['status'])
    assert.match(status.stdout, /absent.*cannot be applied/)
  })
})

test('behavior: a missing namespace is a step of the plan, and is made first', async (t) => {
  const text = offer('hello').replace('{ name: hello }', '{ name: hello, namespace: team }')
  const shop = await openShop(t, { files: { 'offers/hello.yaml': text } })
  assert.match((await shop.obol(['plan'])).stdout, /\+ Namespace +team[\s\S]*Plan: 2 to create/)
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 0)
  assert.ok(run.stdout.indexOf('Namespace') < run.stdout.lastIndexOf('ServiceOffer'))
  assert.ok(shop.sandbox.object('ServiceOffer.obol.org/team/hello') !== undefined)
})

test('error: who may not see that a namespace is missing is told by the apply, with the command that makes it', async (t) => {
  const text = offer('hello').replace('{ name: hello }', '{ name: hello, namespace: team }')
  const rules: readonly PolicyRule[] = [
    { verbs: ['get', 'list', 'patch'], apiGroups: ['obol.org'], resources: ['serviceoffers'] },
  ]
  const shop = await openShop(t, {
    files: { 'offers/hello.yaml': text },
    sandbox: { users: [{ name: 'seller', rules }] },
  })
  const run = await shop.obol(['apply', '--yes', '--context', 'obol-sandbox-seller'])
  assert.deepEqual([run.exitCode, codesIn(seen(run))], [1, ['OBOL-A009']])
  assert.match(run.stdout, /namespaces "team" not found/)
  assert.match(run.stdout, /next kubectl create namespace team --kubeconfig \S+ --context obol-sandbox-seller/)
})

test('error: an object that is being deleted waits for its finalizer, then is made anew', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  await foreignPatch(shop, 'hello', { metadata: { finalizers: ['example.org/slow'] } }, 'slow')
  await shop.send('DELETE', `${OFFERS_PATH}/hello`)
  await changesNothing(shop, async () => {
    for (const args of [['plan'], ['apply', '--yes']]) {
      const run = await shop.obol(args)
      assert.deepEqual([run.exitCode, codesIn(seen(run))], [1, ['OBOL-P002']])
      assert.match(run.stdout.replace(/\s+/g, ' '), /it waits for example\.org\/slow/)
    }
  })
  await foreignPatch(shop, 'hello', { metadata: { finalizers: null } }, 'slow')
  assert.equal(shop.live('hello'), undefined)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.deepEqual(priceOf(shop.live('hello')), { perRequest: '0.01' })
})

test('error: nothing is made in a namespace that is being deleted', async (t) => {
  const text = offer('hello').replace('{ name: hello }', '{ name: hello, namespace: team }')
  const shop = await openShop(t, { files: { 'offers/hello.yaml': text } })
  await shop.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'team' },
    spec: { finalizers: ['kubernetes'] },
  })
  await shop.send('POST', '/api/v1/namespaces/team/configmaps', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap' },
    metadata: { name: 'held', finalizers: ['example.org/slow'] },
  })
  await shop.send('DELETE', '/api/v1/namespaces/team')
  await changesNothing(shop, async () => {
    const run = await shop.obol(['apply', '--yes'])
    assert.deepEqual([run.exitCode, codesIn(seen(run))], [1, ['OBOL-P003']], seen(run))
  })
})

test('behavior: an object with two live prices is repaired, at no revision worse than before', async (t) => {
  for (const [first, second] of [
    ['perRequest', 'perMTok'],
    ['perMTok', 'perRequest'],
  ] as const) {
    const shop = await openShop(t, { files: { 'offers/hello.yaml': offer('hello', `${first}: "0.01"`) } })
    const object = {
      apiVersion: 'obol.org/v1alpha1',
      kind: 'ServiceOffer',
      metadata: { name: 'hello', namespace: 'default' },
      spec: {
        type: 'http',
        upstream: { service: 'hello', namespace: 'default', port: 80 },
        payment: { payTo: PAYEE, network: 'base-sepolia', price: { [first]: '0.01', [second]: '7' } },
      },
    }
    await shop.send('POST', `${OFFERS_PATH}?fieldManager=kubectl-create`, object)
    const plan = await shop.obol(['plan'])
    assert.match(plan.stdout, new RegExp(`price\\.${second} +"7" → \\(none\\)`))
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    const prices = shop.sandbox.revisions(HELLO).map(priceOf)
    assert.deepEqual(prices[0], { [first]: '0.01', [second]: '7' })
    assert.deepEqual(prices.at(-1), { [first]: '0.01' })
    for (const price of prices) {
      const keys = Object.keys(price ?? {})
      assert.ok(keys.includes(first) && keys.length <= 2, JSON.stringify(prices))
    }
    assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 0)
  }
})

test('error: a second apply at the same time is refused, names the first, and changes nothing', async (t) => {
  const { promise: release, resolve: open } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const shop = await openShop(t, {
    onRequest: async ({ method }) => {
      if (method !== 'PATCH') return undefined
      reach()
      await release
      return undefined
    },
  })
  const first = shop.obol(['apply', '--yes'])
  await reached
  const before = shop.requests.length
  const second = await shop.obol(['apply', '--yes'])
  assert.deepEqual([second.exitCode, codesIn(seen(second))], [1, ['OBOL-A001']])
  assert.match(second.stderr, new RegExp(`process ${process.pid} on `))
  assert.equal(shop.requests.length, before)
  const plan = await shop.obol(['plan'])
  assert.equal(plan.exitCode, 0, 'a plan needs no lock')
  open()
  assert.equal((await first).exitCode, 0)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
})

test('behavior: the same write by somebody else meanwhile is no failure, another one is told by field', async (t) => {
  let meanwhile: (() => Promise<unknown>) | undefined
  const shop = await openShop(t, {
    onRequest: async ({ method, contentType }) => {
      const act = meanwhile
      if (method !== 'PATCH' || act === undefined || !contentType.includes('apply')) return undefined
      meanwhile = undefined
      await act()
      return undefined
    },
  })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  shop.write('offers/hello.yaml', offer('hello', 'perRequest: "0.02"'))
  meanwhile = () => foreignPatch(shop, 'hello', { metadata: { annotations: { note: 'mine' } } })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.deepEqual(priceOf(shop.live('hello')), { perRequest: '0.02' })
  shop.write('offers/hello.yaml', offer('hello', 'perRequest: "0.03"'))
  meanwhile = () => foreignPatch(shop, 'hello', { spec: { payment: { price: { perRequest: '9' } } } })
  const run = await shop.obol(['apply', '--yes'])
  assert.deepEqual(codesIn(seen(run)), ['OBOL-A004'], seen(run))
  assert.match(run.stdout, /spec\.payment\.price\.perRequest was changed after the plan/)
  assert.deepEqual(priceOf(shop.live('hello')), { perRequest: '9' })
})
