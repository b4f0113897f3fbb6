import type { Agent } from 'node:http'
import type { RequestOptions } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray } from '../util/json.ts'
import type { Credentials, TlsOptions } from './authenticate.ts'
import { type ClusterTarget, publicUrl } from './cluster-target.ts'

/** A login that waits for a person has a minute. */
const LOGIN_TIMEOUT_MS = 60_000

/**
 * Credentials of an exec plugin or auth provider, and the agent of a proxy, by @kubernetes/client-node; `tls` is what is
 * known already. SIDE EFFECTS: runs the login command, or asks the identity provider. Rejects with ObolError
 * EXEC_PLUGIN_FAILED; neither output nor arguments of the command get into it.
 */
export async function loginThroughClientNode({
  target,
  tls,
}: {
  readonly target: ClusterTarget
  readonly tls: TlsOptions
}): Promise<Credentials> {
  const config = new KubeConfig()
  config.loadFromClusterAndUser(clientCluster(target, tls), clientUser(target, tls))
  const options: RequestOptions = {}
  const done = new AbortController()
  try {
    await Promise.race([
      config.applyToHTTPSOptions(options),
      delay(LOGIN_TIMEOUT_MS, undefined, { signal: done.signal, ref: false }).then(() => {
        throw new Error(`no answer within ${LOGIN_TIMEOUT_MS / 1000} s`)
      }),
    ])
  } catch (cause) {
    throw loginError(target, cause)
  } finally {
    done.abort()
  }
  const authorization = headerOf(options)
  const proxyAgent = target.cluster.proxyUrl === undefined ? undefined : keepAlive(options.agent)
  return {
    headers: authorization === undefined ? {} : { authorization },
    tls: {
      ...tls,
      ...(options.cert === undefined ? {} : { cert: options.cert }),
      ...(options.key === undefined ? {} : { key: options.key }),
    },
    ...(proxyAgent === undefined ? {} : { proxyAgent }),
  }
}

function clientCluster({ cluster }: ClusterTarget, tls: TlsOptions): Cluster {
  return {
    name: cluster.name,
    server: cluster.server,
    skipTLSVerify: cluster.skipTlsVerify,
    ...(typeof tls.ca === 'string' ? { caData: base64(tls.ca) } : {}),
    ...(cluster.tlsServerName === undefined ? {} : { tlsServerName: cluster.tlsServerName }),
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
  }
}

/** Only what needs the client: tokens and basic auth are headers that are set elsewhere. */
function clientUser({ cluster, user }: ClusterTarget, tls: TlsOptions): User {
  return {
    name: user.name,
    ...(typeof tls.cert === 'string' ? { certData: base64(tls.cert) } : {}),
    ...(typeof tls.key === 'string' ? { keyData: base64(tls.key) } : {}),
    ...(user.exec === undefined ? {} : { exec: withExecInfo(user.exec, cluster) }),
    ...(user.authProvider === undefined
      ? {}
      : { authProvider: { ...user.authProvider, name: String(user.authProvider['name']) } }),
  }
}

/** Plugins built on client-go want KUBERNETES_EXEC_INFO, which client-node does not set (client.authentication.k8s.io). */
function withExecInfo(exec: JsonObject, cluster: ClusterTarget['cluster']): JsonObject {
  const env: readonly JsonValue[] = isJsonArray(exec['env']) ? exec['env'] : []
  const info = {
    apiVersion: exec['apiVersion'] ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec['provideClusterInfo'] === true
        ? {
            cluster: {
              server: cluster.server,
              'insecure-skip-tls-verify': cluster.skipTlsVerify,
              ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
              ...(cluster.caData === undefined ? {} : { 'certificate-authority-data': cluster.caData }),
            },
          }
        : {}),
    },
  }
  return { ...exec, env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] }
}

function loginError({ cluster, user }: ClusterTarget, cause: unknown): ObolError {
  const command = user.exec?.['command']
  const installHint = user.exec?.['installHint']
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  const how =
    typeof command === 'string' ? command : `auth provider ${String(user.authProvider?.['name'] ?? '')}`.trim()
  if (user.exec === undefined && user.authProvider === undefined) {
    const message = `the proxy-url of cluster ${cluster.name} cannot be used`
    return new ObolError(CLUSTER_ERRORS.SERVER_URL_INVALID, { message, details: [publicUrl(cluster.proxyUrl ?? '')] })
  }
  return new ObolError(CLUSTER_ERRORS.EXEC_PLUGIN_FAILED, {
    message: `the login of user ${user.name} failed: ${how}${code === undefined ? '' : ` (${code})`}`,
    ...(typeof installHint === 'string' ? { details: installHint.trim().split('\n') } : {}),
    ...(typeof command === 'string' ? { hint: command } : {}),
  })
}

function headerOf(options: RequestOptions): string | undefined {
  const headers = options.headers
  if (headers === undefined || headers === null || Array.isArray(headers)) return undefined
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')
  return typeof entry?.[1] === 'string' ? entry[1] : undefined
}

/** client-node makes its agents without keep-alive: a CONNECT and a handshake for each request. */
function keepAlive(agent: RequestOptions['agent']): Agent | undefined {
  if (agent === undefined || typeof agent === 'boolean') return undefined
  return Object.assign(agent, { keepAlive: true })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
