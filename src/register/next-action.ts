import type { Receipt } from '../chain/types.ts'
import { type Attempt, type AttemptGroup, type Effort, openGroup } from '../journal/reduce-chain.ts'
import type { Hex } from '../util/hex.ts'

/** What is seen of the chain when the next action is chosen: all at one head, the nonces read before the effect. */
export type Sighting = {
  readonly head: bigint
  readonly genesis: Hex
  /** Mined at the head, with the pool's, and mined as deep as the chain needs for finality. */
  readonly nonce: { readonly latest: number; readonly pending: number; readonly settled: number }
  /** Of the hashes of the effort that are in a block. */
  readonly receipts: ReadonlyMap<Hex, Receipt>
  /** Whether what the step is for is so already, and for which identity. */
  readonly effect: { readonly isDone: false } | { readonly isDone: true; readonly agentId: string }
  /** Since the newest transaction was last broadcast by this process, and since it was first; undefined: it was not. Milliseconds. */
  readonly sinceBroadcast: number | undefined
  readonly sinceFirst: number | undefined
  /** The node said that the newest transaction pays too little. */
  readonly isTooCheap: boolean
  /** The newest transaction carries a signature that is not good any more: it would only revert. */
  readonly isExpired: boolean
}

export type Limits = {
  readonly confirmations: number
  /** Broadcast the newest transaction again after that long, and bump its fee after that long. Milliseconds. */
  readonly rebroadcastAfter: number
  readonly bumpAfter: number
}

/** What to do next. */
export type NextAction =
  | { readonly action: 'sign'; readonly nonce: number; readonly epoch: number }
  | { readonly action: 'broadcast'; readonly attempt: Attempt }
  | { readonly action: 'bump'; readonly group: AttemptGroup; readonly newest: Attempt }
  | {
      readonly action: 'finish'
      readonly agentId: string
      /** Absent: adopted. */
      readonly receipt?: Receipt
    }
  | { readonly action: 'reverted'; readonly group: AttemptGroup; readonly receipt: Receipt }
  | { readonly action: 'superseded'; readonly group: AttemptGroup; readonly why: string }
  | { readonly action: 'stuck'; readonly why: string }
  | { readonly action: 'wait'; readonly why: string; readonly receipt?: Receipt }

/**
 * The state machine of one step on a chain: from what the journal knows and what is seen, the one thing to do next. A new
 * transaction is signed only when nothing of this owner is under way, the effect is not there, and the nonce has been the
 * same for as many blocks as finality takes; whatever else happens, at most one transaction of a nonce can be mined. Pure.
 */
export function nextAction(effort: Effort | undefined, seen: Sighting, limits: Limits): NextAction {
  const group = effort === undefined ? undefined : openGroup(effort)
  if (effort !== undefined && group !== undefined && effort.genesis !== seen.genesis) {
    return { action: 'superseded', group, why: 'the chain was started anew' }
  }
  const receipt = effort === undefined ? undefined : receiptOf(effort, seen)
  if (seen.effect.isDone) {
    // A mint under way may still be mined: who adopted another identity now would have two in the end.
    const isUnderWay = group !== undefined && effort?.op === 'register' && seen.nonce.latest <= group.nonce
    if (isUnderWay && receipt === undefined) {
      const remedy = `use nonce ${group.nonce} for another transaction if it is not to be`
      return { action: 'wait', why: `an identity is there, and our mint may still be mined: ${remedy}` }
    }
    return settle(seen.effect.agentId, receipt, seen, limits)
  }
  return group === undefined ? begin(effort, seen) : goOn(group, receipt, seen, limits)
}

/**
 * The receipt of any transaction of the effort: a hash of an earlier group may come back by a reorganisation. Those of an
 * earlier effort of the same step say nothing of this one.
 */
