import type { Hex } from '../util/hex.ts'
import { maskText } from '../util/mask.ts'
import { describeEffort, isSettled, type Trail } from './describe-effort.ts'
import type { ClusterBinding } from './journal-events.ts'
import type { ChainWords, EffortView, IdentityView, JournalView, RunView } from './journal-view.ts'
import type { JournalRecord, RecordedEvent } from './read-state.ts'
import { type ChainLedger, type Effort, reduceChain } from './reduce-chain.ts'
import { reduceJournal, type WorkspaceState } from './reduce-journal.ts'

/** What a journal says: the cluster, the last run, and where each step on a chain stands. Pure. */
export function describeJournal(records: readonly JournalRecord[], words: ChainWords): JournalView {
  const events = eventsOf(records)
  const state = reduceJournal(events)
  const lastRun = describeRun(state, events)
  const identities = describeIdentities(state.chain, trailsOf(events), words)
  const efforts = identities.flatMap((identity) => identity.efforts)
  const count = (result: JournalRecord['result']): number => records.filter((record) => record.result === result).length
  return {
    counts: {
      events: events.length,
      runs: events.filter(({ type }) => type === 'run-started').length,
      torn: count('torn'),
      unknown: count('unknown'),
    },
    ...(state.cluster === undefined ? {} : { cluster: describeCluster(state.cluster) }),
    ...(lastRun === undefined ? {} : { lastRun }),
    identities,
    open: efforts.filter((effort) => !isSettled(effort)).length,
  }
}

/** The events among the records. */
export function eventsOf(records: readonly JournalRecord[]): readonly RecordedEvent[] {
  return records.flatMap((record) => (record.result === 'event' ? [record.event] : []))
}

function describeCluster({ uid, fingerprint, server }: ClusterBinding): ClusterBinding {
  return { ...(uid === undefined ? {} : { uid }), fingerprint, server: maskText(server) }
}

function describeRun({ lastRun }: WorkspaceState, events: readonly RecordedEvent[]): RunView | undefined {
  if (lastRun === undefined) return undefined
  const { run, finished } = lastRun
  const own = events.filter((event) => 'run' in event && event.run === run)
  const started = own.find((event) => event.type === 'run-started')
  const ended = finished ? own.findLast((event) => event.type === 'run-finished') : undefined
  const failures = own.flatMap((event) => {
    if (event.type !== 'step-failed') return []
    return [{ step: event.step, code: event.code, message: maskText(String(event.message)) }]
  })
  return {
    run,
    finished,
    ...(started?.at === undefined ? {} : { startedAt: started.at }),
    ...(ended?.at === undefined ? {} : { finishedAt: ended.at }),
    steps: started?.steps ?? 0,
    ...(ended === undefined ? {} : { applied: ended.applied, failed: ended.failed }),
    open: [...lastRun.open],
    failures,
  }
}

function describeIdentities(
  chain: ChainLedger,
  trails: ReadonlyMap<string, Trail>,
  words: ChainWords,
): readonly IdentityView[] {
  const identities = Map.groupBy(chain.values(), ({ target: { chainId, registry, owner } }) =>
    `${chainId}/${registry}/${owner}`.toLowerCase(),
  )
  return [...identities.values()].flatMap((efforts) => {
    const [first] = efforts
    return first === undefined ? [] : [describeIdentity(first, efforts, trails, words)]
  })
}

function describeIdentity(
  first: Effort,
  efforts: readonly Effort[],
  trails: ReadonlyMap<string, Trail>,
  words: ChainWords,
): IdentityView {
  const views: readonly EffortView[] = efforts.map((effort) =>
    describeEffort(effort, trails.get(effort.key) ?? NO_TRAIL, words),
  )
  const { network, chainId, registry, owner } = first.target
  const agentId = efforts.findLast(({ final }) => final !== undefined)?.final?.agentId
  return { network, chainId, registry, owner, ...(agentId === undefined ? {} : { agentId }), efforts: views }
}

const NO_TRAIL: Trail = { at: undefined, run: '', sent: new Set(), reverted: new Set(), reorganised: undefined }

/** By effort. Only events that its reduction took are counted, but for `tx-sent`, which the reduction does not need. */
function trailsOf(events: readonly RecordedEvent[]): ReadonlyMap<string, Trail> {
  const trails = new Map<string, Trail>()
  let ledger: ChainLedger = new Map()
  for (const event of events) {
    if (!('key' in event)) continue
    const { key, run, at } = event
    const next = reduceChain(ledger, event)
    const isTaken = next !== ledger || (event.type === 'tx-sent' && ledger.has(key))
    ledger = next
    if (!isTaken) continue
    const trail = trails.get(key) ?? NO_TRAIL
    trails.set(key, {
      at,
      run,
      sent: event.type === 'tx-sent' ? withHash(trail.sent, event.hash) : trail.sent,
      reverted: event.type === 'tx-reverted' ? withHash(trail.reverted, event.hash) : trail.reverted,
      reorganised: event.type === 'chain-reorganised' ? event.why : undefined,
    })
  }
  return trails
}

function withHash(set: ReadonlySet<Hex>, hash: Hex): ReadonlySet<Hex> {
  return new Set(set).add(hash)
}
