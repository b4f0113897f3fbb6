import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import { stringify } from 'yaml'
import type { JsonValue } from '../util/json.ts'
import { authorizePath } from './access.ts'
import { handle, type Server } from './handle.ts'
import { negotiate } from './negotiate.ts'
import { Refusal, unauthorized } from './refusal.ts'
import type { Reply, SandboxRequest } from './request.ts'
import { type Route, routeOf } from './route.ts'
import { authenticate, type User } from './users.ts'

/** A request as a hook sees it. */
export type RequestInfo = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly contentType: string
  readonly body: string
  /** Name of the user, `anonymous`, or undefined for a bad token. */
  readonly user: string | undefined
  /** Counts from 1. */
  readonly number: number
}

/**
 * What to do to a request: `drop` cuts the connection before it is carried out, `drop-after` afterwards, `hang` never
 * answers, and a canned answer is sent instead of carrying it out.
 */
export type Fault =
  | 'drop'
  | 'drop-after'
  | 'hang'
  | {
      readonly status: number
      readonly body: string | JsonValue
      readonly headers?: Readonly<Record<string, string>>
    }

export type RequestHook = (info: RequestInfo) => Fault | undefined | Promise<Fault | undefined>

const MAX_BODY = 3 * 1024 * 1024
const GZIP_FROM = 128 * 1024

/**
 * Connects an HTTPS server to the handlers.
 * SIDE EFFECTS: answers requests until stopped.
 */
export function serve(
  https: HttpsServer,
  server: Server,
  users: readonly User[],
  hook: RequestHook | undefined,
): { readonly requestCount: () => number; readonly stop: () => Promise<void> } {
  let count = 0
  const ends = new Set<() => void>()
  https.on('request', (message, response) => {
    count += 1
    answer({ message, response, server, users, hook, number: count, ends }).catch((error: unknown) => {
      // A defect of the sandbox must not look like an answer of Kubernetes.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`obol sandbox defect: ${text}\n`)
    })
  })
  return {
    requestCount: () => count,
    stop: () =>
      new Promise((resolve) => {
        for (const end of ends) end()
        https.close(() => {
          resolve()
        })
        https.closeAllConnections()
      }),
  }
}

type Exchange = {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly server: Server
  readonly users: readonly User[]
  readonly hook: RequestHook | undefined
  readonly number: number
  readonly ends: Set<() => void>
}

async function answer(exchange: Exchange): Promise<void> {
  const { message, response, server, users, hook } = exchange
  const body = await readBody(message)
  const url = new URL(message.url ?? '/', 'https://sandbox')
  const user = authenticate(users, message.headers.authorization)
  const text = body?.toString('utf8') ?? ''
  const fault = await hook?.(infoOf(exchange, url, text, user))
  if (fault === 'hang') return
  if (fault === 'drop') {
    message.socket.destroy()
    return
  }
  if (typeof fault === 'object') {
    sendCanned(response, fault)
    return
  }
  const request = body === undefined ? undefined : { ...requestOf(message, url), body: text, bytes: body }
  const reply = request === undefined ? tooLarge() : replyTo(server, user, request)
  if (fault === 'drop-after') {
    message.socket.destroy()
    return
  }
  sendReply(exchange, reply)
}

function infoOf(exchange: Exchange, url: URL, body: string, user: User | 'anonymous' | undefined): RequestInfo {
  return {
    method: exchange.message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    contentType: exchange.message.headers['content-type'] ?? '',
    body,
    user: typeof user === 'object' ? user.name : user,
    number: exchange.number,
  }
}

