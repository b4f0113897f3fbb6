import { agentIdOf } from '../chain/agent-id-of.ts'
import { IDEM_KEY } from '../chain/idempotency-key.ts'
import type { Receipt } from '../chain/types.ts'
import { type Effort, openGroup } from '../journal/reduce-chain.ts'
import type { ChainFacts, ChainStep, IdentityTarget } from '../plan/chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import type { Hex } from '../util/hex.ts'
import { decideIdentity, type IdentityDecision } from './decide-identity.ts'
import type { Sighting } from './next-action.ts'
import type { RegisterPorts } from './ports.ts'

/** A step whose identity is known: its owner, and the key by which it is found. */
export type TargetedStep = ChainStep & { readonly identity: IdentityTarget }

/** One look at the chain: what the state machine needs, and the facts behind it. */
export type Look =
  | {
      readonly result: 'seen'
      readonly facts: ChainFacts
      readonly sighting: Omit<Sighting, 'sinceBroadcast' | 'sinceFirst'>
      readonly decision: IdentityDecision
    }
  | { readonly result: 'unknown'; readonly diagnostic: Diagnostic }

/**
 * Looks at the chain for one step. Rejects with ObolError when the node fails between the reading and the receipts.
 * SIDE EFFECTS: reads the chain.
 */
export async function sight(step: TargetedStep, effort: Effort | undefined, ports: RegisterPorts): Promise<Look> {
  const { identity } = step
  const metadata = Object.fromEntries(step.entries?.map(({ key }) => [key, '']) ?? [])
  const query = { identity: { ...identity, metadata }, owner: identity.owner, idem: identity.idem }
  const reading = await ports.chain.observe(query, ports.signal)
  if (reading.result === 'unknown') return reading
  const { facts } = reading
  const genesis = await ports.chain.block(0n, ports.signal)
  const receipts = await receiptsOf(effort, ports)
  const journal = effort?.op === 'register' || effort?.op === 'adopt' ? effort.final?.agentId : undefined
  const hints = { ...ports.hints, ...(journal === undefined ? {} : { journal }) }
  const decision = decideIdentity(facts, identity, hints)
  return {
    result: 'seen',
    facts,
    decision,
    sighting: {
      head: facts.block.number,
      genesis: genesis?.hash ?? '0x',
      nonce: facts.nonce,
      receipts,
      effect: effectOf(step, effort, facts, decision, receipts),
    },
  }
}

async function receiptsOf(effort: Effort | undefined, ports: RegisterPorts): Promise<ReadonlyMap<Hex, Receipt>> {
  const hashes = effort?.groups.flatMap(({ attempts }) => attempts.map(({ hash }) => hash)) ?? []
  const receipts = await Promise.all(hashes.map((hash) => ports.chain.receipt(hash, ports.signal)))
  return new Map(receipts.flatMap((receipt) => (receipt === undefined ? [] : [[receipt.hash, receipt]])))
}

function effectOf(
  step: TargetedStep,
  effort: Effort | undefined,
  facts: ChainFacts,
  decision: IdentityDecision,
  receipts: ReadonlyMap<Hex, Receipt>,
): Sighting['effect'] {
  const success = [...receipts.values()].find(({ status }) => status === 'success')
  if (step.op === 'register' || step.op === 'adopt') {
    if (decision.result === 'ours') return { isDone: true, agentId: decision.identity.agentId }
    // Given away the moment it was minted: it is ours by its receipt all the same.
    const minted = success && agentIdOf(success.logs, step.identity.registry, step.identity.owner)
    return minted === undefined ? { isDone: false } : { isDone: true, agentId: minted }
  }
  const agentId = step.agentId ?? (decision.result === 'ours' ? decision.identity.agentId : undefined)
  const now = facts.identities.find((owned) => owned.agentId === agentId)
  if (agentId === undefined || now === undefined) return { isDone: false }
  // What was sent by an earlier run is done when it is mined, whatever is wanted by now.
  const isSent = effort !== undefined && openGroup(effort) !== undefined && success !== undefined
  const isSo = step.op !== 'settled' && isAsWanted(step, now)
  return isSent || isSo ? { isDone: true, agentId } : { isDone: false }
}

function isAsWanted(step: TargetedStep, now: ChainFacts['identities'][number]): boolean {
  switch (step.op) {
    case 'set-uri':
      return now.uri === step.identity.uri
    case 'set-wallet':
      return step.wallet !== undefined && now.wallet.toLowerCase() === step.wallet.toLowerCase()
    case 'set-metadata':
      return step.entries?.every(({ key, value }) => entryOf(now, key) === value) ?? false
    default:
      return false
  }
}

/** The value of a metadata key, our own included; the registry makes no difference between empty and absent: `0x`. */
export function entryOf(identity: ChainFacts['identities'][number], key: string): Hex {
  return (key === IDEM_KEY ? identity.idem : identity.metadata[key]) ?? '0x'
}
