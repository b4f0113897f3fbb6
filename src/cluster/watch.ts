import { StringDecoder } from 'node:string_decoder'
import { CLUSTER_ERRORS } from '../errors/cluster.ts'
import { ObolError } from '../errors/obol-error.ts'
import { metadataString } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import { classifyNetworkFailure } from './network-failure.ts'
import { type AnswerOrigin, decodeAnswer, refusalError } from './read-answer.ts'
import { collectionPath, withQuery } from './resource-path.ts'
import { type HttpRequest, openStream, readBody } from './send-request.ts'
import type { Session } from './session.ts'
import type { ResourcePath, WatchEvent } from './types.ts'

/** The server ends the watch after this time; a bookmark comes about every minute, so silence for longer is a dead line. */
const WATCH_SECONDS = 300
const SILENCE_MS = 120_000

/**
 * The changes of a collection since a resourceVersion, with bookmarks. Ends when the server ends it or the signal aborts;
 * a consumer that stops early ends the request. SIDE EFFECTS: one request that stays open. Rejects with ObolError;
 * WATCH_EXPIRED means list again.
 */
export async function* watchEvents(
  session: Session,
  resource: ResourcePath,
  resourceVersion: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent, void, undefined> {
  const query = { watch: 'true', allowWatchBookmarks: 'true', timeoutSeconds: String(WATCH_SECONDS), resourceVersion }
  const request: HttpRequest = { method: 'GET', path: withQuery(collectionPath(resource), query) }
  const origin: AnswerOrigin = { context: session.context, server: session.server, request }
  const message = await openWatch(session, request, origin, signal)
  if (message === 'interrupted') return
  try {
    for await (const line of splitLines(message)) {
      const event = parseEvent(line, origin)
      if (event !== undefined) yield event
    }
  } catch (cause) {
    if (signal?.aborted === true) return
    throw cause instanceof ObolError ? cause : session.failure(classifyNetworkFailure(cause), request)
  } finally {
    message.destroy()
  }
}

async function openWatch(
  session: Session,
  request: HttpRequest,
  origin: AnswerOrigin,
  signal: AbortSignal | undefined,
) {
  const isAborted = () => signal?.aborted === true
  if (isAborted()) return 'interrupted'
  try {
    const { message, answer } = await session.exchange({
      ...{ request, repeatable: true, signal },
      send: async (line, timeouts) => {
        const opened = await openStream(line, request, { ...timeouts, responseMs: SILENCE_MS }, signal)
        if (!opened.ok) return opened
        const { message, head } = opened.value
        const isStream = head.status === 200 && head.contentType.includes('json')
        const body = isStream ? '' : await readBody(message).then(String, () => '')
        return { ok: true, value: { message, answer: { ...head, body } } }
      },
      answerOf: (value) => value.answer,
    })
    if (answer.status === 200 && answer.contentType.includes('json')) return message
    const decoded = decodeAnswer(answer, origin)
    if (!decoded.ok && decoded.status !== 410) throw refusalError(decoded, origin)
    throw expired(origin)
  } catch (error) {
    if (isAborted()) return 'interrupted'
    throw error
  }
}

/** Lines of a byte stream, however it is cut; a last line without an end is torn and dropped. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8')
  // Pieces of an unfinished line are joined once, or a large object in small chunks would be copied for each.
  let pieces: string[] = []
  for await (const chunk of chunks) {
    const parts = decoder.write(chunk).split('\n')
    const last = parts.pop() ?? ''
    for (const part of parts) {
      yield [...pieces, part].join('')
      pieces = []
    }
    if (last !== '') pieces.push(last)
  }
}

const TYPES: Readonly<Record<string, 'added' | 'modified' | 'deleted'>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
}

function parseEvent(line: string, origin: AnswerOrigin): WatchEvent | undefined {
  if (line.trim() === '') return undefined
  const event = parseJson(line)
  const object = isJsonObject(event) ? event['object'] : undefined
  if (!isJsonObject(event) || !isJsonObject(object)) {
    throw new ObolError(CLUSTER_ERRORS.NOT_KUBERNETES, { details: [`GET ${origin.request.path}: not a watch event`] })
  }
  const type = TYPES[String(event['type'])]
  if (type !== undefined) return { type, object }
  if (event['type'] === 'BOOKMARK')
    return { type: 'bookmark', resourceVersion: metadataString(object, 'resourceVersion') ?? '' }
  throw event['type'] === 'ERROR' ? errorEvent(object, origin) : unknownEvent(origin)
}

function errorEvent(status: JsonObject, origin: AnswerOrigin): ObolError {
  const code = typeof status['code'] === 'number' ? status['code'] : 500
  if (code === 410) return expired(origin)
  const message = typeof status['message'] === 'string' ? status['message'] : ''
  return refusalError({ ok: false, status: code, message, object: status }, origin)
}

function unknownEvent(origin: AnswerOrigin): ObolError {
  return new ObolError(CLUSTER_ERRORS.NOT_KUBERNETES, { details: [`GET ${origin.request.path}: unknown event type`] })
}

function expired({ context, request }: AnswerOrigin): ObolError {
  const [path = ''] = request.path.split('?')
  return new ObolError(CLUSTER_ERRORS.WATCH_EXPIRED, { details: [`context ${context}: GET ${path}`] })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
