import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import { startChain } from '../../src/sandbox/chain/start-chain.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import { assertGolden } from '../support/golden.ts'
import { type CliRun, transcript } from '../support/run-cli.ts'
import { type ChainShop, openChainShop, type Spec, steady } from './chain-shop.ts'
import { codesIn, hasStack, type Shop, seen } from './shop.ts'

const BASE_SEPOLIA = 84_532
const COLUMNS = 100
const REGISTERED = '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a'

export type RpcCall = { readonly method: string; readonly params: JsonValue; readonly id: JsonValue }

/** Answers an exchange in the node's place; false: the node is asked. */
export type RpcFault = (calls: readonly RpcCall[], response: ServerResponse) => boolean | Promise<boolean>

/** A way to the node that can be broken at any time. */
export type BreakableRpc = {
  readonly url: string
  fault: RpcFault | undefined
  /** Whose node is behind it. */
  target: string
  /** Method of each call so far. */
  readonly methods: string[]
}

/** A shop whose offer wants an identity, on a chain of its own behind a node that can be broken. */
export type RegisterShop = ChainShop & {
  readonly rpc: BreakableRpc
  /** The clock of this machine, as the command sees it. */
  clock: Date
  plan(...more: readonly string[]): Promise<CliRun>
  apply(...more: readonly string[]): Promise<CliRun>
}

/** SIDE EFFECTS: starts a sandbox, a chain and a proxy on free loopback ports, all gone after the test. */
export async function openRegisterShop(t: TestContext): Promise<RegisterShop> {
  const chain = await startChain({ chainId: BASE_SEPOLIA })
  t.after(() => chain.stop())
  const proxy = await breakableRpc(t, chain.rpcUrl)
  const chains = { 'base-sepolia': { rpc: proxy.url, confirmations: 1 } }
  const shop = await openChainShop(t, chain, { owner: 'register-bad', spec: { chains } })
  const state = { clock: new Date() }
  const run = (args: readonly string[]): Promise<CliRun> =>
    shop.obol(args, { columns: COLUMNS, now: () => state.clock })
  return Object.assign(state, {
    ...shop,
    configure: (spec: Spec) => shop.configure({ chains, ...spec }),
    rpc: proxy,
    plan: (...more: readonly string[]) => run(['plan', ...more]),
    apply: (...more: readonly string[]) => run(['apply', '--yes', '--wait', '1', ...more]),
  })
}

async function breakableRpc(t: TestContext, target: string): Promise<BreakableRpc> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => ended(server))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const opened: BreakableRpc = {
    url: `http://127.0.0.1:${address.port}`,
    fault: undefined,
    target,
    methods: [],
  }
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    const calls = callsOf(body)
    opened.methods.push(...calls.map(({ method }) => method))
    if ((await opened.fault?.(calls, response)) === true) return
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(opened.target, { method: 'POST', headers, body })
    response.writeHead(answer.status, headers).end(await answer.text())
  }
  return opened
}

function ended(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function callsOf(body: string): readonly RpcCall[] {
  const parsed: JsonValue = JSON.parse(body)
  return (isJsonArray(parsed) ? parsed : [parsed])
    .filter(isJsonObject)
    .map(({ method, params = [], id = null }) => ({ method: String(method), params, id }))
}

/** Answers every call of an exchange with a result, as a node that takes batches. */
export function answerAll(
  calls: readonly RpcCall[],
  response: ServerResponse,
  result: (call: RpcCall) => JsonObject,
): true {
  const answers = calls.map((call) => ({ jsonrpc: '2.0', id: call.id, ...result(call) }))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answers.length === 1 ? answers[0] : answers))
  return true
}

/** Answers each call as the node would, but for those that `result` answers. */
export function answerSome(shop: RegisterShop, result: (call: RpcCall) => JsonObject | undefined): RpcFault {
  return async (calls, response) => {
    if (!calls.some((call) => result(call) !== undefined)) return false
    const answers = new Map<RpcCall, JsonObject>()
    for (const call of calls) answers.set(call, result(call) ?? (await asked(shop, call)))
    return answerAll(calls, response, (call) => answers.get(call) ?? {})
  }
}

/** What the node says of one call. */
export async function asked(
  { rpc: { target } }: Pick<RegisterShop, 'rpc'>,
  { method, params }: RpcCall,
): Promise<JsonObject> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const parsed: unknown = await answer.json()
  return isJsonObject(parsed) ? Object.fromEntries(Object.entries(parsed).filter(([key]) => key !== 'id')) : {}
}

