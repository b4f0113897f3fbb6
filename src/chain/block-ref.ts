import { CHAIN_ERRORS } from '../errors/chain.ts'
import type { Hex } from '../util/hex.ts'
import type { RpcAnswer, RpcCall } from './exchange.ts'
import { member } from './read-answer.ts'
import { revertReason } from './revert-reason.ts'
import type { RpcClient } from './rpc-client.ts'
import type { RpcError } from './rpc-failure.ts'
import { chainError, isLagging, isMissingState, isRateLimit } from './rpc-failure.ts'

/**
 * A block by its hash (EIP-1898). A node that does not have it says so, where one that is asked by number may answer for
 * another block of that number, or for an older head, without a word.
 */
export type BlockRef = { readonly blockHash: Hex; readonly requireCanonical: true }

/** The reference to a block. */
export function refTo({ hash }: { readonly hash: Hex }): BlockRef {
  return { blockHash: hash, requireCanonical: true }
}

/**
 * As `read` of the client, for calls that name their block by hash, in a `BlockRef` or in the filter of eth_getLogs (EIP-234).
 * Rejects with HEADS_DIFFER when the node does not have that block, with NO_BLOCK_HASH when it does not understand the
 * reference. Any other error stays in its answer.
 *
 * SIDE EFFECTS: sends read requests.
 */
export async function readAtBlock(
  client: RpcClient,
  calls: readonly RpcCall[],
  signal?: AbortSignal,
): Promise<readonly RpcAnswer[]> {
  const answers = await client.read(calls, signal)
  for (const [i, answer] of answers.entries()) {
    const call = calls[i]
    if (call === undefined || !('error' in answer) || !call.params.some(isByHash)) continue
    const { error } = answer
    const detail = `${call.method}: ${error.message} (${error.code})`
    if (isLagging(error)) throw chainError(CHAIN_ERRORS.HEADS_DIFFER, client.at, detail)
    if (isNotUnderstood(error)) throw chainError(CHAIN_ERRORS.NO_BLOCK_HASH, client.at, detail)
  }
  return answers
}

function isByHash(param: unknown): boolean {
  return member(param, 'blockHash') !== undefined
}

function isNotUnderstood(error: RpcError): boolean {
  if (isRateLimit(error) || isMissingState(error) || revertReason(error) !== undefined) return false
  if (error.code === -32602) return true
  return /unmarshal|invalid (?:argument|params?|block|type|input)|unknown field|expected .*(?:string|hex)|hex string|malformed|blockhash|block ?(?:tag|param)/i.test(
    error.message,
  )
}
