import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'

/** One HTTP exchange of JSON-RPC: a call, or several in a batch. */
export type RpcExchange = {
  /** Counts the exchanges of a client since `begin`, from 1. */
  readonly number: number
  /** Which client: the path of its URL. */
  readonly client: string
  readonly methods: readonly string[]
  /** Params of a lone eth_sendRawTransaction. */
  readonly raw?: string
}

/** What the proxy does with an exchange. */
export type RpcFault =
  /** Neither node nor client hears more of it. */
  | { readonly kind: 'cut' }
  /** The node does what was asked; the client gets no answer. */
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'late'; readonly ms: number }
  /** The node gets it twice, the client the second answer. */
  | { readonly kind: 'twice' }
  /** The client gets this error; the node got the call only if `delivers`. */
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly delivers: boolean }

export type RpcHooks = {
  /** Before the node gets it; what it waits for holds the call back. */
  readonly onRequest?: (exchange: RpcExchange) => Promise<RpcFault | undefined>
  /** The node has answered, the client has not got it. */
  readonly onAnswer?: (exchange: RpcExchange) => Promise<'cut' | undefined>
  /** The client has the answer. */
  readonly onAnswered?: (exchange: RpcExchange) => Promise<void>
}

export type RpcProxy = {
  /** URL for a client of that name: `http://127.0.0.1:PORT/NAME` */
  url(client: string): string
  /** From now on: these hooks, and no exchange counted yet. */
  begin(hooks: RpcHooks): void
  /** Every exchange since `begin`. */
  exchanges(): readonly RpcExchange[]
  stop(): Promise<void>
}

/**
 * A JSON-RPC proxy on loopback that records what passes and may break it. SIDE EFFECTS: listens on a free port.
 */
export async function startRpcProxy(target: string): Promise<RpcProxy> {
  let hooks: RpcHooks = {}
  let exchanges: RpcExchange[] = []
  const server = createServer((request, response) => {
    // Who asks may be dead before the answer is there.
    handle(request, response).catch(() => request.socket.destroy())
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    const client = (request.url ?? '/').slice(1)
    const number = exchanges.filter((earlier) => earlier.client === client).length + 1
    const exchange = { number, client, ...describe(body) }
    const { onRequest, onAnswer, onAnswered } = hooks
    exchanges.push(exchange)
    const fault = await onRequest?.(exchange)
    const answer = await answerTo(body, fault)
    if (answer === undefined || (await onAnswer?.(exchange)) === 'cut') {
      request.socket.destroy()
      return
    }
    const sent = new Promise((resolve) => response.once('finish', resolve).once('close', resolve))
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer)
    await sent
    await onAnswered?.(exchange)
  }

  async function answerTo(body: string, fault: RpcFault | undefined): Promise<string | undefined> {
    switch (fault?.kind) {
      case 'cut':
        return undefined
      case 'lose-answer':
        await forward(target, body)
        return undefined
      case 'late':
        await delay(fault.ms)
        return forward(target, body)
      case 'twice':
        await forward(target, body)
        return forward(target, body)
      case 'error': {
        if (fault.delivers) await forward(target, body)
        const { code, message } = fault
        return JSON.stringify({ jsonrpc: '2.0', id: callsOf(body)[0]?.['id'] ?? null, error: { code, message } })
      }
      default:
        return forward(target, body)
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port')
  return {
    url: (client) => `http://127.0.0.1:${bound.port}/${client}`,
    begin: (next) => {
      hooks = next
      exchanges = []
    },
    exchanges: () => exchanges,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function describe(body: string): Pick<RpcExchange, 'methods' | 'raw'> {
  const calls = callsOf(body)
  const methods = calls.map(({ method }) => String(method))
  const params = calls[0]?.['params']
  const raw = methods[0] === 'eth_sendRawTransaction' && isJsonArray(params) ? params[0] : undefined
  return { methods, ...(typeof raw === 'string' ? { raw } : {}) }
}

function callsOf(body: string): readonly JsonObject[] {
  const parsed: JsonValue = JSON.parse(body)
  return (isJsonArray(parsed) ? parsed : [parsed]).filter(isJsonObject)
}

function forward(target: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    const sent = httpRequest(target, { method: 'POST', headers })
    sent.once('error', reject)
    sent.once('response', (response) => read(response).then(resolve, reject))
    sent.end(body)
  })
}

async function read(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
}
