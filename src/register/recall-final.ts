import type { ChainReader } from '../chain/types.ts'
import type { Effort } from '../journal/reduce-chain.ts'
import type { ChainFacts } from '../plan/chain.ts'
import type { Hex } from '../util/hex.ts'

/** What the registration that the journal calls final is worth by now. */
export type Recall =
  /** There is none, or it was on a chain that was started anew. */
  | { readonly result: 'none' }
  /** Its block is still part of the chain: the identity exists, whoever holds it. */
  | { readonly result: 'canonical'; readonly agentId: string }
  | { readonly result: 'reorganised'; readonly agentId: string }
  /** The node has not got as far as the journal has. */
  | { readonly result: 'behind'; readonly block: bigint }

/**
 * Compares a final registration with the chain. Not seeing an identity says nothing by itself: the node may be behind, or
 * the identity given away; only another block at its height means that it was taken back. Rejects with ObolError.
 * SIDE EFFECTS: reads at most one block.
 */
export async function recallFinal(
  effort: Effort | undefined,
  facts: ChainFacts,
  genesis: Hex,
  chain: Pick<ChainReader, 'block'>,
  signal: AbortSignal,
): Promise<Recall> {
  const final = effort?.final
  if (effort === undefined || final === undefined || effort.genesis !== genesis) return { result: 'none' }
  const { agentId, blockNumber, blockHash } = final
  if (facts.identities.some((identity) => identity.agentId === agentId)) return { result: 'canonical', agentId }
  if (blockNumber > facts.block.number) return { result: 'behind', block: blockNumber }
  const block = await chain.block(blockNumber, signal)
  if (block === undefined) return { result: 'behind', block: blockNumber }
  return { result: block.hash === blockHash ? 'canonical' : 'reorganised', agentId }
}
