import type { ObjectRef } from '../kube/ref.ts'
import { groupOf, refOf } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'

/**
 * The ref of a manifest. One that names no namespace gets `default` when its kind is known to be namespaced, as kubectl
 * does; of other kinds only the cluster knows, and they are left as they stand.
 */
export function manifestRef(manifest: JsonObject): ObjectRef | undefined {
  const ref = refOf(manifest)
  if (ref === undefined || ref.namespace !== undefined) return ref
  const kinds = NAMESPACED[groupOf(ref.apiVersion)]
  return kinds?.has(ref.kind) === true ? { ...ref, namespace: 'default' } : ref
}

/** True for a ServiceOffer of any version. */
export function isServiceOffer(manifest: JsonObject): boolean {
  const { apiVersion, kind } = manifest
  return kind === 'ServiceOffer' && typeof apiVersion === 'string' && groupOf(apiVersion) === 'obol.org'
}

const NAMESPACED: Readonly<Record<string, ReadonlySet<string>>> = {
  '': kinds(
    'ConfigMap Secret Service Endpoints Pod PodTemplate ReplicationController ServiceAccount PersistentVolumeClaim LimitRange ResourceQuota Event',
  ),
  apps: kinds('Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision'),
  autoscaling: kinds('HorizontalPodAutoscaler'),
  batch: kinds('Job CronJob'),
  'coordination.k8s.io': kinds('Lease'),
  'discovery.k8s.io': kinds('EndpointSlice'),
  'gateway.networking.k8s.io': kinds(
    'Gateway HTTPRoute GRPCRoute TCPRoute TLSRoute UDPRoute ReferenceGrant BackendTLSPolicy',
  ),
  'networking.k8s.io': kinds('Ingress NetworkPolicy'),
  'obol.org': kinds('ServiceOffer AgentIdentity RegistrationRequest PaymentRoute PurchaseRequest Agent'),
  policy: kinds('PodDisruptionBudget'),
  'rbac.authorization.k8s.io': kinds('Role RoleBinding'),
  'traefik.io': kinds(
    'Middleware MiddlewareTCP IngressRoute IngressRouteTCP IngressRouteUDP ServersTransport TLSOption TLSStore TraefikService',
  ),
}

function kinds(names: string): ReadonlySet<string> {
  return new Set(names.split(' '))
}
