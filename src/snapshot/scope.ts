import type { KindSchema } from '../cluster/kind-schema.ts'
import type { Listing } from '../cluster/plan-reads.ts'
import { isOurs } from '../cluster/workspace-label.ts'
import { groupOf, type KindKey, kindKey, type ObjectRef, objectId, refOf } from '../kube/ref.ts'
import { isJsonObject, type JsonObject } from '../util/json.ts'
import { kindName } from './scope-errors.ts'

/** What a snapshot is to hold. */
export type Scope = {
  readonly workspaceId: string
  /** Objects that the workspace wants. */
  readonly refs: readonly ObjectRef[]
  /** Where else objects of ours may be. */
  readonly places: readonly Listing[]
  /** Further namespaces. */
  readonly namespaces: readonly string[]
  /** Further kinds, in full: `ConfigMap`, `Deployment.apps`. */
  readonly include: readonly string[]
}

const IDENTITY = { apiVersion: 'obol.org/v1alpha1', kind: 'AgentIdentity', namespace: 'x402', name: 'default' }
const STACK_CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'obol-frontend', name: 'obol-stack-config' }

/** Kinds that every plan may need, beside those of group obol.org. */
const ALWAYS: readonly KindKey[] = [
  'v1/Service',
  'v1/Endpoints',
  'v1/Namespace',
  'v1/ConfigMap',
  'v1/Secret',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
]
/** Of these every object may collide with what an offer is compiled to, or is wanted by name. */
const IN_FULL: readonly KindKey[] = ['v1/Service', 'v1/Endpoints', 'v1/Namespace']
/** Of these a cluster has many that are nobody's business: other namespaces than ours are not even looked into. */
const PRIVATE: readonly KindKey[] = ['v1/ConfigMap', 'v1/Secret']
/** A plan asks for these by name, so that a Role without list is enough. */
const BY_NAME: readonly KindKey[] = [
  'v1/Secret',
  'v1/ConfigMap',
  'v1/Namespace',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'obol.org/v1alpha1/AgentIdentity',
]

/** What is asked for by name whatever the workspace wants: the cluster's identity, the identities of the shop, its tunnel. */
function alwaysAsked(namespaces: readonly string[]): readonly ObjectRef[] {
  const names = ['kube-system', IDENTITY.namespace, ...namespaces]
  return [IDENTITY, STACK_CONFIG, ...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', name }))]
}

/** What the scope says of one kind. */
export type KindScope = {
  readonly isPrivate: boolean
  readonly isByName: boolean
  /** True when a plan of the workspace as it is would list the kind there: then a missing permission is one. */
  isNeeded(namespace: string | undefined): boolean
  /** Names to ask for where the kind may not be listed; `isNeeded`: the workspace wants it. */
  readonly asked: readonly { readonly ref: ObjectRef; readonly isNeeded: boolean }[]
  /** Namespaces in which objects of ours may be that nothing wants any more. */
  readonly ourPlaces: readonly string[]
  /** Whether the content of an object is recorded, or only its name. */
  keeps(object: JsonObject): boolean
}

/** The namespaces of the workspace, sorted. */
export function namespacesOf({ refs, places, namespaces }: Scope): readonly string[] {
  const all = [...refs, ...places].flatMap(({ namespace }) => namespace ?? [])
  return [...new Set([...all, ...namespaces])].sort()
}

/** API versions of which the document is needed. */
export function apiVersionsOf(scope: Scope, served: Iterable<string>): ReadonlySet<string> {
  const included = new Set(scope.include.map(groupOfName))
  const always = ALWAYS.map((key) => key.slice(0, key.lastIndexOf('/')))
  const wanted = [...scope.refs, ...scope.places].map(({ apiVersion }) => apiVersion)
  return new Set([...always, ...wanted, ...[...served].filter((apiVersion) => included.has(groupOf(apiVersion)))])
}

/** Whether a kind is recorded. */
export function isRecorded(scope: Scope, kind: { readonly apiVersion: string; readonly kind: string }): boolean {
  const key = kindKey(kind)
  const isWanted = [...scope.refs, ...scope.places].some((other) => kindKey(other) === key)
  return groupOf(kind.apiVersion) === 'obol.org' || ALWAYS.includes(key) || isWanted || isIncluded(scope, kind)
}

export function kindScope(scope: Scope, kind: Omit<KindSchema, 'schemas'>): KindScope {
  const key = kindKey(kind)
  const ofKind = <T extends { readonly apiVersion: string; readonly kind: string }>(list: readonly T[]): readonly T[] =>
    list.filter((item) => kindKey(item) === key)
  const wanted = ofKind(scope.refs)
  const wantedIds = new Set(wanted.map(objectId))
  const places = ofKind(scope.places)
  const inFull = IN_FULL.includes(key) || groupOf(kind.apiVersion) === 'obol.org' || isIncluded(scope, kind)
  const isByName = BY_NAME.includes(key)
  const needed = new Set([...(isByName ? [] : wanted), ...(isByName ? [] : places)].map(({ namespace }) => namespace))
  return {
    isPrivate: PRIVATE.includes(key) && !isIncluded(scope, kind),
    isByName,
    isNeeded: (namespace) => needed.has(namespace),
    asked: isByName
      ? [
          ...wanted.map((ref) => ({ ref, isNeeded: true })),
          ...ofKind(alwaysAsked(namespacesOf(scope)))
            .filter((ref) => !wantedIds.has(objectId(ref)))
            .map((ref) => ({ ref, isNeeded: false })),
        ]
      : [],
    ourPlaces: places.flatMap(({ namespace }) => namespace ?? []),
    keeps: (object) => {
      const ref = refOf(object)
      const isWanted = ref !== undefined && wantedIds.has(objectId(ref))
      return inFull || isWanted || isOurs(object, scope.workspaceId) || isAsked(key, ref) || isCrdOfOurs(object)
    },
  }
}

function isAsked(key: KindKey, ref: ObjectRef | undefined): boolean {
  return ref !== undefined && key === kindKey(STACK_CONFIG) && objectId(ref) === objectId(STACK_CONFIG)
}

function isCrdOfOurs({ kind, spec }: JsonObject): boolean {
  return kind === 'CustomResourceDefinition' && isJsonObject(spec) && spec['group'] === 'obol.org'
}

function isIncluded({ include }: Scope, kind: { readonly apiVersion: string; readonly kind: string }): boolean {
  return include.includes(kindName(kind))
}

function groupOfName(name: string): string {
  const dot = name.indexOf('.')
  return dot < 0 ? '' : name.slice(dot + 1)
}
