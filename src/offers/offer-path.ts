/** The path without trailing slashes, as the ingress compares it; `/` becomes the empty string. */
export function normalPath(path: string): string {
  return path.replace(/\/+$/, '')
}

/** The path an offer is sold under when it does not say. */
export function defaultPath(name: string): string {
  return `/services/${name}`
}

/** Why an offer may not claim the path; undefined when it may. */
export function pathObjection(path: string): string | undefined {
  const normal = normalPath(path)
  if (normal === '' || normal === '/services') return 'is reserved for the storefront'
  return reservedBy(normal, RESERVED) ?? oddSegment(normal)
}

/** Why a route may not have the path; undefined when it may. The root of the offer itself is a fine route. */
export function routeObjection(path: string): string | undefined {
  const normal = normalPath(path)
  return reservedBy(normal, [...RESERVED, '/auth']) ?? oddSegment(normal)
}

/** Served by the stack itself, with everything below. */
const RESERVED = ['/api', '/openapi.json', '/skill.md', '/rpc', '/.well-known']

function reservedBy(path: string, reserved: readonly string[]): string | undefined {
  const found = reserved.find((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  return found === undefined ? undefined : `is reserved: ${found} is served by the stack itself`
}

/** Proxies resolve such segments before they route, so the path would not be the one that was checked. */
function oddSegment(path: string): string | undefined {
  const isOdd = path.split('/').some((segment, i) => segment === '.' || segment === '..' || (segment === '' && i > 0))
  return isOdd ? 'must not have empty, . or .. segments' : undefined
}
