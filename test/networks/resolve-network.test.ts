import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getAddress } from 'viem/utils'
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
