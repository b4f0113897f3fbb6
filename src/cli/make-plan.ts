import { resolve } from 'node:path'
import { connectCluster } from '../cluster/connect.ts'
import { loadKubeconfig } from '../cluster/load-kubeconfig.ts'
import { beginObservation, type Observation } from '../cluster/observe.ts'
import { fileSchemaCache, NO_SCHEMA_CACHE, schemaCacheFolder } from '../cluster/openapi-cache.ts'
import { PermissionError } from '../cluster/permission-error.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import type { ClusterWriter } from '../cluster/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { OFFER_ERRORS } from '../errors/offers.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import { nodeHostPorts } from '../host/node-host-ports.ts'
import { resolveHostAddress } from '../host/resolve-host-address.ts'
import { bindingProblem } from '../journal/check-binding.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import { kindKey } from '../kube/ref.ts'
import { type LoadResult, loadOffers } from '../offers/load-offers.ts'
import { formatProblem, hasErrors, type Problem } from '../offers/problem.ts'
import { readWorkspace, type WorkspaceConfig } from '../offers/read-workspace.ts'
import type { SourceFile } from '../offers/source.ts'
import { buildPlan } from '../plan/build-plan.ts'
import { DECISIONS, type Desired } from '../plan/desired.ts'
import type { Observed } from '../plan/observed.ts'
import { KEPT_KINDS } from '../plan/plan-prune.ts'
import type { Diagnostic, Plan, PlanOptions } from '../plan/types.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Context } from './context.ts'
import type { PlanFlags } from './flags.ts'
import { workspaceFolder } from './workspace-folder.ts'
import { workspaceMissing } from './workspace-missing.ts'

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
  const { loaded, cluster, observation } = await loadAndConnect(context, flags, { folder, workspace, paths, places })
  try {
    const { desired, problems, files } = loaded
    const observed = await look(observation, cluster, desired, places)
    const built = buildPlan(desired, observed, options)
    const plan = withWarnings(built, [...problems.map(problemWarning), ...bindingWarning(state, built)])
    const seconds = (context.now().getTime() - started) / 1000
    // Of a part of the offers nobody can say what is no longer wanted.
    const shown = paths.length === 0 ? plan : { ...plan, orphans: [] }
    return { plan: shown, desired, observed, options, workspace, folder, files, cluster, seconds }
  } catch (error) {
    await cluster.close()
    throw error
  }
}

async function findWorkspace(folder: string, context: Context): Promise<WorkspaceConfig> {
  const found = await readWorkspace(folder)
  if (found.result === 'missing') throw workspaceMissing(folder, context)
  if (found.result === 'found') return found.workspace
  throw new ObolError(WORKSPACE_ERRORS.WORKSPACE_INVALID, { details: found.problems.map(formatProblem) })
}

function planOptions(flags: PlanFlags, workspace: WorkspaceConfig, paths: readonly string[]): PlanOptions {
  const decisions = DECISIONS.flatMap((decision) => (flags[decision] ?? []).map((target) => ({ ...target, decision })))
  if (flags.prune !== true) {
    if (flags.maxPrune === undefined) return { decisions }
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: '--max-prune goes with --prune' })
  }
  if (paths.length > 0) {
    const message = '--prune needs all offers: with PATH everything else would count as no longer wanted'
    throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message, hint: 'obol plan --prune' })
  }
  const approved = flags.maxPrune === undefined ? undefined : { maxCount: flags.maxPrune, maxPercent: 0 }
  return { decisions, prune: approved ?? workspace.prune }
}

type From = {
  readonly folder: string
  readonly workspace: WorkspaceConfig
  readonly paths: readonly string[]
  /** Where objects of ours may be. */
  readonly places: readonly Listing[]
}

type Connected = { readonly cluster: ClusterWriter; readonly observation: Observation }

/** Reads the offers while the cluster is asked for what every plan needs; the mistakes of both are reported together. */
async function loadAndConnect(
  context: Context,
  flags: PlanFlags,
  from: From,
): Promise<Connected & { readonly loaded: LoadResult }> {
  const [loading, connecting] = await Promise.allSettled([load(context, from), connect(context, flags, from)])
  if (loading.status === 'fulfilled' && connecting.status === 'fulfilled') {
    return { loaded: loading.value, ...connecting.value }
  }
  if (connecting.status === 'fulfilled') {
    connecting.value.observation.abandon()
    await connecting.value.cluster.close()
  }
  const reasons = [loading, connecting].flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons)
}

async function load(context: Context, { folder, workspace, paths }: From): Promise<LoadResult> {
  const sources = paths.length === 0 ? workspace.offers : paths.map((path) => fromHere(path, context.cwd))
  const loaded = await loadOffers(sources, {
    base: folder,
    stdin: context.stdin,
    workspaceId: workspace.id,
    hostAddress: async () => workspace.hostAddress ?? (await resolveHostAddress(nodeHostPorts()))?.address,
  })
  if (!hasErrors(loaded.problems)) return loaded
  const hint = ['obol validate', ...paths.map(shellWord)].join(' ')
  throw new ObolError(OFFER_ERRORS.OFFERS_INVALID, { details: loaded.problems.map(formatProblem), hint })
}

function fromHere(path: string, cwd: string): string {
  return path === '-' ? path : resolve(cwd, path)
}

async function connect(context: Context, flags: PlanFlags, from: From): Promise<Connected> {
  const { folder, workspace, places } = from
  const target = await loadKubeconfig({
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: resolve(context.cwd, flags.kubeconfig) }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    workspace: folder,
    env: context.env,
    home: context.home,
  })
  const { requestTimeout } = flags
  const cluster = await connectCluster(target, {
    concurrency: flags.concurrency ?? workspace.apply.concurrency,
    ...(requestTimeout === undefined ? {} : { requestTimeoutMs: requestTimeout * 1000 }),
  })
  const cacheFolder = schemaCacheFolder(context.env, context.home)
  const cache = cacheFolder === undefined ? NO_SCHEMA_CACHE : fileSchemaCache(cacheFolder)
  const options = { cache, now: context.now, signal: context.signal }
  return { cluster, observation: beginObservation(cluster, { places, workspaceId: workspace.id }, options) }
}

async function look(
  observation: Observation,
  cluster: ClusterWriter,
  desired: Desired,
  places: readonly Listing[],
): Promise<Observed> {
  const refs = desired.objects.map((object) => object.ref)
  const seen = await observation.finish({ refs, alsoList: places, workspaceId: desired.workspaceId })
  if (seen.result === 'observed') return seen.observed
  throw new AggregateError(seen.missing.map((missing) => new PermissionError(missing, cluster.context)))
}

/** Each kind and namespace in which we applied something that may be pruned. */
function placesOf(state: WorkspaceState | undefined): readonly Listing[] {
  const places = new Map<string, Listing>()
  for (const { apiVersion, kind, namespace } of state?.inventory.values() ?? []) {
    if (KEPT_KINDS.has(kind)) continue
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
