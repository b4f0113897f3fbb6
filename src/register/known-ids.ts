import type { Effort } from '../journal/reduce-chain.ts'
import { type IdentityHints, NEW_IDENTITY } from './decide-identity.ts'

/**
 * The agentIds that are known without a search: if they are all that the owner holds, its history need not be read. Each
 * once. Pure.
 */
export function knownIds(
  hints: Omit<IdentityHints, 'journal'> & { readonly step?: string | undefined },
  registration: Effort | undefined,
): readonly string[] {
  const { configured, cluster, step } = hints
  const ids = [registration?.final?.agentId, registration?.agentId, cluster, configured, step]
  const isId = (id: string | undefined): id is string => id !== undefined && id !== NEW_IDENTITY && /^\d+$/.test(id)
  return [...new Set(ids.filter(isId))]
}
