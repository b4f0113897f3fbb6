import type { ChainWriter, Signer } from '../chain/types.ts'
import type { ChainEvent } from '../journal/journal-events.ts'
import type { ChainLedger } from '../journal/reduce-chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import type { Address } from '../util/hex.ts'
import type { IdentityHints } from './decide-identity.ts'

/** What the steps of one chain need from outside. */
export type RegisterPorts = {
  readonly chain: ChainWriter
  /** Opens the signer of an address; undefined when none is configured for it. */
  readonly signer: (address: Address) => Promise<Signer | undefined>
  readonly ledger: LedgerPort
  /** Without the journal's word, which comes from the ledger. */
  readonly hints: Omit<IdentityHints, 'journal'>
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly now: () => number
  /** Resolves after that many milliseconds, or as soon as `signal` aborts. */
  readonly pause: (ms: number) => Promise<void>
  readonly signal: AbortSignal
  readonly timing: RegisterTiming
}

/** The journal and its reduction. */
export type LedgerPort = {
  current(): ChainLedger
  /** SIDE EFFECTS: on disk when it resolves. */
  record(event: ChainEvent): Promise<void>
}

export type RegisterTiming = {
  /** Between two looks at the chain. Milliseconds. */
  readonly pollMs: number
  /** How long one apply waits for a step to become final. Milliseconds. */
  readonly waitMs: number
  readonly rebroadcastAfterMs: number
  readonly bumpAfterMs: number
}

export const DEFAULT_TIMING: RegisterTiming = {
  pollMs: 1000,
  waitMs: 120_000,
  rebroadcastAfterMs: 15_000,
  bumpAfterMs: 45_000,
}

/** How a step on a chain ended. Nothing of it is an error of the run: an offer is sold without an identity. */
export type ChainResult =
  | { readonly result: 'registered' | 'adopted' | 'configured' | 'unchanged'; readonly agentId: string }
  /** Not final yet, or nobody can tell: the next apply goes on. */
  | { readonly result: 'pending'; readonly diagnostic: Diagnostic }
  | { readonly result: 'failed'; readonly diagnostic: Diagnostic }
