import { PermissionError } from '../cluster/permission-error.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import type { RegistrationInputs } from '../cluster/read-registration-inputs.ts'
import type { ClusterWriter } from '../cluster/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { USAGE_ERRORS } from '../errors/usage.ts'
import { bindingProblem } from '../journal/check-binding.ts'
import type { WorkspaceState } from '../journal/reduce-journal.ts'
import { kindKey, type ObjectRef, objectId } from '../kube/ref.ts'
import type { LoadResult } from '../offers/load-offers.ts'
import type { Problem } from '../offers/problem.ts'
import type { SourceFile } from '../offers/source.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import { buildPlan, typeOfStep } from '../plan/build-plan.ts'
import type { BasePlan } from '../plan/describe-with-base.ts'
import { DECISIONS, type Desired } from '../plan/desired.ts'
import type { Observed } from '../plan/observed.ts'
import { AGENT_IDENTITY } from '../plan/plan-identity.ts'
import { KEPT_KINDS } from '../plan/plan-prune.ts'
import type { Diagnostic, Plan, PlanOptions } from '../plan/types.ts'
import { ruleSchemas } from '../policy/crd-rules/rule-schemas.ts'
import type { Comparable } from '../snapshot/compare-secrets.ts'
import { policyRemarks } from './apply-policies.ts'
import type { BaseInputs } from './base-inputs.ts'
import type { Chains } from './chains.ts'
import type { Context } from './context.ts'
import { diagnosticAt } from './diagnostic-at.ts'
import type { PlanFlags } from './flags.ts'
import { askMachine, type From, findWorkspace, loadInputs } from './load-inputs.ts'
import type { Door, Opening } from './open-cluster.ts'
import type { Recording } from './open-recording.ts'
import type { OpenedSnapshot } from './open-snapshot.ts'
import { planRegistrations, registrationInputs, signerNotes, type Version } from './plan-registrations.ts'
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
  /** With `--base`: what that version of the files would plan, and where the workspace is in its repository. */
  readonly base?: BasePlan & { readonly prefix: string }
  /** True for a plan from a snapshot: it can only be looked at. */
  readonly isRecorded: boolean
  /** How long reading and planning took. */
  readonly seconds: number
}

export type MakePlanFlags = PlanFlags & {
  /** Another version of the files, to compare with: a commit as git names it. */
  readonly base?: string
  /** A file that stands for cluster and chains. */
  readonly snapshot?: string
  /** Plan to delete these objects of ours, unless something still wants them, and nothing else. */
  readonly deleteOnly?: readonly ObjectRef[]
}

/**
 * The front part of every command that plans: workspace → offers and observation, side by side → plan. With
 * `paths` only those files are planned, and nothing is pruned. `state` says where else our objects may be.
 * Throws ObolError (several as AggregateError) for what keeps a plan from being made.
 * SIDE EFFECTS: reads files, and the repository with `base`; get and list requests; fills the schema cache. Changes nothing.
 */
