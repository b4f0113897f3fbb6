import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { notSupported } from '../field-error.ts'
import { fieldsOf, listOf } from '../fields.ts'
import { badRequest, type Cause, conflict, forbidden, invalid, notFound, notImplemented } from '../refusal.ts'
import type { SandboxRequest } from '../request.ts'
import { aboutKind, aboutResource, CRD_RESOURCE, NAMESPACE_RESOURCE, type ServedResource } from '../served-resource.ts'
import { storeKey } from '../store.ts'
import { dependentsOf, markDeleted, removeObject } from './collect-garbage.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { parseGoJson } from './go-json.ts'
import { withMetadata } from './metadata.ts'
import { settleOwners, settleTerminating } from './settle-terminating.ts'
import type { Target, WriteContext } from './write-context.ts'
import { dryRunCauses, writeOptions } from './write-options.ts'

export type DeleteOptions = {
  readonly dryRun: boolean
  readonly uid: string | undefined
  readonly resourceVersion: string | undefined
  readonly policy: 'Background' | 'Foreground' | 'Orphan'
}

const PROTECTED = ['default', 'kube-system', 'kube-public']
const POLICIES = ['Foreground', 'Background', 'Orphan'] as const

/**
 * Reads the options of a DELETE from its query and body.
 * @throws Refusal 400 or 422.
 */
export function deleteOptions(request: SandboxRequest): DeleteOptions {
  const query = writeOptions(request, 'DeleteOptions')
  const isProtobuf = request.headers['content-type'] === 'application/vnd.kubernetes.protobuf'
  const body = isProtobuf && request.body !== '' ? decodeProtobuf(request.bytes) : parseOptions(request.body)
  const preconditions = fieldsOf(body['preconditions'])
  const policy = request.query.get('propagationPolicy') ?? body['propagationPolicy'] ?? ''
  const dryRun = isJsonArray(body['dryRun']) ? body['dryRun'].map(String) : []
  const known = POLICIES.find((name) => name === policy)
  const causes: Cause[] = [...dryRunCauses(dryRun)]
  if (policy !== '' && known === undefined) {
    causes.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']))
  }
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, causes)
  const isOrphaning = body['orphanDependents'] === true || request.query.get('orphanDependents') === 'true'
  return {
    dryRun: query.dryRun || dryRun.length > 0,
    uid: textOf(preconditions['uid']),
    resourceVersion: textOf(preconditions['resourceVersion']),
    policy: known ?? (isOrphaning ? 'Orphan' : 'Background'),
  }
}

/**
 * DELETE: removes an object, or marks it when finalizers hold it.
 * @returns the body to answer: the object while it is still there (and always for a Service), else a Status.
 * @throws Refusal. SIDE EFFECTS: changes the store unless it is a dry run.
 */
export function deleteObject(context: WriteContext, target: Target, options: DeleteOptions): JsonObject {
  const { resource, namespace, name } = target
  const key = storeKey(namespace, name)
  const live = context.store.get(resource.key, key)
  if (live === undefined) throw notFound(aboutResource(resource, name))
  if (resource === NAMESPACE_RESOURCE && PROTECTED.includes(name)) {
    throw forbidden(aboutResource(resource, name), 'this namespace may not be deleted')
  }
  checkPreconditions(live, target, options)
  if (resource === NAMESPACE_RESOURCE || resource === CRD_RESOURCE) {
    return deleteWithContent(context, target, live, options.dryRun)
  }
  const finalizers = metadataOf(live)['finalizers']
  const isHeld = isJsonArray(finalizers) && finalizers.length > 0
  const removed = options.dryRun ? wouldBe(live, isHeld, context) : remove(context, target, live, options)
  return isHeld || returnsObject(resource) ? removed : success(live, resource)
}

/** The Status of a deletion that is done. */
function success(object: JsonObject, resource: ServedResource): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadataString(object, 'name') ?? '',
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.plural,
      uid: metadataString(object, 'uid') ?? '',
    },
  }
}

