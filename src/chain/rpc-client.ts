import { setTimeout as delay } from 'node:timers/promises'
import type { Exchange, RpcAnswer, RpcCall } from './exchange.ts'
import type { RpcContext, RpcFailure } from './rpc-failure.ts'
import { failureError, isLagging, isRateLimit } from './rpc-failure.ts'

/** Told of every HTTP exchange before it is sent and after it ended, for tests that break it there. */
export type RequestHook = (event: {
  readonly phase: 'before' | 'after'
  readonly methods: readonly string[]
}) => void | Promise<void>

export type RpcClient = {
  readonly at: RpcContext
  /** One answer per call, in order. Reads only: what failed for a moment is tried again. Rejects with ObolError. */
  read(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[]>
  /** One exchange, never repeated. Rejects with ObolError when no answer came. */
  once(call: RpcCall, signal?: AbortSignal): Promise<RpcAnswer>
  /** Like `read`, but gives a failure back instead of rejecting. */
  tryRead(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[] | RpcFailure>
}

export type RpcClientOptions = {
  /** Tries of a read, the first included. */
  readonly attempts: number
  /** Milliseconds before the first retry; doubled for each further one. */
  readonly retryMs: number
  readonly requestHook?: RequestHook
}

/** Public gateways take batches of twenty; some take none. */
const BATCH = 20

/**
 * JSON-RPC reads in batches, with retries, and single sends without.
 *
 * SIDE EFFECTS: every method of the result sends HTTP requests.
 */
export function rpcClient(exchange: Exchange, at: RpcContext, options: RpcClientOptions): RpcClient {
  let batch = BATCH

  async function send(calls: readonly RpcCall[], signal: AbortSignal | undefined) {
    const methods = calls.map(({ method }) => method)
    await options.requestHook?.({ phase: 'before', methods })
    const exchanged = await exchange(calls, signal)
    await options.requestHook?.({ phase: 'after', methods })
    return exchanged
  }

  async function attempt(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[] | RpcFailure> {
    const answers: RpcAnswer[] = []
    while (answers.length < calls.length) {
      const exchanged = await send(calls.slice(answers.length, answers.length + batch), signal)
      if (exchanged.type === 'failed') return exchanged.failure
      if (exchanged.type === 'answers') answers.push(...exchanged.answers)
      else if (batch === 1) return { kind: 'nonsense', detail: 'the answer is not JSON-RPC' }
      else batch = 1
    }
    return answers
  }

  async function tryRead(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[] | RpcFailure> {
    for (let tried = 1; ; tried++) {
      const got = await attempt(calls, signal)
      const last = tried >= options.attempts
      if (!isFailure(got)) {
        if (last || !got.some(isPassing)) return got
      } else if (last || (got.kind !== 'unreachable' && got.kind !== 'rate-limited')) {
        return got
      }
      await pause(options.retryMs * 2 ** (tried - 1), signal)
    }
  }

  async function read(calls: readonly RpcCall[], signal?: AbortSignal): Promise<readonly RpcAnswer[]> {
    const got = await tryRead(calls, signal)
    if (isFailure(got)) throw failureError(got, at, namesOf(calls))
    return got
  }

  async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal })
    } catch {
      throw failureError({ kind: 'interrupted', detail: 'interrupted' }, at, 'waiting')
    }
  }

  async function once(call: RpcCall, signal?: AbortSignal): Promise<RpcAnswer> {
    // Not by `attempt`, which sends again what looks like a refused batch.
    const exchanged = await send([call], signal)
    if (exchanged.type === 'failed') throw failureError(exchanged.failure, at, call.method)
    const [answer] = exchanged.type === 'answers' ? exchanged.answers : []
    if (answer === undefined) throw failureError({ kind: 'nonsense', detail: 'no answer' }, at, call.method)
    return answer
  }

  return { at, read, once, tryRead }
}

/** True when no answer came at all. */
export function isFailure(got: readonly RpcAnswer[] | RpcFailure): got is RpcFailure {
  return !Array.isArray(got)
}

/** True for an answer that another moment, or another node behind the same gateway, may give differently. */
function isPassing(answer: RpcAnswer): boolean {
  return 'error' in answer && (isRateLimit(answer.error) || isLagging(answer.error))
}

function namesOf(calls: readonly RpcCall[]): string {
  return [...new Set(calls.map(({ method }) => method))].join(', ')
}
