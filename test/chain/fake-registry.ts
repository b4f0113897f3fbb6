import { decodeFunctionData, encodeErrorResult, encodeFunctionResult } from 'viem/utils'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import { IDEM_KEY } from '../../src/chain/idempotency-key.ts'
import type { Address, Hex } from '../../src/util/hex.ts'
import type { StubAnswer, StubCall } from './stub-node.ts'

export const OWNER: Address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
export const OTHER: Address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
export const REGISTRY: Address = '0x8004A818BFB912233c491871b3d84c89A494BD9e'
export const IDEM: Hex = '0x000102030405060708090a0b0c0d0e0f'

export type FakeToken = {
  readonly id: bigint
  /** Block in which it was minted. */
  readonly block: bigint
  /** `OWNER` unless given. */
  readonly minter?: Address
  readonly owner?: Address
  readonly idem?: Hex
  readonly metadata?: Readonly<Record<string, Hex>>
}

/** A node with a registry, as far as the door asks for them; every field may be changed between calls. */
export type FakeNode = {
  chainId: bigint
  head: bigint
  nonce: bigint
  pending: bigint
  version: string
  code: Hex
  tokens: FakeToken[]
  balance: bigint | undefined
  hashOf: (block: bigint) => Hex
  /** Logs of older blocks are thrown away. */
  firstLog: bigint
  /** Answers first; undefined: as usual. */
  override: (call: StubCall) => StubAnswer | undefined
}

/** A healthy node at block 1000 on chain 31337, whose owner sent one transaction and holds nothing. */
export function fakeNode(changes: Partial<FakeNode> = {}): FakeNode {
  return {
    chainId: 31337n,
    head: 1000n,
    nonce: 1n,
    pending: 1n,
    version: '2.0.0',
    code: '0x6001',
    tokens: [],
    balance: undefined,
    hashOf: (block) => hex(block, 32),
    firstLog: 0n,
    override: () => undefined,
    ...changes,
  }
}

/** What the node says to a call. */
export function answerAs(node: FakeNode, call: StubCall): StubAnswer {
  const said = node.override(call)
  if (said !== undefined) return said
  const [first, second] = call.params
  switch (call.method) {
    case 'eth_chainId':
      return { result: hex(node.chainId) }
    case 'eth_getBlockByNumber': {
      const number = first === 'latest' ? node.head : BigInt(String(first))
      if (number > node.head) return { result: null }
      return { result: { number: hex(number), hash: node.hashOf(number), timestamp: '0x65', baseFeePerGas: '0x8' } }
    }
    case 'eth_getTransactionCount':
      return { result: hex(second === 'pending' ? node.pending : node.nonce) }
    case 'eth_getCode':
      return { result: first === REGISTRY ? node.code : '0x' }
    case 'eth_getBalance':
      return { result: '0x64' }
    case 'eth_feeHistory':
      return { result: { baseFeePerGas: ['0x8', '0x9'] } }
    case 'eth_maxPriorityFeePerGas':
      return { result: '0x3b9aca00' }
    case 'eth_getLogs':
      return { result: logsOf(node, call) }
    case 'eth_call':
      return registryCall(node, call)
    default:
      return { error: { code: -32601, message: `the method ${call.method} does not exist` } }
  }
}

type LogFilter = {
  readonly topics: readonly (string | null)[]
  readonly fromBlock?: string
  readonly toBlock?: string
  readonly blockHash?: string
}

/** The range of an eth_getLogs call; a block that is given by its hash is one of its number. */
export function rangeOf({ params }: StubCall): { readonly from: bigint; readonly to: bigint } {
  const [{ fromBlock, toBlock, blockHash }] = params as readonly [LogFilter]
  return { from: BigInt(blockHash ?? fromBlock ?? 0), to: BigInt(blockHash ?? toBlock ?? 0) }
}

/** The hash by which a call names its block; undefined: it names it otherwise, or is about none. */
export function hashIn({ params }: StubCall): string | undefined {
  const named = (params as readonly ({ readonly blockHash?: string } | string | null)[]).map((param) =>
    typeof param === 'object' ? param?.blockHash : undefined,
  )
  return named.find((hash) => hash !== undefined)
}

export function hex(value: bigint, bytes?: number): Hex {
  const digits = value.toString(16)
  return `0x${bytes === undefined ? digits : digits.padStart(bytes * 2, '0')}`
}

function logsOf({ tokens, firstLog }: FakeNode, call: StubCall): readonly unknown[] {
  const { from, to } = rangeOf(call)
  const [{ topics }] = call.params as readonly [LogFilter]
  return tokens
    .filter(({ block }) => block >= from && block <= to && block >= firstLog)
    .map(({ id, minter }) => ({
      address: REGISTRY.toLowerCase(),
      topics: [topics[0], hex(0n, 32), hex(BigInt(minter ?? OWNER), 32), hex(id, 32)],
      data: '0x',
    }))
    .filter((log) => topics.every((topic, i) => topic === null || topic === log.topics[i]))
}

function registryCall(node: FakeNode, call: StubCall): StubAnswer {
  const [{ data }] = call.params as readonly [{ data: Hex }]
  const decoded = decodeFunctionData({ abi: REGISTRY_ABI, data })
  const abi = REGISTRY_ABI
  switch (decoded.functionName) {
    case 'getVersion':
      return { result: encodeFunctionResult({ abi, functionName: 'getVersion', result: node.version }) }
    case 'balanceOf': {
      const held = node.balance ?? BigInt(node.tokens.filter(({ owner }) => (owner ?? OWNER) === OWNER).length)
      return { result: encodeFunctionResult({ abi, functionName: 'balanceOf', result: held }) }
    }
    case 'ownerOf':
    case 'tokenURI':
    case 'getAgentWallet':
    case 'getMetadata':
      return tokenCall(node, decoded.functionName, decoded.args[0], decoded.args[1])
    default:
      return { error: { code: -32000, message: 'not expected' } }
  }
}

function tokenCall(
  node: FakeNode,
  functionName: 'ownerOf' | 'tokenURI' | 'getAgentWallet' | 'getMetadata',
  id: bigint,
  key: string | undefined,
): StubAnswer {
  const abi = REGISTRY_ABI
  const token = node.tokens.find((one) => one.id === id)
  if (token === undefined) {
    const data = encodeErrorResult({ abi, errorName: 'ERC721NonexistentToken', args: [id] })
    return { error: { code: 3, message: 'execution reverted', data } }
  }
  const owner = token.owner ?? OWNER
  if (functionName === 'ownerOf') return { result: encodeFunctionResult({ abi, functionName, result: owner }) }
  if (functionName === 'tokenURI') return { result: encodeFunctionResult({ abi, functionName, result: `uri:${id}` }) }
  if (functionName === 'getAgentWallet') return { result: encodeFunctionResult({ abi, functionName, result: owner }) }
  const value = key === IDEM_KEY ? token.idem : token.metadata?.[key ?? '']
  return { result: encodeFunctionResult({ abi, functionName, result: value ?? '0x' }) }
}
