import type { Observation } from '../cluster/observe.ts'
import { PermissionError } from '../cluster/permission-error.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import type { RegistrationInputs } from '../cluster/read-registration-inputs.ts'
import type { ClusterWriter } from '../cluster/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { bindingProblem } from '../journal/check-binding.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import { kindKey } from '../kube/ref.ts'
import type { LoadResult } from '../offers/load-offers.ts'
import type { Problem } from '../offers/problem.ts'
import type { SourceFile } from '../offers/source.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { DECISIONS, type Desired } from '../plan/desired.ts'
import type { Observed } from '../plan/observed.ts'
import { AGENT_IDENTITY } from '../plan/plan-identity.ts'
import { KEPT_KINDS } from '../plan/plan-prune.ts'
import type { Diagnostic, Plan, PlanOptions } from '../plan/types.ts'
import type { Chains } from './chains.ts'
import type { Context } from './context.ts'
import type { PlanFlags } from './flags.ts'
import { type From, findWorkspace, loadInputs } from './load-inputs.ts'
import { type Door, openCluster } from './open-cluster.ts'
import { planRegistrations, registrationInputs, signerNotes } from './plan-registrations.ts'
import { workspaceFolder } from './workspace-folder.ts'

/** A plan with all it was made of; whoever asked for it closes `cluster`. */
export type Planned = {
  readonly plan: Plan
  readonly desired: Desired
  readonly observed: Observed
  readonly options: PlanOptions
  readonly workspace: WorkspaceConfig
  /** The workspace's folder, absolute. */
  readonly folder: string
  /** The offer files as read. */
  readonly files: readonly SourceFile[]
  readonly cluster: ClusterWriter
  /** Absent: no identity is wanted. */
  readonly chains?: Chains
  /** How long reading and planning took. */
  readonly seconds: number
}

/**
 * The front part of every command that plans: workspace → offers and observation, side by side → plan. With
 * `paths` only those files are planned, and nothing is pruned. `state` says where else our objects may be.
 * Throws ObolError (several as AggregateError) for what keeps a plan from being made.
 * SIDE EFFECTS: reads files; get and list requests; fills the schema cache. Changes nothing.
 */
export async function makePlan(
  context: Context,
  flags: PlanFlags,
  paths: readonly string[] = [],
  state?: WorkspaceState,
): Promise<Planned> {
  const started = context.now().getTime()
  const folder = workspaceFolder(flags.workspace, context)
  const workspace = await findWorkspace(folder, context)
  const options = planOptions(flags, workspace, paths)
  const places = placesOf(state)
  const { loaded, door } = await loadAndOpen(context, flags, { folder, workspace, paths }, places)
  const { cluster, observation, forward } = door
  try {
    const { desired, problems, files } = loaded
    const inputs = await registrationInputs(context, desired, workspace, cluster)
    const ledger = state?.chain ?? new Map()
    const [observed, chains] = await Promise.all([
      look(observation, cluster, { desired, places, inputs }),
      inputs && planRegistrations(context, { desired, workspace, folder, inputs, ledger, forward }),
    ])
    const built = buildPlan(desired, observed, options, chains?.steps)
    const notes = chains === undefined ? [] : signerNotes(desired, chains.steps)
    const plan = withWarnings(built, [...problems.map(problemWarning), ...bindingWarning(state, built), ...notes])
    const seconds = (context.now().getTime() - started) / 1000
    // Of a part of the offers nobody can say what is no longer wanted.
    const shown = paths.length === 0 ? plan : { ...plan, orphans: [] }
    return {
      plan: shown,
      desired,
      observed,
      options,
      workspace,
      folder,
      files,
      cluster,
      ...(chains === undefined ? {} : { chains }),
      seconds,
    }
  } catch (error) {
    await cluster.close()
    throw error
  }
}

