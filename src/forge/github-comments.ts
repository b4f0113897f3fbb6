import { FORGE_ERRORS } from '../errors/forge.ts'
import { ObolError } from '../errors/obol-error.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../util/json.ts'
import type { Comment, CommentHost, Written } from './comment-host.ts'
import { type ApiAnswer, type ApiRequest, sendJson } from './send-json.ts'

export type GithubOptions = {
  /** `https://api.github.com`, without a slash at the end. */
  readonly api: string
  /** `owner/name` */
  readonly repository: string
  readonly number: number
  readonly token: string
  readonly signal: AbortSignal
  readonly pauseMs?: number
}

const PER_PAGE = 100
const MAX_PAGES = 50
/** As whom the token of a job comments; it may not ask who it is. */
const ACTIONS_BOT = 'github-actions[bot]'

/** The comments of a pull request on GitHub (REST API 2022-11-28, issue comments). */
export function githubComments({ api, repository, number, token, signal, pauseMs }: GithubOptions): CommentHost {
  const send = (method: ApiRequest['method'], path: string, body?: JsonObject): Promise<ApiAnswer> =>
    sendJson({
      method,
      url: path.startsWith('http') ? path : `${api}${path}`,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'obol',
        'x-github-api-version': '2022-11-28',
      },
      signal,
      ...(body === undefined ? {} : { body }),
      ...(pauseMs === undefined ? {} : { pauseMs }),
    })
  return {
    whoAmI: async () => {
      const answer = await send('GET', '/user')
      return answer.result === 'denied' ? ACTIONS_BOT : textAt(answer.value, ['login'])
    },
    headCommit: async () => {
      const answer = await send('GET', `/repos/${repository}/pulls/${number}`)
      return answer.result === 'denied' ? undefined : textAt(answer.value, ['head', 'sha'])
    },
    list: async () => {
      const comments: Comment[] = []
      let next: string | undefined = `/repos/${repository}/issues/${number}/comments?per_page=${PER_PAGE}`
      for (let page = 0; next !== undefined && page < MAX_PAGES; page++) {
        const answer: ApiAnswer = await send('GET', next)
        if (answer.result === 'denied') return 'denied'
        if (!isJsonArray(answer.value))
          throw new ObolError(FORGE_ERRORS.UNLIKE, { details: ['the comments are no list'] })
        comments.push(...answer.value.map(commentOf))
        next = answer.next
      }
      return comments
    },
    create: async (body) => written(await send('POST', `/repos/${repository}/issues/${number}/comments`, { body })),
    update: async (id, body) => written(await send('PATCH', `/repos/${repository}/issues/comments/${id}`, { body })),
  }
}

function written(answer: ApiAnswer): Written {
  return answer.result === 'denied' ? answer : { result: 'ok', comment: commentOf(answer.value) }
}

function commentOf(value: JsonValue): Comment {
  return {
    id: String(jsonAt(value, ['id']) ?? ''),
    body: textAt(value, ['body']) ?? '',
    author: textAt(value, ['user', 'login']) ?? '',
    url: textAt(value, ['html_url']) ?? '',
  }
}

function textAt(value: JsonValue, path: readonly string[]): string | undefined {
  const text = isJsonObject(value) ? jsonAt(value, path) : undefined
  return typeof text === 'string' ? text : undefined
}
