import { setTimeout as delay } from 'node:timers/promises'
import type { NetworkFailureKind } from './network-failure.ts'
import type { HttpAnswer } from './send-request.ts'

export type RetryPolicy = {
  /** Tries in all, the first included. */
  readonly attempts: number
  /** Milliseconds before the first retry; doubled for each further one. */
  readonly baseMs: number
  /** The longest pause between two tries without Retry-After. */
  readonly maxMs: number
  /** The longest Retry-After that is honoured in full. */
  readonly maxRetryAfterMs: number
  /** From 0 up to 1. */
  random(): number
  /** SIDE EFFECTS: waits; rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 5,
  baseMs: 100,
  maxMs: 2_000,
  maxRetryAfterMs: 30_000,
  random: Math.random,
  sleep: async (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
}

/** What came of one try: an answer, or a failure of the network. */
export type Try = { readonly answer: HttpAnswer } | { readonly failure: NetworkFailureKind }

/** Refused before it was handled (429), so any request may be sent again; the rest only when repeating does no harm. */
const SERVER_FAILURES: readonly number[] = [500, 502, 503, 504]

const PERMANENT = ['failed to create typed patch object', 'failed to convert new object']

/**
 * True for the server's own words of an apply with a value of the wrong type, or one that is not base64 in a Secret: a
 * bare 500 that stays one (kube-apiserver 1.34 to 1.37).
 */
export function isPermanentFailure(text: string): boolean {
  return PERMANENT.some((words) => text.includes(words))
}

/**
 * Milliseconds to wait before try number `attempt + 1`, or undefined when there shall be none.
 * `repeatable`: sending the request twice has the effect of sending it once.
 */
export function retryDelay(
  policy: RetryPolicy,
  tried: Try,
  request: { readonly attempt: number; readonly repeatable: boolean; readonly now: number },
): number | undefined {
  if (request.attempt >= policy.attempts) return undefined
  // Half of the pause is jitter, so that many clients do not return at the same moment.
  const pause = Math.min(policy.maxMs, policy.baseMs * 2 ** (request.attempt - 1)) * (0.5 + policy.random() / 2)
  if ('failure' in tried) return tried.failure === 'lost' && request.repeatable ? pause : undefined
  const { status, retryAfter, body } = tried.answer
  if (status !== 429 && !(request.repeatable && SERVER_FAILURES.includes(status))) return undefined
  if (status === 500 && isPermanentFailure(body)) return undefined
  const asked = retryAfterMs(retryAfter, request.now)
  return asked === undefined ? pause : Math.min(policy.maxRetryAfterMs, asked) + pause * policy.random()
}

/** Retry-After (RFC 9110, 10.2.3): seconds or a date. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
