import { bytesToHex, keccak256, stringToBytes } from 'viem/utils'
import { encodeRegister } from '../chain/encode-register.ts'
import { encodeSetMetadata } from '../chain/encode-set-metadata.ts'
import { encodeSetUri } from '../chain/encode-set-uri.ts'
import { IDEM_KEY } from '../chain/idempotency-key.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import { type ChainLedger, type Effort, isOpen } from '../journal/reduce-chain.ts'
import type {
  ChainChange,
  ChainFacts,
  ChainStep,
  DesiredIdentity,
  IdentityTarget,
  MetadataEntry,
  OwnedIdentity,
} from '../plan/chain.ts'
import type { Address, Hex } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import { decideIdentity, type IdentityHints } from './decide-identity.ts'
import { effortKey, metadataKeyOf, ownerKey } from './effort-key.ts'
import { decisionProblem } from './problems.ts'
import type { Recall } from './recall-final.ts'
import { sentCall } from './sent-call.ts'
import { entryOf } from './sight.ts'

/** What the steps of one identity are made of. */
export type IdentityInput = {
  readonly desired: DesiredIdentity
  readonly target: IdentityTarget
  readonly facts: ChainFacts
  readonly ledger: ChainLedger
  readonly hints: Omit<IdentityHints, 'journal'>
  /** What the journal's final registration is worth by now. */
  readonly recall: Exclude<Recall, { result: 'behind' }>
  /** Whether the idempotency key is written into the metadata. */
  readonly stamp: boolean
  /** Whether a signer is configured for an address. */
  readonly canSign: (address: Address) => boolean
}

/**
 * The steps from what is on the chain to what is desired, without prices: what an earlier run left under way first, then
 * mint or adopt, then URI, metadata, wallet. Exactly one `settled` step when there is nothing to do. Pure.
 */
export function identitySteps(input: IdentityInput): readonly ChainStep[] {
  const { target, ledger, facts, recall } = input
  const open = [...ledger.values()].filter((effort) => isOpen(effort) && isOf(effort, target))
  const registration = ledger.get(effortKey(target, 'register'))
  const journal = recall.result === 'canonical' ? recall.agentId : undefined
  const hints = { ...input.hints, ...(journal === undefined ? {} : { journal }) }
  const decision = decideIdentity(facts, target, hints)
  const minting = open.find(({ op }) => op === 'register' || op === 'adopt')
  // What was final and was taken back is sent again, if it was sent by us: the runner knows how.
  const isTakenBack = recall.result === 'reorganised' && decision.result === 'none'
  const again = isTakenBack && registration?.groups.at(-1)?.end === undefined ? registration : undefined
  const pending = open.filter((effort) => effort !== minting).map((effort) => pendingStep(input, effort))
  if (minting !== undefined) return [...pending, pendingMint(input, minting, sentText(minting))]
  if (again?.groups.at(-1) !== undefined) {
    return [...pending, pendingMint(input, again, 'the block that held it is gone from the chain: goes on with it')]
  }
  const base = stepBase(input)
  if (decision.result === 'none') return [...pending, mint(input), ...walletStep(input, undefined)]
  if (decision.result !== 'ours') {
    const step: ChainStep = { ...base, id: stepId(target, 'register'), op: 'register', state: 'waiting', text: '' }
    const problem = decisionProblem(step, decision)
    return [...pending, { ...step, text: 'held back: see below', diagnostics: problem === undefined ? [] : [problem] }]
  }
  const { identity } = decision
  // An effort that another process brought to its end is not left open in this journal.
  const isUnrecorded = journal === undefined && (registration !== undefined || hints.cluster !== identity.agentId)
  const steps = [
    ...(isUnrecorded ? [adoption(input, identity)] : []),
    ...uriStep(input, identity),
    ...metadataSteps(input, identity),
    ...walletStep(input, identity),
  ].filter((step) => !pending.some(({ id }) => id === step.id))
  const all = [...pending, ...steps]
  const settled: ChainStep = {
    ...base,
    id: stepId(target, 'settled'),
    op: 'settled',
    state: 'settled',
    agentId: identity.agentId,
    text: `identity ${identity.agentId}`,
  }
  return all.length === 0 ? [settled] : all
}

function isOf(effort: Effort, target: IdentityTarget): boolean {
  return ownerKey(effort.target) === ownerKey(target)
}

export function stepId(target: Pick<IdentityTarget, 'network'>, op: ChainStep['op'], key?: string): string {
  return `register/${target.network}/${op}${key === undefined ? '' : `/${key}`}`
}

type Base = Omit<ChainStep, 'id' | 'op' | 'state' | 'text'>

function stepBase({ desired, target }: Pick<IdentityInput, 'desired' | 'target'>): Base {
  const { network, chainId, registry, explorer, coin, confirmations, offers, origin } = desired
  return {
    kind: 'register',
    network,
    chainId,
    registry,
    ...(explorer === undefined ? {} : { explorer }),
    coin,
    confirmations,
    owner: target.owner,
    offers,
    origin,
    dependsOn: [],
    changes: [],
    diagnostics: [],
    identity: target,
  }
}

function call(target: IdentityTarget, data: Hex): Pick<ChainStep, 'call'> {
  return { call: { to: target.registry, data, dataHash: keccak256(data) } }
}

