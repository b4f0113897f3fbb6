import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'

/** GitHub refuses longer comments. */
const LONGEST_BODY = 65_536

export type StoredComment = { readonly id: number; body: string; readonly author: string }

/** A hosting service on loopback with one pull request, number 7 of `shop/offers`, that checks every request. */
export type HostingStandIn = {
  readonly url: string
  readonly comments: StoredComment[]
  /** Method and path of each request so far. */
  readonly requests: string[]
  /** What was wrong with requests; must stay empty. */
  readonly complaints: string[]
  /** Hash of the newest commit of the pull request. */
  head: string
  /** Answers to the next requests of a kind in place of the usual ones. */
  readonly faults: {
    readonly method: string
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
  }[]
  stop(): Promise<void>
}

export type StandInOptions = {
  readonly host: 'github' | 'gitlab'
  readonly token: string
  /** False: as for the token of a fork's pull request. */
  readonly mayWrite?: boolean
  /** Comments on a page. */
  readonly perPage?: number
}

type Answer = {
  readonly status: number
  readonly value: JsonValue
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts it. SIDE EFFECTS: listens on a free loopback port until `stop`. */
export async function startHostingStandIn(options: StandInOptions): Promise<HostingStandIn> {
  const comments: StoredComment[] = []
  const [requests, complaints]: [string[], string[]] = [[], []]
  const faults: HostingStandIn['faults'] = []
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const standIn: HostingStandIn = {
    ...{ url, comments, requests, complaints, faults, head: '' },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request
    requests.push(`${method} ${path}`)
    const body = await bodyOf(request)
    complaints.push(...complaintsAbout(request, body, options).map((words) => `${method} ${path}: ${words}`))
    const fault = faults.findIndex((one) => one.method === method)
    const [ordered] = fault < 0 ? [] : faults.splice(fault, 1)
    const answer: Answer =
      ordered === undefined
        ? answerTo(method, new URL(path, url), body, { standIn, options })
        : {
            status: ordered.status,
            value: { message: 'ordered' },
            ...(ordered.headers && { headers: ordered.headers }),
          }
    if (answer.status === 599) complaints.push(`${method} ${path}: no such endpoint`)
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.value))
  }
  return standIn
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  if (text === '') return undefined
  const value: unknown = JSON.parse(text)
  return isJsonObject(value) ? value : undefined
}

function complaintsAbout(
  { headers, method }: IncomingMessage,
  body: JsonObject | undefined,
  { host, token }: StandInOptions,
): readonly string[] {
  const checks = { 'user-agent': 'obol', ...(host === 'github' ? githubHeaders(token) : { 'private-token': token }) }
  const wrong = Object.entries(checks).filter(([name, value]) => headers[name] !== value)
  const content = method === 'GET' ? complaintsAboutRead(body) : complaintsAboutWrite(headers['content-type'], body)
  return [...wrong.map(([name]) => `wrong header ${name}`), ...content]
}

function githubHeaders(token: string): Readonly<Record<string, string>> {
  return {
    'x-github-api-version': '2022-11-28',
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
  }
}

function complaintsAboutRead(body: JsonObject | undefined): readonly string[] {
  return body === undefined ? [] : ['a body where none is wanted']
}

function complaintsAboutWrite(type: string | undefined, body: JsonObject | undefined): readonly string[] {
  const text = body?.['body']
  if (type !== 'application/json') return ['no content type']
  if (typeof text !== 'string' || Object.keys(body ?? {}).length !== 1) return ['no body']
  return text.length > LONGEST_BODY ? ['the body is too long'] : []
}

type World = { readonly standIn: HostingStandIn; readonly options: StandInOptions }

function answerTo(method: string, url: URL, body: JsonObject | undefined, world: World): Answer {
  const path = decodeURIComponent(url.pathname)
  return method === 'GET' ? answerToRead(path, url, world) : answerToWrite(method, path, body, world)
}

function answerToRead(path: string, url: URL, world: World): Answer {
  const { standIn, options } = world
  const on = options.host === 'github' ? GITHUB : GITLAB
  switch (path) {
    case on.user:
      // The token of a job may not ask who it is.
      return options.host === 'github' ? denied() : { status: 200, value: { username: 'obol-bot' } }
    case on.pull:
      return { status: 200, value: { sha: standIn.head, head: { sha: standIn.head } } }
    case on.comments:
      return page(url, world)
    default:
      return NO_ENDPOINT
  }
}

const NO_ENDPOINT: Answer = { status: 599, value: { message: 'no such endpoint' } }

function answerToWrite(
  method: string,
  path: string,
  body: JsonObject | undefined,
  { standIn, options }: World,
): Answer {
  const on = options.host === 'github' ? GITHUB : GITLAB
  const id = path.startsWith(on.comment) ? Number(path.slice(on.comment.length)) : Number.NaN
  const known = standIn.comments.find((comment) => comment.id === id)
  const isCreate = method === 'POST' && path === on.comments
  const isUpdate = method === on.update && known !== undefined
  if (!isCreate && !isUpdate) return NO_ENDPOINT
  if (options.mayWrite === false) return denied()
  const text = String(body?.['body'])
  const comment = known ?? { id: 100 + standIn.comments.length, body: text, author: on.author }
  if (known === undefined) standIn.comments.push(comment)
  comment.body = text
  return { status: isCreate ? 201 : 200, value: shown(comment) }
}

function page(url: URL, { standIn, options }: World): Answer {
  const size = options.perPage ?? Number(url.searchParams.get('per_page'))
  const number = Number(url.searchParams.get('page') ?? '1')
  const items = standIn.comments.slice((number - 1) * size, number * size)
  const next = new URL(url)
  next.searchParams.set('page', String(number + 1))
  const isLast = number * size >= standIn.comments.length
  return {
    status: 200,
    value: items.map(shown),
    ...(isLast ? {} : { headers: { link: `<${next.href}>; rel="next"` } }),
  }
}

function shown({ id, body, author }: StoredComment): JsonObject {
  return { id, body, user: { login: author }, author: { username: author }, html_url: `https://example.com/c/${id}` }
}

function denied(): Answer {
  return { status: 403, value: { message: 'Resource not accessible by integration' } }
}

const GITHUB = {
  user: '/user',
  pull: '/repos/shop/offers/pulls/7',
  comments: '/repos/shop/offers/issues/7/comments',
  comment: '/repos/shop/offers/issues/comments/',
  update: 'PATCH',
  author: 'github-actions[bot]',
} as const

const GITLAB = {
  user: '/user',
  pull: '/projects/shop/offers/merge_requests/7',
  comments: '/projects/shop/offers/merge_requests/7/notes',
  comment: '/projects/shop/offers/merge_requests/7/notes/',
  update: 'PUT',
  author: 'obol-bot',
} as const