export async function makePlan(
  context: Context,
  flags: MakePlanFlags,
  paths: readonly string[] = [],
  state?: WorkspaceState,
): Promise<Planned> {
  const started = context.now().getTime()
  const folder = workspaceFolder(flags.workspace, context)
  const workspace = await findWorkspace(folder, context)
  const options = planOptions(flags, workspace, paths)
  const { door, opened, ...read } = await readAll(context, flags, { folder, workspace, paths }, placesOf(state, flags))
  const { cluster } = door
  const known = opened?.state ?? state
  try {
    const { files } = read.loaded
    const compare = (desired: Desired): Comparable => opened?.comparable(desired) ?? { desired, notes: [] }
    const own = compare(read.loaded.desired)
    const version = { workspace, desired: own.desired }
    const loadedBefore = read.base?.loaded
    const before = loadedBefore && { ...loadedBefore, desired: compare(loadedBefore.desired).desired }
    const versions = before === undefined ? [version] : [version, before]
    const inputs = await registrationInputs(context, versions, cluster)
    const ledger = known?.chain ?? new Map()
    const recorded = opened?.chains
    const register = ({ workspace: of, desired }: Version): Promise<Chains> | undefined =>
      inputs &&
      planRegistrations(context, {
        ...{ desired, workspace: of, folder, inputs, ledger, forward: door.forward },
        ...(recorded === undefined ? {} : { recorded }),
      })
    const [observed, chains, chainsBefore] = await Promise.all([
      look(door, versions, { places: placesOf(known, flags), inputs }),
      register(version),
      before === undefined || (await isRegisteredAlike(version, before)) ? undefined : register(before),
    ])
    const plan = await planVersion({ ...version, problems: read.loaded.problems }, observed, options, {
      chains,
      state: known,
    })
    const base = read.base && {
      ...read.base,
      ...(before && {
        planned: {
          desired: before.desired,
          plan: await planVersion(before, observed, options, { chains: chainsBefore ?? chains, state: known }),
        },
      }),
    }
    // Of a part of the offers nobody can say what is no longer wanted.
    const shown = await noted(paths.length === 0 ? plan : { ...plan, orphans: [] }, own.notes)
    const remarks = await policyRemarks(context, { folder, files, desired: version.desired, plan: shown }, base)
    return {
      plan: withWarnings(shown, [...remarks, ...(opened?.diagnostics ?? []), ...(read.base?.diagnostics ?? [])]),
      desired: version.desired,
      observed,
      options,
      workspace,
      folder,
      files,
      cluster,
      ...(chains === undefined ? {} : { chains }),
      ...(base === undefined ? {} : { base }),
      isRecorded: opened !== undefined,
      seconds: (context.now().getTime() - started) / 1000,
    }
  } catch (error) {
    await cluster.close()
    throw error
  }
}

type Known = { readonly chains: Chains | undefined; readonly state: WorkspaceState | undefined }

/** What one version of the files would do. */
async function planVersion(
  { desired, problems }: Version & { readonly problems: readonly Problem[] },
  observed: Observed,
  options: PlanOptions,
  { chains, state }: Known,
): Promise<Plan> {
  const plan = await ruled(buildPlan(desired, observed, options, chains?.steps), desired, observed)
  const notes = chains === undefined ? [] : signerNotes(desired, chains.steps)
  const all = withWarnings(plan, [...problems.map(diagnosticAt), ...bindingWarning(state, plan), ...notes])
  return options.prune?.only === undefined ? all : onlyOf(all, options.prune.only)
}

/** A plan that keeps the rules of the kinds it writes; who has none loads nothing. */
async function ruled(plan: Plan, desired: Desired, observed: Observed): Promise<Plan> {
  const schemaOf = ruleSchemas(plan, (step) => typeOfStep(desired, observed, step))
  if (schemaOf === undefined) return plan
  return (await import('../policy/crd-rules/with-crd-rules.ts')).withCrdRules(plan, schemaOf)
}

/** The steps of some objects, and what is said of them. */
function onlyOf(plan: Plan, ids: ReadonlySet<string>): Plan {
  const isAbout = ({ object }: Diagnostic): boolean => object === undefined || ids.has(object)
  const steps = plan.steps.filter(({ id }) => ids.has(id))
  return { ...plan, steps, offers: [], orphans: [], diagnostics: plan.diagnostics.filter(isAbout) }
}

