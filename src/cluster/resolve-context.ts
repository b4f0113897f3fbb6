import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { nearest } from '../util/nearest.ts'
import { type ClusterTarget, publicUrl, type TargetCluster, type TargetUser } from './cluster-target.ts'
import type { Kubeconfig } from './read-kubeconfig.ts'

/**
 * The cluster and user of one context, default the current one. Throws ObolError CONTEXT_UNSET, CONTEXT_UNKNOWN,
 * CONTEXT_DANGLING, KUBECONFIG_INVALID, SERVER_URL_INVALID or PLAIN_HTTP.
 */
export function resolveContext(kubeconfig: Kubeconfig, wanted: string | undefined): ClusterTarget {
  const file = kubeconfig.files.join(', ')
  const { context, entry } = findContext(kubeconfig, wanted, file)
  const clusterName = text(entry, 'cluster')
  const userName = text(entry, 'user')
  const cluster = kubeconfig.clusters.get(clusterName ?? '')
  // A context without a user is anonymous; one that names a user must have it.
  const user = userName === undefined ? {} : kubeconfig.users.get(userName)
  if (cluster === undefined || user === undefined) {
    const missing = [
      ...(cluster === undefined ? [`cluster ${clusterName ?? '(not named)'}`] : []),
      ...(user === undefined ? [`user ${userName}`] : []),
    ]
    const message = `the context ${context} names what the kubeconfig does not have: ${missing.join(', ')}`
    throw new ObolError(CLUSTER_ERRORS.CONTEXT_DANGLING, { where: { file }, message, details: missing })
  }
  return {
    context,
    ...optional('namespace', text(entry, 'namespace')),
    cluster: targetCluster(clusterName ?? '', cluster, file),
    user: targetUser(userName ?? '', user),
    source: file,
  }
}

function findContext(kubeconfig: Kubeconfig, wanted: string | undefined, file: string) {
  const context = wanted ?? kubeconfig.currentContext
  const known = [...kubeconfig.contexts.keys()]
  const report = { where: { file }, details: [`contexts: ${known.join(', ') || '(none)'}`] }
  if (context === undefined) throw new ObolError(CLUSTER_ERRORS.CONTEXT_UNSET, report)
  const entry = kubeconfig.contexts.get(context)
  if (entry !== undefined) return { context, entry }
  const close = nearest(context, known)
  const message = `the kubeconfig has no context ${context}${close === undefined ? '' : `; did you mean ${close}?`}`
  throw new ObolError(CLUSTER_ERRORS.CONTEXT_UNKNOWN, { ...report, message })
}

function targetCluster(name: string, cluster: JsonObject, file: string): TargetCluster {
  const server = text(cluster, 'server')?.replace(/\/+$/, '')
  if (server === undefined) {
    const details = [`clusters: ${name} has no server`]
    throw new ObolError(CLUSTER_ERRORS.KUBECONFIG_INVALID, { where: { file }, details })
  }
  const protocol = URL.canParse(server) ? new URL(server).protocol : undefined
  if (protocol !== 'https:' && protocol !== 'http:') {
    const message = `the server of cluster ${name} is not an http or https URL`
    throw new ObolError(CLUSTER_ERRORS.SERVER_URL_INVALID, { where: { file }, message })
  }
  const skipTlsVerify = cluster['insecure-skip-tls-verify'] === true
  if (protocol === 'http:' && !skipTlsVerify) {
    throw new ObolError(CLUSTER_ERRORS.PLAIN_HTTP, {
      where: { file },
      details: [publicUrl(server)],
      hint: `kubectl config set-cluster ${name} --insecure-skip-tls-verify=true`,
    })
  }
  const proxyUrl = text(cluster, 'proxy-url')
  if (proxyUrl !== undefined && !/^(https?|socks(4|4a|5|5h)?):$/.test(URL.parse(proxyUrl)?.protocol ?? '')) {
    const message = `the proxy-url of cluster ${name} is not an http, https or socks URL`
    throw new ObolError(CLUSTER_ERRORS.SERVER_URL_INVALID, { where: { file }, message })
  }
  return {
    ...{ name, server, skipTlsVerify },
    ...optional('caData', text(cluster, 'certificate-authority-data')),
    ...optional('caFile', text(cluster, 'certificate-authority')),
    ...optional('tlsServerName', text(cluster, 'tls-server-name')),
    ...optional('proxyUrl', proxyUrl),
  }
}

function targetUser(name: string, user: JsonObject): TargetUser {
  const impersonate = impersonation(user)
  return {
    name,
    ...optional('token', text(user, 'token')),
    ...optional('tokenFile', text(user, 'tokenFile') ?? text(user, 'token-file')),
    ...optional('username', text(user, 'username')),
    ...optional('password', text(user, 'password')),
    ...optional('certData', text(user, 'client-certificate-data')),
    ...optional('certFile', text(user, 'client-certificate')),
    ...optional('keyData', text(user, 'client-key-data')),
    ...optional('keyFile', text(user, 'client-key')),
    ...optional('exec', objectOf(user['exec'])),
    ...optional('authProvider', objectOf(user['auth-provider'])),
    ...optional('impersonate', impersonate),
  }
}

/** `as`, `as-uid`, `as-groups`, `as-user-extra`: left out of a request they would act with the user's full rights. */
function impersonation(user: JsonObject): TargetUser['impersonate'] {
  const groups = strings(user['as-groups'])
  const extra = Object.entries(objectOf(user['as-user-extra']) ?? {}).map(
    ([key, value]) => [key, strings(value)] as const,
  )
  const as = { ...optional('user', text(user, 'as')), ...optional('uid', text(user, 'as-uid')) }
  if (Object.keys(as).length === 0 && groups.length === 0 && extra.length === 0) return undefined
  return { ...as, groups, extra: new Map(extra) }
}

function text(object: JsonObject, field: string): string | undefined {
  const value = object[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

function strings(value: JsonValue | undefined): readonly string[] {
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })
}
