import { decodeFunctionResult, encodeFunctionData, keccak256 } from 'viem/utils'
import { CHAIN_ERRORS } from '../errors/chain.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { ChainFacts, ChainReading } from '../plan/chain.ts'
import type { Address, Hex } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import type { RpcAnswer, RpcCall } from './exchange.ts'
import type { Answered } from './read-answer.ts'
import { blockTag, bytesOf, countOf, decodedOf, nonsense, quantityOf, resultOf } from './read-answer.ts'
import { feeCalls, feesOf } from './read-fees.ts'
import type { ReadIdentity } from './read-identities.ts'
import { readIdentities, viewCall } from './read-identities.ts'
import { revertReason } from './revert-reason.ts'
import type { RpcClient } from './rpc-client.ts'
import { chainError, isMissingState } from './rpc-failure.ts'
import type { TransferIndex } from './transfer-index.ts'
import type { Block, IdentityQuery } from './types.ts'

/** What an observation needs of its connection. */
export type ObservePorts = {
  readonly client: RpcClient
  readonly transfers: TransferIndex
  /** SIDE EFFECTS: reads; the chain id was checked before. */
  block(at: bigint | 'latest', signal?: AbortSignal): Promise<Block | undefined>
  /** SIDE EFFECTS: waits; rejects with ObolError when interrupted. */
  pause(tried: number, signal?: AbortSignal): Promise<void>
}

/** Readings of one observation, the first included. */
const TRIES = 3
/** A reading that takes longer may outlive the state that its node keeps: it is repeated, with the logs at hand. */
const FRESH_MS = 10_000

/**
 * Everything that is known of an identity's chain at one block: first the head, then the nonces, then all else at that
 * block (the state machine of a registration rests on this order). Never rejects for what the chain does: what cannot be
 * read, and what does not add up, is an `unknown` reading.
 *
 * SIDE EFFECTS: sends read requests.
 */
export async function observe(ports: ObservePorts, query: IdentityQuery, signal?: AbortSignal): Promise<ChainReading> {
  try {
    return { result: 'read', facts: await observeConsistently(ports, query, signal) }
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    const { code, message, details, hint } = error
    const text = [message, ...details].join(': ')
    return { result: 'unknown', diagnostic: { severity: 'warning', code, message: text, ...(hint && { hint }) } }
  }
}

async function observeConsistently(
  ports: ObservePorts,
  query: IdentityQuery,
  signal: AbortSignal | undefined,
): Promise<ChainFacts> {
  for (let tried = 1; ; tried++) {
    const began = performance.now()
    const { facts, problem } = await readOnce(ports, query, signal)
    const last = tried === TRIES
    if (problem === undefined && (last || performance.now() - began < FRESH_MS)) return facts
    if (problem !== undefined) {
      // What was indexed may be what is wrong.
      ports.transfers.forget()
      if (last) throw chainError(CHAIN_ERRORS.INCOMPLETE_LOGS, ports.client.at, problem)
      await ports.pause(tried, signal)
    }
  }
}

/** One reading, and what about it does not add up. */
async function readOnce(
  ports: ObservePorts,
  query: IdentityQuery,
  signal: AbortSignal | undefined,
): Promise<{ readonly facts: ChainFacts; readonly problem: string | undefined }> {
  const { client } = ports
  const { registry } = query.identity
  const head = await ports.block('latest', signal)
  if (head === undefined) return nonsense({ answer: undefined, method: 'eth_getBlockByNumber', at: client.at })
  const state = await readState(client, query, head, signal)
  const found = await readFound(ports, query, head, state, signal)
  const owned = found.filter(({ owner }) => isSameAddress(owner, query.owner))
  const facts: ChainFacts = {
    block: { number: head.number, hash: head.hash, timestamp: head.timestamp },
    registry: state.registry,
    owner: query.owner,
    ownerIsContract: state.ownerIsContract,
    nonce: state.nonce,
    balance: state.balance,
    fees: state.fees,
    identities: owned.map(({ owner: _, ...identity }) => identity),
    left: found
      .filter(({ owner, idem }) => !isSameAddress(owner, query.owner) && idem === query.idem.toLowerCase())
      .map(({ agentId, owner }) => ({ agentId, to: owner })),
  }
  if (BigInt(owned.length) !== state.held) {
    const problem = `${registry} says that ${query.owner} holds ${state.held}, the logs lead to ${owned.length}`
    return { facts, problem }
  }
  const again = await ports.block(head.number, signal)
  const problem = again?.hash === head.hash ? undefined : `block ${head.number} was replaced while it was read`
  return { facts, problem }
}

type State = {
  readonly nonce: ChainFacts['nonce']
  readonly registry: ChainFacts['registry']
  readonly ownerIsContract: boolean
  readonly balance: bigint
  readonly fees: ChainFacts['fees']
  /** Tokens of the owner, by the registry's own count. */
  readonly held: bigint
}

