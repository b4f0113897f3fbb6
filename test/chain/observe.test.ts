import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectOptions } from '../../src/chain/connect-chain.ts'
import { connectChain } from '../../src/chain/connect-chain.ts'
import type { ChainWriter, IdentityQuery } from '../../src/chain/types.ts'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import type { ChainFacts } from '../../src/plan/chain.ts'
import type { FakeNode } from './fake-registry.ts'
import { answerAs, fakeNode, hex, IDEM, OTHER, OWNER, REGISTRY, rangeOf } from './fake-registry.ts'
import type { StubAnswer, StubNode } from './stub-node.ts'
import { startStubNode } from './stub-node.ts'

const QUERY: IdentityQuery = {
  identity: { network: 'anvil', chainId: 31337, registry: REGISTRY, confirmations: 5, metadata: { role: 'seller' } },
  owner: OWNER,
  idem: IDEM,
}

type Use = (chain: ChainWriter, stub: StubNode) => Promise<void>

async function withNode(node: FakeNode, use: Use, options: Partial<ConnectOptions> = {}, batches = true) {
  const stub = await startStubNode((call) => answerAs(node, call), { batches })
  const network = { name: 'anvil', chainId: 31337 }
  const chain = connectChain({ rpcUrl: stub.url, network, registry: REGISTRY, retryMs: 1, ...options })
  try {
    await use(chain, stub)
  } finally {
    await stub.stop()
  }
}

async function factsOf(chain: ChainWriter): Promise<ChainFacts> {
  const reading = await chain.observe(QUERY)
  if (reading.result === 'read') return reading.facts
  throw new Error(reading.diagnostic.message)
}

async function codeOf(chain: ChainWriter): Promise<string> {
  const reading = await chain.observe(QUERY)
  if (reading.result === 'read') throw new Error('expected an unknown reading')
  assert.equal(reading.diagnostic.severity, 'warning')
  assert.ok((reading.diagnostic.hint ?? '').includes('obol plan'))
  return reading.diagnostic.code
}

const TOKENS = [
  { id: 0n, block: 3n, idem: IDEM, metadata: { role: '0x73' } },
  { id: 2n ** 60n + 1n, block: 700n },
  { id: 9n, block: 701n, owner: OTHER, idem: IDEM },
] as const

test('default: everything is read at one block; id 0 and ids above 2^53 keep every digit', async () => {
  await withNode(fakeNode({ tokens: [...TOKENS], pending: 3n }), async (chain, stub) => {
    const facts = await factsOf(chain)
    assert.equal(facts.block.number, 1000n)
    assert.equal(facts.block.timestamp, 0x65n)
    assert.deepEqual(facts.nonce, { latest: 1, pending: 3, settled: 1 })
    assert.deepEqual(facts.fees, { baseFee: 9n, priorityFee: 1_000_000_000n })
    assert.equal(facts.registry.version, '2.0.0')
    assert.deepEqual(
      facts.identities.map(({ agentId, idem }) => [agentId, idem]),
      [
        ['0', IDEM],
        ['1152921504606846977', undefined],
      ],
    )
    assert.deepEqual(facts.identities[0]?.metadata, { role: '0x73' })
    assert.deepEqual(facts.left, [{ agentId: '9', to: OTHER }])
    assert.equal(chain.requestCount(), stub.requests.length)
    // chain id, head, state, settled nonce, logs, identities, head again
    assert.equal(stub.requests.length, 7)
  })
})

test('behavior: the head is read first, the nonces before the logs', async () => {
  await withNode(fakeNode({ tokens: [...TOKENS] }), async (chain, stub) => {
    await factsOf(chain)
    const order = stub.requests.flat()
    assert.ok(order.indexOf('eth_getBlockByNumber') < order.indexOf('eth_getTransactionCount'))
    assert.ok(order.lastIndexOf('eth_getTransactionCount') < order.indexOf('eth_getLogs'))
  })
})

test('behavior: an owner that never sent anything costs no search of the logs', async () => {
  await withNode(fakeNode({ nonce: 0n, pending: 0n }), async (chain, stub) => {
    assert.deepEqual((await factsOf(chain)).identities, [])
    assert.ok(!stub.requests.flat().includes('eth_getLogs'))
  })
})

