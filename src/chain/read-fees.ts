import type { RpcAnswer, RpcCall } from './exchange.ts'
import { member, nonsense, quantity } from './read-answer.ts'
import type { RpcContext } from './rpc-failure.ts'
import { isRateLimit, refusedError } from './rpc-failure.ts'
import type { Block } from './types.ts'

/** For a node that names no priority fee: 1 gwei. */
const USUAL_PRIORITY = 1_000_000_000n
/** Below 0.001 gwei block builders leave a transaction lying, whatever the node says. */
const LEAST_PRIORITY = 1_000_000n

/** Wei per gas. */
export type Fees = { readonly baseFee: bigint; readonly priorityFee: bigint }

/** What to ask for the fees after a block; the answers go to `feesOf`. */
export function feeCalls(block: string): readonly RpcCall[] {
  return [
    { method: 'eth_feeHistory', params: ['0x1', block, []] },
    { method: 'eth_maxPriorityFeePerGas', params: [] },
  ]
}

/**
 * Base fee of the block after `head` and a usual priority fee. Where the node has no fee history, the base fee is the
 * highest that may follow the head's (EIP-1559: an eighth more). Throws RATE_LIMITED and BAD_ANSWER.
 */
export function feesOf(answers: readonly RpcAnswer[], head: Block, at: RpcContext): Fees {
  const [history, priority] = answers
  return { baseFee: nextBaseFee(history, head, at), priorityFee: priorityFee(priority, at) }
}

function nextBaseFee(answer: RpcAnswer | undefined, head: Block, at: RpcContext): bigint {
  const highest = head.baseFee + head.baseFee / 8n
  if (answer === undefined) return highest
  if ('error' in answer) {
    if (isRateLimit(answer.error)) throw refusedError(answer.error, at, 'eth_feeHistory')
    return highest
  }
  const fees = member(answer.result, 'baseFeePerGas')
  // A chain without EIP-1559 answers null or zeros.
  if (fees === undefined || fees === null) return highest
  if (!Array.isArray(fees)) return nonsense({ answer, method: 'eth_feeHistory', at })
  return quantity(fees.at(-1)) ?? highest
}

function priorityFee(answer: RpcAnswer | undefined, at: RpcContext): bigint {
  if (answer === undefined) return USUAL_PRIORITY
  if ('error' in answer) {
    if (isRateLimit(answer.error)) throw refusedError(answer.error, at, 'eth_maxPriorityFeePerGas')
    return USUAL_PRIORITY
  }
  const fee = quantity(answer.result)
  if (fee === undefined) return nonsense({ answer, method: 'eth_maxPriorityFeePerGas', at })
  return fee < LEAST_PRIORITY ? LEAST_PRIORITY : fee
}
