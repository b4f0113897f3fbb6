import type { Hex } from '../util/hex.ts'
import type { ChainEvent, ChainTarget } from './journal-events.ts'

/** A signed transaction of an attempt group. */
export type Attempt = {
  readonly hash: Hex
  readonly raw: Hex
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  /** What no bump may exceed. Wei per gas. */
  readonly ceiling: bigint
  readonly bump: number
}

/** All transactions with one nonce: at most one of them can be mined. */
export type AttemptGroup = {
  readonly epoch: number
  readonly nonce: number
  readonly attempts: readonly Attempt[]
  /** Set when the group is spent: without effect, or (mined) in an earlier effort of the same step. */
  readonly end?: 'reverted' | 'superseded' | 'mined'
  readonly endReason?: string
}

export type Settlement = {
  readonly agentId: string
  readonly adopted: boolean
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly hash?: Hex
  /** Wei. */
  readonly fee?: bigint
}

/** What the journal knows of one step on a chain. */
export type Effort = {
  readonly key: string
  readonly step: string
  readonly op: Extract<ChainEvent, { type: 'chain-intended' }>['op']
  readonly target: ChainTarget
  readonly agentId?: string
  readonly genesis: Hex
  readonly groups: readonly AttemptGroup[]
  /** The last block that one of its transactions was seen in. */
  readonly mined?: { readonly hash: Hex; readonly blockNumber: bigint; readonly blockHash: Hex }
  readonly final?: Settlement
}

/** Efforts by key. */
export type ChainLedger = ReadonlyMap<string, Effort>

/** The ledger after one more event; events without an effort they belong to are passed over. Pure. */
export function reduceChain(ledger: ChainLedger, event: ChainEvent): ChainLedger {
  const effort = ledger.get(event.key)
  const next = event.type === 'chain-intended' ? begin(effort, event) : effort && advance(effort, event)
  return next === undefined || next === effort ? ledger : new Map(ledger).set(event.key, next)
}

/** The group that may still be mined. */
export function openGroup(effort: Effort): AttemptGroup | undefined {
  const last = effort.groups.at(-1)
  return effort.final === undefined && last !== undefined && last.end === undefined ? last : undefined
}

/** Signed and not final: whatever is done next for this owner, this comes first. */
export function isOpen(effort: Effort): boolean {
  return openGroup(effort) !== undefined
}

function begin(effort: Effort | undefined, event: Extract<ChainEvent, { type: 'chain-intended' }>): Effort {
  // An open effort is never forgotten for a new intent: its transaction may still be mined.
  if (effort !== undefined && isOpen(effort)) return effort
  return {
    key: event.key,
    step: event.step,
    op: event.op,
    target: event.target,
    ...(event.agentId === undefined ? {} : { agentId: event.agentId }),
    genesis: event.genesis,
    // Earlier groups are kept, so that epochs go on counting and old hashes are still known.
    groups: (effort?.groups ?? []).map((group) => ({ ...group, end: group.end ?? 'mined' })),
  }
}

function advance(effort: Effort, event: Exclude<ChainEvent, { type: 'chain-intended' }>): Effort {
  switch (event.type) {
    case 'tx-signed':
      return withAttempt(effort, event)
    case 'tx-sent':
      return effort
    case 'tx-mined': {
      const { hash, blockHash } = event
      return { ...effort, mined: { hash, blockHash, blockNumber: BigInt(event.blockNumber) } }
    }
    case 'chain-final':
      return { ...effort, final: settlementOf(event) }
    case 'tx-reverted':
      return withEnd(effort, event.epoch, 'reverted', event.reason)
    case 'tx-superseded':
      return withEnd(effort, event.epoch, 'superseded', event.why)
    case 'chain-reorganised': {
      const { final: _final, mined: _mined, ...rest } = effort
      return rest
    }
  }
}

function withAttempt(effort: Effort, event: Extract<ChainEvent, { type: 'tx-signed' }>): Effort {
  const { epoch, nonce, hash, raw, bump } = event
  const attempt: Attempt = {
    hash,
    raw,
    bump,
    maxFeePerGas: BigInt(event.maxFeePerGas),
    maxPriorityFeePerGas: BigInt(event.maxPriorityFeePerGas),
    ceiling: BigInt(event.ceiling),
  }
  const last = effort.groups.at(-1)
  if (last?.epoch !== epoch) return { ...effort, groups: [...effort.groups, { epoch, nonce, attempts: [attempt] }] }
  const group = { ...last, attempts: [...last.attempts, attempt] }
  return { ...effort, groups: [...effort.groups.slice(0, -1), group] }
}

function withEnd(effort: Effort, epoch: number, end: 'reverted' | 'superseded', endReason: string): Effort {
  return {
    ...effort,
    groups: effort.groups.map((group) => (group.epoch === epoch ? { ...group, end, endReason } : group)),
  }
}

function settlementOf(event: Extract<ChainEvent, { type: 'chain-final' }>): Settlement {
  const { agentId, adopted, blockHash, hash, fee } = event
  return {
    agentId,
    adopted,
    blockHash,
    blockNumber: BigInt(event.blockNumber),
    ...(hash === undefined ? {} : { hash }),
    ...(fee === undefined ? {} : { fee: BigInt(fee) }),
  }
}
