import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { encodeErrorResult, keccak256 } from 'viem/utils'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import type { ConnectOptions } from '../../src/chain/connect-chain.ts'
import { connectChain } from '../../src/chain/connect-chain.ts'
import type { ChainWriter } from '../../src/chain/types.ts'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import type { FakeNode } from './fake-registry.ts'
import { answerAs, fakeNode, hex, IDEM, OTHER, OWNER, REGISTRY } from './fake-registry.ts'
import type { StubAnswer, StubNode } from './stub-node.ts'
import { startStubNode } from './stub-node.ts'

const RAW = '0x02f8'
const HASH = keccak256(RAW)
const CALL = { from: OWNER, to: REGISTRY, data: '0x1aa3a008' } as const
const IDENTITY = { network: 'anvil', chainId: 31337, registry: REGISTRY, confirmations: 1, metadata: {} }

async function withNode(
  changes: Partial<FakeNode>,
  use: (chain: ChainWriter, stub: StubNode) => Promise<void>,
  options: Partial<ConnectOptions> = {},
): Promise<void> {
  const node = fakeNode(changes)
  const stub = await startStubNode((call) => answerAs(node, call))
  const network = { name: 'anvil', chainId: 31337 }
  try {
    await use(connectChain({ rpcUrl: stub.url, network, registry: REGISTRY, retryMs: 1, ...options }), stub)
  } finally {
    await stub.stop()
  }
}

function on(method: string, answer: StubAnswer): Partial<FakeNode> {
  return { override: (call) => (call.method === method ? answer : undefined) }
}

const SENT: readonly (readonly [StubAnswer, string])[] = [
  [{ result: HASH }, 'accepted'],
  [{ error: { code: -32000, message: 'already known' } }, 'accepted'],
  [{ error: { code: -32003, message: 'transaction already imported' } }, 'accepted'],
  [{ error: { code: -32000, message: 'nonce too low: next nonce 5, tx nonce 4' } }, 'nonce-spent'],
  [{ error: { code: -32000, message: 'replacement transaction underpriced' } }, 'underpriced'],
  [{ error: { code: -32000, message: 'insufficient funds for gas * price + value' } }, 'refused'],
]

for (const [answer, result] of SENT) {
  test(`default: a broadcast answered by ${JSON.stringify(answer).slice(0, 60)} is ${result}`, async () => {
    await withNode(on('eth_sendRawTransaction', answer), async (chain, stub) => {
      assert.equal((await chain.send(RAW)).result, result)
      assert.deepEqual(stub.requests, [['eth_chainId'], ['eth_sendRawTransaction']])
    })
  })
}

for (const answer of [
  { status: 503, body: '' },
  { status: 429, body: '' },
  { result: hex(1n, 32) },
] satisfies StubAnswer[]) {
  test(`error: a broadcast answered by ${JSON.stringify(answer).slice(0, 30)} rejects and is never repeated`, async () => {
    await withNode(on('eth_sendRawTransaction', answer), async (chain, stub) => {
      await assert.rejects(chain.send(RAW), { name: 'ObolError' })
      assert.equal(stub.requests.flat().filter((method) => method === 'eth_sendRawTransaction').length, 1)
    })
  })
}

test('error: nothing is sent to another chain', async () => {
  await withNode({ chainId: 1n }, async (chain, stub) => {
    await assert.rejects(chain.send(RAW), { code: CHAIN_ERRORS.OTHER_CHAIN.code })
    assert.deepEqual(stub.requests, [['eth_chainId']])
  })
})

const RECEIPT = {
  transactionHash: HASH,
  blockHash: hex(7n, 32),
  blockNumber: '0x7',
  status: '0x1',
  gasUsed: '0xa',
  effectiveGasPrice: '0x3',
  l1Fee: '0x5',
  logs: [
    { address: OTHER.toLowerCase(), topics: [hex(1n, 32)], data: '0x' },
    { address: REGISTRY.toLowerCase(), topics: [hex(2n, 32)], data: '0x' },
  ],
}

