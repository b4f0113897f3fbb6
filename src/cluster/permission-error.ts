import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'

/** A right that a Role would have to give. `resource` may be a URL path (`/openapi/v3`), then `group` is ''. */
export type MissingPermission = {
  readonly verb: string
  readonly resource: string
  readonly group: string
  readonly namespace?: string
  readonly user?: string
}

/** FORBIDDEN with what is missing, so that all that is missing can be reported at once. */
export class PermissionError extends ObolError {
  override readonly name = 'PermissionError'
  readonly missing: MissingPermission

  constructor(missing: MissingPermission, context: string) {
    super(CLUSTER_ERRORS.FORBIDDEN, {
      message: `the user of context ${context} may not ${describePermission(missing)}`,
      details: missing.user === undefined ? [] : [`user: ${missing.user}`],
      hint: canI(missing, context),
    })
    this.missing = missing
  }
}

/** `list serviceoffers.obol.org in namespace llm` */
export function describePermission({ verb, resource, group, namespace }: MissingPermission): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${where}`
}

function canI({ verb, resource, group, namespace }: MissingPermission, context: string): string {
  const [name = '', subresource] = resource.startsWith('/') ? [resource] : resource.split('/')
  const flags = [
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    `--context=${context}`,
  ]
  return `kubectl auth can-i ${verb} ${group === '' ? name : `${name}.${group}`} ${flags.join(' ')}`
}

const RESOURCE =
  /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)"| at the cluster scope)/
const PATH = /User "([^"]*)" cannot (\S+) path "([^"]*)"/

/** What the API server's RBAC says is missing (apiserver, pkg/endpoints/handlers/responsewriters/errors.go), if it is RBAC. */
export function parseForbidden(message: string): MissingPermission | undefined {
  const [, user, verb, resource, group, namespace] = RESOURCE.exec(message) ?? []
  if (user !== undefined && verb !== undefined && resource !== undefined && group !== undefined) {
    return { ...{ verb, resource, group, user }, ...(namespace === undefined ? {} : { namespace }) }
  }
  const [, pathUser, pathVerb, path] = PATH.exec(message) ?? []
  if (pathUser === undefined || pathVerb === undefined || path === undefined) return undefined
  return { verb: pathVerb, resource: path, group: '', user: pathUser }
}
