import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject } from '../util/json.ts'
import { jsonAt } from '../util/json.ts'
import { describePermission, PermissionError } from './permission-error.ts'
import type { ClusterReader, ResourcePath } from './types.ts'

/** Where the one AgentIdentity of a cluster is, which all workspaces and the controller share. */
export const IDENTITY_PLACE: ResourcePath & { readonly namespace: string } = {
  apiVersion: 'obol.org/v1alpha1',
  plural: 'agentidentities',
  namespace: 'x402',
}
const IDENTITY_NAME = 'default'

const STACK_CONFIG = { apiVersion: 'v1', plural: 'configmaps', namespace: 'obol-frontend' } as const
const STACK_CONFIG_NAME = 'obol-stack-config'
const STACK_CONFIG_WORDS = `the ConfigMap ${STACK_CONFIG.namespace}/${STACK_CONFIG_NAME}`

/** What the cluster knows of registrations. */
export type RegistrationInputs = {
  /** Public origin of the stack's tunnel, without a trailing slash: `https://a.example`. */
  readonly tunnelUrl?: string
  /** Why there is no `tunnelUrl`, though it was asked for; a clause without a full stop. */
  readonly tunnelReason?: string
  /**
   * AgentIdentity `x402/default`; undefined when it does not exist, which over HTTP is also what a cluster without the
   * namespace or the kind answers. `not-served` comes only from a reader that can tell.
   */
  readonly agentIdentity: JsonObject | undefined | 'not-served' | 'forbidden'
  /** Why, for `not-served` and `forbidden`. */
  readonly agentIdentityReason?: string
}

/**
 * Reads the base URL that the stack's tunnel wrote (only when it is wanted) and the AgentIdentity. What may not be read
 * or is not there is a value with a reason, since a narrow Role must still be enough for a plan; rejects with ObolError
 * when the cluster cannot be reached. SIDE EFFECTS: at most two GETs, side by side.
 */
export async function readRegistrationInputs(
  reader: Pick<ClusterReader, 'get'>,
  { wantsBaseUrl, signal }: { readonly wantsBaseUrl: boolean; readonly signal?: AbortSignal },
): Promise<RegistrationInputs> {
  const [config, identity] = await Promise.all([
    wantsBaseUrl ? read(reader, STACK_CONFIG, STACK_CONFIG_NAME, signal) : undefined,
    read(reader, IDENTITY_PLACE, IDENTITY_NAME, signal),
  ])
  return {
    ...(config === undefined ? {} : tunnelOf(config)),
    ...(identity.result === 'read'
      ? { agentIdentity: identity.object }
      : { agentIdentity: identity.result, agentIdentityReason: identity.reason }),
  }
}

type Reading =
  | { readonly result: 'read'; readonly object: JsonObject | undefined }
  | { readonly result: 'not-served' | 'forbidden'; readonly reason: string }

async function read(
  reader: Pick<ClusterReader, 'get'>,
  resource: ResourcePath,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Reading> {
  try {
    return { result: 'read', object: await reader.get(resource, name, signal) }
  } catch (error) {
    if (error instanceof PermissionError) {
      return { result: 'forbidden', reason: `the user may not ${describePermission(error.missing)}` }
    }
    if (!(error instanceof ObolError)) throw error
    if (error.code === CLUSTER_ERRORS.REFUSED_BY_ADMISSION.code) return { result: 'forbidden', reason: error.message }
    if (error.code === CLUSTER_ERRORS.NOT_SERVED.code) return { result: 'not-served', reason: error.message }
    throw error
  }
}

function tunnelOf(config: Reading): Pick<RegistrationInputs, 'tunnelUrl' | 'tunnelReason'> {
  if (config.result !== 'read') return { tunnelReason: config.reason }
  if (config.object === undefined) return { tunnelReason: `${STACK_CONFIG_WORDS} does not exist` }
  const value = jsonAt(config.object, ['data', 'tunnelURL'])
  if (typeof value !== 'string' || value.trim() === '') {
    return { tunnelReason: `${STACK_CONFIG_WORDS} has no tunnelURL` }
  }
  const tunnelUrl = originOf(value)
  // The value is not shown: a URL that is wrong may hold credentials.
  return tunnelUrl === undefined
    ? { tunnelReason: `the tunnelURL of ${STACK_CONFIG_WORDS} is not an http or https origin` }
    : { tunnelUrl }
}

function originOf(text: string): string | undefined {
  const url = URL.parse(text.trim().replace(/\/+$/, ''))
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  const isBare = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return isBare && url.pathname === '/' ? url.origin : undefined
}
