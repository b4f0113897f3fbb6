import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { ClusterIdentity } from '../plan/observed.ts'
import type { ClusterBinding } from './journal-events.ts'

/** How a cluster is remembered. */
export function bindingOf(cluster: ClusterIdentity): ClusterBinding {
  const { uid, fingerprint, server } = cluster
  return uid === undefined ? { fingerprint, server } : { uid, fingerprint, server }
}

/** The same cluster: by the uid of kube-system where both know it, else by certificate authority and URL. */
export function isSameCluster(bound: ClusterBinding, cluster: ClusterBinding | ClusterIdentity): boolean {
  if (bound.uid !== undefined && cluster.uid !== undefined) return bound.uid === cluster.uid
  return bound.fingerprint === cluster.fingerprint
}

/** OBOL-A002 when the workspace belongs to another cluster; undefined when it may be applied to this one. */
export function bindingProblem(bound: ClusterBinding | undefined, cluster: ClusterIdentity): ObolError | undefined {
  if (bound === undefined || isSameCluster(bound, cluster)) return undefined
  return new ObolError(APPLY_ERRORS.OTHER_CLUSTER, {
    details: [
      `applied so far to  ${bound.server}${bound.uid === undefined ? '' : `  (kube-system ${bound.uid})`}`,
      `kubeconfig says    ${cluster.server}${cluster.uid === undefined ? '' : `  (kube-system ${cluster.uid})`}`,
    ],
  })
}
