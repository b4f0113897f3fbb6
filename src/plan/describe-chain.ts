import { maskText } from '../util/mask.ts'
import type { ChainChange, ChainStep, IdentityStep } from './chain.ts'
import { AGENT_IDENTITY } from './plan-identity.ts'
import type { ChainView, ChangeView, RowSymbol, RowView } from './plan-view.ts'
import type { Diagnostic } from './types.ts'

type Held = ReadonlyMap<string, readonly string[]>

/** The row of a step on a chain, masked. */
export function describeChain(step: ChainStep, held: Held): RowView {
  const runs = step.state === 'ready' || step.state === 'pending'
  const blockedBy = runs ? held.get(step.id) : undefined
  return {
    id: step.id,
    kind: 'register',
    name: step.network,
    label: step.network,
    type: 'register',
    symbol: blockedBy === undefined ? symbolOf(step) : '!',
    op: step.op,
    applies: runs && blockedBy === undefined,
    ...offerOf(step.offers),
    origin: step.origin,
    text: blockedBy === undefined ? maskText(step.text) : heldText(blockedBy, step.diagnostics),
    dependsOn: step.dependsOn,
    blockedBy: blockedBy ?? [],
    changes: step.changes.map(changeView),
    defaults: 0,
    transfers: [],
    conflicts: [],
    diagnostics: step.diagnostics.map((item) => ({ ...item, message: maskText(item.message) })),
    chain: chainView(step),
  }
}

/** The row of the step that writes an agentId to the cluster. */
export function describeIdentity(step: IdentityStep, held: Held): RowView {
  const { network, offers, agentId, before, waits } = step
  const isActive = step.op !== 'noop' && !waits
  const blockedBy = isActive ? held.get(step.id) : undefined
  const path = `status.registrations[chain=${JSON.stringify(network)}].agentId`
  const change = { path, reason: 'set' as const, owners: [], ...(before === undefined ? {} : { before }) }
  return {
    id: step.id,
    kind: 'identity',
    name: network,
    label: network,
    type: 'identity',
    symbol: blockedBy === undefined ? identitySymbol(step) : '!',
    op: step.op,
    applies: isActive && blockedBy === undefined,
    ...offerOf(offers),
    text: blockedBy === undefined ? step.text : heldText(blockedBy, step.diagnostics),
    dependsOn: step.dependsOn,
    blockedBy: blockedBy ?? [],
    changes: isActive && agentId !== undefined ? [{ ...change, after: agentId }] : [],
    defaults: 0,
    transfers: [],
    conflicts: [],
    diagnostics: step.diagnostics,
    identity: {
      network,
      offers,
      object: AGENT_IDENTITY,
      ...(agentId === undefined ? {} : { agentId }),
      ...(before === undefined ? {} : { before }),
      waits,
    },
  }
}

/** What one offer alone wants stands with that offer. */
function offerOf(offers: readonly string[]): { readonly offer?: string } {
  const [first] = offers
  return first === undefined || offers.length > 1 ? {} : { offer: first }
}

function symbolOf({ op, state }: ChainStep): RowSymbol {
  switch (state) {
    case 'ready':
      return op === 'register' ? '+' : '~'
    case 'settled':
      return '='
    case 'waiting':
    case 'pending':
    case 'unknown':
      return '·'
  }
}

function identitySymbol({ op, waits }: IdentityStep): RowSymbol {
  if (waits) return '·'
  switch (op) {
    case 'create':
      return '+'
    case 'update':
      return '~'
    case 'noop':
      return '='
  }
}

/** Without an error of its own, nothing but the fee limit of the plan holds a step back. */
function heldText(blockedBy: readonly string[], diagnostics: readonly Diagnostic[]): string {
  if (blockedBy.length > 0) return `waits for ${blockedBy.join(', ')}, which is held back`
  return diagnostics.some(({ severity }) => severity === 'error') ? 'held back' : 'held back by the fee limit'
}

function changeView({ path, before, after }: ChainChange): ChangeView {
  return {
    path,
    ...(before === undefined ? {} : { before: maskText(before) }),
    ...(after === undefined ? {} : { after: maskText(after) }),
    reason: 'set',
    owners: [],
  }
}

function chainView(step: ChainStep): ChainView {
  const { network, chainId, registry, coin, confirmations, state, offers } = step
  const { explorer, owner, agentId, outcome, call, fee, balance } = step
  return {
    network,
    chainId,
    registry,
    coin,
    confirmations,
    state,
    offers,
    ...(explorer === undefined ? {} : { explorer }),
    ...(owner === undefined ? {} : { owner }),
    ...(agentId === undefined ? {} : { agentId }),
    ...(outcome === undefined ? {} : { outcome: maskText(outcome) }),
    ...(call === undefined ? {} : { call }),
    ...(fee === undefined ? {} : { fee }),
    ...(balance === undefined ? {} : { balance }),
  }
}
