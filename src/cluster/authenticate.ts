import { readFile } from 'node:fs/promises'
import type { Agent, OutgoingHttpHeaders } from 'node:http'
import { createSecureContext, getCACertificates, type SecureContextOptions } from 'node:tls'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { ClusterTarget, TargetUser } from './cluster-target.ts'

/** What a request needs to be let in. Secrets: never shown. */
export type Credentials = {
  readonly headers: OutgoingHttpHeaders
  readonly tls: TlsOptions
  /** Set when a proxy is between us and the server. */
  readonly proxyAgent?: Agent
}

export type TlsOptions = Pick<SecureContextOptions, 'cert' | 'key'> & {
  readonly ca?: string | readonly string[]
  readonly rejectUnauthorized?: boolean
  readonly servername?: string
}

/**
 * Computes the credentials of a target. Tokens, basic auth and certificates are read here; exec plugins, auth providers
 * and proxies go through @kubernetes/client-node, which is loaded only for them (0.3 s from source).
 * SIDE EFFECTS: reads files; may run the kubeconfig's login command. Rejects with ObolError CREDENTIAL_* or
 * EXEC_PLUGIN_FAILED.
 */
export async function authenticate(target: ClusterTarget): Promise<Credentials> {
  const { cluster, user } = target
  const [ca, cert, key, token] = await Promise.all([
    readPem(cluster.caData, cluster.caFile),
    readPem(user.certData, user.certFile),
    readPem(user.keyData, user.keyFile),
    readToken(user),
  ])
  const trusted =
    ca ?? (cluster.server.startsWith('https:') && !cluster.skipTlsVerify ? systemAuthorities() : undefined)
  const tls: TlsOptions = {
    ...(trusted === undefined ? {} : { ca: trusted }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(cluster.skipTlsVerify ? { rejectUnauthorized: false } : {}),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
  }
  const needsClient = user.exec !== undefined || user.authProvider !== undefined || cluster.proxyUrl !== undefined
  const login = needsClient ? await loginThroughClient({ target, tls }) : { headers: {}, tls }
  checkCertificates(login.tls)
  return { ...login, headers: { ...userHeaders(target, token), ...login.headers, ...impersonationHeaders(user) } }
}

/** The PEM text of the certificate authority, or '' where none is configured. */
export async function authorityPem({ cluster }: ClusterTarget): Promise<string> {
  return (await readPem(cluster.caData, cluster.caFile)) ?? ''
}

async function readPem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  return file === undefined ? undefined : readCredentialFile(file)
}

async function readToken(user: TargetUser): Promise<string | undefined> {
  // The file wins: it is what gets rotated.
  return user.tokenFile === undefined ? user.token : (await readCredentialFile(user.tokenFile)).trim()
}

async function readCredentialFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new ObolError(CLUSTER_ERRORS.CREDENTIAL_FILE_UNREADABLE, { where: { file }, details: [code], cause })
  }
}

/** As kubectl does, a server without a configured authority may be signed by one that the machine trusts. */
function systemAuthorities(): readonly string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
}

function checkCertificates({ ca, cert, key }: TlsOptions): void {
  if (cert === undefined && key === undefined && typeof ca !== 'string') return
  try {
    createSecureContext({
      ...(typeof ca === 'string' ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
    })
  } catch (cause) {
    // OpenSSL's words name the mistake (`no start line`, `key values mismatch`) and never the content.
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unusable'
    throw new ObolError(CLUSTER_ERRORS.CREDENTIAL_UNUSABLE, { details: [code] })
  }
}

function userHeaders({ cluster, user }: ClusterTarget, token: string | undefined): OutgoingHttpHeaders {
  if (token !== undefined && token !== '') return { authorization: `Bearer ${token}` }
  if (user.username !== undefined) return { authorization: basic(user.username, user.password ?? '') }
  const { username, password } = new URL(cluster.server)
  if (username === '') return {}
  return { authorization: basic(decodeURIComponent(username), decodeURIComponent(password)) }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function impersonationHeaders({ impersonate }: TargetUser): OutgoingHttpHeaders {
  if (impersonate === undefined) return {}
  const extra = [...impersonate.extra].map(([key, values]) => [
    `impersonate-extra-${encodeURIComponent(key)}`,
    [...values],
  ])
  return {
    ...(impersonate.user === undefined ? {} : { 'impersonate-user': impersonate.user }),
    ...(impersonate.uid === undefined ? {} : { 'impersonate-uid': impersonate.uid }),
    ...(impersonate.groups.length === 0 ? {} : { 'impersonate-group': [...impersonate.groups] }),
    ...Object.fromEntries(extra),
  }
}

async function loginThroughClient(from: {
  readonly target: ClusterTarget
  readonly tls: TlsOptions
}): Promise<Credentials> {
  const { loginThroughClientNode } = await import('./login-through-client-node.ts')
  return loginThroughClientNode(from)
}