test('behavior: a node that takes no batches is asked one by one', async () => {
  const use: Use = async (chain, stub) => {
    assert.equal((await factsOf(chain)).identities.length, 2)
    assert.equal(stub.requests.filter((methods) => methods.length > 1).length, 1)
  }
  await withNode(fakeNode({ tokens: [...TOKENS] }), use, {}, false)
})

test('behavior: ranges are halved until the endpoint takes them, and the width is kept', async () => {
  let refused = 0
  const node = fakeNode({
    tokens: [...TOKENS],
    override: (call) => {
      if (call.method !== 'eth_getLogs') return undefined
      const { from, to } = rangeOf(call)
      if (to - from < 100n) return undefined
      refused += 1
      return { error: { code: -32600, message: 'block range is too wide, maximum 100' } }
    },
  })
  await withNode(node, async (chain, stub) => {
    assert.equal((await factsOf(chain)).identities.length, 2)
    assert.equal(refused, 4)
    const first = stub.requests.flat().filter((method) => method === 'eth_getLogs').length
    assert.equal(first, refused + 16)
    await factsOf(chain)
    // Only the last 300 blocks again, at the width that worked.
    assert.equal(stub.requests.flat().filter((method) => method === 'eth_getLogs').length, first + 5)
  })
})

test('behavior: a 413, a 504 and too many results halve the range too', async () => {
  const slow: (StubAnswer | undefined)[] = [
    { status: 413, body: '' },
    { status: 504, body: '' },
    { error: { code: -32005, message: 'query returned more than 10000 results' } },
  ]
  const node = fakeNode({
    tokens: [...TOKENS],
    override: ({ method }) => (method === 'eth_getLogs' ? slow.shift() : undefined),
  })
  await withNode(node, async (chain) => assert.equal((await factsOf(chain)).identities.length, 2))
})

test('behavior: a node that keeps no old state gives the settled nonce of the oldest it has', async () => {
  const asked: bigint[] = []
  const node = fakeNode({
    override: ({ method, params }) => {
      const [, at] = params
      if (method !== 'eth_getTransactionCount' || at === 'pending') return undefined
      asked.push(BigInt(String(at)))
      return BigInt(String(at)) < 998n ? { error: { code: -32000, message: 'missing trie node abc' } } : undefined
    },
  })
  await withNode(node, async (chain) => assert.equal((await factsOf(chain)).nonce.settled, 1))
  assert.deepEqual(asked, [1000n, 996n, 998n])
})

test('behavior: on a chain shorter than the confirmations the settled nonce is that of block 0', async () => {
  const node = fakeNode({
    head: 2n,
    override: ({ method, params }) =>
      method === 'eth_getTransactionCount' && params[1] === '0x0' ? { result: '0x0' } : undefined,
  })
  await withNode(node, async (chain) => assert.equal((await factsOf(chain)).nonce.settled, 0))
})

test('behavior: a block that is replaced while it is read is read again', async () => {
  let reads = 0
  const node = fakeNode({ hashOf: () => hex(BigInt(++reads < 3 ? reads : 3), 32) })
  await withNode(node, async (chain) => assert.equal((await factsOf(chain)).block.hash, hex(3n, 32)))
})

test('behavior: passing failures of a read are tried again', async () => {
  const passing: StubAnswer[] = [
    { status: 503, body: 'busy' },
    { status: 429, body: '' },
  ]
  await withNode(fakeNode({ override: () => passing.shift() }), async (chain) => {
    assert.equal((await factsOf(chain)).block.number, 1000n)
  })
  const lagging: StubAnswer[] = [{ error: { code: -32000, message: 'header not found' } }]
  const node = fakeNode({ override: ({ method }) => (method === 'eth_getBalance' ? lagging.shift() : undefined) })
  await withNode(node, async (chain) => assert.equal((await factsOf(chain)).balance, 100n))
})

