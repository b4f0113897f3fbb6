import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { type KindKey, kindKey } from '../kube/ref.ts'
import type { ServedKind } from '../plan/observed.ts'
import type { JsonObject } from '../util/json.ts'
import { knownPlace, type Place } from './known-places.ts'
import type { SchemaCache } from './openapi-cache.ts'
import { type MissingPermission, PermissionError } from './permission-error.ts'
import { placeKey, type Read } from './plan-reads.ts'
import type { ClusterReader, ResourcePath } from './types.ts'
import { OURS_LABEL } from './workspace-label.ts'

/** A value, or the permission that was missing to read it. */
export type Allowed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly missing: MissingPermission }

/** Turns a missing permission into a value; every other error stays one. */
export async function allowed<T>(reading: Promise<T>): Promise<Allowed<T>> {
  try {
    return { ok: true, value: await reading }
  } catch (error) {
    if (error instanceof PermissionError) return { ok: false, missing: error.missing }
    throw error
  }
}

export type ReadPorts = {
  readonly reader: ClusterReader
  readonly cache: SchemaCache
  readonly workspaceId: string
  readonly signal: AbortSignal
}

type Kinds = Allowed<ReadonlyMap<KindKey, ServedKind>>
type Outcome = Allowed<readonly JsonObject[] | 'not-served'>
type Early = { readonly place: Place; readonly outcome: Outcome } | undefined

/** What a read gave; `lags`: the kind can be listed, but its schema is not published yet. */
export type ReadOutcome = Allowed<readonly JsonObject[]> & { readonly lags?: true }

/** Reads under way, by place. */
export type BegunReads = ReadonlyMap<string, Promise<Early>>

/** Begins LISTs where the place of their kind is known. SIDE EFFECTS: a request per read. */
export function beginReads(reads: readonly Read[], ports: ReadPorts): BegunReads {
  return new Map(reads.map((read) => [placeKey(read), readEarly(read, ports)]))
}

/**
 * Runs the reads that were not begun already, beside the loading of the schemas: where the place of a kind is known it is
 * read at once, and again only when the schema says another place. Gives the objects read, and what was not allowed; a kind that is not served gives
 * nothing. SIDE EFFECTS: a request per read.
 */
export async function runReads(
  reads: readonly Read[],
  kinds: Promise<Kinds>,
  ports: ReadPorts,
  begun: BegunReads = new Map(),
): Promise<readonly ReadOutcome[]> {
  return Promise.all(
    reads.map(async (read) => {
      // What was begun holds at least the objects that are wanted.
      const early = (read.name === undefined ? begun.get(placeKey(read)) : undefined) ?? readEarly(read, ports)
      const [known] = await Promise.all([kinds, early])
      return finish(read, known, await early, ports)
    }),
  )
}

async function readEarly(read: Read, ports: ReadPorts): Promise<Early> {
  const place = await knownPlace(read, ports.cache)
  return place === undefined ? undefined : { place, outcome: await allowed(readObjects(read, place, ports)) }
}

async function finish(read: Read, kinds: Kinds, early: Early, ports: ReadPorts): Promise<ReadOutcome> {
  if (!kinds.ok) return early?.outcome.ok === false ? early.outcome : { ok: true, value: [] }
  const served = kinds.value.get(kindKey(read))
  // Permissions are checked before existence: a 403 for a kind that is not served says nothing. What was read counts,
  // since the schema of a new kind comes some seconds after its objects can be.
  if (served === undefined) {
    if (early?.outcome.ok !== true || isNotServed(early.outcome)) return { ok: true, value: [] }
    return { ...objectsOf(early.outcome), ...(read.name === undefined ? { lags: true } : {}) }
  }
  const isRight = early?.place.plural === served.plural && early.place.namespaced === served.namespaced
  if (early !== undefined && isRight && !isNotServed(early.outcome)) return objectsOf(early.outcome)
  return objectsOf(await allowed(readObjects(read, served, ports)))
}

function isNotServed(outcome: Outcome): boolean {
  return outcome.ok && outcome.value === 'not-served'
}

function objectsOf(outcome: Outcome): Allowed<readonly JsonObject[]> {
  if (!outcome.ok) return outcome
  return { ok: true, value: outcome.value === 'not-served' ? [] : outcome.value }
}

async function readObjects(
  read: Read,
  place: Place,
  { reader, workspaceId, signal }: ReadPorts,
): Promise<readonly JsonObject[] | 'not-served'> {
  const { apiVersion, namespace } = read
  const isInNamespace = place.namespaced && namespace !== undefined
  const resource: ResourcePath = { apiVersion, plural: place.plural, ...(isInNamespace ? { namespace } : {}) }
  if (read.name !== undefined) {
    const object = await reader.get(resource, read.name, signal)
    return object === undefined ? [] : [object]
  }
  try {
    const filter = read.oursOnly ? { labelSelector: `${OURS_LABEL}=${workspaceId}` } : {}
    return (await reader.list(resource, filter, signal)).items
  } catch (error) {
    if (error instanceof ObolError && error.code === CLUSTER_ERRORS.NOT_SERVED.code) return 'not-served'
    throw error
  }
}