function requestOf(message: IncomingMessage, url: URL): Omit<SandboxRequest, 'body' | 'bytes' | 'user'> {
  const headers: Record<string, string | undefined> = {}
  for (const [key, value] of Object.entries(message.headers))
    headers[key] = Array.isArray(value) ? value.join(', ') : value
  return { method: message.method ?? 'GET', path: decodePath(url.pathname), query: url.searchParams, headers }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const ANONYMOUS: User = { name: 'system:anonymous', token: '', rules: [] }

function replyTo(server: Server, user: User | 'anonymous' | undefined, request: Omit<SandboxRequest, 'user'>): Reply {
  try {
    if (user === undefined) throw unauthorized()
    const route: Route = routeOf(request.path, server.catalogue)
    if (route.type !== 'resource') authorizePath(user, request.method, request.path, route)
    const reply = handle(server, route, { ...request, user: user === 'anonymous' ? ANONYMOUS : user })
    return withDeprecation(reply, route)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const reply: Reply = { type: 'json', code: error.code, body: error.status, warnings: error.warnings }
    return withDeprecation(reply, undefined, request.path)
  }
}

const ENDPOINTS_WARNING = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'

/** The server warns of Endpoints on each request, whether it succeeds or not. */
function withDeprecation(reply: Reply, route: Route | undefined, path = ''): Reply {
  const isEndpoints =
    route?.type === 'resource'
      ? route.resource.kind === 'Endpoints'
      : /^\/api\/v1\/(?:namespaces\/[^/]+\/)?endpoints(?:\/|$)/.test(path)
  if (!isEndpoints || reply.type !== 'json' || reply.code === 401 || reply.code === 403) return reply
  return { ...reply, warnings: [ENDPOINTS_WARNING, ...(reply.warnings ?? [])] }
}

function sendReply(exchange: Exchange, reply: Reply): void {
  const { response } = exchange
  switch (reply.type) {
    case 'json':
      sendJson(exchange, reply)
      break
    case 'text':
      response.writeHead(reply.code, {
        'content-type': 'text/plain; charset=utf-8',
        ...(reply.location === undefined ? {} : { location: reply.location }),
      })
      response.end(reply.text)
      break
    case 'document':
      sendDocument(exchange, reply)
      break
    case 'stream':
      sendStream(exchange, reply)
      break
  }
}

function sendJson({ message, response }: Exchange, reply: Extract<Reply, { readonly type: 'json' }>): void {
  const { accept, 'user-agent': userAgent = '' } = message.headers
  const wantsYaml = reply.contentType === undefined && reply.code < 400 && wantsYamlOf(accept)
  const isPretty = /^(?:curl|Wget|Mozilla)/.test(userAgent) || /[?&]pretty=(?:true|1)/.test(message.url ?? '')
  const json = isPretty ? JSON.stringify(reply.body, null, 2) : JSON.stringify(reply.body)
  const text = wantsYaml ? stringify(reply.body) : `${json}\n`
  const contentType = reply.contentType ?? (wantsYaml ? 'application/yaml' : 'application/json')
  response.setHeader('content-type', contentType)
  response.setHeader('cache-control', 'no-cache, private')
  const warnings = reply.warnings ?? []
  if (warnings.length > 0) {
    response.setHeader(
      'warning',
      warnings.map((text) => `299 - ${JSON.stringify(text)}`),
    )
  }
  sendText(message, response, reply.code, text)
}

function wantsYamlOf(accept: string | undefined): boolean {
  try {
    return negotiate(accept).yaml
  } catch {
    return false
  }
}

function sendDocument({ message, response }: Exchange, reply: Extract<Reply, { readonly type: 'document' }>): void {
  const etag = `"${reply.etag}"`
  response.setHeader('etag', etag)
  response.setHeader('content-type', 'application/json')
  if (message.headers['if-none-match'] === etag) response.writeHead(304).end()
  else sendText(message, response, 200, reply.json)
}

function sendText(message: IncomingMessage, response: ServerResponse, code: number, text: string): void {
  const takesGzip = String(message.headers['accept-encoding'] ?? '').includes('gzip')
  const bytes = Buffer.from(text, 'utf8')
  const isZipped = takesGzip && bytes.length > GZIP_FROM
  const content = isZipped ? gzipSync(bytes, { level: 1 }) : bytes
  if (isZipped) response.setHeader('content-encoding', 'gzip')
  response.setHeader('content-length', content.length)
  response.writeHead(code)
  response.end(message.method === 'HEAD' ? undefined : content)
}

function sendStream({ response, ends }: Exchange, reply: Extract<Reply, { readonly type: 'stream' }>): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  let stop: (() => void) | undefined
  let isOver = false
  const end = (): void => {
    isOver = true
    stop?.()
    ends.delete(end)
    response.end()
  }
  ends.add(end)
  response.on('close', end)
  stop = reply.start((event) => response.write(`${JSON.stringify(event)}\n`), end)
  // A stream may be over before it has said how to stop it.
  if (isOver) stop()
}

function sendCanned(response: ServerResponse, fault: Exclude<Fault, string>): void {
  const isText = typeof fault.body === 'string'
  response.writeHead(fault.status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    ...fault.headers,
  })
  response.end(isText ? fault.body : JSON.stringify(fault.body))
}

/** The body; undefined when it is larger than the server takes. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    size += bytes.length
    if (size <= MAX_BODY) chunks.push(bytes)
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks)
}

function tooLarge(): Reply {
  const message = `Request entity too large: limit is ${MAX_BODY}`
  const refusal = new Refusal(413, 'RequestEntityTooLarge', message)
  return { type: 'json', code: 413, body: refusal.status }
}
