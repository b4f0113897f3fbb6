import type { Catalogue } from './catalogue.ts'
import { methodNotAllowed, noSuchResource, notImplemented } from './refusal.ts'
import { NAMESPACE_RESOURCE, type ServedResource } from './served-resource.ts'

/** A path of the API, understood. */
export type Route =
  | { readonly type: 'health' }
  | { readonly type: 'version' }
  | { readonly type: 'openapi-index' }
  | { readonly type: 'openapi'; readonly path: string }
  | { readonly type: 'core-versions' }
  | { readonly type: 'groups' }
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'resources'; readonly group: string; readonly version: string }
  | {
      readonly type: 'resource'
      readonly resource: ServedResource
      readonly namespace: string | undefined
      /** Absent: the collection. */
      readonly name: string | undefined
      readonly subresource: string | undefined
    }
  /** `404 page not found`, as text. */
  | { readonly type: 'nothing' }

/** Groups of a real cluster that the sandbox does not have; asking for one must not look like a typo. */
const OTHER_GROUPS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'gateway.networking.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])

const OTHER_CORE: ReadonlySet<string> = new Set([
  'bindings',
  'componentstatuses',
  'events',
  'limitranges',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'resourcequotas',
  'serviceaccounts',
])

const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/.*)?$/

/**
 * Understands a path.
 * @throws Refusal 404 or 405 as the real server does, 501 for what only a real cluster has.
 */
export function routeOf(path: string, catalogue: Catalogue): Route {
  if (HEALTH.test(path)) return { type: 'health' }
  const segments = path.split('/').filter((segment) => segment !== '')
  const [first, second, third, ...rest] = segments
  switch (first) {
    case 'version':
      return segments.length === 1 ? { type: 'version' } : { type: 'nothing' }
    case 'openapi':
      return openApiRoute(segments)
    case 'api':
      if (second === undefined) return { type: 'core-versions' }
      if (second !== 'v1') return { type: 'nothing' }
      return third === undefined
        ? { type: 'resources', group: '', version: 'v1' }
        : resourceRoute('', 'v1', [third, ...rest], catalogue)
    case 'apis':
      return groupRoute(segments.slice(1), catalogue)
    default:
      return { type: 'nothing' }
  }
}

function openApiRoute(segments: readonly string[]): Route {
  if (segments[1] === 'v2') throw notImplemented('OpenAPI v2 (read /openapi/v3)')
  if (segments[1] !== 'v3') return { type: 'nothing' }
  return segments.length === 2 ? { type: 'openapi-index' } : { type: 'openapi', path: segments.slice(2).join('/') }
}

function groupRoute(segments: readonly string[], catalogue: Catalogue): Route {
  const [group, version, ...rest] = segments
  if (group === undefined) return { type: 'groups' }
  if (OTHER_GROUPS.has(group) && !catalogue.resources().some((resource) => resource.group === group)) {
    throw notImplemented(`the API group ${group}`)
  }
  if (version === undefined) return { type: 'group', group }
  if (rest.length === 0) return { type: 'resources', group, version }
  return resourceRoute(group, version, rest, catalogue)
}

function resourceRoute(group: string, version: string, segments: readonly string[], catalogue: Catalogue): Route {
  if (segments[0] === 'watch') throw notImplemented('the deprecated watch/ paths (use ?watch=true)')
  const [first, second, third] = segments
  const isNamespaceItself = group === '' && first === 'namespaces' && (third === undefined || isSubresource(third))
  if (first === 'namespaces' && second !== undefined && third !== undefined && !isNamespaceItself) {
    return within(find(group, version, third, catalogue), second, segments.slice(2))
  }
  return within(find(group, version, first ?? '', catalogue), undefined, segments)
}

function isSubresource(segment: string): boolean {
  return segment === 'status' || segment === 'finalize'
}

function find(group: string, version: string, plural: string, catalogue: Catalogue): ServedResource | undefined {
  const found = catalogue.find(group, version, plural)
  if (found !== undefined) return found
  if (group === '' && OTHER_CORE.has(plural)) throw notImplemented(`the resource ${plural}`)
  const isBuiltIn = group === '' || group === 'apiextensions.k8s.io'
  if (isBuiltIn && catalogue.hasGroupVersion(group, version)) throw noSuchResource()
  return undefined
}

function within(
  resource: ServedResource | undefined,
  namespace: string | undefined,
  segments: readonly string[],
): Route {
  const [, name, subresource, ...rest] = segments
  if (resource === undefined || rest.length > 0) return { type: 'nothing' }
  // An object of a namespaced kind is only found in a namespace.
  if (resource.namespaced && namespace === undefined && name !== undefined) return { type: 'nothing' }
  if (!resource.namespaced && namespace !== undefined) return { type: 'nothing' }
  if (resource === NAMESPACE_RESOURCE && subresource === 'finalize') throw notImplemented('namespaces/finalize')
  return { type: 'resource', resource, namespace, name, subresource }
}

/** @throws Refusal 405 unless the method is one of those. */
export function allowMethods(method: string, ...allowed: readonly string[]): void {
  if (!allowed.includes(method)) throw methodNotAllowed()
}
