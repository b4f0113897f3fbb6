import { REGISTER_ERRORS } from '../errors/register.ts'
import { type Effort, openGroup } from '../journal/reduce-chain.ts'
import type { ChainStep, OwnedIdentity } from '../plan/chain.ts'
import { showCoin } from '../plan/show-coin.ts'
import type { Diagnostic } from '../plan/types.ts'
import type { Address } from '../util/hex.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import type { IdentityDecision } from './decide-identity.ts'
import type { Look, TargetedStep } from './sight.ts'

/** Why a step may not be begun, from a look at the chain; undefined when it may, or when it is under way already. */
export function identityProblem(
  step: TargetedStep,
  look: Extract<Look, { result: 'seen' }>,
  effort: Effort | undefined,
): Diagnostic | undefined {
  const isUnderWay = effort !== undefined && openGroup(effort) !== undefined
  if (isUnderWay || look.sighting.effect.isDone) return undefined
  if (step.op === 'register' || step.op === 'adopt') {
    if (step.op === 'adopt' && look.decision.result === 'none') {
      return chainDiagnostic(step, REGISTER_ERRORS.CHANGED, 'the identity is not there any more')
    }
    return decisionProblem(step, look.decision)
  }
  const agentId = step.agentId ?? (look.decision.result === 'ours' ? look.decision.identity.agentId : undefined)
  if (look.facts.identities.some((identity) => identity.agentId === agentId)) return undefined
  const gone = agentId === undefined ? 'there is no identity yet' : `identity ${agentId} is not the owner's any more`
  return chainDiagnostic(step, REGISTER_ERRORS.CHANGED, gone)
}

/** Why nothing is minted although no identity is known to be ours; undefined when one may be, or is. */
export function decisionProblem(
  step: Pick<ChainStep, 'id' | 'network'>,
  decision: IdentityDecision,
): Diagnostic | undefined {
  switch (decision.result) {
    case 'ours':
    case 'none':
      return undefined
    case 'left':
      return chainDiagnostic(
        step,
        REGISTER_ERRORS.LEFT,
        `identity ${decision.agentId} is held by ${decision.to ?? 'somebody else'}; spec.chains.${step.network}.agentId: new allows another`,
      )
    case 'missing':
      return chainDiagnostic(
        step,
        REGISTER_ERRORS.NOT_HELD,
        `spec.chains.${step.network}.agentId is ${decision.agentId}`,
      )
    case 'ambiguous':
      return chainDiagnostic(
        step,
        REGISTER_ERRORS.AMBIGUOUS,
        `${listed(decision.candidates)}; say which in spec.chains.${step.network}.agentId, or: new`,
      )
  }
}

/** What the owner has, and what the first fee of the step wants; in coins. */
export function fundsProblem(
  step: Pick<ChainStep, 'id' | 'network' | 'coin'>,
  owner: Address,
  { held, needed }: { readonly held: bigint; readonly needed: bigint },
): Diagnostic {
  const { coin } = step
  const amounts = `holds ${showCoin(held, 3)} ${coin} and needs ${showCoin(needed, 3, 'up')}`
  return chainDiagnostic(step, REGISTER_ERRORS.NO_FUNDS, `${owner} ${amounts} ${coin}`)
}

/** Why the registry would refuse; where the owner itself is the reason, with the way out. */
export function revertProblem(step: Pick<ChainStep, 'id' | 'network'>, reason: string): Diagnostic {
  const isOwner = reason.startsWith('ERC721InvalidReceiver')
  const remedy = isOwner ? ': the owner is a contract that does not take tokens; name another by spec.signer' : ''
  return chainDiagnostic(step, REGISTER_ERRORS.WOULD_REVERT, `${reason}${remedy}`)
}

function listed(candidates: readonly OwnedIdentity[]): string {
  const shown = candidates.slice(0, 5).map(({ agentId, uri }) => `${agentId} (${uri === '' ? 'no URI' : uri})`)
  const more = candidates.length - shown.length
  return `it holds ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}
