import type { ClusterWriter } from '../cluster/types.ts'
import type { Journal } from '../journal/file-journal.ts'
import type { ObjectStep } from '../plan/types.ts'
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
  readonly onProgress: (progress: ApplyProgress) => void
  /** Ends the run: nothing new is begun, what was begun is brought to its end. */
  readonly signal: AbortSignal
}

export type ApplyOptions = {
  /** Name of the run in the journal. */
  readonly run: string
  /** How many steps may be under way at once. */
  readonly concurrency: number
  /** Limit for a `wait` step, in milliseconds. */
  readonly waitTimeoutMs: number
}
