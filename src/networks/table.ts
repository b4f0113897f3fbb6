import type { Address } from '../util/hex.ts'
import type { ChainRow } from './further-chains.ts'
import { FURTHER_CHAINS } from './further-chains.ts'

/** A token a buyer can pay with. */
export type Token = {
  readonly symbol: string
  readonly address: Address
  readonly decimals: number
  /** How the x402 `exact` scheme moves it. */
  readonly transferMethod: 'eip3009' | 'permit2'
  /** Name and version of the token's EIP-712 domain. */
  readonly eip712: { readonly name: string; readonly version: string }
}

export type Network = {
  readonly name: string
  readonly aliases: readonly string[]
  /** CAIP-2 id: `eip155:8453`. */
  readonly caip2: string
  readonly chainId: number
  readonly testnet: boolean
  /** The token that is meant when none is named; absent where the table knows none. */
  readonly usdc?: Token
  /** Every token the table knows on this chain, USDC included. */
  readonly tokens: readonly Token[]
  /** ERC-8004 identity registry; absent where none is deployed. */
  readonly identityRegistry?: Address
  /**
   * True where the cluster's controller follows registrations. On the others a registered offer never becomes Ready,
   * although the registry may exist and the identity can be bought.
   */
  readonly registration: boolean
  /** Block explorer without a trailing slash; absent where unsure. */
  readonly explorer?: string
  /** Blocks, with the one that holds a transaction, after which it counts as final unless the workspace says otherwise. */
  readonly confirmations: number
  /** Symbol of the coin that pays fees. */
  readonly coin: string
  /** True where a transaction also pays for its data on L1, which the predeploy GasPriceOracle of the OP stack tells. */
  readonly opStack: boolean
  /** Last segment of the stack's own RPC path for the chain; absent where the stack has none. */
  readonly erpc?: string
}

const MAINNET_REGISTRY = '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432'
const TESTNET_REGISTRY = '0x8004A818BFB912233c491871b3d84c89A494BD9e'

/** Every chain an offer may name; all of them hold the ERC-8004 identity registry. */
export const NETWORKS: readonly Network[] = [
  network({
    name: 'base',
    aliases: ['base-mainnet'],
    chainId: 8453,
    usdc: usdc('0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', 'USD Coin'),
    registration: true,
    opStack: true,
    erpc: 'base',
    explorer: 'https://basescan.org',
  }),
  network({
    name: 'base-sepolia',
    chainId: 84532,
    testnet: true,
    // The one chain where the token's EIP-712 name is not `USD Coin`.
    usdc: usdc('0x036CbD53842c5426634e7929541eC2318f3dCF7e', 'USDC'),
    others: [obol('0x0a09371a8b011d5110656ceBCc70603e53FD2c78')],
    registration: true,
    opStack: true,
    erpc: 'base-sepolia',
    explorer: 'https://sepolia.basescan.org',
  }),
  network({
    name: 'ethereum',
    aliases: ['ethereum-mainnet', 'mainnet'],
    chainId: 1,
    usdc: usdc('0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', 'USD Coin'),
    others: [obol('0x0B010000b7624eb9B3DfBC279673C76E9D29D5F7')],
    registration: true,
    confirmations: 12,
    erpc: 'mainnet',
    explorer: 'https://etherscan.io',
  }),
  network({
    name: 'polygon',
    aliases: ['polygon-mainnet'],
    chainId: 137,
    usdc: usdc('0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359', 'USD Coin'),
    coin: 'POL',
    explorer: 'https://polygonscan.com',
  }),
  network({
    name: 'polygon-amoy',
    chainId: 80002,
    testnet: true,
    usdc: usdc('0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582', 'USD Coin'),
    coin: 'POL',
    explorer: 'https://amoy.polygonscan.com',
  }),
  network({
    name: 'avalanche',
    aliases: ['avalanche-mainnet'],
    chainId: 43114,
    usdc: usdc('0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E', 'USD Coin'),
    coin: 'AVAX',
    explorer: 'https://snowtrace.io',
  }),
  network({
    name: 'avalanche-fuji',
    chainId: 43113,
    testnet: true,
    usdc: usdc('0x5425890298aed601595a70AB815c96711a31Bc65', 'USD Coin'),
    coin: 'AVAX',
    explorer: 'https://testnet.snowtrace.io',
  }),
  network({
    name: 'arbitrum-one',
    aliases: ['arbitrum'],
    chainId: 42161,
    usdc: usdc('0xaf88d065e77c8cC2239327C5EDb3A432268e5831', 'USD Coin'),
    explorer: 'https://arbiscan.io',
  }),
  network({
    name: 'arbitrum-sepolia',
    chainId: 421614,
    testnet: true,
    usdc: usdc('0x75faf114eafb1BDbe2F0316DF893fd58CE46AA4d', 'USD Coin'),
    explorer: 'https://sepolia.arbiscan.io',
  }),
  // Known to the payment verifier, but it has no token there: an offer must describe one.
  network({
    name: 'sepolia',
    chainId: 11155111,
    testnet: true,
    confirmations: 12,
    explorer: 'https://sepolia.etherscan.io',
  }),
  // A developer's own chain: nothing is taken back there.
  network({
    name: 'anvil',
    aliases: ['localhost'],
    chainId: 31337,
    testnet: true,
    registration: true,
    confirmations: 1,
  }),
  ...FURTHER_CHAINS.map(network),
]

type Row = ChainRow & {
  readonly usdc?: Token
  readonly others?: readonly Token[]
  readonly registration?: boolean
}

function network(row: Row): Network {
  const { aliases = [], testnet = false, others = [], registration = false, opStack = false, ...rest } = row
  return {
    coin: 'ETH',
    confirmations: 5,
    ...rest,
    aliases,
    caip2: `eip155:${row.chainId}`,
    testnet,
    tokens: row.usdc === undefined ? others : [row.usdc, ...others],
    // The registry is deployed by CREATE2: one address for all mainnets, one for all testnets.
    identityRegistry: testnet ? TESTNET_REGISTRY : MAINNET_REGISTRY,
    registration,
    opStack,
  }
}

function usdc(address: Address, name: string): Token {
  return { symbol: 'USDC', address, decimals: 6, transferMethod: 'eip3009', eip712: { name, version: '2' } }
}

function obol(address: Address): Token {
  return {
    symbol: 'OBOL',
    address,
    decimals: 18,
    transferMethod: 'permit2',
    eip712: { name: 'Obol Network', version: '1' },
  }
}
