import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectOptions } from '../../src/chain/connect-chain.ts'
import { connectChain } from '../../src/chain/connect-chain.ts'
import type { ChainWriter, IdentityQuery } from '../../src/chain/types.ts'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import type { ChainFacts } from '../../src/plan/chain.ts'
import type { FakeNode } from './fake-registry.ts'
import { answerAs, fakeNode, hashIn, hex, IDEM, OTHER, OWNER, REGISTRY, rangeOf } from './fake-registry.ts'
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
    // chain id, head, state, old block, settled nonce, logs, logs of the head, identities, head again
    assert.equal(stub.requests.length, 9)
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
    // Those before the head in 16 pieces, and the head.
    assert.equal(first, refused + 16 + 1)
    await factsOf(chain)
    // Only the last 300 blocks again, at the width that worked, and the head.
    assert.equal(stub.requests.flat().filter((method) => method === 'eth_getLogs').length, first + 5 + 1)
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

/** Answers calls about the state of a block by its number. */
function stateAt(answer: (block: bigint) => StubAnswer | undefined): Partial<FakeNode> {
  return {
    override: (call) => {
      const hash = hashIn(call)
      return call.method !== 'eth_getTransactionCount' || hash === undefined ? undefined : answer(BigInt(hash))
    },
  }
}

test('behavior: the settled nonce is that of the block as deep as finality wants, by its hash', async () => {
  const asked: bigint[] = []
  const changes = stateAt((block) => {
    asked.push(block)
    return { result: block === 996n ? '0x1' : '0x2' }
  })
  await withNode(fakeNode(changes), async (chain) =>
    assert.deepEqual((await factsOf(chain)).nonce, { latest: 2, pending: 2, settled: 1 }),
  )
  assert.deepEqual(asked, [1000n, 996n])
})

for (const [what, changes] of [
  [
    'no old state',
    stateAt((block) => (block < 998n ? { error: { code: -32000, message: 'missing trie node abc' } } : undefined)),
  ],
  ['no old block', blockByNumber({ result: null })],
  ['pruned history', blockByNumber({ error: { code: 4444, message: 'pruned history unavailable' } })],
] satisfies [string, Partial<FakeNode>][]) {
  test(`error: with ${what} nothing is known to be final, so the reading is unknown`, async () => {
    await withNode(fakeNode(changes), async (chain) => {
      const reading = await chain.observe(QUERY)
      assert.ok(reading.result === 'unknown')
      assert.equal(reading.diagnostic.code, CHAIN_ERRORS.OLD_STATE.code)
      assert.match(reading.diagnostic.message, /last 5 blocks, or lower spec\.chains\.anvil\.confirmations/)
    })
  })
}

function blockByNumber(answer: StubAnswer): Partial<FakeNode> {
  return {
    override: ({ method, params }) =>
      method === 'eth_getBlockByNumber' && params[0] === hex(996n) ? answer : undefined,
  }
}

test('behavior: on a chain shorter than the confirmations the settled nonce is that of block 0', async () => {
  const node = fakeNode({
    head: 2n,
    ...stateAt((block) => (block === 0n ? { result: '0x0' } : undefined)),
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
    assert.equal(stub.requests.flat().filter((method) => method === 'eth_getLogs').length, 3 * 2)
  })
})

test('behavior: state is asked for by the hash of the head, and so are the logs of the head', async () => {
  const bare: string[] = []
  const byHash = new Map<string, Set<string | undefined>>()
  const node = fakeNode({
    tokens: [...TOKENS],
    override: (call) => {
      const hash = hashIn(call)
      if (hash === undefined) bare.push(`${call.method} ${JSON.stringify(call.params.at(-1))}`)
      else byHash.set(call.method, new Set([...(byHash.get(call.method) ?? []), hash]))
      return undefined
    },
  })
  await withNode(node, async (chain) => assert.equal((await factsOf(chain)).identities.length, 2))
  const head = new Set([hex(1000n, 32)])
  for (const method of ['eth_call', 'eth_getCode', 'eth_getBalance', 'eth_getLogs']) {
    assert.deepEqual(byHash.get(method), head, method)
  }
  assert.deepEqual(byHash.get('eth_getTransactionCount'), new Set([...head, hex(996n, 32)]))
  const state = bare.filter((call) => /eth_(?:call|getCode|getBalance|getTransactionCount)/.test(call))
  assert.deepEqual(state, ['eth_getTransactionCount "pending"'])
})

test('behavior: a node that has not got the head yet is asked again; one that never gets it makes no reading', async () => {
  const unknown = { error: { code: -32000, message: 'header for hash not found' } }
  let left = 5
  const slow = fakeNode({
    tokens: [...TOKENS],
    override: (call) => (call.method === 'eth_call' && left-- > 0 ? unknown : undefined),
  })
  await withNode(slow, async (chain) => assert.equal((await factsOf(chain)).identities.length, 2))
  for (const method of ['eth_call', 'eth_getTransactionCount', 'eth_getLogs']) {
    const stale = fakeNode({
      tokens: [...TOKENS],
      override: (call) => (call.method === method && hashIn(call) !== undefined ? unknown : undefined),
    })
    await withNode(stale, async (chain) => assert.equal(await codeOf(chain), CHAIN_ERRORS.HEADS_DIFFER.code))
  }
})

