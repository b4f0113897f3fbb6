import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import { kindKey, objectId } from '../kube/ref.ts'
import type { Desired, DesiredObject } from '../plan/desired.ts'
import { maskObject } from '../plan/mask-object.ts'
import type { Diagnostic, Plan } from '../plan/types.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { namespaceIn, placeName, placeNameOf } from './place-name.ts'
import { encodeTokens, hasToken, keyIdOf, tokenise } from './tokens.ts'
import type { Snapshot } from './types.ts'

export type Comparable = {
  readonly desired: Desired
  /** To be shown with the steps of their objects: see `withNotes`. */
  readonly notes: readonly Diagnostic[]
}

/**
 * The desired objects as they compare with those of a snapshot: where the live one holds tokens, the manifest's secrets become
 * tokens of the same key. Without that key they count as unchanged, and a note per object says so; one more says when the
 * key at hand is another. Pure.
 */
export function compareSecrets(
  desired: Desired,
  { cluster, keyId }: Pick<Snapshot, 'cluster' | 'keyId'>,
  key: Buffer | undefined,
): Comparable {
  const live = objectsWithTokens(cluster)
  if (live.size === 0) return { desired, notes: [] }
  const isRight = key !== undefined && keyIdOf(key) === keyId
  const notes: Diagnostic[] = key === undefined || isRight ? [] : [otherKey()]
  const objects = desired.objects.map((object): DesiredObject => {
    const { apiVersion, kind, namespace, name } = object.ref
    const stored = live.get(`${kindKey({ apiVersion, kind })} ${placeName(namespace, name)}`)
    if (stored === undefined) return object
    if (isRight) return { ...object, manifest: encodeTokens(tokenise(object.manifest, key)) }
    const manifest = assumeSame(object.manifest, stored)
    if (manifest === object.manifest) return object
    notes.push(uncompared(objectId(object.ref)))
    return { ...object, manifest: encodeTokens(manifest) }
  })
  return { desired: { ...desired, objects }, notes }
}

/** Those objects that hold tokens, by kind and name. */
function objectsWithTokens({ kinds }: Snapshot['cluster']): ReadonlyMap<string, JsonObject> {
  const found = kinds.flatMap(({ apiVersion, kind, tokens, objects }) => {
    const named = new Set(tokens)
    const places = [...new Set(tokens.map(namespaceIn))]
    const held = places.flatMap((namespace) => objects.in(namespace)).filter((object) => named.has(placeNameOf(object)))
    return held.map((object) => [`${kindKey({ apiVersion, kind })} ${placeNameOf(object)}`, object] as const)
  })
  return new Map(found)
}

/** The plan with each note at the step of its object; those of no step are the plan's own. Pure. */
export function withNotes(plan: Plan, notes: readonly Diagnostic[]): Plan {
  if (notes.length === 0) return plan
  const byObject = Map.groupBy(notes, ({ object }) => object)
  const shown = new Set<string>()
  const steps = plan.steps.map((step) => {
    const own = step.kind === 'object' ? byObject.get(step.id) : undefined
    if (step.kind !== 'object' || own === undefined) return step
    shown.add(step.id)
    return { ...step, diagnostics: [...step.diagnostics, ...own] }
  })
  const rest = notes.filter(({ object }) => object === undefined || !shown.has(object))
  return { ...plan, steps, diagnostics: [...rest, ...plan.diagnostics] }
}

function uncompared(object: string): Diagnostic {
  const { code, title, hint } = SNAPSHOT_ERRORS.SECRETS_UNCOMPARED
  return { severity: 'info', code, message: title, object, hint }
}

function otherKey(): Diagnostic {
  const { code, title, hint } = SNAPSHOT_ERRORS.OTHER_KEY
  return { severity: 'warning', code, message: title, hint }
}

/** The manifest with each secret as the stored object has it; the manifest itself where it has none. */
function assumeSame(manifest: JsonObject, stored: JsonObject): JsonObject {
  // Text and base64 of one key are one field of a stored Secret.
  const like = stored['kind'] === 'Secret' ? { ...stored, stringData: stored['data'] ?? {} } : stored
  const assumed = assume(manifest, maskObject(manifest), like)
  return isJsonObject(assumed) ? assumed : manifest
}

function assume(value: JsonValue, masked: JsonValue | undefined, stored: JsonValue | undefined): JsonValue {
  if (isJsonArray(value)) {
    const items = value.map((item, i) =>
      assume(item, isJsonArray(masked) ? masked[i] : undefined, itemLike(stored, item, i)),
    )
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([field, item]) => {
      const was = isJsonObject(stored) && Object.hasOwn(stored, field) ? stored[field] : undefined
      return [field, assume(item, isJsonObject(masked) ? masked[field] : undefined, was)] as const
    })
    return entries.some(([field, item]) => item !== value[field]) ? Object.fromEntries(entries) : value
  }
  if (value === masked || stored === undefined) return value
  if (typeof value === 'number') return typeof stored === 'number' ? stored : value
  // Where what is not secret differs, the field changes whatever the secret is.
  return typeof stored === 'string' && hasToken(stored) && maskText(stored) === masked ? stored : value
}

/** The item of a stored list that an item of ours is merged with, as far as its name or place tells. */
function itemLike(stored: JsonValue | undefined, item: JsonValue, index: number): JsonValue | undefined {
  if (!isJsonArray(stored)) return undefined
  if (!isJsonObject(item) || typeof item['name'] !== 'string') return stored[index]
  return stored.find((other) => isJsonObject(other) && other['name'] === item['name'])
}
