import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { privateKeyToAccount } from 'viem/accounts'
import { encodeFunctionData, keccak256 } from 'viem/utils'
import { agentIdOf } from '../../src/chain/agent-id-of.ts'
import { connectChain } from '../../src/chain/connect-chain.ts'
import { encodeRegister } from '../../src/chain/encode-register.ts'
import { encodeSetMetadata } from '../../src/chain/encode-set-metadata.ts'
import { encodeSetUri } from '../../src/chain/encode-set-uri.ts'
import { IDEM_KEY } from '../../src/chain/idempotency-key.ts'
import type { ChainWriter, IdentityQuery } from '../../src/chain/types.ts'
import { CHAIN_ERRORS } from '../../src/errors/chain.ts'
import type { ChainFacts } from '../../src/plan/chain.ts'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import type { Chain, DevAccount } from '../../src/sandbox/chain/start-chain.ts'
import { startChain } from '../../src/sandbox/chain/start-chain.ts'
import type { Hex } from '../../src/util/hex.ts'
import { IDEM } from './fake-registry.ts'

let local: Chain
let chain: ChainWriter
let owner: DevAccount
let other: DevAccount

before(async () => {
  local = await startChain({ noMining: true })
  const { rpcUrl, chainId, registry } = local
  chain = connectChain({ rpcUrl, network: { name: 'anvil', chainId }, registry, retryMs: 5 })
  const [first, second] = local.accounts
  assert.ok(first !== undefined && second !== undefined)
  owner = first
  other = second
})

after(async () => {
  await local.stop()
})

async function signed(data: Hex, nonce: number, gwei = 3n): Promise<{ readonly raw: Hex; readonly hash: Hex }> {
  const fees = { maxFeePerGas: gwei * 10n ** 9n, maxPriorityFeePerGas: gwei * 10n ** 9n }
  const { chainId, registry } = local
  const transaction = { type: 'eip1559', chainId, nonce, to: registry, data, gas: 900_000n, ...fees } as const
  const raw = await privateKeyToAccount(owner.privateKey).signTransaction(transaction)
  return { raw, hash: keccak256(raw) }
}

async function mine(): Promise<void> {
  await rpc(local.rpcUrl, 'anvil_mine', ['0x1'])
}

function query(metadata: Readonly<Record<string, string>> = {}): IdentityQuery {
  const { chainId, registry } = local
  return {
    identity: { network: 'anvil', chainId, registry, confirmations: 2, metadata },
    owner: owner.address,
    idem: IDEM,
  }
}

async function observed(metadata: Readonly<Record<string, string>> = {}): Promise<ChainFacts> {
  const reading = await chain.observe(query(metadata))
  assert.ok(reading.result === 'read', reading.result === 'unknown' ? reading.diagnostic.message : '')
  return reading.facts
}

test('default: from nothing over a mint to a token that went away', async () => {
  const empty = await observed()
  assert.deepEqual(
    [empty.identities, empty.nonce, empty.balance > 0n],
    [[], { latest: 0, pending: 0, settled: 0 }, true],
  )
  assert.equal(empty.ownerIsContract, false)

  const data = encodeRegister('https://a.example', [{ key: IDEM_KEY, value: IDEM }])
  const simulated = await chain.simulate({ from: owner.address, to: local.registry, data })
  assert.ok(simulated.result === 'success' && simulated.gas > 100_000n && simulated.gas < 900_000n)
  assert.equal(BigInt(simulated.returned), 0n)

  const { raw, hash } = await signed(data, 0)
  assert.deepEqual(await chain.send(raw), { result: 'accepted' })
  assert.deepEqual(await chain.send(raw), { result: 'accepted' })
  assert.equal((await chain.send((await signed(data, 0, 2n)).raw)).result, 'underpriced')
  assert.equal(await chain.receipt(hash), undefined)
  assert.deepEqual((await observed()).nonce, { latest: 0, pending: 1, settled: 0 })

  await mine()
  const receipt = await chain.receipt(hash)
  assert.equal(receipt?.status, 'success')
  assert.equal(agentIdOf(receipt?.logs ?? [], local.registry, owner.address), '0')
  assert.equal(receipt?.fee, empty.balance - (await observed()).balance)
  assert.deepEqual((await observed()).nonce, { latest: 1, pending: 1, settled: 0 })
  assert.equal((await chain.send((await signed(data, 0, 9n)).raw)).result, 'nonce-spent')

  const [identity] = (await observed()).identities
  assert.deepEqual(identity, {
    agentId: '0',
    uri: 'https://a.example',
    idem: IDEM,
    wallet: owner.address,
    metadata: {},
  })

  await chain.send((await signed(encodeSetUri('0', 'https://b.example'), 1)).raw)
  await chain.send((await signed(encodeSetMetadata('0', { key: 'role', value: '0x73' }), 2)).raw)
  await mine()
  const changed = await observed({ role: 's', absent: 'x' })
  assert.deepEqual(changed.identities[0]?.metadata, { role: '0x73' })
  assert.equal(changed.identities[0]?.uri, 'https://b.example')

  const abi = [
    {
      type: 'function',
      name: 'transferFrom',
      stateMutability: 'nonpayable',
      inputs: [
        { name: 'from', type: 'address' },
        { name: 'to', type: 'address' },
        { name: 'id', type: 'uint256' },
      ],
      outputs: [],
    },
  ] as const
  const transfer = encodeFunctionData({ abi, functionName: 'transferFrom', args: [owner.address, other.address, 0n] })
  await chain.send((await signed(transfer, 3)).raw)
  await mine()
  const gone = await observed()
  assert.deepEqual([gone.identities, gone.left], [[], [{ agentId: '0', to: other.address }]])
  assert.deepEqual(gone.nonce, { latest: 4, pending: 4, settled: 3 })
})