function planOptions(flags: PlanFlags, workspace: WorkspaceConfig, paths: readonly string[]): PlanOptions {
  const decisions = DECISIONS.flatMap((decision) => (flags[decision] ?? []).map((target) => ({ ...target, decision })))
  const limits = workspace.maxFee === undefined ? {} : { maxFee: workspace.maxFee }
  if (flags.prune !== true) {
    if (flags.maxPrune === undefined) return { decisions, ...limits }
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: '--max-prune goes with --prune' })
  }
  if (paths.length > 0) {
    const message = '--prune needs all offers: with PATH everything else would count as no longer wanted'
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message, hint: 'obol plan --prune' })
  }
  const approved = flags.maxPrune === undefined ? undefined : { maxCount: flags.maxPrune, maxPercent: 0 }
  return { decisions, prune: approved ?? workspace.prune, ...limits }
}

type Opened = { readonly door: Door; readonly loaded: LoadResult }

/** Reads the offers while the cluster is asked for what every plan needs; the mistakes of both are reported together. */
async function loadAndOpen(
  context: Context,
  flags: PlanFlags,
  from: From,
  places: readonly Listing[],
): Promise<Opened> {
  const { folder, workspace } = from
  const opening = openCluster(context, flags, { folder, workspace, places })
  const [loading, opened] = await Promise.allSettled([loadInputs(context, from), opening])
  if (loading.status === 'fulfilled' && opened.status === 'fulfilled') {
    return { loaded: loading.value, door: opened.value }
  }
  if (opened.status === 'fulfilled') {
    opened.value.observation.abandon()
    await opened.value.cluster.close()
  }
  const reasons = [loading, opened].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons)
}

type Look = {
  readonly desired: Desired
  readonly places: readonly Listing[]
  readonly inputs: RegistrationInputs | undefined
}

async function look(
  observation: Observation,
  cluster: ClusterWriter,
  { desired, places, inputs }: Look,
): Promise<Observed> {
  // Who may not read it still plans: the step that writes it says so.
  const isReadable = inputs !== undefined && inputs.agentIdentity !== 'forbidden'
  const refs = [...desired.objects.map((object) => object.ref), ...(isReadable ? [AGENT_IDENTITY] : [])]
  const seen = await observation.finish({ refs, alsoList: places, workspaceId: desired.workspaceId })
  if (seen.result === 'observed') return seen.observed
  throw new AggregateError(seen.missing.map((missing) => new PermissionError(missing, cluster.context)))
}

/** Each kind and namespace in which we applied something that may be pruned. */
function placesOf(state: WorkspaceState | undefined): readonly Listing[] {
  const places = new Map<string, Listing>()
  for (const { apiVersion, kind, namespace } of state?.inventory.values() ?? []) {
    // The identity is everybody's: it is never pruned.
    if (KEPT_KINDS.has(kind) || kind === AGENT_IDENTITY.kind) continue
    const place = namespace === undefined ? { apiVersion, kind } : { apiVersion, kind, namespace }
    places.set(`${kindKey(place)} ${namespace ?? ''}`, place)
  }
  return [...places.values()]
}

/** What is doubtful belongs to the plan, so that it is seen wherever the plan is. */
function withWarnings(plan: Plan, warnings: readonly Diagnostic[]): Plan {
  return warnings.length === 0 ? plan : { ...plan, diagnostics: [...warnings, ...plan.diagnostics] }
}

function problemWarning({ code, message, path, hint, file, line, column }: Problem): Diagnostic {
  return {
    severity: 'warning',
    code,
    message,
    ...(path === '' ? {} : { field: path }),
    ...(hint === undefined ? {} : { hint }),
    origin: { file, line, column },
  }
}

/** A plan against another cluster than the workspace's is shown, but apply will refuse it. */
function bindingWarning(state: WorkspaceState | undefined, plan: Plan): readonly Diagnostic[] {
  const problem = bindingProblem(state?.cluster, plan.cluster)
  if (problem === undefined) return []
  const { code, message, details, hint } = problem
  const text = `${message}: ${details.map((line) => line.replace(/\s+/g, ' ')).join(', ')}`
  return [{ severity: 'warning', code, message: text, ...(hint === undefined ? {} : { hint }) }]
}
