import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isJsonObject, type JsonValue } from '../../src/util/json.ts'
import { type ApiResponse, apiRequest } from './api-request.ts'
import { type Authority, createAuthority } from './create-authority.ts'
import type { Binaries } from './find.ts'
import { findOrBuild } from './find-or-build.ts'
import type { ControlPlaneVersion } from './module-info.ts'
import { type ServerProcess, startGuard, startServerProcess } from './server-process.ts'
import { kubeconfigText, newTokens, type Tokens, type TokenUser, tokenFile, type User, userRoles } from './users.ts'

export type StartOptions = {
  /** Default `newest`. */
  readonly version?: ControlPlaneVersion
  /** Default: found, or built, by `findOrBuild`. */
  readonly binaries?: Binaries
  /** Further flags of kube-apiserver; a flag that is given twice has its last value. */
  readonly apiServerArgs?: readonly string[]
  /** Default 60 s. */
  readonly readyTimeoutMs?: number
  /** Receives a line for each step of a build. Default: none. */
  readonly progress?: (line: string) => void
}

/** Another address for the same server: a proxy, with the PEM of its authority when it is not the server's own. */
export type Via = { readonly server: string; readonly ca?: string }

/** A running kube-apiserver with etcd, and no controllers: objects are stored, validated, defaulted and watched. */
export type ControlPlane = {
  /** `/version`.gitVersion, as `v1.37.2`. */
  readonly version: string
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  readonly caFile: string
  readonly adminToken: string
  readonly readOnlyToken: string
  readonly tokens: Tokens
  /** For tests that stop, freeze or kill a part. */
  readonly pids: { readonly kubeApiserver: number; readonly etcd: number }
  /** Holds data, keys and logs; removed by `stop`. */
  readonly folder: string
  /** SIDE EFFECTS: writes a kubeconfig into `folder` and returns its path. */
  kubeconfig(user: User, via?: Via): string
  /** SIDE EFFECTS: one request; the body is sent as JSON, also with another content type. */
  request(user: TokenUser, method: string, path: string, body?: JsonValue, contentType?: string): Promise<ApiResponse>
  /** SIDE EFFECTS: ends both processes and removes `folder`; may be called again. */
  stop(): Promise<void>
}

/** `CONTROL_PLANE_NOT_FOUND`: no binaries; `CONTROL_PLANE_NOT_READY`: a process ended or the time limit passed. */
export class ControlPlaneError extends Error {
  override readonly name = 'ControlPlaneError'
  readonly code: 'CONTROL_PLANE_NOT_FOUND' | 'CONTROL_PLANE_NOT_READY'

