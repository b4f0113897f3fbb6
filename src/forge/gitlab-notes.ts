import { FORGE_ERRORS } from '../errors/forge.ts'
import { ObolError } from '../errors/obol-error.ts'
import { isJsonArray, type JsonObject, type JsonValue, jsonAt } from '../util/json.ts'
import type { Comment, CommentHost, Written } from './comment-host.ts'
import { type ApiAnswer, type ApiRequest, sendJson } from './send-json.ts'

export type GitlabOptions = {
  /** `https://gitlab.com/api/v4`, without a slash at the end. */
  readonly api: string
  /** Number or path of the project. */
  readonly project: string
  /** The merge request's number in the project. */
  readonly number: number
  readonly token: string
  readonly signal: AbortSignal
  readonly pauseMs?: number
}

const PER_PAGE = 100
const MAX_PAGES = 50

/** The notes of a merge request on GitLab (REST API v4). */
export function gitlabNotes({ api, project, number, token, signal, pauseMs }: GitlabOptions): CommentHost {
  const base = `${api}/projects/${encodeURIComponent(project)}/merge_requests/${number}`
  const send = (method: ApiRequest['method'], url: string, body?: JsonObject): Promise<ApiAnswer> =>
    sendJson({
      method,
      url,
      headers: { accept: 'application/json', 'private-token': token, 'user-agent': 'obol' },
      signal,
      ...(body === undefined ? {} : { body }),
      ...(pauseMs === undefined ? {} : { pauseMs }),
    })
  return {
    whoAmI: async () => {
      const answer = await send('GET', `${api}/user`)
      return answer.result === 'denied' ? undefined : textAt(answer.value, ['username'])
    },
    headCommit: async () => {
      const answer = await send('GET', base)
      return answer.result === 'denied' ? undefined : textAt(answer.value, ['sha'])
    },
    list: async () => {
      const comments: Comment[] = []
      let next: string | undefined = `${base}/notes?per_page=${PER_PAGE}&sort=asc&order_by=created_at`
      for (let page = 0; next !== undefined && page < MAX_PAGES; page++) {
        const answer: ApiAnswer = await send('GET', next)
        if (answer.result === 'denied') return 'denied'
        if (!isJsonArray(answer.value)) throw new ObolError(FORGE_ERRORS.UNLIKE, { details: ['the notes are no list'] })
        comments.push(...answer.value.map(noteOf))
        next = answer.next
      }
      return comments
    },
    create: async (body) => written(await send('POST', `${base}/notes`, { body })),
    update: async (id, body) => written(await send('PUT', `${base}/notes/${id}`, { body })),
  }
}

function written(answer: ApiAnswer): Written {
  return answer.result === 'denied' ? answer : { result: 'ok', comment: noteOf(answer.value) }
}

/** A note has no page of its own. */
function noteOf(value: JsonValue): Comment {
  return {
    id: String(jsonAt(value, ['id']) ?? ''),
    body: textAt(value, ['body']) ?? '',
    author: textAt(value, ['author', 'username']) ?? '',
    url: '',
  }
}

function textAt(value: JsonValue, path: readonly string[]): string | undefined {
  const text = jsonAt(value, path)
  return typeof text === 'string' ? text : undefined
}
