import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { type RpcFault, type RpcProxy, startRpcProxy } from '../../tools/chaos/rpc-proxy.ts'

/** A node that answers every call with how many exchanges it has had. */
async function start(t: TestContext): Promise<{ readonly proxy: RpcProxy; readonly seen: () => number }> {
  let seen = 0
  const node = createServer((request, response) => {
    seen += 1
    request.resume().once('end', () => response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: seen })))
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  const bound = node.address()
  assert.ok(bound !== null && typeof bound === 'object')
  const proxy = await startRpcProxy(`http://127.0.0.1:${bound.port}`)
  t.after(async () => {
    await proxy.stop()
    node.closeAllConnections()
    await new Promise((resolve) => node.close(resolve))
  })
  return { proxy, seen: () => seen }
}

async function ask(proxy: RpcProxy, method: string, params: readonly unknown[] = [], client = 'a'): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(proxy.url(client), { method: 'POST', body })
  return response.json()
}

test('default: passes on, counts by client, and records methods and raw transactions', async (t) => {
  const { proxy } = await start(t)
  assert.deepEqual(await ask(proxy, 'eth_chainId'), { jsonrpc: '2.0', id: 1, result: 1 })
  await ask(proxy, 'eth_sendRawTransaction', ['0x02'])
  await ask(proxy, 'eth_chainId', [], 'b')
  assert.deepEqual(proxy.exchanges(), [
    { number: 1, client: 'a', methods: ['eth_chainId'] },
    { number: 2, client: 'a', methods: ['eth_sendRawTransaction'], raw: '0x02' },
    { number: 1, client: 'b', methods: ['eth_chainId'] },
  ])
  proxy.begin({})
  assert.deepEqual(proxy.exchanges(), [])
})

test('behavior: each fault does to the node and to the client what it says', async (t) => {
  const { proxy, seen } = await start(t)
  const error = { kind: 'error', code: -32_000, message: 'already known' } as const
  const cases: readonly (readonly [RpcFault, node: number, answered: boolean])[] = [
    [{ kind: 'cut' }, 0, false],
    [{ kind: 'lose-answer' }, 1, false],
    [{ kind: 'late', ms: 1 }, 1, true],
    [{ kind: 'twice' }, 2, true],
    [{ ...error, delivers: false }, 0, true],
    [{ ...error, delivers: true }, 1, true],
  ]
  for (const [fault, reached, isAnswered] of cases) {
    const before = seen()
    proxy.begin({ onRequest: async () => fault })
    const answer = await ask(proxy, 'eth_x').catch(() => undefined)
    assert.deepEqual([seen() - before, answer !== undefined], [reached, isAnswered], JSON.stringify(fault))
    if (fault.kind === 'error')
      assert.deepEqual(answer, { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'already known' } })
  }
})

test('behavior: an answer can be cut off after the node gave it', async (t) => {
  const { proxy, seen } = await start(t)
  proxy.begin({ onAnswer: async () => 'cut' })
  await assert.rejects(ask(proxy, 'eth_x'))
  assert.equal(seen(), 1)
})