function receiptOf(effort: Effort, seen: Sighting): Receipt | undefined {
  const groups = effort.groups.filter(({ end }) => end !== 'mined')
  const hashes = groups.flatMap(({ attempts }) => attempts.map(({ hash }) => hash))
  const found = hashes.flatMap((hash) => seen.receipts.get(hash) ?? [])
  return found.find(({ status }) => status === 'success') ?? found.at(-1)
}

function settle(agentId: string, receipt: Receipt | undefined, seen: Sighting, limits: Limits): NextAction {
  if (receipt?.status === 'success') {
    const depth = depthOf(receipt, seen)
    if (depth >= limits.confirmations) return { action: 'finish', agentId, receipt }
    return { action: 'wait', why: confirming(depth, limits), receipt }
  }
  // Somebody else's transaction did it, or one of ours that the journal lost: final once all of the owner's are.
  if (seen.nonce.settled === seen.nonce.latest) return { action: 'finish', agentId }
  return { action: 'wait', why: 'found on the chain; waiting until it is final' }
}

function begin(effort: Effort | undefined, { nonce }: Sighting): NextAction {
  const { latest, pending, settled } = nonce
  if (pending > latest) {
    return { action: 'wait', why: `a transaction of the owner that is not ours is pending (nonce ${latest})` }
  }
  if (settled !== latest) return { action: 'wait', why: "the owner's last transaction is not final yet" }
  return { action: 'sign', nonce: latest, epoch: (effort?.groups.at(-1)?.epoch ?? 0) + 1 }
}

function goOn(group: AttemptGroup, receipt: Receipt | undefined, seen: Sighting, limits: Limits): NextAction {
  const { latest, settled } = seen.nonce
  if (receipt !== undefined && group.attempts.some(({ hash }) => hash === receipt.hash)) {
    const depth = depthOf(receipt, seen)
    if (depth < limits.confirmations) return { action: 'wait', why: confirming(depth, limits), receipt }
    if (receipt.status === 'reverted') return { action: 'reverted', group, receipt }
    return { action: 'stuck', why: 'the transaction succeeded, and its effect is not on the chain' }
  }
  if (latest > group.nonce) {
    if (settled > group.nonce) {
      return { action: 'superseded', group, why: `another transaction used nonce ${group.nonce}` }
    }
    return { action: 'wait', why: `nonce ${group.nonce} is spent by a transaction that is not final yet` }
  }
  if (latest < group.nonce && limits.confirmations <= 1) {
    // Only a developer's chain is final at once and yet goes back: it was reset, and what it lost does not return.
    return { action: 'superseded', group, why: `the chain went back to nonce ${latest}` }
  }
  return keepSending(group, seen, limits)
}

/** Not mined, and its nonce is free: the newest transaction goes out again, in time with a higher fee. */
function keepSending(group: AttemptGroup, seen: Sighting, limits: Limits): NextAction {
  const newest = group.attempts.at(-1)
  if (newest === undefined) return { action: 'stuck', why: 'an attempt group without a transaction' }
  const { sinceBroadcast, sinceFirst } = seen
  const isFree = seen.nonce.latest === group.nonce
  if (seen.isExpired && isFree) return { action: 'bump', group, newest }
  if (sinceBroadcast === undefined || sinceFirst === undefined) return { action: 'broadcast', attempt: newest }
  if (isFree && (seen.isTooCheap || sinceFirst >= limits.bumpAfter)) return { action: 'bump', group, newest }
  if (sinceBroadcast >= limits.rebroadcastAfter) return { action: 'broadcast', attempt: newest }
  const gap = seen.nonce.latest < group.nonce ? ` after nonce ${seen.nonce.latest}, which the chain lost` : ''
  return { action: 'wait', why: `sent, not in a block yet${gap}` }
}

/** A transaction in the head has one confirmation. */
function depthOf(receipt: Receipt, { head }: Sighting): number {
  return Number(head - receipt.blockNumber) + 1
}

function confirming(depth: number, { confirmations }: Limits): string {
  return `in a block, ${Math.max(0, depth)} of ${confirmations} confirmations`
}
