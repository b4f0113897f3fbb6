import { hash } from 'node:crypto'
import { kindKey, metadataString, objectId } from '../kube/ref.ts'
import type { Desired, DesiredObject } from '../plan/desired.ts'
import { maskObject } from '../plan/mask-object.ts'
import type { Plan } from '../plan/types.ts'
import { type JsonObject, jsonEquals } from '../util/json.ts'
import { placeName, placeNameOf } from './place-name.ts'
import type { ClusterRecord } from './types.ts'

/**
 * The record with the digest of each desired object that a plan made from this very record leaves alone, so that the next
 * one need not merge it again. An object with a secret has none: a digest would be a hash of it. Pure.
 */
export function withSettled(record: ClusterRecord, desired: Desired, plan: Plan): ClusterRecord {
  const untouched = new Set(
    plan.steps.flatMap((step) => {
      if (step.kind !== 'object' || step.op !== 'noop') return []
      const { changes, transfers, conflicts, diagnostics } = step
      return [changes, transfers, conflicts, diagnostics].every(({ length }) => length === 0) ? [step.id] : []
    }),
  )
  const digests = new Map<string, string>()
  for (const object of desired.objects) {
    const { ref, manifest } = object
    if (!untouched.has(objectId(ref)) || !jsonEquals(maskObject(manifest), manifest)) continue
    digests.set(`${kindKey(ref)} ${placeName(ref.namespace, ref.name)}`, digestOf(object))
  }
  const kinds = record.kinds.map((kind) => {
    const named = kind.objects
      .all()
      .map(placeNameOf)
      .filter((name) => !kind.tokens.includes(name))
    const settled = named.flatMap((name) => {
      const digest = digests.get(`${kindKey(kind)} ${name}`)
      return digest === undefined ? [] : [[name, digest] as const]
    })
    return { ...kind, settled: Object.fromEntries(settled) }
  })
  return { ...record, kinds }
}

/** The desired objects, those marked that are as they were when they were found settled. Pure. */
export function markSettled(desired: Desired, { kinds }: ClusterRecord): Desired {
  const records = new Map(kinds.map((kind) => [kindKey(kind), kind]))
  const versions = new Map<string, ReadonlyMap<string, string>>()
  const objects = desired.objects.map((object) => {
    const { ref } = object
    const key = kindKey(ref)
    const record = records.get(key)
    const name = placeName(ref.namespace, ref.name)
    if (record === undefined || !Object.hasOwn(record.settled, name)) return object
    if (record.settled[name] !== digestOf(object)) return object
    const place = `${key} ${ref.namespace ?? ''}`
    const known = versions.get(place) ?? versionsOf(record.objects.in(ref.namespace))
    versions.set(place, known)
    const settledAt = known.get(name)
    return settledAt === undefined ? object : { ...object, settledAt }
  })
  return { ...desired, objects }
}

/** Names to resourceVersions. */
function versionsOf(objects: readonly JsonObject[]): ReadonlyMap<string, string> {
  return new Map(
    objects.flatMap((object) => {
      const version = metadataString(object, 'resourceVersion')
      return version === undefined ? [] : [[placeNameOf(object), version] as const]
    }),
  )
}

/** All of an object that its step depends on; where it stands in which file is none of it. */
function digestOf({ manifest, closed, decisions }: DesiredObject): string {
  return hash('sha256', JSON.stringify([manifest, closed, decisions]), 'base64url')
}
