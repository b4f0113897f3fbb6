import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Server, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { ClusterTarget, TargetCluster, TargetUser } from '../../src/cluster/cluster-target.ts'
import { type ConnectOptions, connectCluster } from '../../src/cluster/connect.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { JsonValue } from '../../src/util/json.ts'

/** An API server that says what a test tells it to. */
export type FakeApi = {
  readonly url: string
  readonly port: number
  /** Method and URL of each request, in order. */
  readonly requests: readonly string[]
  /** Connections opened so far. */
  connections(): number
}

export type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** Serves a handler on loopback until the test ends; with `tls`, over https. */
export async function startFakeApi(
  t: TestContext,
  handler: Handler,
  tls?: { readonly cert: string; readonly key: string; readonly ca?: string; readonly requestCert?: boolean },
): Promise<FakeApi> {
  const requests: string[] = []
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    handler(request, response, requests.length)
  }
  const server =
    tls === undefined ? createServer(listener) : createTlsServer({ ...tls, rejectUnauthorized: false }, listener)
  const { port, connections } = await listen(t, server)
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, port, requests, connections }
}

/** Listens on a free loopback port until the test ends. */
export async function listen(
  t: TestContext,
  server: Server,
): Promise<{ readonly port: number; readonly connections: () => number }> {
  const sockets = new Set<Socket>()
  let opened = 0
  server.on('connection', (socket: Socket) => {
    opened += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, connections: () => opened }
}

export function targetOf(
  url: string,
  parts: { readonly cluster?: Partial<TargetCluster>; readonly user?: Partial<TargetUser> } = {},
): ClusterTarget {
  return {
    context: 'test',
    cluster: { name: 'fake', server: url, skipTlsVerify: url.startsWith('http:'), ...parts.cluster },
    user: { name: 'tester', token: 'secret-token', ...parts.user },
    source: 'a test',
  }
}

/** What the retries slept, instead of sleeping. */
export type Slept = { readonly pauses: number[] }

/** Connects without waiting between retries; closed when the test ends. */
export async function connect(
  t: TestContext,
  target: ClusterTarget,
  options: ConnectOptions = {},
): Promise<ClusterWriter & Slept> {
  const pauses: number[] = []
  const sleep = async (ms: number) => void pauses.push(ms)
  const cluster = await connectCluster(target, { ...options, retry: { sleep, random: () => 0, ...options.retry } })
  t.after(() => cluster.close())
  return { ...cluster, pauses }
}

export function sendJson(response: ServerResponse, status: number, body: JsonValue): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function sendStatus(response: ServerResponse, code: number, reason: string, message: string): void {
  sendJson(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code })
}

/** For assert.rejects: an ObolError with this code whose text holds none of the secrets. */
export function obolError(code: string, ...expected: readonly RegExp[]): (error: unknown) => true {
  return (error) => {
    if (!(error instanceof ObolError)) throw error
    const text = [error.message, ...error.details, error.hint ?? ''].join('\n')
    if (error.code !== code) throw new Error(`expected ${code}, got ${error.code}: ${text}`, { cause: error })
    for (const pattern of expected) if (!pattern.test(text)) throw new Error(`${pattern} is not in: ${text}`)
    if (/secret/i.test(text)) throw new Error(`a secret is in: ${text}`)
    return true
  }
}

export const CONFIG_MAPS = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default' } as const