test('error: a balance that the logs do not account for is unknown after three readings', async () => {
  await withNode(fakeNode({ balance: 1n }), async (chain, stub) => {
    assert.equal(await codeOf(chain), CHAIN_ERRORS.INCOMPLETE_LOGS.code)
    assert.equal(stub.requests.flat().filter((method) => method === 'eth_getLogs').length, 3)
  })
})

const UNKNOWN: readonly (readonly [string, Partial<FakeNode>, { readonly code: string }, Partial<ConnectOptions>?])[] =
  [
    ['another chain', { chainId: 1n }, CHAIN_ERRORS.OTHER_CHAIN],
    ['no code', { code: '0x' }, CHAIN_ERRORS.NO_REGISTRY],
    ['another version', { version: '3.0.0' }, CHAIN_ERRORS.UNEXPECTED_REGISTRY],
    [
      'no version',
      {
        override: ({ method }) =>
          method === 'eth_call' ? { error: { code: 3, message: 'execution reverted' } } : undefined,
      },
      CHAIN_ERRORS.UNEXPECTED_REGISTRY,
    ],
    ['rate limits', { override: () => ({ status: 429, body: '' }) }, CHAIN_ERRORS.RATE_LIMITED],
    [
      'rate limits in words',
      { override: () => ({ error: { code: -32005, message: 'daily request count exceeded' } }) },
      CHAIN_ERRORS.RATE_LIMITED,
    ],
    ['a failing gateway', { override: () => ({ status: 502, body: '<html>' }) }, CHAIN_ERRORS.UNREACHABLE],
    ['no permission', { override: () => ({ status: 403, body: '{}' }) }, CHAIN_ERRORS.UNAUTHORIZED],
    ['a redirect', { override: () => ({ status: 307, body: '' }) }, CHAIN_ERRORS.BAD_ANSWER],
    ['not JSON', { override: () => ({ status: 200, body: '<html>' }) }, CHAIN_ERRORS.BAD_ANSWER],
    ['a chain id that is none', { override: () => ({ result: 'mainnet' }) }, CHAIN_ERRORS.BAD_ANSWER],
    [
      'logs of another contract',
      {
        tokens: [...TOKENS],
        override: ({ method }) =>
          method === 'eth_getLogs' ? { result: [{ address: OTHER, topics: [], data: '0x' }] } : undefined,
      },
      CHAIN_ERRORS.BAD_ANSWER,
    ],
    [
      'ranges of one block only',
      {
        override: (call) => {
          if (call.method !== 'eth_getLogs' || rangeOf(call).from === rangeOf(call).to) return undefined
          return { error: { code: -32600, message: 'exceed maximum block range: 1' } }
        },
      },
      CHAIN_ERRORS.TOO_MANY_LOGS,
      { scan: { maxRequests: 50 } },
    ],
  ]

for (const [what, changes, { code }, options] of UNKNOWN) {
  test(`error: ${what} makes the reading unknown`, async () => {
    await withNode(fakeNode(changes), async (chain) => assert.equal(await codeOf(chain), code), options)
  })
}

test('error: no answer in time, and nobody listening', async () => {
  const stub = await startStubNode(() => undefined)
  const network = { name: 'anvil', chainId: 31337 }
  const chain = connectChain({ rpcUrl: stub.url, network, registry: REGISTRY, retryMs: 1, timeoutMs: 50 })
  assert.equal(await codeOf(chain), CHAIN_ERRORS.TIMED_OUT.code)
  await stub.stop()
  assert.equal(await codeOf(chain), CHAIN_ERRORS.UNREACHABLE.code)
  assert.equal(chain.requestCount(), 4)
})

test('error: an interrupted observation is unknown', async () => {
  const stop = new AbortController()
  const node = fakeNode({
    override: ({ method }) => {
      if (method === 'eth_getLogs') stop.abort()
      return undefined
    },
  })
  await withNode(node, async (chain) => {
    const reading = await chain.observe(QUERY, stop.signal)
    assert.equal(reading.result === 'unknown' && reading.diagnostic.code, CHAIN_ERRORS.INTERRUPTED.code)
    // The connection outlives the signal.
    assert.equal((await chain.head()).number, 1000n)
  })
})
