import { resolve } from 'node:path'
import type { Forward, ServiceAddress } from '../chain/signers/ports.ts'
import { connectCluster } from '../cluster/connect.ts'
import { loadKubeconfig } from '../cluster/load-kubeconfig.ts'
import { beginObservation, type Observation } from '../cluster/observe.ts'
import { fileSchemaCache, NO_SCHEMA_CACHE, schemaCacheFolder } from '../cluster/openapi-cache.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import type { ClusterWriter } from '../cluster/types.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import type { Context } from './context.ts'
import type { PlanFlags } from './flags.ts'

/** A way to what a plan is made from, with a reading that has begun; whoever opened it closes `cluster`. */
export type Door = {
  readonly cluster: ClusterWriter
  readonly observation: Observation
  /** Opens the way to a Service of the cluster. */
  readonly forward: (service: ServiceAddress) => Promise<Forward>
}

/** What is wanted of a cluster before the offers are known. */
export type Opening = {
  readonly folder: string
  readonly workspace: WorkspaceConfig
  /** Where objects of ours may be. */
  readonly places: readonly Listing[]
}

/**
 * Finds the kubeconfig, connects, and begins to read what every plan needs. SIDE EFFECTS: reads files, may run the login
 * command of the kubeconfig; get and list requests; fills the schema cache. Rejects with ObolError.
 */
export async function openCluster(context: Context, flags: PlanFlags, opening: Opening): Promise<Door> {
  const { folder, workspace, places } = opening
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
  return {
    cluster,
    observation: beginObservation(cluster, { places, workspaceId: workspace.id }, options),
    forward: async (service) => (await import('../cluster/port-forward.ts')).forwardPort(target, service),
  }
}