test('default: a receipt has the whole fee and the logs of the registry', async () => {
  await withNode(on('eth_getTransactionReceipt', { result: RECEIPT }), async (chain) => {
    assert.deepEqual(await chain.receipt(HASH), {
      hash: HASH,
      status: 'success',
      blockNumber: 7n,
      blockHash: hex(7n, 32),
      fee: 35n,
      logs: [{ address: REGISTRY, topics: [hex(2n, 32)], data: '0x' }],
    })
  })
})

test('behavior: a receipt of a discarded block, of a block yet unknown, or of none is no receipt', async () => {
  const discarded = { ...RECEIPT, blockHash: hex(8n, 32) }
  const ahead = { ...RECEIPT, blockNumber: '0x7777', blockHash: hex(0x7777n, 32) }
  const pending = { ...RECEIPT, blockNumber: null, blockHash: null }
  for (const result of [discarded, ahead, pending, null]) {
    await withNode(on('eth_getTransactionReceipt', { result }), async (chain) => {
      assert.equal(await chain.receipt(HASH), undefined)
    })
  }
})

test('behavior: a revert is a result, with its reason in words', async () => {
  const abi = REGISTRY_ABI
  const data = encodeErrorResult({ abi, errorName: 'ERC721InvalidReceiver', args: [OWNER] })
  await withNode(on('eth_call', { error: { code: 3, message: 'execution reverted', data } }), async (chain) => {
    assert.deepEqual(await chain.simulate(CALL), { result: 'reverted', reason: `ERC721InvalidReceiver(${OWNER})` })
  })
})

test('behavior: on an OP-stack chain the L1 fee of the whole transaction is asked for', async () => {
  let oracleCalls = 0
  const changes: Partial<FakeNode> = {
    override: ({ method, params }) => {
      if (method === 'eth_estimateGas') return { result: '0x5208' }
      if (method !== 'eth_call') return undefined
      const [{ to }] = params as readonly [{ to: string }]
      if (to === REGISTRY) return { result: hex(4n, 32) }
      oracleCalls += 1
      return { result: hex(1234n, 32) }
    },
  }
  const expected = { result: 'success', returned: hex(4n, 32), gas: 21_000n }
  await withNode(changes, async (chain) => assert.deepEqual(await chain.simulate(CALL), { ...expected, l1Fee: 0n }))
  assert.equal(oracleCalls, 0)
  const network = { name: 'anvil', chainId: 31337, opStack: true }
  await withNode(
    changes,
    async (chain) => assert.deepEqual(await chain.simulate(CALL), { ...expected, l1Fee: 1234n }),
    { network },
  )
})

test('behavior: fees have a fallback where the node names none, and a floor', async () => {
  const none = { error: { code: -32601, message: 'method not found' } }
  const changes = { override: ({ method }: { method: string }) => (/Fee/.test(method) ? none : undefined) }
  await withNode(changes, async (chain) => {
    assert.deepEqual(await chain.fees(), { baseFee: 9n, priorityFee: 1_000_000_000n })
  })
  await withNode(on('eth_maxPriorityFeePerGas', { result: '0x0' }), async (chain) => {
    assert.deepEqual(await chain.fees(), { baseFee: 9n, priorityFee: 1_000_000n })
  })
})

test('behavior: on a chain that only stands in for an OP-stack one nothing is taken for L1', async () => {
  const network = { name: 'anvil', chainId: 31337, opStack: true }
  const answering = (oracle: StubAnswer): Partial<FakeNode> => ({
    override: ({ method, params }) => {
      if (method === 'eth_estimateGas') return { result: '0x5208' }
      if (method !== 'eth_call') return undefined
      const [{ to }] = params as readonly [{ to: string }]
      return to === REGISTRY ? { result: hex(4n, 32) } : oracle
    },
  })
  await withNode(
    answering({ result: '0x' }),
    async (chain) => {
      const simulated = await chain.simulate(CALL)
      assert.equal(simulated.result === 'success' && simulated.l1Fee, 0n)
    },
    { network },
  )
  await withNode(
    answering({ error: { code: -32000, message: 'busy' } }),
    async (chain) => assert.rejects(chain.simulate(CALL), { code: CHAIN_ERRORS.REFUSED.code }),
    { network },
  )
})

test('behavior: a block that the node has thrown away is undefined', async () => {
  for (const answer of [{ result: null }, { error: { code: 4444, message: 'pruned history unavailable' } }]) {
    await withNode(on('eth_getBlockByNumber', answer), async (chain) => assert.equal(await chain.block(0n), undefined))
  }
})

