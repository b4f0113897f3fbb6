import { getHttpRpcClient } from 'viem/utils'
import type { RpcUrl } from './parse-rpc-url.ts'
import type { RpcError, RpcFailure } from './rpc-failure.ts'

export type RpcCall = { readonly method: string; readonly params: readonly unknown[] }
export type RpcAnswer = { readonly result: unknown } | { readonly error: RpcError }

/** What came of one HTTP exchange: an answer per call, or none at all. `unbatched`: the server takes no such batch. */
export type Exchanged =
  | { readonly type: 'answers'; readonly answers: readonly RpcAnswer[] }
  | { readonly type: 'unbatched' }
  | { readonly type: 'failed'; readonly failure: RpcFailure }

export type ExchangeOptions = {
  readonly timeoutMs: number
  readonly fetch?: typeof fetch
}

export type Exchange = (calls: readonly RpcCall[], signal: AbortSignal | undefined) => Promise<Exchanged>

/**
 * One HTTP exchange of JSON-RPC 2.0, batched when there are several calls. Answers are matched by id. Does not reject.
 *
 * SIDE EFFECTS: the returned function sends one request, once.
 */
export function exchangeWith(url: RpcUrl, options: ExchangeOptions): Exchange {
  const client = getHttpRpcClient(url.url, options.fetch === undefined ? {} : { fetchFn: options.fetch })
  let lastId = 0
  return async (calls, signal) => {
    const bodies = calls.map(({ method, params }) => ({ jsonrpc: '2.0' as const, id: ++lastId, method, params }))
    const [single] = bodies
    if (single === undefined) return { type: 'answers', answers: [] }
    try {
      const answered: unknown = await client.request({
        body: bodies.length === 1 ? single : bodies,
        // A redirect could send a signed transaction, or a key in the path, to another host.
        fetchOptions: { headers: url.headers, redirect: 'manual', ...(signal === undefined ? {} : { signal }) },
        timeout: options.timeoutMs,
      })
      return matched(bodies, answered)
    } catch (error) {
      return failed(error, bodies.length, signal)
    }
  }
}

type Body = RpcCall & { readonly id: number }

function matched(bodies: readonly Body[], answered: unknown): Exchanged {
  const items = Array.isArray(answered) ? answered : [answered]
  if (bodies.length === 1) return { type: 'answers', answers: [answerOf(items[0])] }
  const byId = new Map<unknown, unknown>(items.map((item) => [field(item, 'id'), item]))
  if (!bodies.every(({ id }) => byId.has(id))) {
    const [error] = items.map(errorOf)
    // One error for the whole batch: 429 in JSON, or batches are not served.
    const refused = error !== undefined && /rate|too many requests|429/i.test(`${error.code} ${error.message}`)
    if (refused) return { type: 'failed', failure: { kind: 'rate-limited', detail: error.message } }
    return { type: 'unbatched' }
  }
  return { type: 'answers', answers: bodies.map(({ id }) => answerOf(byId.get(id))) }
}

function answerOf(item: unknown): RpcAnswer {
  const error = errorOf(item)
  if (error !== undefined) return { error }
  if (typeof item === 'object' && item !== null && 'result' in item) return { result: item.result }
  return { error: { code: 0, message: 'the answer is not JSON-RPC' } }
}

function errorOf(item: unknown): RpcError | undefined {
  const error = field(item, 'error')
  if (error === undefined || error === null) return undefined
  const code = field(error, 'code')
  const message = typeof error === 'string' ? error : field(error, 'message')
  const data = field(error, 'data')
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : 'an error without a message',
    ...(data === undefined ? {} : { data }),
  }
}

/** viem's errors hold URL and request in their texts: only status and the system's code are taken from them. */
function failed(error: unknown, size: number, signal: AbortSignal | undefined): Exchanged {
  if (signal?.aborted === true) return failure('interrupted', 'interrupted')
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError') return failure('timed-out', 'no answer in time')
  if (name === 'ResponseBodyTooLargeError') return failure('too-large', 'the answer is too large')
  const status = field(error, 'status')
  if (typeof status === 'number') return failedByStatus(status, error, size)
  const cause = field(error, 'cause')
  if (cause instanceof SyntaxError) return failure('nonsense', 'the answer is not JSON')
  if (cause instanceof Error && cause.message.startsWith('Expected ')) return { type: 'unbatched' }
  return failure('unreachable', systemCode(cause))
}

function failedByStatus(status: number, error: unknown, size: number): Exchanged {
  if (status === 429) return failure('rate-limited', 'HTTP 429')
  if (status === 401 || status === 403) return failure('unauthorized', `HTTP ${status}`)
  if (status === 413) return failure('too-large', 'HTTP 413')
  if (status === 408 || status === 504) return failure('timed-out', `HTTP ${status}`)
  const said = errorOf({ error: field(error, 'cause') })
  // Some nodes give an ordinary JSON-RPC error another status than 200.
  if (said !== undefined && said.code !== 0) {
    return size === 1 ? { type: 'answers', answers: [{ error: said }] } : { type: 'unbatched' }
  }
  if (status >= 500) return failure('unreachable', `HTTP ${status}`)
  return size === 1 ? failure('nonsense', `HTTP ${status}`) : { type: 'unbatched' }
}

function failure(kind: RpcFailure['kind'], detail: string): Exchanged {
  return { type: 'failed', failure: { kind, detail } }
}

/** ECONNREFUSED and its kin, which undici wraps once or twice. */
function systemCode(error: unknown): string {
  for (let at = error, depth = 0; depth < 4 && at !== undefined; at = field(at, 'cause'), depth++) {
    const code = field(at, 'code')
    if (typeof code === 'string') return code
  }
  return 'no connection'
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
