import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { hexToString } from 'viem'
import { type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import { registryClient } from '../contracts/registry-client.ts'
import { forEachRealServer } from '../support/control-plane.ts'
import { assertGolden } from '../support/golden.ts'
import { transcript } from '../support/run-cli.ts'
import {
  applied,
  assertSettled,
  BASE_URL,
  broadcasts,
  chainOfFile,
  DOCUMENT,
  IDENTITY,
  openChainShop,
  recordsOf,
  registered,
  steady,
  X402,
} from './chain-shop.ts'
import { codesIn, OTHER_PAYEE, offer, seen } from './shop.ts'

const SCHEMA = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'schemas', 'plan-output.schema.json'), 'utf8'),
)
const isPlanOutput = new Ajv2020({ strict: false, validateFormats: false }).compile(SCHEMA)
const chain = chainOfFile()

test('default: plan, apply and a plan that has nothing to do; the first identity of a chain is 0', async (t) => {
  const shop = await openChainShop(t, chain())
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 2, seen(plan))
  assert.match(plan.stdout, /mints an identity/)
  assert.deepEqual([await shop.sent(), shop.journal()], [0, ''])

  const run = await applied(shop)
  assert.match(run.stdout, /registered +register on base-sepolia/)
  const minted = await shop.minted()
  assert.deepEqual(
    minted.map(({ agentId }) => agentId),
    ['0'],
  )
  assert.equal(await shop.sent(), 1)

  assert.deepEqual(shop.sandbox.object(IDENTITY)?.['status'], {
    registrations: [{ chain: 'base-sepolia', agentId: '0' }],
  })
  assert.deepEqual(shop.sandbox.object(IDENTITY)?.['spec'], {})
  const onChain = recordsOf(shop).filter(({ step }) => String(step).startsWith('register/'))
  assert.deepEqual(
    onChain.map(({ type }) => type),
    ['chain-intended', 'tx-signed', 'tx-sent', 'chain-final'],
  )
  const [, signed, , final] = onChain
  assert.equal(signed?.['hash'], minted[0]?.hash)
  assert.deepEqual([final?.['agentId'], final?.['adopted'], final?.['hash']], ['0', false, minted[0]?.hash])
  assert.equal(shop.events().at(-1), 'run-finished')

  await assertSettled(shop)
  const all = await shop.obol(['plan', '--all'])
  assert.match(all.stdout, /identity 0/)
  const again = await applied(shop)
  assert.match(again.stdout, /nothing to do|\d+ unchanged/)
  assert.equal(await shop.sent(), 1)
})

test('behavior: JSON of plan and apply', async (t) => {
  const shop = await openChainShop(t, chain())
  const read = async (...args: readonly string[]): Promise<unknown> => {
    const run = await shop.obol([...args, '--json'])
    assert.equal(run.exitCode, 0, seen(run))
    return JSON.parse(run.stdout)
  }
  assert.ok(isPlanOutput(await read('plan')), JSON.stringify(isPlanOutput.errors))
  const apply = await read('apply', '--yes')
  assert.partialDeepStrictEqual(apply, {
    steps: [
      { id: 'ServiceOffer.obol.org/default/hello', result: 'created' },
      { id: 'register/base-sepolia/register', op: 'register', result: 'registered', diagnostics: [] },
      { id: 'identity/base-sepolia', op: 'create', result: 'created', diagnostics: [] },
    ],
  })
  const settled = await read('plan', '--all')
  assert.ok(isPlanOutput(settled), JSON.stringify(isPlanOutput.errors))
  const [minted] = await shop.minted()
  assert.ok(minted !== undefined && minted.agentId !== '0')
  assert.equal(shop.agentId(), minted.agentId)
})

for (const columns of [80, 120]) {
  test(`behavior: plan, apply and journal in ${columns} columns`, async (t) => {
    const shop = await openChainShop(t, chain(), { files: { 'offers/more.yaml': registered('more') } })
    const texts: string[] = []
    for (const args of [['plan'], ['apply', '--yes'], ['plan', '--all']]) {
      texts.push(transcript(args, await shop.obol(args, { columns })))
    }
    const id = (await shop.minted()).at(-1)?.agentId ?? ''
    const text = steady(texts.join('\n')).replaceAll(new RegExp(`\\b(identity|agentId) ${id}\\b`, 'g'), '$1 N')
    assertGolden(`e2e/golden/register.${columns}.txt`, text)
  })
}

test('behavior: two offers, one identity with the metadata of both, a wallet; each change is one transaction', async (t) => {
  const metadata = (value: string): string => `    metadata: { model: "${value}" }\n`
  const shop = await openChainShop(t, chain(), {
    files: {
      'offers/hello.yaml': registered('hello', `${metadata('one')}    wallet: "${OTHER_PAYEE}"\n`, OTHER_PAYEE),
      'offers/more.yaml': registered('more', '    metadata: { region: "eu" }\n', OTHER_PAYEE),
    },
    spec: { wallets: [{ keyFile: 'wallet.key' }] },
  })
  const [, , wallet] = shop.chain.accounts
  shop.writeSecret('wallet.key', `${wallet?.privateKey}`)
  const first = await applied(shop)
  assert.match(first.stdout, /configured +set-wallet on base-sepolia/)
  const [{ agentId } = { agentId: '' }, ...others] = await shop.minted()
  assert.deepEqual([others, await shop.sent()], [[], 2])
  assert.deepEqual(await read(agentId), { uri: BASE_URL + DOCUMENT, wallet: OTHER_PAYEE, model: 'one', region: 'eu' })
  await assertSettled(shop)

  shop.configure({ wallets: [{ keyFile: 'wallet.key' }], baseUrl: 'https://moved.example.com' })
  shop.write('offers/hello.yaml', registered('hello', `${metadata('one')}    wallet: "${OTHER_PAYEE}"\n`, OTHER_PAYEE))
  assert.match((await applied(shop)).stdout, /configured +set-uri on base-sepolia/)
  assert.equal(await shop.sent(), 3)
  await assertSettled(shop)

  shop.write('offers/hello.yaml', registered('hello', `${metadata('two')}    wallet: "${OTHER_PAYEE}"\n`, OTHER_PAYEE))
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 2)
  assert.match(plan.stdout, /metadata\.model +"one" → "two"/)
  assert.match((await applied(shop)).stdout, /configured +set-metadata model on base-sepolia/)
  assert.equal(await shop.sent(), 4)
  const uri = `https://moved.example.com${DOCUMENT}`
  assert.deepEqual(await read(agentId), { uri, wallet: OTHER_PAYEE, model: 'two', region: 'eu' })
  await assertSettled(shop)
  assert.equal((await shop.minted()).length, 1)
})

