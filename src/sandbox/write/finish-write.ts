import { metadataOf, metadataString } from '../../kube/ref.ts'
import { coreDefaults } from '../../ssa/core-defaults.ts'
import { dropDependentFields } from '../../ssa/drop-dependent-fields.ts'
import { trackUpdate } from '../../ssa/track-update.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../../util/json.ts'
import { componentName } from '../openapi-data.ts'
import type { Cause } from '../refusal.ts'
import { alreadyExists, forbidden, invalid, notFound } from '../refusal.ts'
import {
  aboutKind,
  aboutResource,
  apiVersionOf,
  CRD_RESOURCE,
  NAMESPACE_RESOURCE,
  type ServedResource,
} from '../served-resource.ts'
import { type Store, storeKey } from '../store.ts'
import { refuseNameClash, refuseUnsupported } from '../validation/unsupported.ts'
import { validateCore } from '../validation/validate-core.ts'
import { validateCrd } from '../validation/validate-crd.ts'
import { validateMetadata, validateMetadataUpdate } from '../validation/validate-metadata.ts'
import { validateStructural } from '../validation/validate-structural.ts'
import { allocateService } from './allocate-service.ts'
import { collectGarbage } from './collect-garbage.ts'
import { decodeTyped } from './decode-typed.ts'
import { establishCrd, withCrdStatus } from './establish-crd.ts'
import { withMetadata } from './metadata.ts'
import { settleOwners } from './settle-terminating.ts'
import type { Target, WriteContext } from './write-context.ts'

/**
 * The last part of every creation: admission, what the server itself fills in, validation, storing.
 * @param object decoded and defaulted, with its managedFields.
 * @throws Refusal 403, 404, 409, 422 or 501. SIDE EFFECTS: stores the object unless `dryRun`.
 */
export function finishCreate(context: WriteContext, target: Target, object: JsonObject, dryRun: boolean): JsonObject {
  const { resource, namespace } = target
  admitNamespace(context.store, target)
  refuseUnsupported(object)
  const filled = withMetadata(object, {
    ...(namespace === undefined ? { namespace: undefined } : { namespace }),
    uid: context.uid(),
    creationTimestamp: context.now(),
    resourceVersion: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    generation: hasGeneration(resource) ? 1 : undefined,
  })
  const allocated = resource.kind === 'Service' ? allocateService(filled, undefined, context.store) : filled
  const whole = resource === CRD_RESOURCE ? withCrdStatus(allocated) : coreDefaults(allocated)
  const causes = [...validateMetadata(whole, resource), ...validate(whole, undefined, resource)]
  const name = metadataString(whole, 'name') ?? ''
  if (causes.length > 0) throw invalid(aboutKind(resource, name), causes)
  if (resource === CRD_RESOURCE) refuseNameClash(whole, context.catalogue.resources())
  const key = storeKey(namespace, name)
  if (context.store.get(resource.key, key) !== undefined) throw alreadyExists(aboutResource(resource, name))
  if (dryRun) return whole
  const stored = context.store.commit({ type: 'put', resource: resource.key, key, object: whole })
  if (resource === CRD_RESOURCE) establishCrd(context, stored)
  return stored
}

/**
 * The last part of every update and patch: what may not change is taken from the live object, then generation,
 * validation, storing. Without a change nothing is stored; an object that waited for its last finalizer goes.
 * @throws Refusal 422 or 501. SIDE EFFECTS: stores the object unless `dryRun`.
 */
export function finishUpdate(
  context: WriteContext,
  target: Target,
  object: JsonObject,
  live: JsonObject,
  dryRun: boolean,
  subresource?: 'status',
): JsonObject {
  const { resource, namespace, name } = target
  refuseUnsupported(object)
  const kept = withMetadata(
    resource === NAMESPACE_RESOURCE ? withSpecOf(object, live) : object,
    keptMetadata(object, live),
  )
  const allocated =
    resource.kind === 'Service' ? allocateService(dropDependentFields(kept, live), live, context.store) : kept
  const whole = withGeneration(allocated, live, resource)
  const metadataCauses = validateMetadataUpdate(whole, live)
  // The custom resource strategy checks metadata once more than the generic store does.
  const repeated = resource.structural === undefined ? [] : metadataCauses
  const causes = [...metadataCauses, ...repeated, ...validate(whole, live, resource, subresource)]
  if (causes.length > 0) throw invalid(aboutKind(resource, name), causes)
  if (isSame(whole, live)) return live
  const key = storeKey(namespace, name)
  const isDone = metadataString(live, 'deletionTimestamp') !== undefined && !hasFinalizers(whole)
  if (dryRun) return whole
  if (!isDone) {
    const stored = context.store.commit({ type: 'put', resource: resource.key, key, object: whole })
    if (resource === CRD_RESOURCE) establishCrd(context, stored)
    return stored
  }
  context.store.commit({ type: 'delete', resource: resource.key, key })
  collectGarbage(context, live)
  settleOwners(context, resource, namespace)
  return whole
}

