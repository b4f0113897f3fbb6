import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import { startChain } from '../../src/sandbox/chain/start-chain.ts'
import type { Hex } from '../../src/util/hex.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'
import type { CliRun } from '../support/run-cli.ts'
import {
  answerAll,
  answerSome,
  asked,
  assertRegisters,
  assertShown,
  assertTrouble,
  onChain,
  openRegisterShop,
  type RegisterShop,
  type RpcCall,
  type RpcFault,
  records,
} from './register-bad-shop.ts'
import { OTHER_PAYEE } from './shop.ts'

const C = CHAIN_ERRORS

test('error: another chain behind the RPC URL', async (t) => {
  const shop = await openRegisterShop(t)
  const other = await startChain({ chainId: 1 })
  t.after(() => other.stop())
  shop.rpc.target = other.rpcUrl
  await assertTrouble(shop, { name: 'other-chain', planCode: C.OTHER_CHAIN.code, applyCode: C.OTHER_CHAIN.code })
  shop.rpc.target = shop.chain.rpcUrl
  await assertRegisters(shop)
})

test('error: no contract at the address of the registry', async (t) => {
  const shop = await openRegisterShop(t)
  const code = await registryCode(shop)
  await shop.control.setCode(shop.chain.registry, '0x')
  await assertTrouble(shop, { name: 'no-registry', planCode: C.NO_REGISTRY.code, applyCode: C.NO_REGISTRY.code })
  await shop.control.setCode(shop.chain.registry, code)
  await assertRegisters(shop)
})

/** Runtime code that returns the text "3.0.0" whatever is asked, and code that reverts. */
const VERSION_3 = '0x6020600052600560205264332e302e3060d81b60405260606000f3'
const REVERTING = '0x60006000fd'

test('error: other code at the address of the registry', async (t) => {
  const shop = await openRegisterShop(t)
  const code = await registryCode(shop)
  const expected = { planCode: C.UNEXPECTED_REGISTRY.code, applyCode: C.UNEXPECTED_REGISTRY.code }
  await shop.control.setCode(shop.chain.registry, VERSION_3)
  await assertTrouble(shop, { name: 'registry-3', ...expected })
  await shop.control.setCode(shop.chain.registry, REVERTING)
  await assertTrouble(shop, { name: 'registry-without-version', ...expected })
  await shop.control.setCode(shop.chain.registry, code)
  await assertRegisters(shop)
})

const broken: readonly (readonly [name: string, what: string, code: string, fault: RpcFault])[] = [
  ['rate-limited', 'HTTP 429', C.RATE_LIMITED.code, (_, response) => say(response, 429, 'slow down')],
  ['html', 'HTML instead of JSON', C.BAD_ANSWER.code, (_, response) => say(response, 200, '<html>Welcome</html>')],
  ['truncated', 'truncated JSON', C.BAD_ANSWER.code, (_, response) => say(response, 200, '[{"jsonrpc":"2.0","id":1,')],
  ['null', 'null for everything', C.BAD_ANSWER.code, (calls, r) => answerAll(calls, r, () => ({ result: null }))],
  ['bad-gateway', 'HTTP 502', C.UNREACHABLE.code, (_, response) => say(response, 502, '<h1>Bad gateway</h1>')],
  ['unauthorized', 'HTTP 401', C.UNAUTHORIZED.code, (_, response) => say(response, 401, 'who are you')],
]

for (const [name, what, code, fault] of broken) {
  test(`error: the RPC endpoint answers ${what}`, async (t) => {
    const shop = await openRegisterShop(t)
    shop.rpc.fault = fault
    await assertTrouble(shop, { name: `rpc-${name}`, planCode: code, applyCode: code })
    shop.rpc.fault = undefined
    await assertRegisters(shop)
  })
}

test('error: the RPC endpoint never answers', async (t) => {
  const shop = await openRegisterShop(t)
  const restore = hurried(t)
  shop.rpc.fault = () => true
  await assertTrouble(shop, { name: 'rpc-silent', planCode: C.TIMED_OUT.code, applyCode: C.TIMED_OUT.code })
  shop.rpc.fault = undefined
  restore()
  await assertRegisters(shop)
})

