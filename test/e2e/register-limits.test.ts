import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standInSigner } from '../chain/signers/stand-in-signer.ts'
import { TEST_ADDRESS } from '../support/test-signer.ts'
import {
  applied,
  assertSettled,
  broadcasts,
  type ChainShop,
  chainOfFile,
  keystoreOf,
  methodsOf,
  openChainShop,
  registered,
} from './chain-shop.ts'
import { codesIn, seen } from './shop.ts'

const PASSWORD = 'a password of the test'
const chain = chainOfFile()

/** The offer is sold and nothing was sent. */
async function soldOnly(shop: ChainShop): Promise<void> {
  assert.ok(shop.live('hello') !== undefined)
  assert.deepEqual([await shop.sent(), broadcasts(shop), shop.agentId()], [0, 0, undefined])
}

test('behavior: without a signer the offers are sold, with a warning', async (t) => {
  const shop = await openChainShop(t, chain(), { spec: { signer: undefined } })
  shop.proxy.begin({})
  const plan = await shop.obol(['plan'])
  assert.deepEqual([plan.exitCode, codesIn(plan.stdout)], [0, ['OBOL-R002']], seen(plan))
  await applied(shop)
  await soldOnly(shop)
  assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 0)
})

test('behavior: an address is enough to plan; apply warns that nobody signs', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure({ signer: { address: shop.owner.address } })
  shop.proxy.begin({})
  const plan = await shop.obol(['plan'])
  assert.match(plan.stdout, /mints an identity · [\d.]+ to [\d.]+ ETH, wallet holds 1 ETH/)
  const run = await applied(shop)
  assert.match(run.stdout, /– failed +register on base-sepolia\n +OBOL-G007 /)
  await soldOnly(shop)
})

test('behavior: a keystore opens with $OBOL_KEYSTORE_PASSWORD; a plan needs no password', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure({ signer: { keystore: { file: 'owner.json' } } })
  shop.remove('owner.key')
  shop.writeSecret('owner.json', keystoreOf(shop.owner, PASSWORD))
  shop.proxy.begin({})
  assert.match((await shop.obol(['plan'])).stdout, /mints an identity/)
  for (const [env, code] of [
    [{}, 'OBOL-G004'],
    [{ OBOL_KEYSTORE_PASSWORD: 'another' }, 'OBOL-G005'],
  ] as const) {
    const run = await shop.obol(['apply', '--yes'], { env })
    assert.equal(run.exitCode, 0, seen(run))
    assert.ok(codesIn(run.stdout).includes(code), seen(run))
    await soldOnly(shop)
  }
  const run = await shop.obol(['apply', '--yes'], { env: { OBOL_KEYSTORE_PASSWORD: PASSWORD } })
  assert.match(run.stdout, /registered +register on base-sepolia/)
  assert.equal((await shop.minted()).length, 1)
  await assertSettled(shop)
})

test('behavior: the remote signer registers, with its token and in either wire form', async (t) => {
  for (const form of ['strings', 'numbers'] as const) {
    const shop = await openChainShop(t, chain(), { owner: `remote ${form}` })
    const signer = await standInSigner(t, { form, token: 'the-token-of-the-signer' })
    const spec = { id: `remote-${form}`, signer: { remote: { url: signer.url } } }
    const configure = (agentId?: string): void =>
      shop.configure({
        ...spec,
        chains: {
          'base-sepolia': {
            rpc: shop.proxy.url('rpc'),
            confirmations: 1,
            ...(agentId === undefined ? {} : { agentId }),
          },
        },
      })
    configure()
    const refused = await shop.obol(['plan'])
    assert.deepEqual([refused.exitCode, codesIn(refused.stdout).includes('OBOL-G023')], [0, true], seen(refused))
    // The stand-in holds one key: the second workspace of it has to say that it wants an identity of its own.
    if (form === 'numbers') configure('new')
    const env = { REMOTE_SIGNER_TOKEN: 'the-token-of-the-signer' }
    const run = await shop.obol(['apply', '--yes'], { env })
    assert.match(run.stdout, /registered +register on base-sepolia/, seen(run))
    assert.ok(signer.received.some(({ path }) => path === `/api/v1/sign/${TEST_ADDRESS}/transaction`))
    assert.ok(shop.agentId() !== undefined)
    const settled = await shop.obol(['plan', '--exit-code'], { env })
    assert.equal(settled.exitCode, 0, seen(settled))
  }
})