/** Runs `trackUpdate` with what every caller fills in alike. */
export function tracked(
  context: WriteContext,
  resource: ServedResource,
  by: { readonly manager: string; readonly subresource?: string },
  object: JsonObject,
  live: JsonObject | undefined,
): JsonObject {
  const before = live ?? emptyStruct(resource)
  return trackUpdate({ live: before, object, ...by, type: resource.type(), now: context.now() })
}

/** What a creation is compared with: the fields that an empty Go struct of a built-in kind has. */
function emptyStruct(resource: ServedResource): JsonObject | undefined {
  if (resource.structural !== undefined) return undefined
  const { group, version, kind } = resource
  return decodeTyped({ apiVersion: apiVersionOf(resource), kind }, componentName(group, version, kind)).object
}

/** The spec of a Namespace is its finalizers, which only their own endpoint changes. */
function withSpecOf(object: JsonObject, live: JsonObject): JsonObject {
  return { ...object, spec: live['spec'] ?? {} }
}

function hasFinalizers(object: JsonObject): boolean {
  const finalizers = metadataOf(object)['finalizers']
  return isJsonArray(finalizers) && finalizers.length > 0
}

/** Custom resources and CRDs count their generations; the built-in kinds here do not. */
function hasGeneration(resource: ServedResource): boolean {
  return resource.structural !== undefined || resource === CRD_RESOURCE
}

function admitNamespace(store: Store, target: Target): void {
  const { namespace, resource, name } = target
  if (namespace === undefined) return
  const found = store.get(NAMESPACE_RESOURCE.key, namespace)
  if (found === undefined) throw notFound(aboutResource(NAMESPACE_RESOURCE, namespace))
  if (metadataString(found, 'deletionTimestamp') === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  throw forbidden(aboutResource(resource, name), why)
}

function validate(
  object: JsonObject,
  live: JsonObject | undefined,
  resource: ServedResource,
  subresource?: 'status',
): readonly Cause[] {
  if (resource === CRD_RESOURCE) return validateCrd(object, live)
  if (resource.structural === undefined) return validateCore(object, live)
  return subresource === undefined
    ? validateStructural(object, resource.structural)
    : validateStatus(object['status'] ?? null, resource.structural)
}

/** A status is validated alone, so that messages name its fields without it. */
function validateStatus(status: JsonValue, structural: JsonObject): readonly Cause[] {
  const schema = isJsonObject(structural['properties']) ? structural['properties']['status'] : undefined
  if (status === null || !isJsonObject(schema)) return []
  return validateStructural(status, schema).map((cause) =>
    cause.field === '<nil>' ? cause : { ...cause, field: `status.${cause.field}` },
  )
}

const SERVER_OWNED = ['uid', 'creationTimestamp', 'namespace', 'name'] as const

/** What the request left out of server-owned metadata, and what it may not say at all. */
function keptMetadata(object: JsonObject, live: JsonObject): Record<string, JsonValue | undefined> {
  const metadata = metadataOf(object)
  const before = metadataOf(live)
  const kept: Record<string, JsonValue | undefined> = {
    resourceVersion: before['resourceVersion'],
    generation: before['generation'],
    deletionTimestamp: before['deletionTimestamp'],
    deletionGracePeriodSeconds: before['deletionGracePeriodSeconds'],
    selfLink: undefined,
  }
  for (const key of SERVER_OWNED) {
    const value = metadata[key]
    if (value === undefined || value === null || value === '') kept[key] = before[key]
  }
  return kept
}

function withGeneration(object: JsonObject, live: JsonObject, resource: ServedResource): JsonObject {
  if (!hasGeneration(resource)) return object
  const isOutside = (key: string): boolean => key === 'metadata' || (key === 'status' && resource.hasStatus)
  const keys = new Set([...Object.keys(object), ...Object.keys(live)].filter((key) => !isOutside(key)))
  const isChanged = [...keys].some((key) => !jsonEquals(object[key], live[key]))
  const generation = metadataOf(live)['generation']
  return isChanged && typeof generation === 'number' ? withMetadata(object, { generation: generation + 1 }) : object
}

/** Equal but for the times in managedFields: such a write is not stored. Source: managedfields, scalehandler, timestamps. */
function isSame(object: JsonObject, live: JsonObject): boolean {
  return jsonEquals(withoutTimes(object), withoutTimes(live))
}

function withoutTimes(object: JsonObject): JsonObject {
  const fields = metadataOf(object)['managedFields']
  if (!isJsonArray(fields)) return object
  const managedFields = fields.map((entry) => {
    if (!isJsonObject(entry)) return entry
    const { time: _, ...rest } = entry
    return rest
  })
  return withMetadata(object, { managedFields })
}
