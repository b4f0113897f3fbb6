import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getAddress } from 'viem/utils'
import { FURTHER_CHAINS } from '../../src/networks/further-chains.ts'
import { findToken, nearestName, resolveNetwork } from '../../src/networks/resolve-network.ts'
import { NETWORKS } from '../../src/networks/table.ts'

test('default: a chain is found by name, alias and CAIP-2 id', () => {
  for (const name of ['base', 'base-mainnet', 'eip155:8453']) assert.equal(resolveNetwork(name)?.chainId, 8453)
  for (const name of ['ethereum', 'ethereum-mainnet', 'mainnet']) assert.equal(resolveNetwork(name)?.chainId, 1)
  assert.equal(resolveNetwork('arbitrum')?.name, 'arbitrum-one')
})

test('behavior: names are exact', () => {
  for (const name of ['Base', 'base ', '', 'eip155:', 'toString', 'eip155:9']) {
    assert.equal(resolveNetwork(name), undefined, name)
  }
})

test('behavior: a misspelt name has a nearest one', () => {
  assert.equal(nearestName('base-seplia'), 'base-sepolia')
  assert.equal(nearestName('Base'), 'base')
  assert.equal(nearestName('solana'), undefined)
})

test('behavior: no name and no chain id is used twice', () => {
  const names = NETWORKS.flatMap(({ name, aliases, caip2 }) => [name, ...aliases, caip2])
  assert.equal(new Set(names).size, names.length)
})

test('behavior: every address carries its checksum', () => {
  for (const { tokens, identityRegistry } of NETWORKS) {
    for (const { address } of tokens) assert.equal(address, getAddress(address))
    if (identityRegistry !== undefined) assert.equal(identityRegistry, getAddress(identityRegistry))
  }
})

test('behavior: USDC has six decimals everywhere and its own EIP-712 name on base-sepolia alone', () => {
  const withUsdc = NETWORKS.flatMap(({ name, usdc }) => (usdc === undefined ? [] : [{ name, usdc }]))
  assert.equal(withUsdc.length, 9)
  for (const { name, usdc } of withUsdc) {
    assert.equal(usdc.decimals, 6)
    assert.deepEqual(usdc.eip712, { name: name === 'base-sepolia' ? 'USDC' : 'USD Coin', version: '2' })
  }
})

test('behavior: OBOL is on two chains', () => {
  const found = NETWORKS.filter((network) => findToken(network, 'OBOL') !== undefined).map(({ name }) => name)
  assert.deepEqual(found, ['base-sepolia', 'ethereum'])
})

test('behavior: a token is found by its address in any letter case', () => {
  const base = resolveNetwork('base')
  assert.ok(base)
  assert.equal(findToken(base, '0x833589FCD6EDB6E08F4C7C32D4F71B54BDA02913')?.symbol, 'USDC')
  assert.equal(findToken(base, '0x0000000000000000000000000000000000000001'), undefined)
})

test('behavior: mainnets and testnets have their own identity registry', () => {
  assert.equal(resolveNetwork('base')?.identityRegistry, '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432')
  assert.equal(resolveNetwork('base-sepolia')?.identityRegistry, '0x8004A818BFB912233c491871b3d84c89A494BD9e')
})

test('behavior: every chain that holds the registry is in the table, once', () => {
  const mainnets = NETWORKS.filter(({ testnet }) => !testnet).map(({ chainId }) => chainId)
  const testnets = NETWORKS.filter(({ testnet }) => testnet).map(({ chainId }) => chainId)
  const inOrder = (ids: readonly number[]) => [...ids].sort((a, b) => a - b)
  assert.deepEqual(
    inOrder(mainnets),
    inOrder([
      1, 8453, 42161, 10, 137, 43114, 56, 143, 534352, 100, 42220, 167000, 59144, 4326, 196, 2741, 5000, 1868, 2345,
      1088, 295, 1187947933, 360,
    ]),
  )
  assert.deepEqual(
    inOrder(testnets),
    inOrder([
      31337, 11155111, 84532, 421614, 11155420, 80002, 43113, 97, 10143, 534351, 10200, 11142220, 167013, 6343, 59141,
      1952, 11124, 5003, 1946, 48816, 59902, 296, 324705682, 5042002, 11011,
    ]),
  )
  for (const { name, testnet, identityRegistry } of NETWORKS) {
    const expected = testnet
      ? '0x8004A818BFB912233c491871b3d84c89A494BD9e'
      : '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432'
    assert.equal(identityRegistry, expected, name)
  }
})

test('behavior: confirmations are many on L1, one on a local chain, else a few', () => {
  const special = NETWORKS.filter(({ confirmations }) => confirmations !== 5)
  assert.deepEqual(
    special.map(({ name, confirmations }) => [name, confirmations]),
    [
      ['ethereum', 12],
      ['sepolia', 12],
      ['anvil', 1],
    ],
  )
})

test('behavior: the stack reaches and its controller follows three chains, and a local one', () => {
  assert.deepEqual(
    NETWORKS.flatMap(({ name, erpc }) => (erpc === undefined ? [] : [[name, erpc]])),
    [
      ['base', 'base'],
      ['base-sepolia', 'base-sepolia'],
      ['ethereum', 'mainnet'],
    ],
  )
  const followed = NETWORKS.filter(({ registration }) => registration).map(({ name }) => name)
  assert.deepEqual(followed, ['base', 'base-sepolia', 'ethereum', 'anvil'])
})

test('behavior: fees are paid in the coin of the chain, and on the OP stack for L1 as well', () => {
  const coinOf = (name: string) => resolveNetwork(name)?.coin
  assert.deepEqual(['base', 'polygon', 'avalanche-fuji', 'bsc', 'arc-testnet'].map(coinOf), [
    'ETH',
    'POL',
    'AVAX',
    'BNB',
    'USDC',
  ])
  const opStack = (name: string) => resolveNetwork(name)?.opStack
  for (const name of ['base', 'base-sepolia', 'optimism', 'op-sepolia', 'soneium'])
    assert.equal(opStack(name), true, name)
  for (const name of ['ethereum', 'arbitrum-one', 'anvil', 'mantle']) assert.equal(opStack(name), false, name)
})

test('behavior: explorers have no trailing slash, and further chains know no token', () => {
  for (const { explorer } of NETWORKS)
    assert.ok(explorer === undefined || /^https:\/\/.*[^/]$/.test(explorer), explorer)
  for (const { name } of FURTHER_CHAINS) assert.deepEqual(resolveNetwork(name)?.tokens, [], name)
})
