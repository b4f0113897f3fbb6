import { idempotencyKey } from '../chain/idempotency-key.ts'
import type { ChainReader } from '../chain/types.ts'
import type { Descriptor } from '../errors/descriptor.ts'
import { ObolError } from '../errors/obol-error.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { ChainLedger } from '../journal/reduce-chain.ts'
import type { ChainFacts, ChainStep, DesiredIdentity, IdentityTarget } from '../plan/chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import type { Address } from '../util/hex.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import type { IdentityHints } from './decide-identity.ts'
import { effortKey } from './effort-key.ts'
import { identitySteps, stepId } from './identity-steps.ts'
import { knownIds } from './known-ids.ts'
import { priceSteps } from './price-steps.ts'
import { recallFinal } from './recall-final.ts'

/** Where the registration document is, below the public base URL (ERC-8004, registration file). */
const DOCUMENT_PATH = '/.well-known/agent-registration.json'

/** What planning on chains needs from outside. */
export type ChainPlanPorts = {
  readonly workspaceId: string
  /** Without a trailing slash; or why there is none. */
  readonly base: { readonly url: string } | { readonly reason: string }
  /** The signer's address; undefined when none is configured. Rejects with ObolError. */
  readonly owner: () => Promise<Address | undefined>
  /** Undefined when no RPC endpoint is known. */
  readonly connect: (identity: DesiredIdentity) => ChainReader | undefined
  readonly ledger: ChainLedger
  readonly hints: (network: string) => Omit<IdentityHints, 'journal'>
  readonly stamp: boolean
  readonly canSign: (address: Address) => boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly signal: AbortSignal
}

/** How far the two clocks may differ before it is said. Seconds. */
const CLOCK_TOLERANCE = 120

/**
 * The chain steps of a plan: each identity is looked at once, at one block, and what it needs is simulated and priced. What
 * cannot be told is a step that waits, or is unknown, with its reason; nothing here keeps an offer from being sold.
 * SIDE EFFECTS: reads chains; sends nothing.
 */
export async function planChain(
  identities: readonly DesiredIdentity[],
  ports: ChainPlanPorts,
): Promise<readonly ChainStep[]> {
  const planned = await Promise.all(identities.map((identity) => planIdentity(identity, ports)))
  return planned.flat()
}

async function planIdentity(desired: DesiredIdentity, ports: ChainPlanPorts): Promise<readonly ChainStep[]> {
  const { base } = ports
  if ('reason' in base) return [blank(desired, 'waiting', REGISTER_ERRORS.NO_BASE_URL, base.reason)]
  const owner = await ports.owner().catch(asObolError)
  if (owner === undefined) return [blank(desired, 'waiting', REGISTER_ERRORS.NO_SIGNER)]
  if (owner instanceof ObolError) return [blank(desired, 'waiting', REGISTER_ERRORS.NO_SIGNER, owner)]
  const target = targetOf(desired, owner, `${base.url}${DOCUMENT_PATH}`, ports.workspaceId)
  try {
    const chain = ports.connect(desired)
    if (chain === undefined) return [blank(desired, 'unknown', REGISTER_ERRORS.NO_RPC, undefined, target)]
    return await look(desired, target, chain, ports)
  } catch (error) {
    return [blank(desired, 'unknown', REGISTER_ERRORS.UNKNOWN, asObolError(error), target)]
  }
}

async function look(
  desired: DesiredIdentity,
  target: IdentityTarget,
  chain: ChainReader,
  ports: ChainPlanPorts,
): Promise<readonly ChainStep[]> {
  const { owner, idem } = target
  const hints = ports.hints(desired.network)
  const registration = ports.ledger.get(effortKey(target, 'register'))
  const known = knownIds(hints, registration)
  const reading = await chain.observe({ identity: desired, owner, idem, known }, ports.signal)
  if (reading.result === 'unknown') {
    return [
      { ...blank(desired, 'unknown', REGISTER_ERRORS.UNKNOWN, undefined, target), diagnostics: [reading.diagnostic] },
    ]
  }
  const { facts } = reading
  const genesis = await chain.block(0n, ports.signal)
  const recall = await recallFinal(registration, facts, genesis?.hash ?? '0x', chain, ports.signal)
  if (genesis === undefined || recall.result === 'behind') {
    return [blank(desired, 'unknown', REGISTER_ERRORS.NODE_BEHIND, undefined, target)]
  }
  const { ledger, stamp, canSign } = ports
  const steps = identitySteps({ desired, target, facts, ledger, hints, recall, stamp, canSign })
  const priced = await priceSteps(
    steps.map((step) => heldByOthers(step, facts)),
    facts,
    chain,
    ports.signal,
  )
  const skew = clockNote(desired, facts, ports.now())
  const { number, hash } = facts.block
  const seen = { codeHash: facts.registry.codeHash, nonce: facts.nonce.latest, block: { number, hash } }
  return priced.map((step, i) => {
    const diagnostics = i === 0 && skew !== undefined ? [...step.diagnostics, skew] : step.diagnostics
    return { ...step, diagnostics, seen }
  })
}

/** A transaction in the pool that the journal does not know may be a registration of ours whose journal was lost. */
function heldByOthers(step: ChainStep, { nonce, owner }: ChainFacts): ChainStep {
  if (step.state !== 'ready' || step.op === 'adopt' || nonce.pending <= nonce.latest) return step
  const problem = chainDiagnostic(step, REGISTER_ERRORS.OWNER_PENDING, `nonce ${nonce.latest} of ${owner}`)
  const text = 'waits for a transaction that is not ours'
  return { ...step, state: 'waiting', text, diagnostics: [...step.diagnostics, problem] }
}

function clockNote(desired: DesiredIdentity, { block }: ChainFacts, now: number): Diagnostic | undefined {
  // A chain that nobody uses has an old head; only one that is ahead says something of this machine's clock.
  const ahead = Number(block.timestamp) - Math.floor(now / 1000)
  if (ahead <= CLOCK_TOLERANCE) return undefined
  const id = stepId(desired, 'register')
  return chainDiagnostic({ id, network: desired.network }, REGISTER_ERRORS.CLOCK, `its head is ${ahead} s ahead`)
}

function targetOf(desired: DesiredIdentity, owner: Address, uri: string, workspaceId: string): IdentityTarget {
  const { network, chainId, registry, confirmations } = desired
  const idem = idempotencyKey({ chainId, registry, owner, workspaceId })
  return { network, chainId, registry, owner, confirmations, idem, uri }
}

/** A step of which no more is known than that it is wanted. */
function blank(
  desired: DesiredIdentity,
  state: 'waiting' | 'unknown',
  descriptor: Descriptor,
  about?: unknown,
  target?: IdentityTarget,
): ChainStep {
  const { network, chainId, registry, explorer, coin, confirmations, offers, origin } = desired
  const id = stepId(desired, 'register')
  return {
    kind: 'register',
    id,
    op: 'register',
    state,
    network,
    chainId,
    registry,
    ...(explorer === undefined ? {} : { explorer }),
    coin,
    confirmations,
    ...(target === undefined ? {} : { owner: target.owner, identity: target }),
    offers,
    origin,
    dependsOn: [],
    text:
      state === 'unknown'
        ? 'unknown, so nothing is sent'
        : descriptor === REGISTER_ERRORS.NO_BASE_URL
          ? 'waits for the base URL'
          : 'waits for a signer',
    changes: [],
    diagnostics: [chainDiagnostic({ id, network }, descriptor, about)],
  }
}

function asObolError(error: unknown): ObolError {
  if (error instanceof ObolError) return error
  throw error
}
