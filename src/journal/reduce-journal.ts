import type { ObjectRef } from '../kube/ref.ts'
import { isSameCluster } from './check-binding.ts'
import type { ClusterBinding, JournalEvent } from './journal-events.ts'
import { type ChainLedger, reduceChain } from './reduce-chain.ts'

/** What the journal says about the workspace; never edited, only reduced. */
export type WorkspaceState = {
  readonly cluster: ClusterBinding | undefined
  /**
   * Everything applied (or intended) and not known to be deleted since the workspace was bound to its cluster, by object
   * id. After a kill it may name an object that was never made, or is gone: the cluster knows better.
   */
  readonly inventory: ReadonlyMap<string, ObjectRef>
  /** The last run: whether it came to its end, and which steps were begun in it and neither ended nor failed. */
  readonly lastRun: { readonly run: string; readonly finished: boolean; readonly open: ReadonlySet<string> } | undefined
  /** Steps on chains; they outlive the cluster. */
  readonly chain: ChainLedger
  /** Ids of saved plans that a run was begun for, with the time as recorded (empty when it is not known). */
  readonly usedPlans: ReadonlyMap<string, string>
}

export const EMPTY_STATE: WorkspaceState = {
  cluster: undefined,
  inventory: new Map(),
  lastRun: undefined,
  chain: new Map(),
  usedPlans: new Map(),
}

/** State after the events, in order. Pure. */
export function reduceJournal(events: Iterable<JournalEvent & { readonly at?: string }>): WorkspaceState {
  let cluster: ClusterBinding | undefined
  let inventory = new Map<string, ObjectRef>()
  let chain: ChainLedger = new Map()
  const usedPlans = new Map<string, string>()
  let lastRun: { run: string; finished: boolean; open: Set<string> } | undefined
  for (const event of events) {
    switch (event.type) {
      case 'cluster-bound':
        // The same cluster may be bound again, once its uid can be read.
        if (cluster !== undefined && !isSameCluster(cluster, event.cluster)) inventory = new Map()
        cluster = event.cluster
        break
      case 'run-started':
        lastRun = { run: event.run, finished: false, open: new Set() }
        break
      case 'apply-intended':
        // Counted from the intent on: after a kill the object may exist although no result was recorded.
        inventory.set(event.step, event.ref)
        lastRun?.open.add(event.step)
        break
      case 'transfer-intended':
      case 'delete-intended':
        lastRun?.open.add(event.step)
        break
      case 'object-applied':
        inventory.set(event.step, event.ref)
        lastRun?.open.delete(event.step)
        break
      case 'object-deleted':
        inventory.delete(event.step)
        lastRun?.open.delete(event.step)
        break
      case 'step-failed':
        lastRun?.open.delete(event.step)
        break
      case 'plan-used':
        usedPlans.set(event.plan, event.at ?? '')
        break
      case 'run-finished':
        if (lastRun?.run === event.run) lastRun.finished = true
        break
      case 'ownership-transferred':
        break
      default:
        chain = reduceChain(chain, event)
    }
  }
  return { cluster, inventory, lastRun, chain, usedPlans }
}