/** The identity as the registry has it. */
async function read(agentId: string) {
  const { reader, contract } = registryClient(chain())
  const id = BigInt(agentId)
  const [uri, wallet, model, region] = await Promise.all([
    reader.readContract({ ...contract, functionName: 'tokenURI', args: [id] }),
    reader.readContract({ ...contract, functionName: 'getAgentWallet', args: [id] }),
    reader.readContract({ ...contract, functionName: 'getMetadata', args: [id, 'model'] }),
    reader.readContract({ ...contract, functionName: 'getMetadata', args: [id, 'region'] }),
  ])
  return { uri, wallet, model: hexToString(model), region: hexToString(region) }
}

test('behavior: without a base URL the offers are sold and nothing is sent; the tunnel brings one', async (t) => {
  const shop = await openChainShop(t, chain(), { spec: { baseUrl: undefined } })
  shop.proxy.begin({})
  const waiting = await shop.obol(['plan', '--exit-code'])
  assert.deepEqual([waiting.exitCode, codesIn(waiting.stdout)], [2, ['OBOL-R001']], seen(waiting))
  await applied(shop)
  assert.ok(shop.live('hello') !== undefined)
  assert.deepEqual([await shop.sent(), broadcasts(shop), shop.agentId()], [0, 0, undefined])
  const idle = await shop.obol(['plan', '--exit-code'])
  assert.deepEqual([idle.exitCode, codesIn(idle.stdout)], [0, ['OBOL-R001']], 'what waits is no change')

  await shop.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'obol-frontend' },
  })
  const config = (tunnelURL: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'obol-stack-config' },
    data: { tunnelURL },
  })
  await shop.send('POST', '/api/v1/namespaces/obol-frontend/configmaps', config(''))
  assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 0)
  const path = '/api/v1/namespaces/obol-frontend/configmaps/obol-stack-config'
  await shop.send('PATCH', path, { data: { tunnelURL: 'https://tunnel.example.com/' } }, 'application/merge-patch+json')
  assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 2)
  await applied(shop)
  const [identity] = await shop.minted()
  assert.equal(shop.agentId(), identity?.agentId)
  assert.equal((await read(identity?.agentId ?? '')).uri, `https://tunnel.example.com${DOCUMENT}`)
  await assertSettled(shop)
})

test('behavior: neither PATH nor pruning touches an identity', async (t) => {
  const metadata = '    metadata: { model: "one" }\n'
  const shop = await openChainShop(t, chain(), {
    files: { 'offers/hello.yaml': registered('hello', metadata), 'offers/more.yaml': registered('more') },
  })
  await applied(shop)
  const before = shop.agentId()
  const version = JSON.stringify(shop.sandbox.object(IDENTITY))
  assert.ok(before !== undefined)
  const untouched = async (): Promise<void> => {
    assert.equal(await shop.sent(), 1)
    assert.equal(JSON.stringify(shop.sandbox.object(IDENTITY)), version)
  }
  const path = join(shop.folder, 'offers/more.yaml')
  assert.equal((await shop.obol(['plan', '--exit-code', path])).exitCode, 0)
  await applied(shop, path)
  await untouched()
  shop.remove('offers/hello.yaml')
  assert.match((await applied(shop, '--prune')).stdout, /deleted +ServiceOffer default\/hello/)
  await untouched()
  shop.write('offers/more.yaml', offer('other'))
  assert.match((await applied(shop, '--prune')).stdout, /deleted +ServiceOffer default\/more/)
  await untouched()
})

const CRDS = join(import.meta.dirname, '..', '..', 'schemas', 'crds')

forEachRealServer((_, plane) => {
  test('default: from nothing to a registered shop', async (t) => {
    const shop = await openChainShop(t, chain(), { spec: { offers: ['crds', 'offers'] } })
    cpSync(CRDS, join(shop.folder, 'crds'), { recursive: true })
    const admin = ['--kubeconfig', plane().kubeconfig('admin')]
    const answer = await plane().request('admin', 'POST', '/api/v1/namespaces', X402)
    assert.equal(answer.status, 201, answer.text)
    assert.equal((await shop.obol(['plan', '--exit-code', ...admin])).exitCode, 2)
    await applied(shop, ...admin)
    const [{ agentId } = { agentId: '' }] = await shop.minted()
    const path = '/apis/obol.org/v1alpha1/namespaces/x402/agentidentities/default'
    const live: JsonValue = JSON.parse((await plane().request('admin', 'GET', path)).text)
    assert.deepEqual(jsonAt(live, ['status', 'registrations']), [{ chain: 'base-sepolia', agentId }])
    const again = await shop.obol(['plan', '--exit-code', ...admin])
    assert.deepEqual([again.exitCode, await shop.sent()], [0, 1], seen(again))
  })
})
