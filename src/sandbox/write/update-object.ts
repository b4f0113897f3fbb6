import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { JsonObject } from '../../util/json.ts'
import { invalidValue } from '../field-error.ts'
import { badRequest, conflict, internal, invalid, modified, notFound } from '../refusal.ts'
import { aboutResource, type ServedResource } from '../served-resource.ts'
import { storeKey } from '../store.ts'
import { checkNamespace } from './create-object.ts'
import { finishUpdate, tracked } from './finish-write.ts'
import { withMetadata, withStatusOf } from './metadata.ts'
import type { Target, WriteContext } from './write-context.ts'
import type { WriteOptions } from './write-options.ts'

/**
 * PUT: replaces an object, or its status, by a decoded body.
 * @throws Refusal. SIDE EFFECTS: stores the object unless it is a dry run or nothing changes.
 */
export function updateObject(
  context: WriteContext,
  target: Target,
  subresource: 'status' | undefined,
  body: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { resource, namespace, name } = target
  checkName(body, name)
  checkNamespace(body, namespace)
  const live = context.store.get(resource.key, storeKey(namespace, name))
  if (live === undefined) throw notFound(aboutResource(resource, name))
  checkUid(body, live, target)
  checkVersion(body, live, resource, name)
  return replace(context, target, subresource, body, live, options)
}

/** Stores what a PUT or a patch made of the live object. */
export function replace(
  context: WriteContext,
  target: Target,
  subresource: 'status' | undefined,
  body: JsonObject,
  live: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { resource } = target
  const object = subresource === undefined ? withKeptStatus(body, live, resource) : statusOnly(body, live)
  const by = subresource === undefined ? { manager: options.manager } : { manager: options.manager, subresource }
  const owned = tracked(context, resource, by, object, live)
  return finishUpdate(context, target, owned, live, options.dryRun, subresource)
}

/** @throws Refusal 400 when the body is about another object. */
export function checkName(body: JsonObject, name: string): void {
  const given = metadataString(body, 'name') ?? ''
  if (given !== '' && given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  }
}

/** The main resource does not write status where status is a subresource. */
export function withKeptStatus(body: JsonObject, live: JsonObject, resource: ServedResource): JsonObject {
  return resource.hasStatus ? withStatusOf(body, live) : body
}

/** The status subresource writes nothing but status, and the managedFields that go with it. */
function statusOnly(body: JsonObject, live: JsonObject): JsonObject {
  const managedFields = metadataOf(body)['managedFields']
  return withMetadata(withStatusOf(live, body), { managedFields })
}

function checkUid(body: JsonObject, live: JsonObject, target: Target): void {
  const uid = metadataString(body, 'uid')
  const stored = metadataString(live, 'uid') ?? ''
  if (uid === undefined || uid === '' || uid === stored) return
  const { resource, namespace, name } = target
  const group = resource.group === '' ? '' : `${resource.group}/`
  const path = `/registry/${group}${resource.plural}/${storeKey(namespace, name)}`
  const why = `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored}`
  throw conflict(aboutResource(resource, name), why)
}

function checkVersion(body: JsonObject, live: JsonObject, resource: ServedResource, name: string): void {
  const version = metadataString(body, 'resourceVersion') ?? ''
  if (version === '' || version === '0') {
    const isUnconditional = resource.structural === undefined && resource.group === ''
    if (isUnconditional) return
    const cause = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')
    throw invalid(aboutResource(resource, name), [cause])
  }
  if (!/^\d+$/.test(version)) throw internal(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`)
  if (version !== metadataString(live, 'resourceVersion')) throw modified(aboutResource(resource, name))
}