test('error: a broadcast goes out once, even when its answer looks like that of a server without batches', async () => {
  const methods: unknown[] = []
  const sending: typeof fetch = async (url, init) => {
    const { method } = JSON.parse(String(init?.body))
    methods.push(method)
    if (method === 'eth_sendRawTransaction') throw new Error('Expected something else')
    return fetch(url, init)
  }
  const use = async (chain: ChainWriter) => {
    await assert.rejects(chain.send(RAW), { code: CHAIN_ERRORS.BAD_ANSWER.code })
  }
  await withNode({}, use, { fetch: sending })
  assert.deepEqual(methods, ['eth_chainId', 'eth_sendRawTransaction'])
})

test('behavior: the chain id is asked for once', async () => {
  await withNode({}, async (chain, stub) => {
    await Promise.all([chain.head(), chain.fees(), chain.block(7n)])
    assert.equal(stub.requests.flat().filter((method) => method === 'eth_chainId').length, 1)
    assert.equal(await chain.block(1001n), undefined)
  })
})

test('behavior: the hook is told of every request before and after', async () => {
  const seen: string[] = []
  const requestHook: ConnectOptions['requestHook'] = ({ phase, methods }) => void seen.push(`${phase} ${methods}`)
  await withNode({}, async (chain) => assert.equal((await chain.head()).baseFee, 8n), { requestHook })
  assert.deepEqual(
    seen,
    ['eth_chainId', 'eth_getBlockByNumber'].flatMap((name) => [`before ${name}`, `after ${name}`]),
  )
})

test('error: a URL that is none is refused without repeating it', () => {
  for (const rpcUrl of ['wss://host/v2/s3cr3t', 's3cr3t', 'file:///s3cr3t', '']) {
    assert.throws(
      () => connectChain({ rpcUrl, network: { name: 'anvil', chainId: 1 }, registry: REGISTRY }),
      (error) => !inspect(error, { depth: 9 }).includes('s3cr3t') && inspect(error).includes(CHAIN_ERRORS.BAD_URL.code),
    )
  }
})

test('error: nothing secret of a URL is in any text, even where the node repeats it', async () => {
  const secrets = ['alice%40home', 'alice@home', 'pa55word', 'Kk3yInThePath', 'q-u-e-r-y', 'YWxpY2VAaG9tZTpwYTU1d29yZA']
  const echo = secrets.join(' | ')
  const answers: StubAnswer[] = [
    { error: { code: -32000, message: echo } },
    { error: { code: 3, message: `execution reverted: ${echo}` } },
    { error: { code: -32000, message: `nonce too low ${echo}` } },
    { status: 401, body: echo },
    { status: 500, body: echo },
    { status: 200, body: echo },
  ]
  for (const answer of answers) {
    const node = fakeNode({ override: ({ method }) => (method === 'eth_chainId' ? undefined : answer) })
    const stub = await startStubNode((call) => answerAs(node, call))
    const rpcUrl = `http://alice%40home:pa55word@127.0.0.1:${stub.port}/v2/Kk3yInThePath?apikey=q-u-e-r-y`
    const network = { name: 'anvil', chainId: 31337 }
    const chain = connectChain({ rpcUrl, network, registry: REGISTRY, retryMs: 1 })
    const query = { identity: IDENTITY, owner: OWNER, idem: IDEM }
    const calls = [chain.head(), chain.send(RAW), chain.simulate(CALL), chain.observe(query), chain.receipt(HASH)]
    const said = inspect(await Promise.allSettled(calls), { depth: 9, showHidden: true })
    assert.equal(stub.headers[0]?.authorization, 'Basic YWxpY2VAaG9tZTpwYTU1d29yZA==')
    await stub.stop()
    const gone = inspect(await Promise.allSettled([chain.head(), chain.send(RAW)]), { depth: 9, showHidden: true })
    for (const secret of secrets)
      assert.ok(!said.includes(secret) && !gone.includes(secret), `${secret} in ${said}${gone}`)
    assert.ok(said.includes(`http://127.0.0.1:${stub.port}`))
  }
})