/**
 * A Namespace or CRD goes in two steps as on a real cluster, where a controller empties it: marked, its content
 * removed, then gone. Content that a finalizer holds keeps it.
 */
function deleteWithContent(context: WriteContext, target: Target, live: JsonObject, dryRun: boolean): JsonObject {
  const { resource, name } = target
  const isNamespace = resource === NAMESPACE_RESOURCE
  const isMarked = metadataString(live, 'deletionTimestamp') !== undefined
  const time = context.now()
  const status = fieldsOf(live['status'])
  const marked: JsonObject = isMarked
    ? live
    : {
        ...withMetadata(live, { deletionTimestamp: time, ...(isNamespace ? {} : { deletionGracePeriodSeconds: 0 }) }),
        status: isNamespace ? { ...status, phase: 'Terminating' } : status,
      }
  if (dryRun) return isNamespace ? marked : success(live, resource)
  const stored = isMarked
    ? live
    : context.store.commit({ type: 'put', resource: resource.key, key: name, object: marked })
  settleTerminating(context, resource, name)
  return isNamespace ? stored : success(live, resource)
}

/** What a deletion would leave, for a dry run. */
function wouldBe(live: JsonObject, isHeld: boolean, context: WriteContext): JsonObject {
  const isMarked = metadataString(live, 'deletionTimestamp') !== undefined
  return isHeld && !isMarked ? markDeleted(live, context.now()) : live
}

/** Dependents first when the policy says so; then the object, and whatever waited for it to go. */
function remove(context: WriteContext, target: Target, live: JsonObject, options: DeleteOptions): JsonObject {
  const { resource, namespace, name } = target
  if (options.policy === 'Foreground') removeDependents(context, live)
  if (options.policy === 'Orphan') orphanDependents(context, live)
  const removed = removeObject(context, resource.key, storeKey(namespace, name), live)
  settleOwners(context, resource, namespace)
  return removed
}

function removeDependents(context: WriteContext, live: JsonObject): void {
  for (const item of dependentsOf(context, metadataString(live, 'uid') ?? '')) {
    removeObject(context, item.resource, item.key, item.object)
  }
}

function orphanDependents(context: WriteContext, live: JsonObject): void {
  const uid = metadataString(live, 'uid') ?? ''
  for (const item of dependentsOf(context, uid)) {
    const owners = listOf(metadataOf(item.object)['ownerReferences'])
    const rest = owners.filter((owner) => owner['uid'] !== uid)
    const object = withMetadata(item.object, { ownerReferences: rest.length === 0 ? undefined : rest })
    context.store.commit({ type: 'put', resource: item.resource, key: item.key, object })
  }
}

function checkPreconditions(live: JsonObject, { resource, name }: Target, options: DeleteOptions): void {
  const uid = metadataString(live, 'uid') ?? ''
  const version = metadataString(live, 'resourceVersion') ?? ''
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
    throw conflict(aboutKind(resource, name), why)
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== version) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${version}). The object might have been modified`
    throw conflict(aboutKind(resource, name), why)
  }
}

function returnsObject(resource: ServedResource): boolean {
  return resource.kind === 'Service'
}

function parseOptions(text: string): JsonObject {
  if (text.trim() === '') return {}
  const parsed = parseGoJson(text)
  if (parsed.result === 'broken') throw badRequest(`couldn't get version/kind; json parse error: ${parsed.message}`)
  if (parsed.result === 'unsafe-integer') throw notImplemented(`integers beyond 2^53 (${parsed.path})`)
  if (!isJsonObject(parsed.value)) throw badRequest('DeleteOptions must be an object')
  const { kind = 'DeleteOptions', apiVersion = 'v1' } = parsed.value
  if (kind !== 'DeleteOptions') {
    const where = 'in scheme "pkg/runtime/scheme.go:111"'
    throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} ${where}`)
  }
  return parsed.value
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
