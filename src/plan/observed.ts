import type { KindKey } from '../kube/ref.ts'
import type { ObjectType } from '../ssa/types.ts'
import type { JsonObject } from '../util/json.ts'

/** A kind the cluster serves. */
export type ServedKind = {
  readonly apiVersion: string
  readonly kind: string
  /** The resource's name in URLs: `serviceoffers`. */
  readonly plural: string
  readonly namespaced: boolean
  readonly type: ObjectType
  /** The server's hash of the OpenAPI document the type was read from. */
  readonly schemaHash: string
}

export type ClusterIdentity = {
  /** Name of the kubeconfig context, for people. */
  readonly context: string
  /** The server's URL without credentials. */
  readonly server: string
  /** uid of the namespace kube-system; absent where it may not be read. */
  readonly uid?: string
  /** SHA-256 of the server's certificate authority with its URL: the identity where `uid` may not be read. */
  readonly fingerprint: string
  /** `v1.37.2` */
  readonly version: string
}

export type NamespaceState = 'present' | 'absent' | 'terminating' | 'unknown'

/** Everything a plan knows of the cluster, read once. */
export type Observed = {
  readonly cluster: ClusterIdentity
  /** RFC 3339, whole seconds. */
  readonly readAt: string
  /** Kinds wanted and served; a wanted kind that is missing here is not served. */
  readonly kinds: ReadonlyMap<KindKey, ServedKind>
  /** Live objects by objectId, with managedFields: those wanted and those that carry our workspace label. */
  readonly objects: ReadonlyMap<string, JsonObject>
  readonly namespaces: ReadonlyMap<string, NamespaceState>
  /** How many HTTP requests the reading took. */
  readonly requests: number
}
