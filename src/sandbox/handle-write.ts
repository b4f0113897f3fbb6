import { metadataString } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { Server } from './handle.ts'
import { negotiate } from './negotiate.ts'
import { selectorOf } from './read/list-objects.ts'
import { render } from './read/render.ts'
import { carrying, notImplemented, Refusal, unsupportedMediaType } from './refusal.ts'
import { jsonReply, type Reply, type SandboxRequest } from './request.ts'
import type { Route } from './route.ts'
import { apiVersionOf, type ServedResource } from './served-resource.ts'
import { applyObject } from './write/apply-object.ts'
import { createObject } from './write/create-object.ts'
import { decodeBody, type RawBody } from './write/decode-body.ts'
import { deleteObject, deleteOptions } from './write/delete-object.ts'
import { type PatchType, patchObject } from './write/patch-object.ts'
import { updateObject } from './write/update-object.ts'
import type { Target, Written } from './write/write-context.ts'
import { writeOptions } from './write/write-options.ts'

const EXTERNAL_IPS_WARNING = 'spec.externalIPs is deprecated and may no longer be implemented in some clusters'

type ResourceRoute = Extract<Route, { readonly type: 'resource' }>

/** Answers a POST, PUT, PATCH or DELETE. @throws Refusal. SIDE EFFECTS: changes the store unless it is a dry run. */
export function handleWrite(server: Server, route: ResourceRoute, request: SandboxRequest): Reply {
  const { resource, namespace, name } = route
  const { rendering } = negotiate(request.headers['accept'])
  const subresource = route.subresource === 'status' ? 'status' : undefined
  const reply = ({ object, created, warnings }: Written): Reply =>
    jsonReply(render(object, rendering, resource, server.now()), created ? 201 : 200, [
      ...warnings,
      ...deprecationsIn(object),
    ])
  switch (request.method) {
    case 'POST':
      return reply(create(server, route, request))
    case 'PUT':
      return reply(update(server, { resource, namespace, name: name ?? '' }, subresource, request))
    case 'PATCH':
      return reply(patch(server, { resource, namespace, name: name ?? '' }, subresource, request))
    default:
      return jsonReply(
        name === undefined
          ? deleteCollection(server, route, request)
          : deleteObject(server.context, { resource, namespace, name }, deleteOptions(request)),
      )
  }
}

function create(server: Server, route: ResourceRoute, request: SandboxRequest): Written {
  const { resource, namespace } = route
  const options = writeOptions(request, 'CreateOptions')
  const { object, warnings } = decodeBody(bodyOf(request), resource, options.fieldValidation)
  const created = carrying(warnings, () => createObject(server.context, { resource, namespace }, object, options))
  return { object: created, created: true, warnings }
}

function update(server: Server, target: Target, subresource: 'status' | undefined, request: SandboxRequest): Written {
  const options = writeOptions(request, 'UpdateOptions')
  const { object, warnings } = decodeBody(bodyOf(request), target.resource, options.fieldValidation)
  const updated = carrying(warnings, () => updateObject(server.context, target, subresource, object, options))
  return { object: updated, created: false, warnings }
}

const PATCH_TYPES: ReadonlyMap<string, PatchType | 'apply'> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
])

function patch(server: Server, target: Target, subresource: 'status' | undefined, request: SandboxRequest): Written {
  const type = patchType(request.headers['content-type'] ?? '', target.resource)
  const options = writeOptions(request, 'PatchOptions', type === 'apply')
  if (type !== 'apply') {
    return patchObject(server.context, target, subresource, { type, text: request.body }, options)
  }
  if (subresource !== undefined) throw notImplemented('server-side apply of the status subresource')
  return applyObject(server.context, target, request.body, options)
}

function patchType(header: string, resource: ServedResource): PatchType | 'apply' {
  const name = header.split(';')[0]?.trim() ?? ''
  if (name === 'application/apply-patch+cbor') throw notImplemented('CBOR bodies (send application/apply-patch+yaml)')
  const type = PATCH_TYPES.get(name)
  if (resource.structural === undefined) {
    if (type !== undefined) return type
    throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  }
  if (type !== undefined && type !== 'strategic') return type
  const accepted = [...PATCH_TYPES.keys()].filter((key) => PATCH_TYPES.get(key) !== 'strategic')
  throw unsupportedMediaType(accepted)
}

/** Deletes every selected object of the collection; answers with them as a list. */
function deleteCollection(server: Server, route: ResourceRoute, request: SandboxRequest): JsonObject {
  const { resource, namespace } = route
  const { store } = server.context
  const options = deleteOptions(request)
  const selects = selectorOf(request.query, resource)
  const items = store.list(resource.key, namespace).filter(selects)
  const version = `${store.version}`
  for (const item of items) {
    const target: Target = {
      resource,
      namespace: metadataString(item, 'namespace'),
      name: metadataString(item, 'name') ?? '',
    }
    deleteObject(server.context, target, options)
  }
  return { apiVersion: apiVersionOf(resource), kind: resource.listKind, metadata: { resourceVersion: version }, items }
}

/** Deprecated fields that the server warns of on each write. */
function deprecationsIn(object: JsonObject): readonly string[] {
  const spec = object['kind'] === 'Service' ? object['spec'] : undefined
  const addresses = isJsonObject(spec) ? spec['externalIPs'] : undefined
  return isJsonArray(addresses) && addresses.length > 0 ? [EXTERNAL_IPS_WARNING] : []
}

function bodyOf(request: SandboxRequest): RawBody {
  return { text: request.body, bytes: request.bytes, contentType: request.headers['content-type'] }
}