  constructor(code: ControlPlaneError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Starts a control plane with new keys and tokens on a free loopback port, and waits until its users can work.
 * SIDE EFFECTS: two server processes, a guard that ends them with this process, a folder below the system's temporary
 * one. Rejects with ControlPlaneError, leaving nothing behind.
 */
export async function startControlPlane(options: StartOptions = {}): Promise<ControlPlane> {
  const { version = 'newest', progress } = options
  const binaries = options.binaries ?? (await findOrBuild({ version, ...(progress === undefined ? {} : { progress }) }))
  if (!binaries.found) throw new ControlPlaneError('CONTROL_PLANE_NOT_FOUND', binaries.reason)
  // Between the choice of a free port and its use another process may take it.
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryStart(binaries, options)
    if ('plane' in outcome) return outcome.plane
    if (outcome.portTaken && attempt < 5) continue
    throw new ControlPlaneError('CONTROL_PLANE_NOT_READY', outcome.reason)
  }
}

/** Time for answers that are under way; an orderly end takes 1.1 s and, with a watch open, a minute, for data nobody wants. */
const STOP_GRACE_MS = 500

type Attempt = { readonly plane: ControlPlane } | { readonly reason: string; readonly portTaken: boolean }

async function tryStart(binaries: Binaries, options: StartOptions): Promise<Attempt> {
  const folder = mkdtempSync(join(tmpdir(), 'obol-control-plane-'))
  const guard = startGuard(folder)
  const authority = createAuthority('obol-test-ca')
  const tokens = newTokens()
  const port = await freePort()
  writeKeys(folder, authority, tokens)
  const run = (command: string, args: readonly string[], log: string) => {
    const server = startServerProcess(command, args, join(folder, log))
    if (server.pid !== undefined) guard.watch(server.pid)
    return server
  }
  const etcd = run(binaries.etcd, etcdArgs(folder), 'etcd.log')
  const args = [...apiServerArgs(folder, port), ...(options.apiServerArgs ?? [])]
  const kubeApiserver = run(binaries.kubeApiserver, args, 'kube-apiserver.log')
  const end = async () => {
    // The other way round kube-apiserver hangs for minutes.
    await kubeApiserver.stop(STOP_GRACE_MS)
    await etcd.stop(STOP_GRACE_MS)
    await guard.release()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  const url = `https://127.0.0.1:${port}`
  const request: ControlPlane['request'] = (user, method, path, body, contentType) =>
    apiRequest({
      ...{ url, ca: authority.cert, token: tokens[user], method, path },
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
    })
  try {
    await ready({
      servers: { etcd, 'kube-apiserver': kubeApiserver },
      request,
      limitMs: options.readyTimeoutMs ?? 60_000,
    })
    const plane = {
      version: await gitVersion(request),
      ...{ url, caFile: join(folder, 'ca.crt'), tokens, folder, request },
      adminToken: tokens.admin,
      readOnlyToken: tokens.reader,
      pids: { kubeApiserver: kubeApiserver.pid ?? 0, etcd: etcd.pid ?? 0 },
      kubeconfig: kubeconfigWriter(folder, url, authority, tokens),
      stop: once(end),
    }
    return { plane }
  } catch (error) {
    const logs = ['etcd.log', 'kube-apiserver.log'].map((name) => logTail(join(folder, name)))
    await end()
    const reason = `${error instanceof Error ? error.message : String(error)}\n${logs.join('\n')}`
    return { reason, portTaken: /address already in use/.test(logs[1] ?? '') }
  }
}

type Readiness = {
  readonly servers: Readonly<Record<string, ServerProcess>>
  readonly request: ControlPlane['request']
  readonly limitMs: number
}

/** Ready means: /readyz says so, the users' roles are there, and the authorizer has seen them. */
async function ready({ servers, request, limitMs }: Readiness): Promise<void> {
  const deadline = performance.now() + limitMs
  const until = async (what: string, done: () => Promise<boolean>) => {
    while (!(await done().catch(() => false))) {
      for (const [name, server] of Object.entries(servers)) {
        if (!server.isRunning()) throw new Error(`${name} ended: ${await server.exited}`)
      }
      if (performance.now() > deadline) throw new Error(`${what} did not come within ${limitMs} ms`)
      await delay(50)
    }
  }
  const answers = (user: TokenUser, path: string) => async () => (await request(user, 'GET', path)).status === 200
  await until('/readyz', answers('admin', '/readyz'))
  for (const { path, body } of userRoles()) {
    await until(`POST ${path}`, async () => [201, 409].includes((await request('admin', 'POST', path, body)).status))
  }
  await until('the reader', answers('reader', '/api/v1/namespaces'))
  await until('the planner', answers('planner', '/api/v1/namespaces/default/services'))
}

function etcdArgs(folder: string): readonly string[] {
  // A socket file cannot be taken by another process. No peer and no other client ever comes, so the addresses that are
  // told to them may be any (etcd before 3.7 wants them to have a port).
  const socket = `unix://${join(folder, 'etcd.sock')}`
  const nobody = 'http://127.0.0.1:0'
  return [
    ...['--name=default', `--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=warn'],
    ...[`--listen-client-urls=${socket}`, `--advertise-client-urls=${nobody}`],
    ...[
      `--listen-peer-urls=${nobody}`,
      `--initial-advertise-peer-urls=${nobody}`,
      `--initial-cluster=default=${nobody}`,
    ],
  ]
}

function apiServerArgs(folder: string, port: number): readonly string[] {
  const file = (name: string) => join(folder, name)
  return [
    `--etcd-servers=unix://${file('etcd.sock')}`,
    ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
    // The `kubernetes` service cannot have a loopback endpoint.
    '--endpoint-reconciler-type=none',
    ...[`--tls-cert-file=${file('server.crt')}`, `--tls-private-key-file=${file('server.key')}`],
    ...[`--cert-dir=${file('certs')}`, `--client-ca-file=${file('ca.crt')}`],
    ...[`--token-auth-file=${file('tokens.csv')}`, '--authorization-mode=RBAC'],
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-account.key')}`,
    `--service-account-signing-key-file=${file('service-account.key')}`,
    ...['--service-cluster-ip-range=10.0.0.0/24', '--disable-admission-plugins=ServiceAccount'],
  ]
}

function writeKeys(folder: string, authority: Authority, tokens: Tokens): void {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
  const { cert, key } = authority.issueServer()
  const serviceAccount = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  write('ca.crt', authority.cert)
  write('server.crt', cert)
  write('server.key', key)
  write('tokens.csv', tokenFile(tokens))
  write('service-account.key', serviceAccount.export({ type: 'pkcs8', format: 'pem' }).toString())
}

function kubeconfigWriter(
  folder: string,
  url: string,
  authority: Authority,
  tokens: Tokens,
): ControlPlane['kubeconfig'] {
  let written = 0
  return (user, via = { server: url }) => {
    const credentials =
      user === 'admin-certificate'
        ? authority.issueClient({ commonName: user, organization: 'system:masters' })
        : { token: tokens[user] }
    const file = join(folder, `${user}-${++written}.kubeconfig`)
    const text = kubeconfigText({ server: via.server, ca: via.ca ?? authority.cert, user, credentials })
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
}

async function gitVersion(request: ControlPlane['request']): Promise<string> {
  const answer = (await request('admin', 'GET', '/version')).json()
  const version = isJsonObject(answer) ? answer['gitVersion'] : undefined
  if (typeof version !== 'string') throw new Error('/version has no gitVersion')
  return version
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function logTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
  } catch {
    return ''
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined
  return () => {
    result ??= run()
    return result
  }
}
