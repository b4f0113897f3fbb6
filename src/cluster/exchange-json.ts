import type { ObolError } from '../errors/obol-error.ts'
import type { JsonObject } from '../util/json.ts'
import { type AnswerOrigin, type Decoded, decodeAnswer, refusalError } from './read-answer.ts'
import { type HttpRequest, sendRequest } from './send-request.ts'
import type { Session } from './session.ts'

/** A decoded answer, and the error it is when the caller has no use for it. */
export type Answer = {
  readonly decoded: Decoded
  readonly refused: (refusal: Decoded & { readonly ok: false }) => ObolError
}

/** Sends a request and decodes its answer. SIDE EFFECTS: requests. Rejects with ObolError when there is no usable answer. */
export async function exchangeJson(
  session: Session,
  request: HttpRequest,
  options: { readonly repeatable: boolean; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const answer = await session.exchange({
    ...{ request, ...options },
    send: (line, timeouts) => sendRequest(line, request, timeouts, options.signal),
    answerOf: (value) => value,
  })
  const origin: AnswerOrigin = { context: session.context, server: session.server, request }
  return { decoded: decodeAnswer(answer, origin), refused: (refusal) => refusalError(refusal, origin) }
}

/** The object at a path; rejects with ObolError for any refusal. SIDE EFFECTS: requests. */
export async function getJson(session: Session, path: string, signal: AbortSignal | undefined): Promise<JsonObject> {
  const { decoded, refused } = await exchangeJson(session, { method: 'GET', path }, { repeatable: true, signal })
  if (!decoded.ok) throw refused(decoded)
  return decoded.object
}
