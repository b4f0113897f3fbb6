import { observe } from '../cluster/observe.ts'
import { describePermission, PermissionError } from '../cluster/permission-error.ts'
import { readRegistrationInputs } from '../cluster/read-registration-inputs.ts'
import type { ClusterReader } from '../cluster/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { readState, stateFolder } from '../journal/read-state.ts'
import type { Attempt, ChainLedger } from '../journal/reduce-chain.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { buildPlan } from '../plan/build-plan.ts'
import type { Desired } from '../plan/desired.ts'
import { AGENT_IDENTITY } from '../plan/plan-identity.ts'
import { hideSecrets, holdsSecrets } from '../snapshot/hide-secrets.ts'
import { type ClusterReading, readCluster } from '../snapshot/read-cluster.ts'
import { withSettled } from '../snapshot/settled.ts'
import { snapshotCache } from '../snapshot/snapshot-cache.ts'
import { snapshotReader } from '../snapshot/snapshot-reader.ts'
import { keyIdOf } from '../snapshot/tokens.ts'
import type { ChainsRecord, ClusterRecord, Snapshot } from '../snapshot/types.ts'
import type { Context } from './context.ts'
import type { ClusterFlags, WorkspaceFlags } from './flags.ts'
import { askMachine, findWorkspace, loadInputs } from './load-inputs.ts'
import { type Door, openCluster } from './open-cluster.ts'
import { planKey } from './plan-secret.ts'
import { VERSION } from './version.ts'
import { workspaceFolder } from './workspace-folder.ts'

export type TakeFlags = WorkspaceFlags &
  ClusterFlags & {
    /** Further namespaces to look into. */
    readonly namespace?: readonly string[]
    /** Further kinds to record in full: `ConfigMap`, `Deployment.apps`. */
    readonly include?: readonly string[]
    readonly concurrency?: number
    readonly requestTimeout?: number
  }

export type Taken = {
  readonly snapshot: Snapshot
  /** What a narrow Role left out, one sentence each. */
  readonly notes: readonly string[]
}

type Read = Extract<ClusterReading, { result: 'read' }>

/**
 * Reads everything that a plan of the workspace needs, now or after its offers have changed. Throws ObolError (several as
 * AggregateError). SIDE EFFECTS: reads files, the cluster (get and list) and chains; makes `state/plan.key` when there is a
 * secret to hide and no key. Changes nothing else.
 */
export async function takeSnapshot(context: Context, flags: TakeFlags): Promise<Taken> {
  const takenAt = context.now()
  const folder = workspaceFolder(flags.workspace, context)
  const workspace = await findWorkspace(folder, context)
  const hostAddress = workspace.hostAddress ?? (await askMachine())
  const [state, { desired }] = await Promise.all([
    readState(stateFolder(folder)),
    loadInputs(context, { folder, workspace, paths: [] }, async () => hostAddress),
  ])
  const door = await openCluster(context, flags, { folder, workspace, places: [] })
  // What every plan needs is read once, with all else.
  door.observation.abandon()
  try {
    const parts = { workspace, folder, state, desired }
    const [read, chains] = await Promise.all([
      readAll(context, flags, parts, door.cluster),
      readChains(context, parts, door),
    ])
    const isSecret = holdsSecrets(read.record)
    const key = isSecret ? await planKey(context, folder) : undefined
    const snapshot: Snapshot = {
      takenAt: takenAt.toISOString(),
      tool: VERSION,
      workspaceId: workspace.id,
      ...(key === undefined ? {} : { keyId: keyIdOf(key) }),
      ...(hostAddress === undefined ? {} : { hostAddress }),
      cluster: await settled(key === undefined ? read.record : hideSecrets(read.record, key), parts, takenAt),
      state: { cluster: state.cluster, inventory: state.inventory, chain: await withoutRaw(state.chain) },
      chains,
    }
    return { snapshot, notes: notesOf(read) }
  } finally {
    await door.cluster.close()
  }
}

type Parts = {
  readonly workspace: WorkspaceConfig
  readonly folder: string
  readonly state: WorkspaceState
  readonly desired: Desired
}

async function readAll(
  context: Context,
  flags: TakeFlags,
  { workspace, state, desired }: Parts,
  cluster: ClusterReader,
): Promise<Read> {
  const refs = desired.objects.map(({ ref }) => ref)
  const scope = {
    workspaceId: workspace.id,
    refs: desired.identities.length === 0 ? refs : [...refs, AGENT_IDENTITY],
    places: [...state.inventory.values()].map(({ name: _, ...place }) => place),
    namespaces: flags.namespace ?? [],
    include: flags.include ?? [],
  }
  const reading = await readCluster(cluster, scope, context.signal)
  if (reading.result === 'denied') {
    throw new AggregateError(reading.missing.map((missing) => new PermissionError(missing, cluster.context)))
  }
  const [unserved] = reading.unserved
  if (unserved === undefined) return reading
  const message = `--include ${unserved}: the cluster serves no such kind`
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message, hint: 'kubectl api-resources' })
}

/** Plans from what was read, so that a later plan knows what it need not look at again. */
async function settled(record: ClusterRecord, { desired }: Parts, takenAt: Date): Promise<ClusterRecord> {
  const { workspaceId } = desired
  const refs = desired.objects.map(({ ref }) => ref)
  const options = { cache: snapshotCache(record), now: () => takenAt }
  const reader = snapshotReader({ cluster: record, workspaceId })
  const seen = await observe(reader, { refs, alsoList: [], workspaceId }, options)
  if (seen.result === 'denied') return record
  return withSettled(record, desired, buildPlan(desired, seen.observed, { decisions: [] }))
}

/** viem costs a third of a second to load: without a signer there is nothing to ask a chain. */
async function readChains(context: Context, parts: Parts, { cluster, forward }: Door): Promise<ChainsRecord> {
  const { workspace, folder, state, desired } = parts
  if (workspace.signer === undefined && workspace.wallets.length === 0) return { wallets: [], networks: [] }
  const wantsBaseUrl = workspace.baseUrl === undefined
  const inputs = await readRegistrationInputs(cluster, { wantsBaseUrl, signal: context.signal })
  const { recordChains } = await import('./record-chains.ts')
  return recordChains(context, { workspace, folder, desired, inputs, ledger: state.chain, forward })
}

/** The ledger without what could be broadcast. */
async function withoutRaw(ledger: ChainLedger): Promise<ChainLedger> {
  if (ledger.size === 0) return ledger
  const { withoutSignature } = await import('../chain/without-signature.ts')
  const strip = (attempt: Attempt): Attempt => ({ ...attempt, raw: withoutSignature(attempt.raw) })
  return new Map(
    [...ledger].map(([key, effort]) => [
      key,
      { ...effort, groups: effort.groups.map((group) => ({ ...group, attempts: group.attempts.map(strip) })) },
    ]),
  )
}

function notesOf({ narrowed, record }: Read): readonly string[] {
  const lists = Map.groupBy(narrowed, ({ namespaces }) => namespaces.join(', '))
  const narrow = [...lists].map(([namespaces, kinds]) => {
    const names = kinds.map(({ kind }) => kind).join(', ')
    const where =
      namespaces === '' ? 'no namespace may be listed' : `only the namespaces ${namespaces} are in the snapshot`
    return `${names}: not all namespaces may be listed, so ${where}`
  })
  const denied = record.kinds.flatMap(({ denied: refused }) =>
    refused.filter(({ verb, namespace }) => verb === 'list' && namespace !== undefined),
  )
  return [...narrow, ...denied.map(({ missing }) => `the user may not ${describePermission(missing)}`)]
}
