import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeFunctionData } from 'viem/utils'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import { agentIdOf } from '../../src/chain/agent-id-of.ts'
import { encodeRegister } from '../../src/chain/encode-register.ts'
import { encodeSetMetadata } from '../../src/chain/encode-set-metadata.ts'
import { encodeSetUri } from '../../src/chain/encode-set-uri.ts'
import { encodeSetWallet } from '../../src/chain/encode-set-wallet.ts'
import { idempotencyKey } from '../../src/chain/idempotency-key.ts'
import { txLink } from '../../src/chain/tx-link.ts'
import { hex, OTHER, OWNER, REGISTRY } from './fake-registry.ts'

const abi = REGISTRY_ABI
const BIG = (2n ** 256n - 1n).toString()

test('default: calldata has the selectors of the registry and keeps every digit of an id', () => {
  const register = encodeRegister('https://a', [{ key: 'k', value: '0x01' }])
  assert.equal(register.slice(0, 10), '0x8ea42286')
  assert.deepEqual(decodeFunctionData({ abi, data: register }).args, [
    'https://a',
    [{ metadataKey: 'k', metadataValue: '0x01' }],
  ])
  const setUri = encodeSetUri(BIG, 'ipfs://b')
  assert.equal(setUri.slice(0, 10), '0x0af28bd3')
  assert.deepEqual(decodeFunctionData({ abi, data: setUri }).args, [2n ** 256n - 1n, 'ipfs://b'])
  assert.equal(encodeSetMetadata('0', { key: 'k', value: '0x' }).slice(0, 10), '0x466648da')
  const setWallet = encodeSetWallet({ agentId: '0', newWallet: OTHER, deadline: 9n }, '0xab')
  assert.equal(setWallet.slice(0, 10), '0x2d1ef5ae')
  assert.deepEqual(decodeFunctionData({ abi, data: setWallet }).args, [0n, OTHER, 9n, '0xab'])
})

const TOPIC = '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a'
const DATA = `${hex(32n, 32)}${'0'.repeat(64)}` as const
const registered = (id: bigint, owner = OWNER, address = REGISTRY) => ({
  address,
  topics: [TOPIC, hex(id, 32), hex(BigInt(owner), 32)] as const,
  data: DATA,
})

test('default: the minted id is found by topic, emitter and owner, in any order and letter case', () => {
  const transfer = { address: REGISTRY, topics: [hex(1n, 32)], data: '0x' } as const
  const logs = [transfer, registered(7n, OTHER), registered(8n, OWNER, OTHER), registered(0n)]
  assert.equal(agentIdOf(logs, REGISTRY.toLowerCase() as typeof REGISTRY, OWNER), '0')
  assert.equal(agentIdOf([registered(BigInt(BIG))], REGISTRY, OWNER), BIG)
})

test('behavior: no log, or one of another layout, gives no id', () => {
  assert.equal(agentIdOf([], REGISTRY, OWNER), undefined)
  assert.equal(agentIdOf([{ address: REGISTRY, topics: [TOPIC], data: '0x' }], REGISTRY, OWNER), undefined)
  assert.equal(agentIdOf([registered(1n, OTHER)], REGISTRY, OWNER), undefined)
})

test('default: the idempotency key is 16 bytes, the same for each letter case, another for each part', () => {
  const input = { chainId: 84532, registry: REGISTRY, owner: OWNER, workspaceId: 'ws-1' }
  const key = idempotencyKey(input)
  // Written into chains for good: a change would make every identity unknown.
  assert.equal(key, '0x7afc8f8b56dbe3b33434db9e67318060')
  assert.equal(idempotencyKey({ ...input, owner: OWNER.toLowerCase() as typeof OWNER }), key)
  const others = [{ chainId: 8453 }, { registry: OTHER }, { owner: OTHER }, { workspaceId: 'ws-2' }]
  assert.equal(new Set([key, ...others.map((other) => idempotencyKey({ ...input, ...other }))]).size, 5)
})

test('default: a link to the explorer, where there is one', () => {
  assert.equal(txLink('https://basescan.org/', '0xab'), 'https://basescan.org/tx/0xab')
  assert.equal(txLink(undefined, '0xab'), undefined)
})