test('behavior: an RPC endpoint that answers late is waited for', async (t) => {
  const shop = await openRegisterShop(t)
  shop.rpc.fault = async () => {
    await delay(50)
    return false
  }
  await assertRegisters(shop)
})

test('error: the RPC endpoint is gone when apply begins', async (t) => {
  const shop = await openRegisterShop(t)
  const plan = await shop.plan()
  assert.match(plan.stdout, /mints an identity/)
  shop.rpc.fault = (_, response) => cut(response)
  await assertTrouble(shop, { name: 'rpc-gone', planCode: C.UNREACHABLE.code, applyCode: C.UNREACHABLE.code })
  shop.rpc.fault = undefined
  await assertRegisters(shop)
})

test('error: the RPC endpoint is gone after the plan of the apply', async (t) => {
  const shop = await openRegisterShop(t)
  let exchanges = 0
  const inPlan = await exchangesOf(shop)
  shop.rpc.fault = (_, response) => {
    exchanges += 1
    return exchanges > 2 * inPlan ? cut(response) : false
  }
  await assertTrouble(shop, { name: 'rpc-gone-after-plan', applyCode: C.UNREACHABLE.code })
  shop.rpc.fault = undefined
  await assertRegisters(shop)
})

test('error: the RPC endpoint is gone when the transaction is sent', async (t) => {
  const shop = await openRegisterShop(t)
  let isGone = false
  shop.rpc.fault = (calls, response) => {
    isGone ||= calls.some(({ method }) => method === 'eth_sendRawTransaction')
    return isGone ? cut(response) : false
  }
  const run = await shop.apply()
  assert.equal(run.exitCode, 0)
  assertShown(shop, 'rpc-gone-when-sent', resultOf(run))
  assert.equal(records(shop, 'tx-signed').length, 1)
  assert.deepEqual(await onChain(shop), { mined: 0, pending: 0, agentIds: [] })
  shop.rpc.fault = undefined
  await assertRegisters(shop)
  assert.equal(records(shop, 'tx-signed').length, 1, 'the recorded transaction was sent, no second one')
})

test('error: the answer to the transaction is lost', async (t) => {
  const shop = await openRegisterShop(t)
  let isGone = false
  shop.rpc.fault = async (calls, response) => {
    const [first] = calls
    if (!isGone && first?.method === 'eth_sendRawTransaction') {
      isGone = true
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: first.method, params: first.params })
      await fetch(shop.rpc.target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    }
    return isGone ? cut(response) : false
  }
  const run = await shop.apply()
  assert.equal(run.exitCode, 0)
  assertShown(shop, 'rpc-answer-lost', resultOf(run))
  assert.deepEqual(await onChain(shop), { mined: 1, pending: 1, agentIds: ['0'] })
  shop.rpc.fault = undefined
  await assertRegisters(shop)
  assert.equal(records(shop, 'tx-signed').length, 1)
})

test('behavior: a limit on requests that is met in the middle of an apply is waited for', async (t) => {
  const shop = await openRegisterShop(t)
  let simulations = 0
  shop.rpc.fault = (calls, response) => {
    if (!calls.some(({ method }) => method === 'eth_estimateGas')) return false
    simulations += 1
    // The first is the plan's; a read is tried three times.
    return simulations > 1 && simulations < 5 ? say(response, 429, 'slow down') : false
  }
  const run = await shop.obol(['apply', '--yes', '--wait', '60'])
  assert.equal(run.exitCode, 0, run.stdout)
  assert.equal(shop.agentId(), '0', run.stdout)
  await assertRegisters(shop)
  assert.equal(simulations > 4, true)
})

test('behavior: of two nodes behind one URL one is three blocks behind', async (t) => {
  const shop = await openRegisterShop(t)
  await usedOwner(shop)
  let turn = 0
  const lagging = behind(shop, 3)
  shop.rpc.fault = (calls, response) => {
    turn += 1
    return turn % 2 === 0 && lagging(calls, response)
  }
  for (let i = 0; i < 4; i += 1) {
    const run = await shop.apply()
    assert.equal(run.exitCode, 0, run.stdout)
    await shop.control.mine(2)
  }
  assert.deepEqual((await onChain(shop)).agentIds, ['0'], 'whatever the nodes say, one is bought')
  shop.rpc.fault = undefined
  await assertRegisters(shop)
})