function planOptions(flags: MakePlanFlags, workspace: WorkspaceConfig, paths: readonly string[]): PlanOptions {
  const decisions = DECISIONS.flatMap((decision) => (flags[decision] ?? []).map((target) => ({ ...target, decision })))
  const limits = workspace.maxFee === undefined ? {} : { maxFee: workspace.maxFee }
  const { deleteOnly } = flags
  if (deleteOnly !== undefined) {
    const only = new Set(deleteOnly.map(objectId))
    return { decisions, prune: { maxCount: only.size, maxPercent: 0, only }, ...limits }
  }
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

type Read = {
  readonly door: Door
  readonly loaded: LoadResult
  readonly base?: BaseInputs
  readonly opened?: OpenedSnapshot
}

/** Reads the offers while the cluster is asked for what every plan needs; the mistakes of all are reported together. */
async function readAll(context: Context, flags: MakePlanFlags, from: From, places: readonly Listing[]): Promise<Read> {
  const { folder, workspace } = from
  const recording = flags.snapshot === undefined ? undefined : openRecorded(context, flags.snapshot, from)
  recording?.catch(() => undefined)
  // Another machine has another address.
  const hostAddress = once(recording === undefined ? askMachine : async () => (await recording).opened.hostAddress)
  const opening = recording?.then(({ door }) => door) ?? openLive(context, flags, { folder, workspace, places })
  const [loading, opened, comparing] = await Promise.allSettled([
    loadInputs(context, from, hostAddress),
    opening,
    flags.base === undefined ? undefined : readBase(context, flags.base, from, hostAddress),
  ])
  if (loading.status === 'fulfilled' && opened.status === 'fulfilled' && comparing.status === 'fulfilled') {
    const { value: base } = comparing
    const read = { loaded: loading.value, door: opened.value, ...(base === undefined ? {} : { base }) }
    return recording === undefined ? read : { ...read, opened: (await recording).opened }
  }
  if (opened.status === 'fulfilled') {
    opened.value.observation.abandon()
    await opened.value.cluster.close()
  }
  const results = [loading, opened, comparing]
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  throw failure(reasons)
}

/** A plan from a snapshot needs none of what connects. */
async function openLive(context: Context, flags: PlanFlags, opening: Opening): Promise<Door> {
  return (await import('./open-cluster.ts')).openCluster(context, flags, opening)
}

async function openRecorded(context: Context, file: string, from: From): Promise<Recording> {
  return (await import('./open-recording.ts')).openRecording(context, file, from, placesOf)
}

/** Each reason once: what waited for another one fails with it. */
function failure(reasons: readonly unknown[]): unknown {
  const distinct = [...new Set(reasons)]
  return distinct.length === 1 ? distinct[0] : new AggregateError(distinct)
}

async function noted(plan: Plan, notes: readonly Diagnostic[]): Promise<Plan> {
  return notes.length === 0 ? plan : (await import('../snapshot/compare-secrets.ts')).withNotes(plan, notes)
}

/** Child processes cost time that only who compares pays. */
async function readBase(
  context: Context,
  ref: string,
  { folder, paths }: From,
  hostAddress: () => Promise<string | undefined>,
): Promise<BaseInputs> {
  const { baseInputs } = await import('./base-inputs.ts')
  return baseInputs(context, { folder, ref, paths, hostAddress })
}

async function isRegisteredAlike(version: Version, before: Version): Promise<boolean> {
  return (await import('./base-inputs.ts')).registersAlike(version, before)
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

type Look = { readonly places: readonly Listing[]; readonly inputs: RegistrationInputs | undefined }

async function look(door: Door, versions: readonly Version[], { places, inputs }: Look): Promise<Observed> {
  // Who may not read it still plans: the step that writes it says so.
  const isReadable = inputs !== undefined && inputs.agentIdentity !== 'forbidden'
  const wanted = versions.flatMap(({ desired }) => desired.objects.map(({ ref }) => ref))
  const workspaceId = versions[0]?.desired.workspaceId ?? ''
  const refs = [...wanted, ...(isReadable ? [AGENT_IDENTITY] : [])]
  const seen = await door.observation.finish({ refs, alsoList: places, workspaceId })
  if (seen.result === 'observed') return seen.observed
  throw new AggregateError(seen.missing.map((missing) => new PermissionError(missing, door.cluster.context)))
}

/** Each kind and namespace in which we applied something that may be pruned, or that is to be deleted. */
function placesOf(
  state: WorkspaceState | undefined,
  { deleteOnly = [] }: Pick<MakePlanFlags, 'deleteOnly'> = {},
): readonly Listing[] {
  const places = new Map<string, Listing>()
  for (const { apiVersion, kind, namespace } of [...(state?.inventory.values() ?? []), ...deleteOnly]) {
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

/** A plan against another cluster than the workspace's is shown, but apply will refuse it. */
function bindingWarning(state: WorkspaceState | undefined, plan: Plan): readonly Diagnostic[] {
  const problem = bindingProblem(state?.cluster, plan.cluster)
  if (problem === undefined) return []
  const { code, message, details, hint } = problem
  const text = `${message}: ${details.map((line) => line.replace(/\s+/g, ' ')).join(', ')}`
  return [{ severity: 'warning', code, message: text, ...(hint === undefined ? {} : { hint }) }]
}
