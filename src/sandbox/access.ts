import { forbidden, Refusal } from './refusal.ts'
import type { Route } from './route.ts'
import { aboutResource } from './served-resource.ts'
import { type Access, denial, isAllowed, type User } from './users.ts'

type ResourceRoute = Extract<Route, { readonly type: 'resource' }>

/** The verb of a request on a resource, as RBAC names it. */
export function verbOf(method: string, route: ResourceRoute, query: URLSearchParams): string {
  const isCollection = route.name === undefined
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete'
    default:
      if (isWatch(query)) return 'watch'
      return isCollection ? 'list' : 'get'
  }
}

export function isWatch(query: URLSearchParams): boolean {
  const watch = query.get('watch')
  return watch === 'true' || watch === '1'
}

/** @throws Refusal 403 in the real server's words. */
export function authorize(user: User, verb: string, route: ResourceRoute): void {
  const { resource, name, subresource } = route
  // A Namespace counts as being in itself.
  const namespace = resource.kind === 'Namespace' ? name : route.namespace
  const access: Access = {
    verb,
    group: resource.group,
    resource: resource.plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  }
  if (!isAllowed(user, access)) throw forbidden(aboutResource(resource, name), denial(user, access))
}

const OPEN_TO_ALL: ReadonlySet<Route['type']> = new Set(['health', 'version'])

/** @throws Refusal 403 for a path that is no resource: without credentials only health and version may be read. */
export function authorizePath(user: User | 'anonymous', method: string, path: string, route: Route): void {
  if (user !== 'anonymous' || OPEN_TO_ALL.has(route.type)) return
  const message = `forbidden: User "system:anonymous" cannot ${method.toLowerCase()} path ${JSON.stringify(path)}`
  throw new Refusal(403, 'Forbidden', message, {})
}