async function readState(
  client: RpcClient,
  { identity, owner }: IdentityQuery,
  head: Block,
  signal: AbortSignal | undefined,
): Promise<State> {
  const { at } = client
  const tag = blockTag(head.number)
  const depth = BigInt(Math.max(0, identity.confirmations - 1))
  const abi = REGISTRY_ABI
  const calls: readonly RpcCall[] = [
    nonceCall(owner, tag),
    nonceCall(owner, 'pending'),
    { method: 'eth_getCode', params: [identity.registry, tag] },
    viewCall(identity.registry, encodeFunctionData({ abi, functionName: 'getVersion' }), tag),
    { method: 'eth_getBalance', params: [owner, tag] },
    { method: 'eth_getCode', params: [owner, tag] },
    viewCall(identity.registry, encodeFunctionData({ abi, functionName: 'balanceOf', args: [owner] }), tag),
    ...feeCalls(tag),
  ]
  const answers = await client.read(calls, signal)
  const answered = (i: number): Answered => ({ answer: answers[i], method: calls[i]?.method ?? '', at })
  const latest = countOf(answered(0))
  const registry = registryOf(answered(2), answered(3), identity.registry)
  return {
    // A node behind a gateway may be behind the one that gave the head.
    nonce: {
      latest,
      pending: Math.max(latest, countOf(answered(1))),
      settled: latest === 0 ? 0 : await settledNonce(client, owner, head.number, depth, signal),
    },
    registry,
    balance: quantityOf(answered(4)),
    ownerIsContract: bytesOf(answered(5)) !== '0x',
    held: decodedOf(answered(6), (data) => decodeFunctionResult({ abi, functionName: 'balanceOf', data })),
    fees: feesOf(answers.slice(7), head, at),
  }
}

function nonceCall(owner: Address, tag: string): RpcCall {
  return { method: 'eth_getTransactionCount', params: [owner, tag] }
}

/**
 * The nonce `depth` blocks before the head, or in block 0 where the chain is shorter. A node that keeps no state that old
 * is asked for ever younger blocks, by halves: then `settled` says less than it should, but never less than the node knows.
 */
async function settledNonce(
  client: RpcClient,
  owner: Address,
  head: bigint,
  depth: bigint,
  signal: AbortSignal | undefined,
): Promise<number> {
  const block = head > depth ? head - depth : 0n
  const call = nonceCall(owner, blockTag(block))
  const [answer] = await client.read([call], signal)
  const missing = answer !== undefined && 'error' in answer && isMissingState(answer.error)
  if (missing && block < head) return settledNonce(client, owner, head, (head - block) / 2n, signal)
  return countOf({ answer, method: call.method, at: client.at })
}

function registryOf(code: Answered, version: Answered, registry: Address): ChainFacts['registry'] {
  const { at } = code
  const bytecode = bytesOf(code)
  if (bytecode === '0x') throw chainError(CHAIN_ERRORS.NO_REGISTRY, at, registry)
  const text = versionOf(version.answer)
  if (text === undefined) {
    if (isNodesDoing(version.answer)) resultOf(version)
    throw chainError(CHAIN_ERRORS.UNEXPECTED_REGISTRY, at, `${registry} has no getVersion`)
  }
  if (!text.startsWith('2.')) {
    throw chainError(CHAIN_ERRORS.UNEXPECTED_REGISTRY, at, `${registry} says ${JSON.stringify(text.slice(0, 40))}`)
  }
  return { codeHash: keccak256(bytecode), version: text }
}

/** Reverted or undecodable is the registry's doing, any other refusal the node's. */
function isNodesDoing(answer: RpcAnswer | undefined): boolean {
  return answer === undefined || ('error' in answer && revertReason(answer.error) === undefined)
}

/** Undefined where there is no text to read. */
function versionOf(answer: RpcAnswer | undefined): string | undefined {
  if (answer === undefined || 'error' in answer) return undefined
  try {
    const data: Hex = `0x${String(answer.result).slice(2)}`
    return decodeFunctionResult({ abi: REGISTRY_ABI, functionName: 'getVersion', data })
  } catch {
    return undefined
  }
}

/** All identities that the owner ever had, as they are at the block. */
async function readFound(
  { client, transfers }: ObservePorts,
  { identity, owner }: IdentityQuery,
  head: Block,
  state: State,
  signal: AbortSignal | undefined,
): Promise<readonly ReadIdentity[]> {
  // Who never sent anything has minted nothing and given nothing away; a contract acts without a nonce of its own.
  if (state.held === 0n && state.nonce.latest === 0 && !state.ownerIsContract) return []
  const ids = await transfers.received(identity.registry, owner, head.number, signal)
  const keys = Object.keys(identity.metadata)
  return readIdentities(client, { registry: identity.registry, ids, keys, block: blockTag(head.number) }, signal)
}