function sentText(effort: Effort | undefined): string {
  const group = effort?.groups.at(-1)
  const hash = group?.attempts.at(-1)?.hash
  if (hash === undefined) return 'under way'
  const isMined = effort?.mined !== undefined && group?.attempts.some((attempt) => attempt.hash === effort.mined?.hash)
  const mined = isMined === true ? `, seen in block ${effort?.mined?.blockNumber}` : ''
  return `sent as ${hash.slice(0, 10)}…${hash.slice(-4)} with nonce ${group?.nonce}${mined}: goes on with it`
}

function pendingStep(input: IdentityInput, effort: Effort): ChainStep {
  const key = metadataKeyOf(effort.key)
  return {
    ...stepBase(input),
    id: stepId(input.target, effort.op, key),
    op: effort.op,
    state: 'pending',
    ...(effort.agentId === undefined ? {} : { agentId: effort.agentId }),
    ...(key === undefined ? {} : { entries: [{ key, value: wantedValue(input, key) ?? '0x' }] }),
    ...(input.desired.wallet === undefined || effort.op !== 'set-wallet' ? {} : { wallet: input.desired.wallet }),
    ...sentCall(effort, input.facts),
    text: sentText(effort),
  }
}

/** As it was signed, which need not be as it would be now. */
function pendingMint(input: IdentityInput, effort: Effort, text: string): ChainStep {
  return {
    ...mint(input),
    state: 'pending',
    text,
    changes: [{ path: 'agentURI', after: effort.target.uri }],
    ...sentCall(effort, input.facts),
  }
}

function mint(input: IdentityInput): ChainStep {
  const { target } = input
  const entries = wantedEntries(input)
  return {
    ...stepBase(input),
    id: stepId(target, 'register'),
    op: 'register',
    state: 'ready',
    text: 'mints an identity',
    entries,
    changes: [{ path: 'agentURI', after: target.uri }, ...entries.map((entry) => change(input, entry, undefined))],
    ...call(target, encodeRegister(target.uri, entries)),
  }
}

function adoption(input: IdentityInput, identity: OwnedIdentity): ChainStep {
  return {
    ...stepBase(input),
    id: stepId(input.target, 'adopt'),
    op: 'adopt',
    state: 'ready',
    agentId: identity.agentId,
    text: `identity ${identity.agentId} is on the chain already: it is recorded, nothing is sent`,
  }
}

function uriStep(input: IdentityInput, identity: OwnedIdentity): readonly ChainStep[] {
  const { target } = input
  if (identity.uri === target.uri) return []
  const { agentId } = identity
  const step: ChainStep = {
    ...stepBase(input),
    id: stepId(target, 'set-uri'),
    op: 'set-uri',
    state: 'ready',
    agentId,
    text: `identity ${agentId}: another URI`,
    changes: [{ path: 'agentURI', before: identity.uri, after: target.uri }],
    ...call(target, encodeSetUri(agentId, target.uri)),
  }
  return [step]
}

function metadataSteps(input: IdentityInput, identity: OwnedIdentity): readonly ChainStep[] {
  const { agentId } = identity
  return wantedEntries(input)
    .filter(({ key, value }) => entryOf(identity, key) !== value)
    .map((entry) => ({
      ...stepBase(input),
      id: stepId(input.target, 'set-metadata', entry.key),
      op: 'set-metadata',
      state: 'ready',
      agentId,
      text: `identity ${agentId}: metadata ${entry.key}`,
      entries: [entry],
      changes: [change(input, entry, entryOf(identity, entry.key))],
      ...call(input.target, encodeSetMetadata(agentId, entry)),
    }))
}

/** After a mint the id is only known when it is final, so the call is made then. */
function walletStep(input: IdentityInput, identity: OwnedIdentity | undefined): readonly ChainStep[] {
  const { desired, target, canSign } = input
  const { wallet } = desired
  const now = identity?.wallet ?? target.owner
  if (wallet === undefined || isSameAddress(wallet, now)) return []
  const id = stepId(target, 'set-wallet')
  const problem = canSign(wallet)
    ? []
    : [chainDiagnostic({ id, network: target.network }, REGISTER_ERRORS.NO_WALLET_SIGNER, wallet)]
  const step: ChainStep = {
    ...stepBase(input),
    id,
    op: 'set-wallet',
    state: problem.length === 0 ? 'ready' : 'waiting',
    ...(identity === undefined ? {} : { agentId: identity.agentId }),
    wallet,
    text:
      problem.length === 0 ? 'agent wallet: signed by the wallet when it is sent' : 'waits for a signer of the wallet',
    changes: [{ path: 'agentWallet', before: now, after: wallet }],
    call: { to: target.registry },
    diagnostics: problem,
  }
  return [step]
}

function wantedEntries({ desired, target, stamp }: IdentityInput): readonly MetadataEntry[] {
  const texts = Object.entries(desired.metadata).map(([key, text]) => ({ key, value: bytesToHex(stringToBytes(text)) }))
  return stamp ? [...texts, { key: IDEM_KEY, value: target.idem }] : texts
}

function wantedValue(input: IdentityInput, key: string): Hex | undefined {
  return wantedEntries(input).find((entry) => entry.key === key)?.value
}

/** Texts as texts; our key, and what is no text, in hex. */
function change({ desired }: IdentityInput, entry: MetadataEntry, before: Hex | undefined): ChainChange {
  const path = `metadata.${entry.key}`
  const after = desired.metadata[entry.key] ?? entry.value
  return before === undefined || before === '0x' ? { path, after } : { path, before: readable(before), after }
}

function readable(value: Hex): string {
  const text = Buffer.from(value.slice(2), 'hex').toString('utf8')
  return text !== '' && !text.includes('\ufffd') && /^\P{C}*$/u.test(text) ? text : value
}
