import { decodeFunctionResult, encodeFunctionData, keccak256 } from 'viem/utils'
import { CHAIN_ERRORS } from '../errors/chain.ts'
import type { ChainFacts } from '../plan/chain.ts'
import type { Address, Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import type { BlockRef } from './block-ref.ts'
import { readAtBlock, refTo } from './block-ref.ts'
import type { RpcAnswer, RpcCall } from './exchange.ts'
import type { Answered } from './read-answer.ts'
import { blockOf, blockTag, bytesOf, countOf, decodedOf, quantityOf, resultOf } from './read-answer.ts'
import { feeCalls, feesOf } from './read-fees.ts'
import { viewCall } from './read-identities.ts'
import { revertReason } from './revert-reason.ts'
import type { RpcClient } from './rpc-client.ts'
import type { RpcError } from './rpc-failure.ts'
import { chainError, isLagging, isMissingState } from './rpc-failure.ts'
import type { Block, IdentityQuery } from './types.ts'

/** What is read of an owner and the registry besides the identities. */
export type ReadState = Pick<ChainFacts, 'nonce' | 'registry' | 'ownerIsContract' | 'balance' | 'fees'> & {
  /** Tokens of the owner, by the registry's own count. */
  readonly held: bigint
}

/**
 * The state of the owner and the registry at `head`, all of it by that block's hash but the pool and the fees. Rejects with
 * NO_REGISTRY, UNEXPECTED_REGISTRY, OLD_STATE and as `readAtBlock` does.
 *
 * SIDE EFFECTS: sends read requests.
 */
export async function readState(
  client: RpcClient,
  { identity, owner }: IdentityQuery,
  head: Block,
  signal?: AbortSignal,
): Promise<ReadState> {
  const { at } = client
  const ref = refTo(head)
  const abi = REGISTRY_ABI
  const calls: readonly RpcCall[] = [
    nonceCall(owner, ref),
    nonceCall(owner, 'pending'),
    { method: 'eth_getCode', params: [identity.registry, ref] },
    viewCall(identity.registry, encodeFunctionData({ abi, functionName: 'getVersion' }), ref),
    { method: 'eth_getBalance', params: [owner, ref] },
    { method: 'eth_getCode', params: [owner, ref] },
    viewCall(identity.registry, encodeFunctionData({ abi, functionName: 'balanceOf', args: [owner] }), ref),
    ...feeCalls(blockTag(head.number)),
  ]
  const answers = await readAtBlock(client, calls, signal)
  const answered = (i: number): Answered => ({ answer: answers[i], method: calls[i]?.method ?? '', at })
  const latest = countOf(answered(0))
  const registry = registryOf(answered(2), answered(3), identity.registry)
  return {
    nonce: {
      latest,
      // A node behind a gateway may be behind the one that gave the head.
      pending: Math.max(latest, countOf(answered(1))),
      settled: await settledNonce(client, owner, { head, latest, confirmations: identity.confirmations }, signal),
    },
    registry,
    balance: quantityOf(answered(4)),
    ownerIsContract: bytesOf(answered(5)) !== '0x',
    held: decodedOf(answered(6), (data) => decodeFunctionResult({ abi, functionName: 'balanceOf', data })),
    fees: feesOf(answers.slice(7), head, at),
  }
}

function nonceCall(owner: Address, at: BlockRef | 'pending'): RpcCall {
  return { method: 'eth_getTransactionCount', params: [owner, at] }
}

/**
 * The nonce `confirmations - 1` blocks before the head; on a chain that is shorter, in block 0. Never that of a younger
 * block: what a reorganisation may take back would count as final. A node without that state cannot be used (OLD_STATE).
 */
async function settledNonce(
  client: RpcClient,
  owner: Address,
  { head, latest, confirmations }: { readonly head: Block; readonly latest: number; readonly confirmations: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const depth = BigInt(Math.max(0, confirmations - 1))
  if (latest === 0 || depth === 0n || head.number === 0n) return latest
  const { at } = client
  const tag = blockTag(head.number > depth ? head.number - depth : 0n)
  const method = 'eth_getBlockByNumber'
  const [answer] = await client.read([{ method, params: [tag, false] }], signal)
  const isAbsent = answer !== undefined && 'error' in answer && isTooOld(answer.error)
  const block = isAbsent ? undefined : blockOf({ answer, method, at })
  if (block === undefined) throw tooOld(client, confirmations, tag)
  const call = nonceCall(owner, refTo(block))
  const [count] = await readAtBlock(client, [call], signal)
  if (count !== undefined && 'error' in count && isMissingState(count.error)) throw tooOld(client, confirmations, tag)
  return countOf({ answer: count, method: call.method, at })
}

/** The block is older than the head, so a node that does not have it has it no more. */
function isTooOld(error: RpcError): boolean {
  return isMissingState(error) || isLagging(error)
}

function tooOld(client: RpcClient, confirmations: number, block: string): Error {
  const { network } = client.at
  return chainError(
    CHAIN_ERRORS.OLD_STATE,
    client.at,
    `the nonce at block ${BigInt(block)} is needed: use a node that keeps the state of the last ${confirmations} blocks, or lower spec.chains.${network}.confirmations`,
  )
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