test('error: an endpoint that does not understand a block hash is not asked by number instead', async () => {
  const refusals = [
    { code: -32602, message: 'invalid argument 1: json: cannot unmarshal object into Go value of type string' },
    { code: -32000, message: 'Invalid block: expected a hex string' },
  ]
  for (const error of refusals) {
    const node = fakeNode({ override: (call) => (hashIn(call) === undefined ? undefined : { error }) })
    await withNode(node, async (chain) => {
      const reading = await chain.observe(QUERY)
      assert.ok(reading.result === 'unknown')
      assert.equal(reading.diagnostic.code, CHAIN_ERRORS.NO_BLOCK_HASH.code)
      assert.equal(reading.diagnostic.hint, 'OBOL_RPC_ANVIL=<url> obol plan')
    })
  }
})

/** Ours, minted and given away; the registry's first token is older and another's. */
const GIVEN_AWAY = [
  { id: 0n, block: 2n, owner: OTHER, minter: OTHER },
  { id: 5n, block: 3n, owner: OTHER, idem: IDEM },
] as const

test('behavior: who holds nothing may mint when the endpoint shows the oldest log, or when there is no token', async () => {
  const [oldest] = GIVEN_AWAY
  await withNode(fakeNode({ tokens: [oldest] }), async (chain, stub) => {
    assert.deepEqual((await factsOf(chain)).left, [])
    const count = () => stub.requests.flat().filter((method) => method === 'eth_getLogs').length
    const first = count()
    assert.equal(first, 3)
    await factsOf(chain)
    assert.equal(count(), first + 2, 'shown once is enough')
  })
  await withNode(fakeNode({ tokens: [{ ...oldest, block: 1000n }] }), async (chain) =>
    assert.deepEqual((await factsOf(chain)).identities, []),
  )
  await withNode(fakeNode({ firstLog: 900n }), async (chain) => assert.deepEqual((await factsOf(chain)).left, []))
  await withNode(fakeNode({ tokens: [...GIVEN_AWAY] }), async (chain) =>
    assert.deepEqual((await factsOf(chain)).left, [{ agentId: '5', to: OTHER }]),
  )
})

test('error: who holds nothing is unknown to an endpoint without old logs', async () => {
  await withNode(fakeNode({ tokens: [...GIVEN_AWAY], firstLog: 900n }), async (chain) =>
    assert.equal(await codeOf(chain), CHAIN_ERRORS.INCOMPLETE_LOGS.code),
  )
})

test('error: so is who holds another one: ours may have gone in the logs that are kept back', async () => {
  const another = { id: 7n, block: 950n, owner: OWNER }
  await withNode(fakeNode({ tokens: [...GIVEN_AWAY, another], firstLog: 900n }), async (chain) =>
    assert.equal(await codeOf(chain), CHAIN_ERRORS.INCOMPLETE_LOGS.code),
  )
  await withNode(fakeNode({ tokens: [...GIVEN_AWAY, another] }), async (chain) =>
    assert.deepEqual((await factsOf(chain)).left, [{ agentId: '5', to: OTHER }]),
  )
})

const noLogs = ({ method }: { readonly method: string }): StubAnswer | undefined =>
  method === 'eth_getLogs' ? { error: { code: -32600, message: 'up to a 10 block range is allowed' } } : undefined

test('behavior: known identities that are all the owner holds need no logs', async () => {
  await withNode(fakeNode({ tokens: [...TOKENS], override: noLogs }), async (chain) => {
    const reading = await chain.observe({
      ...QUERY,
      known: ['9', String(2n ** 60n + 1n), '0', '0', '77', 'x', '9'.repeat(78)],
    })
    assert.ok(reading.result === 'read', reading.result === 'unknown' ? reading.diagnostic.message : '')
    assert.deepEqual(
      reading.facts.identities.map(({ agentId }) => agentId),
      ['0', '1152921504606846977'],
    )
    assert.deepEqual(reading.facts.left, [{ agentId: '9', to: OTHER }])
  })
})

test('behavior: known identities that are not all lead to the logs, and are not counted twice', async () => {
  await withNode(fakeNode({ tokens: [...TOKENS] }), async (chain) => {
    const reading = await chain.observe({ ...QUERY, known: ['0'] })
    assert.ok(reading.result === 'read')
    assert.equal(reading.facts.identities.length, 2)
    assert.equal(reading.facts.left.length, 1)
  })
  const none = fakeNode({ tokens: [TOKENS[2]], override: noLogs })
  await withNode(none, async (chain) => {
    const reading = await chain.observe({ ...QUERY, known: [] })
    assert.equal(reading.result, 'unknown')
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
