import type { JsonObject } from '../util/json.ts'
import { authorize, isWatch, verbOf } from './access.ts'
import type { Catalogue } from './catalogue.ts'
import { handleWrite } from './handle-write.ts'
import { acceptsAggregatedDiscovery, negotiate } from './negotiate.ts'
import { aggregated, coreVersions, group, groupList, resourceList } from './read/discovery.ts'
import { listObjects, type OpenLists } from './read/list-objects.ts'
import type { OpenApi } from './read/openapi.ts'
import { render } from './read/render.ts'
import { type WatchSettings, watchObjects } from './read/watch-objects.ts'
import { badRequest, noSuchResource, notFound } from './refusal.ts'
import { jsonReply, type Reply, type SandboxRequest } from './request.ts'
import { allowMethods, type Route } from './route.ts'
import { aboutResource, NAMESPACE_RESOURCE } from './served-resource.ts'
import { storeKey } from './store.ts'
import type { WriteContext } from './write/write-context.ts'

/** Everything a handler may need. */
export type Server = {
  readonly context: WriteContext
  readonly catalogue: Catalogue
  readonly openApi: OpenApi
  readonly openLists: OpenLists
  readonly watch: WatchSettings
  /** `/version`. */
  readonly version: JsonObject
  /** `127.0.0.1:PORT`. */
  readonly address: () => string
  readonly now: () => Date
}

type ResourceRoute = Extract<Route, { readonly type: 'resource' }>

/** Answers one request of a known user. @throws Refusal. SIDE EFFECTS: writes change the store. */
export function handle(server: Server, route: Route, request: SandboxRequest): Reply {
  switch (route.type) {
    case 'resource':
      return handleResource(server, route, request)
    case 'nothing':
      return { type: 'text', code: 404, text: '404 page not found\n' }
    default:
      allowMethods(request.method, 'GET', 'HEAD')
      return handlePath(server, route, request)
  }
}

function handlePath(
  server: Server,
  route: Exclude<Route, { readonly type: 'resource' | 'nothing' }>,
  request: SandboxRequest,
): Reply {
  const { catalogue } = server
  const accept = request.headers['accept']
  switch (route.type) {
    case 'health':
      return { type: 'text', code: 200, text: 'ok' }
    case 'version':
      return jsonReply(server.version)
    case 'openapi-index':
      return jsonReply(server.openApi.index())
    case 'openapi':
      return openApiReply(server.openApi, route.path, request)
    case 'core-versions':
      return acceptsAggregatedDiscovery(accept)
        ? discoveryReply(aggregated(catalogue, 'core'))
        : jsonReply(coreVersions(server.address()))
    case 'groups':
      return acceptsAggregatedDiscovery(accept)
        ? discoveryReply(aggregated(catalogue, 'groups'))
        : jsonReply(groupList(catalogue))
    case 'group':
      return jsonOr404(group(catalogue, route.group))
    case 'resources':
      return jsonOr404(resourceList(catalogue, route.group, route.version))
  }
}

function discoveryReply(body: JsonObject): Reply {
  const contentType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  return { type: 'json', code: 200, body, contentType }
}

function jsonOr404(body: JsonObject | undefined): Reply {
  return body === undefined ? { type: 'text', code: 404, text: '404 page not found\n' } : jsonReply(body)
}

function openApiReply(openApi: OpenApi, path: string, request: SandboxRequest): Reply {
  const document = openApi.document(path)
  if (document === undefined) return { type: 'text', code: 404, text: '404 page not found\n' }
  const wanted = request.query.get('hash')
  if (wanted !== null && wanted !== document.hash) {
    return { type: 'text', code: 301, text: '', location: `/openapi/v3/${path}?hash=${document.hash}` }
  }
  return { type: 'document', json: document.json, etag: document.hash }
}

function handleResource(server: Server, route: ResourceRoute, request: SandboxRequest): Reply {
  if (isLost(route, request.method)) return { type: 'text', code: 404, text: '404 page not found\n' }
  const verb = verbOf(request.method, route, request.query)
  authorize(request.user, verb, route)
  checkShape(route, request.method)
  if (request.method !== 'GET' && request.method !== 'HEAD') return handleWrite(server, route, request)
  const { rendering } = negotiate(request.headers['accept'])
  const { resource, namespace, name } = route
  if (isWatch(request.query)) {
    const scoped = name === undefined ? request : withName(request, name)
    return watchObjects(server.context.store, { resource, namespace }, scoped, rendering, server.watch)
  }
  if (name === undefined) {
    const list = listObjects(server.context.store, server.openLists, { resource, namespace }, request)
    return jsonReply(render(list, rendering, resource, server.now()))
  }
  const object = server.context.store.get(resource.key, storeKey(namespace, name))
  if (object === undefined) throw notFound(aboutResource(resource, name))
  return jsonReply(render(object, rendering, resource, server.now()))
}

/** A custom resource has no collection of all namespaces to write to; the path is as good as none. */
function isLost(route: ResourceRoute, method: string): boolean {
  const { resource, namespace, name } = route
  const isAllNamespaces = resource.namespaced && namespace === undefined && name === undefined
  return isAllNamespaces && resource.structural !== undefined && method !== 'GET' && method !== 'HEAD'
}

/** Which methods a collection, an object and a subresource take; custom resources refuse in other words. */
function checkShape(route: ResourceRoute, method: string): void {
  if (route.subresource !== undefined) checkSubresource(route)
  const { resource, namespace, name } = route
  const isUnnamed = name === undefined && (method === 'PUT' || method === 'PATCH')
  const isEverywhere = resource.namespaced && namespace === undefined
  if (resource.structural !== undefined && isUnnamed && !isEverywhere) throw badRequest('name must be provided')
  allowMethods(method, 'GET', 'HEAD', ...writeMethods(route))
}

function writeMethods({ resource, namespace, name, subresource }: ResourceRoute): readonly string[] {
  if (subresource !== undefined) return ['PUT', 'PATCH']
  if (name !== undefined) {
    return resource.structural === undefined ? ['PUT', 'PATCH', 'DELETE'] : ['PUT', 'PATCH', 'DELETE', 'POST']
  }
  if (resource.namespaced && namespace === undefined) return []
  return resource === NAMESPACE_RESOURCE ? ['POST'] : ['POST', 'DELETE']
}

function checkSubresource({ resource, name, subresource }: ResourceRoute): void {
  if (subresource === 'status' && resource.hasStatus) return
  throw resource.structural === undefined ? noSuchResource() : notFound(aboutResource(resource, name))
}

function withName(request: SandboxRequest, name: string): SandboxRequest {
  const query = new URLSearchParams(request.query)
  query.set('fieldSelector', `metadata.name=${name}`)
  return { ...request, query }
}