test('behavior: logs are read in pieces where the endpoint refuses wide ranges', async (t) => {
  const shop = await openRegisterShop(t)
  await usedOwner(shop)
  const seen: number[] = []
  shop.rpc.fault = answerSome(shop, ({ method, params }) => {
    if (method !== 'eth_getLogs') return undefined
    const width = widthOf(params)
    seen.push(width)
    return width > 10 ? { error: { code: -32_005, message: 'query returned more than 10000 results' } } : undefined
  })
  await assertRegisters(shop)
  assert.equal(Math.max(...seen) > 10 && Math.min(...seen) <= 10, true)
})

test('error: logs are refused altogether', async (t) => {
  const shop = await openRegisterShop(t)
  await usedOwner(shop)
  shop.rpc.fault = answerSome(shop, ({ method }) =>
    method === 'eth_getLogs' ? { error: { code: -32_601, message: 'the method is not available' } } : undefined,
  )
  await assertTrouble(shop, { name: 'no-logs', planCode: C.REFUSED.code, applyCode: C.REFUSED.code })
  shop.rpc.fault = undefined
  await assertRegisters(shop)
})

/** The code of the registry, to be put back. */
async function registryCode({ chain }: RegisterShop): Promise<Hex> {
  return `0x${String(await rpc(chain.rpcUrl, 'eth_getCode', [chain.registry, 'latest'])).slice(2)}`
}

function say(response: ServerResponse, status: number, text: string): true {
  response.writeHead(status, { 'content-type': 'text/html' }).end(text)
  return true
}

/** What is below the plan in an apply. */
function resultOf({ stdout }: CliRun): string {
  return stdout.slice(stdout.indexOf('Fees:'))
}

function cut(response: ServerResponse): true {
  response.destroy()
  return true
}

/** The limit of ten seconds for one request comes after a tenth of a second, until the test ends or `restore`. */
function hurried(t: TestContext): () => void {
  const { setTimeout: real } = globalThis
  const quick = (run: () => void, ms?: number) => real(run, ms === 10_000 ? 100 : ms)
  const { mock } = t.mock.method(globalThis, 'setTimeout', quick)
  return () => mock.restore()
}

/** How many exchanges one plan has. */
async function exchangesOf(shop: RegisterShop): Promise<number> {
  let count = 0
  shop.rpc.fault = () => {
    count += 1
    return false
  }
  await shop.plan()
  shop.rpc.fault = undefined
  return count
}

/** Without a transaction of the owner's no logs are asked for. SIDE EFFECTS: one, and a chain of some length. */
async function usedOwner({ control, owner }: RegisterShop): Promise<void> {
  await control.sendAs({ from: owner.address, to: OTHER_PAYEE, value: 1n })
  await control.mine(40)
}

/** Blocks of a filter; one that names its block by hash is of one. */
function widthOf(params: JsonValue): number {
  const [filter] = isJsonArray(params) ? params : []
  const { fromBlock, toBlock, blockHash } = isJsonObject(filter) ? filter : {}
  if (blockHash !== undefined) return 1
  return Number(toBlock) - Number(fromBlock) + 1
}

/** A node that is some blocks behind the head: it knows nothing of what came later, and passes transactions on. */
function behind(shop: RegisterShop, blocks: number): RpcFault {
  return async (calls, response) => {
    const head = Number(await rpc(shop.chain.rpcUrl, 'eth_blockNumber')) - blocks
    const isLater = (value: JsonValue): boolean => /^0x[0-9a-f]{1,8}$/.test(String(value)) && Number(value) > head
    const seenFrom = (value: JsonValue): JsonValue =>
      value === 'latest' || value === 'pending' ? `0x${head.toString(16)}` : value
    const answers = new Map<RpcCall, JsonObject>()
    for (const call of calls) {
      const params = isJsonArray(call.params) ? call.params : []
      const result: JsonObject = params.some(isLater)
        ? { error: { code: -32_000, message: 'header not found' } }
        : await asked(shop, { ...call, params: params.map(seenFrom) })
      const { blockNumber } = isJsonObject(result['result']) ? result['result'] : {}
      answers.set(call, blockNumber !== undefined && isLater(blockNumber) ? { result: null } : result)
    }
    return answerAll(calls, response, (call) => answers.get(call) ?? {})
  }
}
