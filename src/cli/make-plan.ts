import { resolve } from 'node:path'
import type { ClusterTarget } from '../cluster/cluster-target.ts'
import { connectCluster } from '../cluster/connect.ts'
import { loadKubeconfig } from '../cluster/load-kubeconfig.ts'
import { beginObservation, type Observation } from '../cluster/observe.ts'
import { fileSchemaCache, NO_SCHEMA_CACHE, schemaCacheFolder } from '../cluster/openapi-cache.ts'
import { PermissionError } from '../cluster/permission-error.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import { type RegistrationInputs, readRegistrationInputs } from '../cluster/read-registration-inputs.ts'
import type { ClusterWriter } from '../cluster/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { OFFER_ERRORS } from '../errors/offers.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import { nodeHostPorts } from '../host/node-host-ports.ts'
import { resolveHostAddress } from '../host/resolve-host-address.ts'
import { bindingProblem } from '../journal/check-binding.ts'
import type { ChainLedger } from '../journal/reduce-chain.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import { kindKey } from '../kube/ref.ts'
import { type LoadResult, loadOffers } from '../offers/load-offers.ts'
import { formatProblem, hasErrors, type Problem } from '../offers/problem.ts'
import { readWorkspace } from '../offers/read-workspace.ts'
import { signerNote } from '../offers/signer-note.ts'
import type { SourceFile } from '../offers/source.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { buildPlan } from '../plan/build-plan.ts'
import type { ChainStep } from '../plan/chain.ts'
import { DECISIONS, type Desired } from '../plan/desired.ts'
import type { Observed } from '../plan/observed.ts'
import { AGENT_IDENTITY } from '../plan/plan-identity.ts'
import { KEPT_KINDS } from '../plan/plan-prune.ts'
import type { Diagnostic, Plan, PlanOptions } from '../plan/types.ts'
import { registrationOf } from '../plan/with-registration.ts'
import { isJsonArray, jsonAt } from '../util/json.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Chains } from './chains.ts'
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
  const { loaded, cluster, target, observation } = await loadAndConnect(context, flags, {
    folder,
    workspace,
    paths,
    places,
  })
  try {
    const { desired, problems, files } = loaded
    const inputs = await registrationInputs(context, desired, workspace, cluster)
    const ledger = state?.chain ?? new Map()
    const [observed, chains] = await Promise.all([
      look(observation, cluster, { desired, places, inputs }),
      inputs && planRegistrations(context, { desired, workspace, folder, inputs, ledger, target }),
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

async function findWorkspace(folder: string, context: Context): Promise<WorkspaceConfig> {
  const found = await readWorkspace(folder)
  if (found.result === 'missing') throw workspaceMissing(folder, context)
  if (found.result === 'found') return found.workspace
  throw new ObolError(WORKSPACE_ERRORS.WORKSPACE_INVALID, { details: found.problems.map(formatProblem) })
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

type From = {
  readonly folder: string
  readonly workspace: WorkspaceConfig
  readonly paths: readonly string[]
  /** Where objects of ours may be. */
  readonly places: readonly Listing[]
}

type Connected = {
  readonly cluster: ClusterWriter
  readonly target: ClusterTarget
  readonly observation: Observation
}

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
    confirmations: workspace.chains,
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
  return { cluster, target, observation: beginObservation(cluster, { places, workspaceId: workspace.id }, options) }
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

/** What the cluster knows of registrations; undefined when none is wanted, so that nothing is asked. */
async function registrationInputs(
  context: Context,
  desired: Desired,
  workspace: WorkspaceConfig,
  cluster: ClusterWriter,
): Promise<RegistrationInputs | undefined> {
  if (desired.identities.length === 0) return undefined
  const wantsBaseUrl = workspace.baseUrl === undefined
  return readRegistrationInputs(cluster, { wantsBaseUrl, signal: context.signal })
}

type Registrations = {
  readonly desired: Desired
  readonly workspace: WorkspaceConfig
  readonly folder: string
  readonly inputs: RegistrationInputs
  readonly ledger: ChainLedger
  readonly target: ClusterTarget
}

/** viem costs a third of a second to load: only who registers pays for it. */
async function planRegistrations(context: Context, parts: Registrations): Promise<Chains> {
  const { desired, workspace, folder, inputs, ledger, target } = parts
  const { planChains } = await import('./chains.ts')
  const { tunnelUrl, tunnelReason = 'nothing says it' } = inputs
  return planChains(context, {
    workspace,
    folder,
    identities: desired.identities,
    ledger,
    tunnel: tunnelUrl === undefined ? { reason: tunnelReason } : { url: tunnelUrl },
    inCluster: (network) => agentIdIn(inputs, network),
    forward: async (service) => (await import('../cluster/port-forward.ts')).forwardPort(target, service),
  })
}

function agentIdIn({ agentIdentity }: RegistrationInputs, network: string): string | undefined {
  const list = typeof agentIdentity === 'object' ? jsonAt(agentIdentity, ['status', 'registrations']) : undefined
  return isJsonArray(list) ? registrationOf(list, network) : undefined
}

/** Informational: who owns the identity need not be who is paid. Said once per address, until the identity is settled. */
function signerNotes(desired: Desired, steps: readonly ChainStep[]): readonly Diagnostic[] {
  const { code } = REGISTER_ERRORS.SIGNER_NOT_PAYEE
  const messages = desired.identities.flatMap(({ network, payees }) => {
    const step = steps.find((candidate) => candidate.network === network)
    if (step === undefined || step.state === 'settled') return []
    return signerNote(step.owner, payees).map(({ message }) => message)
  })
  return [...new Set(messages)].map((message) => ({ severity: 'info', code, message }))
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
