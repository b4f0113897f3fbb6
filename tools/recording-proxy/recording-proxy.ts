import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { Socket } from 'node:net'
import { createAuthority } from '../control-plane/create-authority.ts'

/** What the client asked; never its credentials. */
export type RecordedRequest = {
  readonly method: string
  /** With the query, as `/api/v1/services?limit=500`. */
  readonly path: string
  readonly contentType: string | undefined
  readonly body: string
}

export type Fault =
  /** Answers itself; the target never sees the request. Default body: none. */
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** Never answers; the connection stays open until the client or `stop` ends it. */
  | { readonly kind: 'hang' }
  /** Resets the connection; the target never sees the request. */
  | { readonly kind: 'reset' }
  /** Lets the target do what was asked, then resets the connection instead of passing the answer on. */
  | { readonly kind: 'lose-answer' }

export type FaultProxyOptions = {
  /** `https://127.0.0.1:6443` or `http://…`. */
  readonly target: string
  /** PEM of the target's authority; needed for https. */
  readonly ca?: string
  /** Undefined passes the request on. May wait: the request is held until then. Default: passes everything. */
  readonly onRequest?: (request: RecordedRequest) => Fault | undefined | Promise<Fault | undefined>
}

export type FaultProxy = {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** PEM of the authority of the proxy's own certificate. */
  readonly ca: string
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly RecordedRequest[]
  /** SIDE EFFECTS: closes the port and cuts every connection. */
  stop(): Promise<void>
}

/**
 * An HTTPS proxy on loopback that records each request and may answer it badly. Headers (the token too) and streams, such
 * as a watch, pass through. SIDE EFFECTS: listens on a free port. A target that cannot be reached gives 502.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const target = new URL(options.target)
  const authority = createAuthority('obol-test-proxy-ca')
  const agent = target.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const requests: RecordedRequest[] = []
  const sockets = new Map<number, Socket>()
  const forward: Forward = (request, body) => {
    const { host: _ours, ...headers } = request.headers
    const ask = target.protocol === 'https:' ? httpsRequest : httpRequest
    const sent = ask(new URL(request.url ?? '/', target), {
      ...{ method: request.method, headers, agent },
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    })
    sent.end(body)
    return sent
  }
  // Node resets a TCP socket only, not the TLS one above it.
  const reset = (request: IncomingMessage) => sockets.get(request.socket.remotePort ?? 0)?.resetAndDestroy()
  const server = createServer(authority.issueServer(), (request, response) => {
    const handling = async () => {
      const body = await readBody(request)
      const { method = 'GET', url = '/' } = request
      const recorded = { method, path: url, contentType: request.headers['content-type'], body: body.toString() }
      requests.push(recorded)
      const fault = await options.onRequest?.(recorded)
      const exchange = { request, response, body, forward, reset: () => reset(request) }
      if (fault === undefined) passOn(exchange)
      else misbehave(fault, exchange)
    }
    // A client that goes away while its request is read, or a callback that throws: the client sees a broken connection.
    handling().catch(() => reset(request))
  })
  server.on('connection', (socket) => {
    const port = socket instanceof Socket ? socket.remotePort : undefined
    if (!(socket instanceof Socket) || port === undefined) return
    sockets.set(port, socket)
    socket.on('close', () => sockets.delete(port))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the recording proxy has no port')
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets.values()) socket.destroy()
      agent.destroy()
    })
  return { url: `https://127.0.0.1:${bound.port}`, port: bound.port, ca: authority.cert, requests, stop }
}

type Forward = (request: IncomingMessage, body: Buffer) => ReturnType<typeof httpRequest>

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly forward: Forward
  readonly reset: () => void
}

function misbehave(fault: Fault, { request, response, body, forward, reset }: Exchange): void {
  switch (fault.kind) {
    case 'respond':
      response.writeHead(fault.status, fault.headers).end(fault.body)
      return
    case 'hang':
      return
    case 'reset':
      reset()
      return
    case 'lose-answer': {
      const sent = forward(request, body)
      sent.once('error', reset)
      // The whole answer, so that the target is surely done.
      sent.once('response', (received) => received.resume().once('close', reset))
      return
    }
  }
}

function passOn({ request, response, body, forward }: Exchange): void {
  const sent = forward(request, body)
  sent.once('response', (received) => {
    response.writeHead(received.statusCode ?? 502, received.headers)
    response.flushHeaders()
    received.pipe(response)
    received.once('error', () => response.destroy())
  })
  sent.once('error', (error) => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'Content-Type': 'text/plain' }).end(error.message)
  })
  // A watch that the client gave up must end at the target too.
  response.once('close', () => sent.destroy())
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}
