import { type KindKey, kindKey, type ObjectRef } from '../kube/ref.ts'

export type Listing = { readonly apiVersion: string; readonly kind: string; readonly namespace?: string }

/** What an observation is to hold. */
export type Wanted = {
  readonly refs: readonly ObjectRef[]
  /** Where else objects of ours may be, for prune; without a namespace: in all of them. */
  readonly alsoList: readonly Listing[]
  /** Value of the label that marks an object as ours. */
  readonly workspaceId: string
}

/** One request to make: a LIST, or a GET where `name` is set. */
export type Read = Listing & {
  readonly name?: string
  /** Only objects with our label are wanted: the server may filter. */
  readonly oursOnly: boolean
}

/**
 * Kinds of which a cluster has many or large objects that are none of our business, or may not be listed by a narrow
 * Role: wanted ones are read by name.
 */
const CROWDED: readonly KindKey[] = [
  'v1/Secret',
  'v1/ConfigMap',
  'v1/Namespace',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
  'obol.org/v1alpha1/AgentIdentity',
]

/** From here on one LIST is cheaper than the GETs. */
const MAX_GETS = 20

/** The requests that read what is wanted: one LIST per kind and namespace, or GETs of a crowded kind; each thing once. */
export function planReads(wanted: Wanted): readonly Read[] {
  const groups = Map.groupBy(distinct(wanted.refs), (ref) => `${kindKey(ref)} ${ref.namespace ?? ''}`)
  const reads = [...groups.values()].flatMap(readsOfGroup)
  const listed = new Set(reads.filter((read) => read.name === undefined).map(placeKey))
  const others = new Map(wanted.alsoList.map((listing) => [placeKey(listing), listing]))
  return [
    ...reads,
    ...[...others].filter(([key]) => !listed.has(key)).map(([, listing]) => ({ ...place(listing), oursOnly: true })),
  ]
}

/** The LISTs of these places that any plan with them will make, whatever else it wants: they can begin before that is known. */
export function earlyReads(places: readonly Listing[]): readonly Read[] {
  const distinctPlaces = new Map(places.map((listing) => [placeKey(listing), listing]))
  return [...distinctPlaces.values()]
    .filter((listing) => !CROWDED.includes(kindKey(listing)))
    .map((listing) => ({ ...place(listing), oursOnly: false }))
}

function readsOfGroup(refs: readonly ObjectRef[]): readonly Read[] {
  const [first] = refs
  if (first === undefined) return []
  if (!CROWDED.includes(kindKey(first)) || refs.length > MAX_GETS) return [{ ...place(first), oursOnly: false }]
  return refs.map((ref) => ({ ...place(ref), name: ref.name, oursOnly: false }))
}

function distinct(refs: readonly ObjectRef[]): readonly ObjectRef[] {
  return [...new Map(refs.map((ref) => [`${placeKey(ref)} ${ref.name}`, ref])).values()]
}

function place({ apiVersion, kind, namespace }: Listing): Listing {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) }
}

/** One kind in one namespace, as a text. */
export function placeKey(listing: Listing): string {
  return `${kindKey(listing)} ${listing.namespace ?? ''}`
}
