import { agentIdOf } from '../chain/agent-id-of.ts'
import { IDEM_KEY } from '../chain/idempotency-key.ts'
import type { Receipt } from '../chain/types.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import { type Effort, openGroup } from '../journal/reduce-chain.ts'
import type { ChainFacts, ChainStep, IdentityTarget } from '../plan/chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import type { Hex } from '../util/hex.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import { decideIdentity, type IdentityDecision } from './decide-identity.ts'
import { effortKey } from './effort-key.ts'
import { knownIds } from './known-ids.ts'
import type { Sighting } from './next-action.ts'
import type { RegisterPorts } from './ports.ts'
import { type Recall, recallFinal } from './recall-final.ts'

/** A step whose identity is known: its owner, and the key by which it is found. */
export type TargetedStep = ChainStep & { readonly identity: IdentityTarget }

/** One look at the chain: what the state machine needs, and the facts behind it. */
export type Look =
  | {
      readonly result: 'seen'
      readonly facts: ChainFacts
      readonly sighting: Omit<Sighting, 'sinceBroadcast' | 'sinceFirst' | 'isTooCheap' | 'isExpired'>
      readonly decision: IdentityDecision
      readonly recall: Recall
      /** The newest block that is as deep as finality wants. */
      readonly deep: { readonly number: bigint; readonly hash: Hex }
    }
  | { readonly result: 'unknown'; readonly diagnostic: Diagnostic }

/**
 * Looks at the chain for one step. Rejects with ObolError when the node fails between the reading and the receipts.
 * SIDE EFFECTS: reads the chain.
 */
export async function sight(step: TargetedStep, effort: Effort | undefined, ports: RegisterPorts): Promise<Look> {
  const { identity } = step
  const metadata = Object.fromEntries(step.entries?.map(({ key }) => [key, '']) ?? [])
  const registration = ports.ledger.current().get(effortKey(identity, 'register'))
  const minted = mintedIn(await receiptsOf(effort, ports), step)
  const known = knownIds({ ...ports.hints, step: step.agentId ?? minted }, registration)
  const query = { identity: { ...identity, metadata }, owner: identity.owner, idem: identity.idem, known }
  const reading = await ports.chain.observe(query, ports.signal)
  if (reading.result === 'unknown') return reading
  const { facts } = reading
  const depth = facts.block.number - BigInt(identity.confirmations - 1)
  const genesis = await ports.chain.block(0n, ports.signal)
  const deep = await ports.chain.block(depth < 0n ? 0n : depth, ports.signal)
  // Read anew: a receipt from before the reading may be of a block that is gone.
  const receipts = await receiptsOf(effort, ports)
  if (genesis === undefined || deep === undefined) return missing(step, 'it does not have all of its blocks')
  const recall = await recallFinal(registration, facts, genesis.hash, ports.chain, ports.signal)
  if (recall.result === 'behind') return missing(step, `it has not got to block ${recall.block} yet`)
  const hints = { ...ports.hints, ...(recall.result === 'canonical' ? { journal: recall.agentId } : {}) }
  const decision = decideIdentity(facts, identity, hints)
  return {
    result: 'seen',
    facts,
    decision,
    recall,
    deep,
    sighting: {
      head: facts.block.number,
      genesis: genesis.hash,
      nonce: facts.nonce,
      receipts,
      effect: effectOf(step, effort, facts, decision, receipts),
    },
  }
}

function missing(step: TargetedStep, about: string): Look {
  return { result: 'unknown', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.NODE_BEHIND, about) }
}

async function receiptsOf(effort: Effort | undefined, ports: RegisterPorts): Promise<ReadonlyMap<Hex, Receipt>> {
  const hashes = effort?.groups.flatMap(({ attempts }) => attempts.map(({ hash }) => hash)) ?? []
  const receipts = await Promise.all(hashes.map((hash) => ports.chain.receipt(hash, ports.signal)))
  return new Map(receipts.flatMap((receipt) => (receipt === undefined ? [] : [[receipt.hash, receipt]])))
}

/** The agentId that one of these receipts tells of. */
function mintedIn(receipts: ReadonlyMap<Hex, Receipt>, { identity }: TargetedStep): string | undefined {
  const logs = [...receipts.values()].flatMap((receipt) => receipt.logs)
  return agentIdOf(logs, identity.registry, identity.owner)
}

function effectOf(
  step: TargetedStep,
  effort: Effort | undefined,
  facts: ChainFacts,
  decision: IdentityDecision,
  receipts: ReadonlyMap<Hex, Receipt>,
): Sighting['effect'] {
  // Of the transactions under way alone: an earlier effort of the same step says nothing of this one.
  const group = effort === undefined ? undefined : openGroup(effort)
  const success = group?.attempts
    .flatMap(({ hash }) => receipts.get(hash) ?? [])
    .find(({ status }) => status === 'success')
  if (step.op === 'register' || step.op === 'adopt') {
    if (decision.result === 'ours') return { isDone: true, agentId: decision.identity.agentId }
    // Given away the moment it was minted: it is ours by its receipt all the same.
    const minted = success && mintedIn(new Map([[success.hash, success]]), step)
    return minted === undefined ? { isDone: false } : { isDone: true, agentId: minted }
  }
  const agentId = step.agentId ?? (decision.result === 'ours' ? decision.identity.agentId : undefined)
  const now = facts.identities.find((owned) => owned.agentId === agentId)
  if (agentId === undefined || now === undefined) return { isDone: false }
  // What was sent is done when it is mined, whatever is wanted by now: until then it may still be.
  const isDone = group === undefined ? isAsWanted(step, now) : success !== undefined
  return isDone ? { isDone: true, agentId } : { isDone: false }
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
