import type { RpcError } from './rpc-failure.ts'
import type { SendResult } from './types.ts'

/** The node has exactly this transaction: geth, Nethermind, anvil and reth, Parity's heirs, Erigon, gateways. */
const KNOWN =
  /already[ _-]?known|already (?:been )?imported|\bknown transaction|already_exists|already exists|already in (?:the )?(?:mem|tx|transaction )?pool|duplicate transaction|tx already/i

/** Another transaction of this nonce, or this one, is in a block. */
const SPENT =
  /nonce (?:is )?too low|nonce_?too_?low|old ?nonce|nonce .*already (?:been )?used|nonce has already|lower than (?:the )?(?:current|next|account) nonce/i

/** Another transaction of this nonce is in the pool, and pays too much to be replaced. */
const REPLACES =
  /replacement.*(?:fee|price|not ?allowed)|could not replace|another transaction with same nonce|fee ?too ?low ?to ?compete/i

/**
 * The fee is too low for the block or for the pool: geth and its heirs (Arbitrum, OP-stack) and anvil, reth, Nethermind
 * (`FeeTooLow`), Besu, Parity's heirs.
 */
const CHEAP =
  /underpriced|fee_?too_?low|fee too low|fee paid .*not enough|(?:gas ?price|fee ?cap|tip ?cap|fee ?per ?gas|fee)\b.{0,40}? (?:too low|(?:less|lower) than .{0,30}(?:base ?fee|minim)|below .{0,30}(?:base ?fee|minim))|(?:price|fee|tip)_(?:too_low|below|less)/i

/**
 * What a node's error on eth_sendRawTransaction means. Judged by its words: the codes differ from client to client and one
 * code stands for several of them.
 */
export function classifySend(error: RpcError, mask: (text: string) => string): SendResult {
  const { message: text } = error
  const message = mask(text).slice(0, 500)
  if (KNOWN.test(text)) return { result: 'accepted' }
  if (SPENT.test(text)) return { result: 'nonce-spent', message }
  if (REPLACES.test(text) || CHEAP.test(text)) return { result: 'underpriced', message }
  return { result: 'refused', message }
}
