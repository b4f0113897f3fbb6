import { setTimeout as delay } from 'node:timers/promises'
import { FORGE_ERRORS } from '../errors/forge.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { maskText } from '../util/mask.ts'
import { printable } from '../util/printable.ts'

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  readonly url: string
  /** Never shown: it holds the token. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: JsonObject
  readonly signal: AbortSignal
  /** Milliseconds before the first repetition; default 1,000. */
  readonly pauseMs?: number
}

/** `next`: URL of the next page. */
export type ApiAnswer =
  | { readonly result: 'ok'; readonly value: JsonValue; readonly next?: string }
  /** 401, 403 or 404: hosts answer so where the token may not. */
  | { readonly result: 'denied' }

const TRIES = 4
const TIMEOUT_MS = 20_000
const LONGEST_PAUSE_MS = 30_000

/**
 * One request of a JSON API. 429 and 5xx, and lost connections of what only reads, are repeated a few times; a request that
 * writes is repeated only when the host says that it did nothing (429, 502, 503). Rejects with ObolError (FORGE_ERRORS).
 * SIDE EFFECTS: the request.
 */
export async function sendJson(request: ApiRequest): Promise<ApiAnswer> {
  const { pauseMs = 1_000, signal } = request
  for (let tried = 1; ; tried++) {
    const answer = await once(request)
    const verdict = answer instanceof Response ? verdictOn(answer, request) : onLost(answer, request)
    if (verdict.next === 'take') return okAnswer(verdict.answer, request)
    if (verdict.next === 'denied') return { result: 'denied' }
    if (verdict.next === 'stop' || tried === TRIES) throw await failure(request, verdict)
    const usual = pauseMs * 2 ** (tried - 1)
    await delay(verdict.answer === undefined ? usual : pauseOf(verdict.answer, usual), undefined, { signal })
  }
}

type Lost = { readonly reason: string }

type Verdict =
  | { readonly next: 'take'; readonly answer: Response }
  | { readonly next: 'denied' }
  | { readonly next: 'again' | 'stop'; readonly answer?: Response; readonly reason?: string }

function verdictOn(answer: Response, { method }: ApiRequest): Verdict {
  const { ok, status } = answer
  if (ok) return { next: 'take', answer }
  if (status === 429 || isLimited(answer) || status >= (method === 'GET' ? 500 : 502)) return { next: 'again', answer }
  return [401, 403, 404].includes(status) ? { next: 'denied' } : { next: 'stop', answer }
}

/** Whether a write got through is not known: it is not repeated. */
function onLost({ reason }: Lost, { method }: ApiRequest): Verdict {
  return { next: method === 'GET' ? 'again' : 'stop', reason }
}

async function failure(
  { method, url }: ApiRequest,
  { next, answer, reason = '' }: Extract<Verdict, { next: 'again' | 'stop' }>,
): Promise<ObolError> {
  const words = answer === undefined ? reason : `HTTP ${answer.status}: ${await excerpt(answer)}`
  const isRefusal = next === 'stop' && answer !== undefined
  return new ObolError(isRefusal ? FORGE_ERRORS.REFUSED : FORGE_ERRORS.UNREACHABLE, {
    details: [`${method} ${pathOf(url)}: ${words}`],
  })
}

async function once({ method, url, headers, body, signal }: ApiRequest): Promise<Response | Lost> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    // A redirect could take the token elsewhere.
    return await fetch(url, {
      method,
      headers: { ...headers, ...type },
      ...content,
      signal: limited,
      redirect: 'error',
    })
  } catch (error) {
    signal.throwIfAborted()
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
    return { reason: code ?? (cause instanceof Error ? printable(maskText(cause.message)) : 'unknown reason') }
  }
}

async function okAnswer(answer: Response, request: ApiRequest): Promise<ApiAnswer> {
  const next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
  try {
    const value: JsonValue = JSON.parse(await answer.text())
    // The next page is asked with the same token, so it has to be on the same host.
    const isSameHost = next !== undefined && URL.parse(next)?.origin === URL.parse(request.url)?.origin
    return isSameHost ? { result: 'ok', value, next } : { result: 'ok', value }
  } catch {
    throw new ObolError(FORGE_ERRORS.UNLIKE, { details: [`${request.method} ${pathOf(request.url)}: no JSON`] })
  }
}

/** GitHub says 403 for its limits as well. */
function isLimited(answer: Response): boolean {
  return (
    answer.status === 403 && (answer.headers.has('retry-after') || answer.headers.get('x-ratelimit-remaining') === '0')
  )
}

function pauseOf(answer: Response, usual: number): number {
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  return Math.min(Number.isFinite(seconds) ? seconds * 1000 : usual, LONGEST_PAUSE_MS)
}

async function excerpt(answer: Response): Promise<string> {
  const text = await answer.text().catch(() => '')
  return printable(maskText(text.slice(0, 200).replace(/\s+/g, ' ')))
}

function pathOf(url: string): string {
  return printable(maskText(URL.parse(url)?.pathname ?? 'the address'))
}
