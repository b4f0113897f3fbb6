import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { delimiter, join } from 'node:path'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { ClusterTarget } from './cluster-target.ts'
import { type Kubeconfig, readKubeconfig } from './read-kubeconfig.ts'
import { resolveContext } from './resolve-context.ts'

export type LoadKubeconfigOptions = {
  /** `--kubeconfig`: this file and no other. */
  readonly kubeconfig?: string
  /** `--context`: default, the current context of the kubeconfig. */
  readonly context?: string
  /** The workspace folder, which may hold `config/kubeconfig.yaml`. */
  readonly workspace?: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home?: string
  /** Where a Pod finds its service account; only tests have another one. */
  readonly serviceAccountFolder?: string
}

const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Finds the cluster to work with: `--kubeconfig`, `$KUBECONFIG` (a list, merged), `config/kubeconfig.yaml` of the
 * workspace, `~/.kube/config`, the service account of a Pod; the first of these that exists is taken alone. Reads files,
 * sends nothing. Rejects with ObolError KUBECONFIG_* or CONTEXT_*.
 */
export async function loadKubeconfig(options: LoadKubeconfigOptions): Promise<ClusterTarget> {
  const kubeconfig = await findKubeconfig(options)
  if (kubeconfig !== undefined) return resolveContext(kubeconfig, options.context)
  const target = await inCluster(options)
  if (target === undefined) throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_MISSING)
  if (options.context === undefined || options.context === target.context) return target
  throw new ObolError(CLUSTER_ERRORS.CONTEXT_UNKNOWN, {
    message: `there is no kubeconfig, only the service account of this Pod, so there is no context ${options.context}`,
  })
}

async function findKubeconfig(options: LoadKubeconfigOptions): Promise<Kubeconfig | undefined> {
  if (options.kubeconfig !== undefined) return readKubeconfig([options.kubeconfig], false)
  const list = options.env['KUBECONFIG']?.split(delimiter).filter((path) => path !== '') ?? []
  if (list.length > 0) {
    const merged = await readKubeconfig(list, true)
    if (merged.files.length > 0) return merged
    throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_UNREADABLE, {
      message: '$KUBECONFIG names no file that exists',
      details: list,
    })
  }
  for (const path of [
    ...(options.workspace === undefined ? [] : [join(options.workspace, 'config', 'kubeconfig.yaml')]),
    ...(options.home === undefined ? [] : [join(options.home, '.kube', 'config')]),
  ]) {
    const found = await readKubeconfig([path], true)
    if (found.files.length > 0) return found
  }
  return undefined
}

async function inCluster({ env, serviceAccountFolder }: LoadKubeconfigOptions): Promise<ClusterTarget | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (host === undefined || host === '' || port === undefined || port === '') return undefined
  const folder = serviceAccountFolder ?? SERVICE_ACCOUNT_FOLDER
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => undefined)
  return {
    context: 'in-cluster',
    ...(namespace === undefined ? {} : { namespace: namespace.trim() }),
    cluster: {
      name: 'in-cluster',
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      caFile: join(folder, 'ca.crt'),
      skipTlsVerify: false,
    },
    user: { name: 'service-account', tokenFile: join(folder, 'token') },
    source: 'service account',
  }
}
