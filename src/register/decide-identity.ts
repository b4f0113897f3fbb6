import type { ChainFacts, IdentityTarget, OwnedIdentity } from '../plan/chain.ts'
import type { Address } from '../util/hex.ts'

/** What besides the chain may say which identity is ours. */
export type IdentityHints = {
  /** `spec.chains.<network>.agentId` of the workspace file. */
  readonly configured?: string
  /** The journal's final agentId, while its block is part of the chain. */
  readonly journal?: string
  /** What AgentIdentity `x402/default` says of the chain. */
  readonly cluster?: string
}

/**
 * Which of the owner's tokens is the workspace's identity. `none`: it may be minted. `ambiguous`: the owner holds tokens
 * and none can be told to be ours: minting would buy a second identity. `left`: ours went to somebody else.
 */
export type IdentityDecision =
  | {
      readonly result: 'ours'
      readonly identity: OwnedIdentity
      readonly by: 'key' | 'configured' | 'journal' | 'uri' | 'cluster'
    }
  | { readonly result: 'none' }
  | { readonly result: 'ambiguous'; readonly candidates: readonly OwnedIdentity[] }
  | { readonly result: 'missing'; readonly agentId: string }
  | { readonly result: 'left'; readonly agentId: string; readonly to?: Address }

/** The word of the workspace file that allows one more identity for an owner that holds some. */
export const NEW_IDENTITY = 'new'

/**
 * Tells our identity among those the owner holds, by the idempotency key first: it does not depend on the journal, the
 * cluster or the URI. Pure.
 */
export function decideIdentity(facts: ChainFacts, target: IdentityTarget, hints: IdentityHints): IdentityDecision {
  const { identities } = facts
  const byId = (agentId: string | undefined): OwnedIdentity | undefined =>
    identities.find((identity) => identity.agentId === agentId)
  const { configured } = hints
  if (configured !== undefined && configured !== NEW_IDENTITY) {
    const identity = byId(configured)
    return identity === undefined
      ? { result: 'missing', agentId: configured }
      : { result: 'ours', identity, by: 'configured' }
  }
  const keyed = keyedIdentity(facts, target, hints)
  if (keyed !== undefined) return { result: 'ours', identity: keyed, by: 'key' }
  const recorded = byId(hints.journal)
  if (recorded !== undefined && recorded.idem === undefined)
    return { result: 'ours', identity: recorded, by: 'journal' }
  // A token with the key of another workspace is that workspace's, whatever its URI.
  const [match, ...others] = identities.filter(({ uri, idem }) => uri.trim() === target.uri && idem === undefined)
  if (match !== undefined && others.length === 0) return { result: 'ours', identity: match, by: 'uri' }
  const inCluster = byId(hints.cluster)
  if (inCluster !== undefined && inCluster.idem === undefined)
    return { result: 'ours', identity: inCluster, by: 'cluster' }
  const [gone] = facts.left
  if (configured === NEW_IDENTITY) return { result: 'none' }
  if (gone !== undefined) return { result: 'left', ...gone }
  if (hints.journal !== undefined) return { result: 'left', agentId: hints.journal }
  return identities.length === 0 ? { result: 'none' } : { result: 'ambiguous', candidates: identities }
}

/** Anybody may write our key into a token and give it to the owner: of several, what is on record comes first. */
function keyedIdentity(
  { identities }: ChainFacts,
  target: IdentityTarget,
  hints: IdentityHints,
): OwnedIdentity | undefined {
  const keyed = identities.filter(({ idem }) => idem === target.idem).sort(byAgentId)
  const known = [hints.journal, hints.cluster].flatMap((id) => keyed.find(({ agentId }) => agentId === id) ?? [])
  return known[0] ?? keyed[0]
}

/** Numerically: ids may be longer than a number holds. */
function byAgentId(a: OwnedIdentity, b: OwnedIdentity): number {
  const difference = BigInt(a.agentId) - BigInt(b.agentId)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
