import { join } from 'node:path'
import { snapshot as snapshotCommand } from '../../src/cli/commands/snapshot.ts'
import type { Context, Output } from '../../src/cli/context.ts'
import { askMachine, findWorkspace, loadInputs } from '../../src/cli/load-inputs.ts'
import { openCluster } from '../../src/cli/open-cluster.ts'
import { openSnapshot } from '../../src/cli/open-snapshot.ts'
import { planRegistrations, registrationInputs } from '../../src/cli/plan-registrations.ts'
import { createStyle } from '../../src/cli/style.ts'
import type { TakeFlags } from '../../src/cli/take-snapshot.ts'
import { beginObservation, type Observation } from '../../src/cluster/observe.ts'
import type { Listing } from '../../src/cluster/plan-reads.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { readState, stateFolder } from '../../src/journal/read-state.ts'
import type { WorkspaceState } from '../../src/journal/reduce-journal.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import { describePlan } from '../../src/plan/describe-plan.ts'
import type { Desired } from '../../src/plan/desired.ts'
import { AGENT_IDENTITY } from '../../src/plan/plan-identity.ts'
import { KEPT_KINDS } from '../../src/plan/plan-prune.ts'
import { renderJson } from '../../src/plan/render-json.ts'
import { renderText } from '../../src/plan/render-text.ts'
import type { Plan, PlanOptions } from '../../src/plan/types.ts'
import { withNotes } from '../../src/snapshot/compare-secrets.ts'
import type { RecordedChains } from '../../src/snapshot/replay-chains.ts'

/** A workspace's folder and what its commands are run with. */
export type Place = {
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  readonly now?: () => Date
}

const TAKEN_AT = new Date('2026-01-02T03:04:05Z')

/** What a command wrote, and the context that it ran in. */
function contextOf({ folder, env = {}, now = () => TAKEN_AT }: Place): {
  readonly context: Context
  readonly written: { stdout: string; stderr: string }
} {
  const written = { stdout: '', stderr: '' }
  const output = (stream: 'stdout' | 'stderr'): Output => ({
    write: (text) => {
      written[stream] += text
    },
    isTTY: false,
    columns: 100,
    style: createStyle(false),
    closed: new AbortController().signal,
  })
  const [stdout, stderr] = [output('stdout'), output('stderr')]
  const context: Context = {
    process: { stdout, stderr },
    stdout,
    stderr,
    env: { XDG_CACHE_HOME: join(folder, 'cache'), ...env },
    cwd: folder,
    home: join(folder, 'home'),
    interactive: false,
    stdin: (async function* () {})(),
    now,
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  }
  return { context, written }
}

/** Runs `obol snapshot`; the file is in the workspace's folder. */
export async function take(place: Place, flags: Partial<TakeFlags> = {}): Promise<{ file: string; stderr: string }> {
  const { context, written } = contextOf(place)
  await snapshotCommand.call(context, { out: 'snapshot.json.gz', ...flags })
  return { file: join(place.folder, 'snapshot.json.gz'), stderr: written.stderr }
}

/** A plan, and all that is shown of it in one text. */
export type Shown = { readonly plan: Plan; readonly shown: string }

const OPTIONS: PlanOptions = { decisions: [] }

/** The plan from the cluster itself, with every schema in the cache, so that requests are as many as ever. */
export async function livePlan(place: Place, options: PlanOptions = OPTIONS): Promise<Shown> {
  await planLive(place, options)
  return planLive(place, options)
}

async function planLive(place: Place, options: PlanOptions): Promise<Shown> {
  const { context } = contextOf(place)
  const workspace = await findWorkspace(place.folder, context)
  const state = await readState(stateFolder(place.folder))
  const places = placesOf(state)
  const door = await openCluster(context, {}, { folder: place.folder, workspace, places })
  try {
    const { desired } = await loadInputs(context, { folder: place.folder, workspace, paths: [] }, askMachine)
    return await finish(context, place, { ...door, state, places, desired, options })
  } finally {
    await door.cluster.close()
  }
}

/** The plan from a snapshot alone. */
export async function snapshotPlan(place: Place, file: string, options: PlanOptions = OPTIONS): Promise<Shown> {
  const { context } = contextOf(place)
  const { folder } = place
  const workspace = await findWorkspace(folder, context)
  const opened = await openSnapshot(context, file, { folder, workspace })
  const { cluster, cache, state, takenAt } = opened
  const places = placesOf(state)
  const { desired } = await loadInputs(context, { folder, workspace, paths: [] }, async () => opened.hostAddress)
  const observation = beginObservation(cluster, { places, workspaceId: workspace.id }, { cache, now: () => takenAt })
  const compared = opened.comparable(desired)
  const recorded = opened.chains
  const parts = { cluster, observation, state, places, desired: compared.desired, options, recorded }
  const { plan } = await finish(context, place, parts)
  return show({
    ...withNotes(plan, compared.notes),
    diagnostics: [...opened.diagnostics, ...withNotes(plan, compared.notes).diagnostics],
  })
}

type Parts = {
  readonly cluster: ClusterWriter
  readonly observation: Observation
  readonly state: WorkspaceState
  readonly places: readonly Listing[]
  readonly desired: Desired
  readonly options: PlanOptions
  readonly recorded?: RecordedChains
}

async function finish(context: Context, { folder }: Place, parts: Parts): Promise<Shown> {
  const { cluster, observation, state, places, desired, options, recorded } = parts
  const workspace = await findWorkspace(folder, context)
  const inputs = await registrationInputs(context, [{ workspace, desired }], cluster)
  const refs = desired.objects.map(({ ref }) => ref)
  const isReadable = inputs !== undefined && inputs.agentIdentity !== 'forbidden'
  const forward = async (): Promise<never> => assertNever()
  const [seen, chains] = await Promise.all([
    observation.finish({
      refs: isReadable ? [...refs, AGENT_IDENTITY] : refs,
      alsoList: places,
      workspaceId: workspace.id,
    }),
    inputs &&
      planRegistrations(context, {
        ...{ desired, workspace, folder, inputs, forward, ledger: state.chain },
        ...(recorded === undefined ? {} : { recorded }),
      }),
  ])
  if (seen.result !== 'observed') throw new Error(`denied: ${JSON.stringify(seen.missing)}`)
  return show(buildPlan(desired, seen.observed, options, chains?.steps))
}

function assertNever(): never {
  throw new Error('no Service is asked for a signer here')
}

function show(plan: Plan): Shown {
  const view = describePlan(plan, { all: true, workspace: 'shop', seconds: 0 })
  const json = JSON.stringify(renderJson(view), undefined, 1)
  return { plan, shown: `${renderText(view, { columns: 100, colour: false })}\n${json}` }
}

function placesOf(state: WorkspaceState): readonly Listing[] {
  const all = [...state.inventory.values()].map(({ name: _, ...place }) => place)
  return all.filter(({ kind }) => !KEPT_KINDS.has(kind) && kind !== AGENT_IDENTITY.kind)
}