test('behavior: fees above the limit stop all of it; a higher limit lets it go on', async (t) => {
  const shop = await openChainShop(t, chain(), { spec: { limits: { maxFee: '0.0000001' } } })
  shop.proxy.begin({})
  const before = shop.stored()
  const plan = await shop.obol(['plan'])
  assert.deepEqual([plan.exitCode, codesIn(plan.stdout).includes('OBOL-R004')], [6, true], seen(plan))
  for (const args of [
    ['apply', '--yes'],
    ['apply', '--yes', '--json'],
  ]) {
    const run = await shop.obol(args)
    assert.deepEqual([run.exitCode, codesIn(seen(run)).includes('OBOL-R004')], [6, true], seen(run))
  }
  assert.deepEqual([shop.stored() === before, shop.journal(), broadcasts(shop)], [true, '', 0])
  shop.configure({ limits: { maxFee: '0.01' } })
  await applied(shop)
  assert.equal((await shop.minted()).length, 1)
  // What is settled costs nothing, whatever the limit.
  shop.configure({ limits: { maxFee: '0' } })
  await assertSettled(shop)
})

test('behavior: the limit also holds for a change of what is registered', async (t) => {
  const shop = await openChainShop(t, chain())
  await applied(shop)
  shop.configure({ limits: { maxFee: '0.0000001' }, baseUrl: 'https://moved.example.com' })
  shop.write('offers/more.yaml', registered('more'))
  assert.equal((await shop.obol(['plan'])).exitCode, 6)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 6)
  assert.deepEqual([shop.live('more'), await shop.sent()], [undefined, 1])
})

/** What reads. */
const READS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
])

test('default: no form of a plan sends anything, and get and list are enough for it', async (t) => {
  const rules = [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }]
  const shop = await openChainShop(t, chain(), { sandbox: { users: [{ name: 'planner', rules }] } })
  shop.write('planner.kubeconfig', shop.sandbox.kubeconfigOf('planner') ?? '')
  const plans = async (): Promise<void> => {
    shop.proxy.begin({})
    shop.requests.length = 0
    const stored = shop.stored()
    const journal = shop.journal()
    for (const form of [
      [],
      ['--json'],
      ['--all'],
      ['--prune'],
      ['--graph', 'dot'],
      ['--why', 'spec.payment'],
      ['offers'],
    ]) {
      const run = await shop.obol(['plan', ...form, '--kubeconfig', `${shop.folder}/planner.kubeconfig`])
      assert.equal(run.exitCode, 0, seen(run))
    }
    assert.deepEqual(
      methodsOf(shop).filter((method) => !READS.has(method)),
      [],
    )
    assert.ok(shop.proxy.exchanges().length > 0)
    assert.deepEqual(
      shop.requests.filter((request) => !request.startsWith('GET ')),
      [],
    )
    assert.ok(shop.requests.length > 0)
    assert.deepEqual([shop.stored() === stored, shop.journal() === journal], [true, true])
  }
  await plans()
  assert.equal(await shop.sent(), 0)
  await applied(shop)
  await plans()
  shop.configure({ baseUrl: 'https://moved.example.com' })
  await plans()
  assert.equal(await shop.sent(), 1)
})

test('behavior: without an agreement nothing is signed', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.proxy.begin({})
  const run = await shop.obol(['apply'])
  assert.deepEqual([run.exitCode, shop.journal(), broadcasts(shop)], [6, '', 0], seen(run))
})

test('behavior: apply broadcasts one transaction per step that the plan lists', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.proxy.begin({})
  await applied(shop)
  assert.deepEqual([broadcasts(shop), await shop.sent()], [1, 1])
  shop.proxy.begin({})
  await applied(shop)
  assert.deepEqual([broadcasts(shop), await shop.sent()], [0, 1])
})
