import { ObolError } from '../../errors/obol-error.ts'
import { SIGNER_ERRORS } from '../../errors/signer.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.ts'
import { maskText } from '../../util/mask.ts'
import { printable } from '../../util/printable.ts'
import type { Forward } from './ports.ts'

/** An answer with a signed registration has some kilobytes. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024
const WORDS_LIMIT = 300

export type RemoteOptions = {
  /** For people, `remote signer http://127.0.0.1:9000`. */
  readonly description: string
  /** Without a trailing slash. */
  readonly base: string
  readonly token: string | undefined
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
  readonly failure?: Forward['failure']
}

/** `malformed` (400 or 422): the signer could not read the request, or did not like what it read. */
export type RemoteAnswer =
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly malformed: boolean; readonly error: ObolError }

/**
 * One request of the remote signer's API (`/api/v1/…`). SIDE EFFECTS: the request; it is not retried. A refusal is
 * returned; rejects with ObolError UNREACHABLE, TIMEOUT, REDIRECTED, BAD_ANSWER or INTERRUPTED.
 */
export async function remoteRequest(
  options: RemoteOptions,
  path: string,
  body: JsonObject | undefined,
  signal: AbortSignal | undefined,
): Promise<RemoteAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    const response = await options.fetch(`${options.base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: either,
    })
    return answerOf(options, response, await readText(response))
  } catch (cause) {
    if (cause instanceof ObolError) throw cause
    throw failureOf(options, cause, timeout, signal)
  }
}

function answerOf(options: RemoteOptions, { status }: Response, text: string | undefined): RemoteAnswer {
  const { description } = options
  if (status >= 300 && status < 400) {
    throw new ObolError(SIGNER_ERRORS.REDIRECTED, { message: `the ${description} redirects (HTTP ${status})` })
  }
  const body = text === undefined ? undefined : parse(text)
  const words = wordsOf(options, body)
  const refused = (descriptor: (typeof SIGNER_ERRORS)['REFUSED' | 'UNAUTHORIZED' | 'REMOTE_FAILED'], says: string) => ({
    ok: false as const,
    malformed: status === 400 || status === 422,
    error: new ObolError(descriptor, { message: `the ${description} ${says} (HTTP ${status})`, details: words }),
  })
  if (status === 401 || status === 403) {
    const which = options.token === undefined ? 'wants a token' : 'does not accept the token'
    return refused(SIGNER_ERRORS.UNAUTHORIZED, which)
  }
  if (status === 429 || status >= 500) return refused(SIGNER_ERRORS.REMOTE_FAILED, 'failed')
  if (status !== 200 || (body !== undefined && typeof body['error'] === 'string' && body['error'] !== '')) {
    return refused(SIGNER_ERRORS.REFUSED, 'refused')
  }
  if (body !== undefined) return { ok: true, body }
  throw badAnswer(description, text === undefined ? 'its answer is too large' : 'its answer is not a JSON object')
}

/** BAD_ANSWER: what is wrong, without the answer itself. */
export function badAnswer(description: string, what: string): ObolError {
  return new ObolError(SIGNER_ERRORS.BAD_ANSWER, { message: `the ${description} does not answer as one: ${what}` })
}

/** Undefined when there is more than is accepted. */
async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > BODY_LIMIT_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The signer's own words; a body that is not its JSON is not shown, since anything may be in it. */
function wordsOf({ token }: RemoteOptions, body: JsonObject | undefined): readonly string[] {
  const words = body?.['error'] ?? body?.['message']
  if (typeof words !== 'string' || words === '') return []
  const withoutToken = token === undefined ? words : words.replaceAll(token, '***')
  const masked = printable(maskText(withoutToken).replaceAll(KEY_LIKE, '***')).replaceAll(/\s+/g, ' ')
  return [masked.length > WORDS_LIMIT ? `${masked.slice(0, WORDS_LIMIT)}…` : masked]
}

/** 32 bytes in hex may be a key: a signer's words have no need of hashes. */
const KEY_LIKE = /\b(?:0x)?[0-9a-f]{64}\b/gi

function failureOf(
  { description, timeoutMs, failure }: RemoteOptions,
  cause: unknown,
  timeout: AbortSignal,
  signal: AbortSignal | undefined,
): ObolError {
  if (signal?.aborted === true) return new ObolError(SIGNER_ERRORS.INTERRUPTED)
  if (timeout.aborted) {
    const message = `the ${description} did not answer within ${timeoutMs / 1000} s`
    return new ObolError(SIGNER_ERRORS.TIMEOUT, { message })
  }
  const details = [codeOf(cause), failure?.()].filter((text) => text !== undefined)
  return new ObolError(SIGNER_ERRORS.UNREACHABLE, { message: `the ${description} cannot be reached`, details })
}

/** fetch wraps the system's error in a TypeError. */
function codeOf(cause: unknown): string | undefined {
  const inner = cause instanceof Error ? cause.cause : undefined
  return inner instanceof Error && 'code' in inner ? String(inner.code) : undefined
}