/** What is on the chain of the owner: transactions mined, with those waiting, and identities registered. */
export async function onChain(
  shop: RegisterShop,
): Promise<{ readonly mined: number; readonly pending: number; readonly agentIds: readonly string[] }> {
  const { rpcUrl, registry } = shop.chain
  const { address } = shop.owner
  const count = async (tag: string) => Number(await rpc(rpcUrl, 'eth_getTransactionCount', [address, tag]))
  const topics = [REGISTERED, null, `0x${address.slice(2).toLowerCase().padStart(64, '0')}`]
  const logs = await rpc(rpcUrl, 'eth_getLogs', [{ address: registry, fromBlock: '0x0', topics }])
  const agentIds = (isJsonArray(logs) ? logs : []).map((log) => String(BigInt(String(jsonAt(log, ['topics', 1])))))
  return { mined: await count('latest'), pending: await count('pending'), agentIds }
}

/** Records of the journal of one type. */
export function records(shop: Pick<Shop, 'journal'>, type: string): readonly JsonObject[] {
  const lines = shop.journal().split('\n')
  return lines.flatMap((line): JsonObject[] => {
    try {
      const value: JsonValue = JSON.parse(line)
      return isJsonObject(value) && value['type'] === type ? [value] : []
    } catch {
      return []
    }
  })
}

export type Trouble = {
  /** Of the golden file. */
  readonly name: string
  /** That a user sees in the plan and in the apply; absent: none. */
  readonly planCode?: string
  readonly applyCode?: string
  /** Transactions that the apply sends although it is in trouble; 0 unless given. */
  readonly sends?: number
}

/**
 * The plan and an apply in trouble: both end with exit code 0, say the code, name a command or a setting, sell the offer
 * and register nothing. What they print is a golden file.
 */
export async function assertTrouble(shop: RegisterShop, trouble: Trouble): Promise<void> {
  const { name, planCode, applyCode, sends = 0 } = trouble
  const before = await onChain(shop)
  const plan = await shop.plan()
  assertWarned(plan, planCode)
  assert.equal(shop.rpc.methods.includes('eth_sendRawTransaction'), false, 'a plan sends nothing')
  const apply = await shop.apply()
  assertWarned(apply, applyCode)
  assert.notEqual(shop.live('hello'), undefined, 'the offer is sold all the same')
  const after = await onChain(shop)
  assert.equal(after.mined, before.mined + sends)
  assert.deepEqual(after.agentIds.length, before.agentIds.length + sends)
  if (sends === 0) assert.deepEqual([after.pending, records(shop, 'tx-signed')], [before.pending, []])
  const shown = { ...apply, stdout: withoutPlan(apply.stdout, plan.stdout) }
  assertShown(shop, name, `${transcript(['plan'], plan)}\n${transcript(['apply', '--yes', '--wait', '1'], shown)}`)
}

/** What a user saw is what the golden file has, but for what differs from run to run. */
export function assertShown({ folder }: Pick<Shop, 'folder'>, name: string, text: string): void {
  const same = steady(text.replaceAll(folder, '/shop'))
    .replaceAll(/\b\d+ requests · /g, '* requests · ')
    // Which request was the first to fail is no part of what is promised.
    .replaceAll(/eth_\w+: UND_ERR_SOCKET/g, 'eth_*: UND_ERR_SOCKET')
  assertGolden(`e2e/golden/register-bad/${name}.txt`, same)
}

/** An apply's output without the plan it begins with, where that is the plan of before; how long it took does not count. */
function withoutPlan(text: string, plan: string): string {
  const bodyOf = (output: string): string => output.slice(output.indexOf('\n\n'))
  const body = bodyOf(text)
  return body.startsWith(bodyOf(plan)) ? body.slice(bodyOf(plan).length) : text
}

function assertWarned(run: CliRun, code: string | undefined): void {
  const text = seen(run)
  assert.equal(run.exitCode, 0, text)
  assert.equal(hasStack(text), false, text)
  if (code === undefined) return
  assert.equal(codesIn(text).includes(code), true, `no ${code} in ${text}`)
  assert.match(
    text,
    /(next +(obol|OBOL_RPC_|date|kubectl|ls|mv|chmod)|spec\.[a-z]+)/,
    'neither a command nor a setting',
  )
}

/** With the cause gone, one apply registers once, and another changes nothing. */
export async function assertRegisters(shop: RegisterShop, agentId = '0'): Promise<void> {
  const run = await shop.apply()
  assert.equal(run.exitCode, 0, seen(run))
  assert.deepEqual((await onChain(shop)).agentIds, [agentId], seen(run))
  assert.equal(shop.agentId(), agentId)
  const { mined } = await onChain(shop)
  const again = await shop.apply()
  assert.match(again.stdout, /^Applied: nothing to do|unchanged/m)
  assert.deepEqual(await onChain(shop), { mined, pending: mined, agentIds: [agentId] })
  assert.match((await shop.plan('--all')).stdout, new RegExp(`identity ${agentId}`))
}
