import type { Hex } from '../util/hex.ts'
import { maskText } from '../util/mask.ts'
import { plural } from '../util/plural.ts'
import type { ChainWords, EffortState, EffortView, TransactionState, TransactionView } from './journal-view.ts'
import { type AttemptGroup, type Effort, openGroup } from './reduce-chain.ts'
import { stepLabel } from './step-label.ts'

/** What the records of an effort say beside its reduction. */
export type Trail = {
  readonly at: string | undefined
  readonly run: string
  /** Hashes that a node took. */
  readonly sent: ReadonlySet<Hex>
  /** Hashes that were mined without effect. */
  readonly reverted: ReadonlySet<Hex>
  /** Why what was final or in a block is gone, when nothing was recorded since. */
  readonly reorganised: string | undefined
}

/** Where one step on a chain stands, in words. Pure. */
export function describeEffort(effort: Effort, trail: Trail, words: ChainWords): EffortView {
  const { step, op, target, final } = effort
  const state = stateOf(effort, trail)
  const agentId = final?.agentId ?? effort.agentId
  const blockNumber = final?.blockNumber ?? (state === 'confirming' ? effort.mined?.blockNumber : undefined)
  return {
    step,
    op,
    label: maskText(stepLabel(step).replace(`${target.network} `, '')),
    state,
    text: maskText(textOf(effort, state, trail, words)),
    ...(trail.at === undefined ? {} : { at: trail.at }),
    run: trail.run,
    confirmations: target.confirmations,
    ...(agentId === undefined ? {} : { agentId }),
    ...(blockNumber === undefined ? {} : { blockNumber }),
    ...(final?.fee === undefined ? {} : { fee: final.fee }),
    transactions: transactionsOf(effort, trail, words),
  }
}

/** True for the two good ends. */
export function isSettled({ state }: Pick<EffortView, 'state'>): boolean {
  return state === 'final' || state === 'adopted'
}

function stateOf(effort: Effort, { sent, reorganised }: Trail): EffortState {
  if (effort.final !== undefined) return effort.final.adopted === true ? 'adopted' : 'final'
  if (reorganised !== undefined) return 'reorganised'
  const group = openGroup(effort)
  if (group !== undefined) {
    if (isIn(group, effort.mined?.hash)) return 'confirming'
    return group.attempts.some(({ hash }) => sent.has(hash)) ? 'sent' : 'signed'
  }
  const end = effort.groups.at(-1)?.end
  return end === 'reverted' || end === 'superseded' ? end : 'intended'
}

function textOf(effort: Effort, state: EffortState, { reorganised }: Trail, words: ChainWords): string {
  const { target, final, mined } = effort
  const last = effort.groups.at(-1)
  switch (state) {
    case 'final':
    case 'adopted':
      return final === undefined ? state : settledText(effort, final, words)
    case 'confirming':
      return `in block ${mined?.blockNumber}, not final yet (needs ${plural(target.confirmations, 'confirmation')})`
    case 'sent':
      return `sent with ${nonceText(last)}, not known to be in a block; the next apply sends it again`
    case 'signed':
      return `signed with ${nonceText(last)}, not known to have been sent; the next apply sends it`
    case 'intended':
      return 'begun, nothing is signed; the next apply begins anew'
    case 'reverted':
      return `reverted: ${last?.endReason ?? 'no reason'}; the next apply begins anew`
    case 'superseded':
      return `${last?.endReason ?? 'superseded'}; the next apply begins anew`
    case 'reorganised':
      return `reorganised: ${reorganised}; the next apply goes on with it`
  }
}

function settledText({ op, target }: Effort, final: NonNullable<Effort['final']>, words: ChainWords): string {
  const { agentId, adopted, blockNumber, fee } = final
  if (adopted === true) {
    const isMint = op === 'register' || op === 'adopt'
    return isMint
      ? `adopted: identity ${agentId} was on the chain already`
      : `identity ${agentId} was as wanted on the chain already`
  }
  const paid = fee === undefined ? '' : `, fee ${words.amount(target, fee)}`
  return `final: identity ${agentId}, block ${blockNumber}${paid}`
}

/** `nonce 7 (fee raised twice)` */
function nonceText(group: AttemptGroup | undefined): string {
  const raised = (group?.attempts.length ?? 1) - 1
  const times = raised === 1 ? 'once' : raised === 2 ? 'twice' : `${raised} times`
  return `nonce ${group?.nonce}${raised < 1 ? '' : ` (fee raised ${times})`}`
}

function transactionsOf(effort: Effort, trail: Trail, words: ChainWords): readonly TransactionView[] {
  // What ended as `mined` belongs to an earlier effort of the same step.
  const groups = effort.groups.filter(({ end }) => end !== 'mined')
  return groups.flatMap((group) =>
    group.attempts.map(({ hash, bump }) => {
      const link = words.link(effort.target, hash)
      const state = transactionState(hash, group, effort, trail)
      const { nonce, epoch } = group
      return { hash, nonce, epoch, bump, state, ...(link === undefined ? {} : { link: maskText(link) }) }
    }),
  )
}

function transactionState(hash: Hex, group: AttemptGroup, effort: Effort, trail: Trail): TransactionState {
  const { final, mined, op } = effort
  if (hash === final?.hash) return 'mined'
  if (trail.reverted.has(hash)) return 'reverted'
  // Of the transactions with one nonce at most one is mined; a mint is adopted only once its nonce is spent.
  const isSpent = group.end !== undefined || isIn(group, final?.hash) || (op === 'register' && final?.adopted === true)
  if (isSpent) return 'spent'
  if (isIn(group, mined?.hash)) return hash === mined?.hash ? 'mined' : 'spent'
  return trail.sent.has(hash) ? 'sent' : 'signed'
}

function isIn({ attempts }: AttemptGroup, hash: Hex | undefined): boolean {
  return attempts.some((attempt) => attempt.hash === hash)
}
