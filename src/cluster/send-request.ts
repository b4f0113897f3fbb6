import { Agent as HttpAgent, type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http'
import { Agent as HttpsAgent, request as tlsRequest } from 'node:https'
import { createSecureContext, TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Credentials } from './authenticate.ts'
import { classifyNetworkFailure, type NetworkFailure } from './network-failure.ts'

/** An answer may be this large when unpacked; a LIST of 10,000 objects of 2.5 KB is a tenth of it. */
const BODY_LIMIT_BYTES = 256 * 1024 * 1024

export type HttpRequest = {
  readonly method: 'GET' | 'PATCH' | 'DELETE'
  /** From the root of the API: `/api/v1/…`, with query. */
  readonly path: string
  readonly contentType?: string
  readonly body?: string
}

export type HttpAnswer = {
  readonly status: number
  /** Media type without parameters, in lower case; '' when there is none. */
  readonly contentType: string
  readonly retryAfter: string | undefined
  readonly body: string
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: NetworkFailure }

export type Timeouts = { readonly connectMs: number; readonly responseMs: number }

/** A way to one server: its address, agents that keep connections, and the headers that let us in. */
export type Line = {
  readonly url: URL
  readonly agent: HttpAgent
  /** Watches hold a connection for minutes, so they do not take one from the pool. */
  readonly watchAgent: HttpAgent
  readonly headers: OutgoingHttpHeaders
  readonly viaProxy: boolean
}

/** A line with a pool of at most `maxSockets` connections. Measured: as fast as HTTP/2 and undici, and loads in 7 ms. */
export function openLine(server: string, credentials: Credentials, maxSockets: number, userAgent: string): Line {
  const url = new URL(server)
  const headers = { ...credentials.headers, 'user-agent': userAgent, accept: 'application/json' }
  const { proxyAgent } = credentials
  if (proxyAgent !== undefined) {
    proxyAgent.maxSockets = maxSockets
    return { url, agent: proxyAgent, watchAgent: proxyAgent, headers, viaProxy: true }
  }
  const { ca, cert, key, ...checks } = credentials.tls
  // Once for all connections: the hundreds of authorities of a machine take 12 ms to parse.
  const secureContext = createSecureContext({
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  })
  const agentWith = (options: { readonly keepAlive: boolean; readonly maxSockets?: number }) =>
    url.protocol === 'https:' ? new HttpsAgent({ ...checks, ...options, secureContext }) : new HttpAgent(options)
  return {
    url,
    agent: agentWith({ keepAlive: true, maxSockets }),
    watchAgent: agentWith({ keepAlive: false }),
    headers,
    viaProxy: false,
  }
}

/** Lets requests under way end, and keeps no connection for others. */
export function retireLine({ agent }: Line): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

/** Ends the connections of a line. */
export function closeLine(line: Line): void {
  line.agent.destroy()
  line.watchAgent.destroy()
}

/**
 * One HTTP exchange; the body is unpacked. SIDE EFFECTS: one request. Never rejects: what went wrong is a value.
 */
export async function sendRequest(
  line: Line,
  request: HttpRequest,
  timeouts: Timeouts,
  signal: AbortSignal | undefined,
): Promise<Outcome<HttpAnswer>> {
  const headers = { ...line.headers, 'accept-encoding': 'gzip' }
  const opened = await open({ line, agent: line.agent, request, headers, timeouts, signal })
  if (!opened.ok) return opened
  try {
    const message = opened.value
    const bytes = await unpack(await readBody(message), message.headers['content-encoding'])
    return { ok: true, value: { ...head(message), body: bytes.toString('utf8') } }
  } catch (cause) {
    return failed(cause, signal)
  }
}

/** Opens a stream of lines (a watch); the caller reads or destroys `message`. SIDE EFFECTS: one request. Never rejects. */
export async function openStream(
  line: Line,
  request: HttpRequest,
  timeouts: Timeouts,
  signal: AbortSignal | undefined,
): Promise<Outcome<{ readonly message: IncomingMessage; readonly head: Omit<HttpAnswer, 'body'> }>> {
  const opened = await open({ line, agent: line.watchAgent, request, headers: line.headers, timeouts, signal })
  return opened.ok ? { ok: true, value: { message: opened.value, head: head(opened.value) } } : opened
}

/** Reads what is left of a message, unpacked. Rejects with the errors of node:http and node:zlib. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) continue
    length += chunk.length
    if (length > BODY_LIMIT_BYTES) throw tagged('ERR_BUFFER_TOO_LARGE')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

const gunzipAsync = promisify(gunzip)

async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  return encoding === 'gzip' ? gunzipAsync(body, { maxOutputLength: BODY_LIMIT_BYTES }) : body
}

type Opening = {
  readonly line: Line
  readonly agent: HttpAgent
  readonly request: HttpRequest
  readonly headers: OutgoingHttpHeaders
  readonly timeouts: Timeouts
  readonly signal: AbortSignal | undefined
}

function open({ line, agent, request, headers, timeouts, signal }: Opening): Promise<Outcome<IncomingMessage>> {
  const { promise, resolve } = Promise.withResolvers<Outcome<IncomingMessage>>()
  const body = request.body === undefined ? undefined : Buffer.from(request.body)
  const send = line.url.protocol === 'https:' ? tlsRequest : plainRequest
  const sent = send({
    protocol: line.url.protocol,
    // An IPv6 host has brackets in a URL and none in a socket address.
    hostname: line.url.hostname.replace(/^\[|\]$/g, ''),
    ...(line.url.port === '' ? {} : { port: line.url.port }),
    path: `${line.url.pathname.replace(/\/$/, '')}${request.path}`,
    method: request.method,
    agent,
    headers: {
      ...headers,
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      ...(body === undefined ? {} : { 'content-length': body.length }),
    },
    ...(signal === undefined ? {} : { signal }),
  })
  limitTime(sent, line, timeouts)
  sent.once('response', (message) => resolve({ ok: true, value: message }))
  // Stays for the whole exchange: after the response it tells of the body, which the reader of the body hears as well.
  sent.on('error', (cause) => resolve(failed(cause, signal)))
  sent.end(body)
  return promise
}

/** Limits the time to connect, and the silence after that; time spent waiting for a free connection is not counted. */
function limitTime(sent: ReturnType<typeof plainRequest>, line: Line, { connectMs, responseMs }: Timeouts): void {
  // Once there is an answer, only destroying that tells its reader why.
  let silent: { destroy(error: Error): unknown } = sent
  sent.once('response', (message) => {
    silent = message
  })
  sent.setTimeout(responseMs, () => silent.destroy(tagged('OBOL_RESPONSE_TIMEOUT')))
  // A proxy's agent gives the socket only when the tunnel stands.
  let connecting = line.viaProxy ? timer(sent, connectMs + responseMs) : undefined
  sent.once('close', () => clearTimeout(connecting))
  sent.once('socket', (socket) => {
    clearTimeout(connecting)
    const isTls = socket instanceof TLSSocket
    if (!socket.connecting && !(isTls && socket.getProtocol() === null)) return
    connecting = timer(sent, connectMs)
    socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
  })
}

function timer(sent: ReturnType<typeof plainRequest>, ms: number): NodeJS.Timeout {
  return setTimeout(() => sent.destroy(tagged('OBOL_CONNECT_TIMEOUT')), ms)
}

function tagged(code: 'OBOL_CONNECT_TIMEOUT' | 'OBOL_RESPONSE_TIMEOUT' | 'ERR_BUFFER_TOO_LARGE'): Error {
  return Object.assign(new Error(code), { code })
}

function failed(
  cause: unknown,
  signal: AbortSignal | undefined,
): { readonly ok: false; readonly failure: NetworkFailure } {
  if (signal?.aborted === true) return { ok: false, failure: { kind: 'interrupted', cause: signal.reason } }
  return { ok: false, failure: classifyNetworkFailure(cause) }
}

function head(message: IncomingMessage): Omit<HttpAnswer, 'body'> {
  const [mediaType = ''] = (message.headers['content-type'] ?? '').split(';')
  return {
    status: message.statusCode ?? 0,
    contentType: mediaType.trim().toLowerCase(),
    retryAfter: message.headers['retry-after'],
  }
}
