import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parse } from 'yaml'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { ApplyResult } from '../../src/apply/results.ts'
import { connectCluster } from '../../src/cluster/connect.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import { observe } from '../../src/cluster/observe.ts'
import { NO_SCHEMA_CACHE } from '../../src/cluster/openapi-cache.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { bindingOf, bindingProblem, isSameCluster } from '../../src/journal/check-binding.ts'
import { type JournalFile, openJournal } from '../../src/journal/file-journal.ts'
import { takeLock } from '../../src/journal/lock.ts'
import { readState } from '../../src/journal/read-state.ts'
import { buildPlan, planAgain, typeOfStep } from '../../src/plan/build-plan.ts'
import type { Desired } from '../../src/plan/desired.ts'
import type { Observed } from '../../src/plan/observed.ts'
import type { Plan, PlanOptions } from '../../src/plan/types.ts'
import { isJsonObject, type JsonObject } from '../../src/util/json.ts'

export type Planned = { readonly plan: Plan; readonly observed: Observed; readonly options: PlanOptions }

/** Kinds that the workspaces of these tests hold, in all namespaces: where to look for what is to be pruned. */
const ALSO = [
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'Endpoints' },
  { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer' },
]

/** Connects to the current context of a kubeconfig file. */
export async function connectFile(kubeconfig: string): Promise<ClusterWriter> {
  return connectCluster(await loadKubeconfig({ kubeconfig, env: {} }), { concurrency: 8, requestTimeoutMs: 20_000 })
}

/** A CRD of the repository: `serviceoffers`, `agentidentities`, `registrationrequests`. */
export function crdOf(plural: string): JsonObject {
  const file = join(import.meta.dirname, `../../schemas/crds/${plural}.obol.org.yaml`)
  const crd: unknown = parse(readFileSync(file, 'utf8'))
  if (!isJsonObject(crd)) throw new Error(`${file} is no object`)
  return crd
}

/** Reads the cluster and plans, as `obol plan` does. */
export async function planWorkspace(
  cluster: ClusterWriter,
  desired: Desired,
  given: Partial<PlanOptions> = {},
): Promise<Planned> {
  const refs = desired.objects.map(({ ref }) => ref)
  const wanted = { refs, alsoList: given.prune === undefined ? [] : ALSO, workspaceId: desired.workspaceId }
  const seen = await observe(cluster, wanted, { cache: NO_SCHEMA_CACHE, now: () => new Date() })
  if (seen.result === 'denied') throw new Error(`denied: ${JSON.stringify(seen.missing)}`)
  const options: PlanOptions = { decisions: [], ...given }
  return { plan: buildPlan(desired, seen.observed, options), observed: seen.observed, options }
}

export type RunOptions = {
  readonly stateFolder: string
  readonly concurrency: number
  /** The journal's file goes through here. */
  readonly through?: (file: JournalFile) => JournalFile
  readonly run?: string
  readonly signal?: AbortSignal
}

/** Applies a plan with lock, binding and journal, as `obol apply` does. */
export async function applyWorkspace(
  cluster: ClusterWriter,
  desired: Desired,
  planned: (cluster: ClusterWriter) => Promise<Planned>,
  options: RunOptions,
): Promise<{ readonly plan: Plan; readonly result: ApplyResult }> {
  const { stateFolder } = options
  const since = new Date().toISOString()
  const lock = await takeLock(stateFolder, { pid: process.pid, since, isRunning })
  try {
    const state = await readState(stateFolder)
    const { plan, observed, options: planOptions } = await planned(cluster)
    const problem = bindingProblem(state.cluster, plan.cluster)
    if (problem !== undefined) throw problem
    const journal = await openJournal(stateFolder, () => new Date().toISOString(), options.through)
    try {
      if (state.cluster === undefined || !isSameCluster(state.cluster, plan.cluster)) {
        await journal.append({ type: 'cluster-bound', cluster: bindingOf(plan.cluster) })
      }
      const ports = {
        cluster,
        journal,
        planAgain: (id: string, live: JsonObject | undefined) => planAgain(desired, observed, planOptions, id, live),
        typeOf: (step: Parameters<typeof typeOfStep>[2]) => typeOfStep(desired, observed, step),
        onProgress: () => undefined,
        signal: options.signal ?? new AbortController().signal,
      }
      const { concurrency, run = 'run' } = options
      return { plan, result: await applyPlan(plan, ports, { run, concurrency, waitTimeoutMs: 20_000 }) }
    } finally {
      await journal.close()
    }
  } finally {
    await lock.release()
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
