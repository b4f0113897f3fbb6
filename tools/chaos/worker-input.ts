import type { RegisterTiming } from '../../src/register/ports.ts'
import type { Address } from '../../src/util/hex.ts'
import type { JournalDeath } from './dying-file.ts'

/** What a worker is told on its command line. */
export type WorkerInput = {
  /** Holds the state; the kubeconfig is one folder above. */
  readonly folder: string
  /** Absolute path. */
  readonly keyFile: string
  readonly rpcUrl: string
  readonly network: string
  readonly chainId: number
  readonly registry: Address
  readonly confirmations: number
  readonly workspaceId: string
  readonly timing: RegisterTiming
  readonly kill?: JournalDeath
}

/** What a worker says when it came to its end. */
export type WorkerOutput = {
  readonly steps: readonly {
    readonly id: string
    readonly state: string
    readonly result: string
    readonly dataHash?: string
    readonly why?: unknown
  }[]
  /** How often the journal was written. */
  readonly writes: number
  /** Once it is final. */
  readonly agentId?: string
  /** Result of the step that tells the cluster. */
  readonly identity?: string
  /** Of the error that ended it. */
  readonly code?: string
  readonly message?: string
}
