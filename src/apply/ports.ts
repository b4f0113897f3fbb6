import type { ClusterWriter } from '../cluster/types.ts'
import type { Journal } from '../journal/file-journal.ts'
import type { ChainStep } from '../plan/chain.ts'
import type { Diagnostic, ObjectStep } from '../plan/types.ts'
import type { ObjectType } from '../ssa/types.ts'
import type { JsonObject } from '../util/json.ts'
import type { ApplyProgress } from './results.ts'

/** What a run needs from outside. */
export type ApplyPorts = {
  readonly cluster: ClusterWriter
  readonly journal: Journal
  /** Plans one object again from a newer reading; undefined when the plan does not know it. */
  readonly planAgain: (id: string, live: JsonObject | undefined) => ObjectStep | undefined
  /** The type that a step was predicted with. */
  readonly typeOf: (step: ObjectStep) => ObjectType | undefined
  /** Brings a step on a chain as far as it gets; absent: the plan has none. Rejects only when the journal is lost. */
  readonly runChainStep?: (step: ChainStep, run: string) => Promise<ChainOutcome>
  readonly onProgress: (progress: ApplyProgress) => void
  /** Ends the run: nothing new is begun, what was begun is brought to its end. */
  readonly signal: AbortSignal
}

/** How a step on a chain ended; `agentId` (decimal) once the identity is final. */
export type ChainOutcome = {
  readonly result: 'registered' | 'adopted' | 'configured' | 'unchanged' | 'pending' | 'failed'
  readonly agentId?: string
  readonly diagnostic?: Diagnostic
}

export type ApplyOptions = {
  /** Name of the run in the journal. */
  readonly run: string
  /** How many steps may be under way at once. */
  readonly concurrency: number
  /** Limit for a `wait` step, in milliseconds. */
  readonly waitTimeoutMs: number
}