test("behavior: the registry's own reverts are told in words", async () => {
  const simulate = async (data: Hex) => {
    const simulated = await chain.simulate({ from: owner.address, to: local.registry, data })
    return simulated.result === 'reverted' ? simulated.reason : simulated.result
  }
  assert.equal(await simulate(encodeSetUri('99', '')), 'ERC721NonexistentToken(99)')
  assert.equal(await simulate(encodeRegister('', [{ key: 'agentWallet', value: '0x' }])), 'reserved key')
})

test('behavior: a contract that refuses tokens, and an owner without coin, are told by simulation and balance', async () => {
  await rpc(local.rpcUrl, 'anvil_setBalance', [other.address, '0x0'])
  const call = { from: other.address, to: local.registry, data: encodeRegister('', []) }
  assert.equal((await chain.simulate(call)).result, 'success')
  const poor = await chain.observe({ ...query(), owner: other.address })
  assert.equal(poor.result === 'read' && poor.facts.balance, 0n)
  await rpc(local.rpcUrl, 'anvil_setCode', [other.address, '0x60006000fd'])
  assert.deepEqual(await chain.simulate(call), {
    result: 'reverted',
    reason: `ERC721InvalidReceiver(${other.address})`,
  })
  const reading = await chain.observe({ ...query(), owner: other.address })
  assert.equal(reading.result === 'read' && reading.facts.ownerIsContract, true)
})

/** A door whose node answers as `change` rewrites its calls. */
function doorWith(change: (call: RpcBody) => RpcBody | { readonly result: unknown }): ChainWriter {
  const { rpcUrl, chainId, registry } = local
  const rewriting: typeof fetch = async (url, init) => {
    const body: RpcBody | RpcBody[] = JSON.parse(String(init?.body))
    const answers = [body].flat().map(async (call) => {
      const changed = change(call)
      if ('result' in changed) return { jsonrpc: '2.0', id: call.id, result: changed.result }
      return (await fetch(url, { ...init, body: JSON.stringify(changed) })).json()
    })
    const said = await Promise.all(answers)
    return Response.json(Array.isArray(body) ? said : said[0])
  }
  return connectChain({ rpcUrl, network: { name: 'anvil', chainId }, registry, retryMs: 1, fetch: rewriting })
}

type RpcBody = { readonly id: number; readonly method: string; readonly params: readonly unknown[] }

test('error: an endpoint that lost the logs of a token that went away makes the reading unknown', async () => {
  const chainWithout = doorWith((call) => (call.method === 'eth_getLogs' ? { result: [] } : call))
  const reading = await chainWithout.observe(query())
  assert.equal(reading.result === 'unknown' && reading.diagnostic.code, CHAIN_ERRORS.INCOMPLETE_LOGS.code)
})

test('behavior: a node that answers by number for an older head cannot hide what the owner has', async () => {
  const { nonce } = await observed()
  await chain.send((await signed(encodeRegister('https://d.example', []), nonce.latest)).raw)
  const old = `0x${(await chain.head()).number.toString(16)}`
  await mine()
  // Whatever is asked by number, or by name, is told of the block before the mint.
  const stale = doorWith((call) => {
    const [first, at] = call.params
    if (call.method === 'eth_call' && typeof at === 'string') return { ...call, params: [first, old] }
    if (call.method !== 'eth_getLogs' || typeof first !== 'object' || first === null || 'blockHash' in first)
      return call
    return { ...call, params: [{ ...first, toBlock: old }] }
  })
  const reading = await stale.observe(query())
  assert.ok(reading.result === 'read', reading.result === 'unknown' ? reading.diagnostic.message : '')
  assert.deepEqual(
    reading.facts.identities.map(({ uri }) => uri),
    ['https://d.example'],
  )
  await rpc(local.rpcUrl, 'anvil_reorg', [1, []])
})

test('behavior: the receipt of a block that a reorganisation discarded is gone', async () => {
  const nonce = (await observed()).nonce.latest
  const { raw, hash } = await signed(encodeRegister('https://c.example', []), nonce)
  await chain.send(raw)
  await mine()
  assert.equal((await chain.receipt(hash))?.status, 'success')
  assert.equal((await observed()).identities.length, 1)
  await rpc(local.rpcUrl, 'anvil_reorg', [1, []])
  assert.equal(await chain.receipt(hash), undefined)
  assert.equal((await observed()).identities.length, 0)
})

test('error: without code at the registry nothing is concluded', async () => {
  await rpc(local.rpcUrl, 'anvil_setCode', [local.registry, '0x'])
  const reading = await chain.observe(query())
  assert.equal(reading.result === 'unknown' && reading.diagnostic.code, CHAIN_ERRORS.NO_REGISTRY.code)
})
