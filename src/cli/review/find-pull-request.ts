import { readFile } from 'node:fs/promises'
import { isJsonObject, type JsonValue, jsonAt } from '../../util/json.ts'
import type { Context } from '../context.ts'

/** The pull request that a job is about, and how to comment on it. */
export type PullRequest = {
  readonly host: 'github' | 'gitlab'
  /** Address of the API, without a slash at the end. */
  readonly api: string
  /** `owner/name`, or the number of the project. */
  readonly repository: string
  readonly number: number
  /** Full hash of the commit under review. */
  readonly head: string
  /** Full hash of a commit of the branch that it is to be merged into, perhaps not the newest. */
  readonly base: string
  /** Name of that branch, where it is known. */
  readonly target?: string
  /** Absent: nothing can be written. */
  readonly token?: string
}

/** The pull request of this job by the variables that GitHub Actions and GitLab CI set. SIDE EFFECTS: reads the event's file. */
export async function findPullRequest({ env }: Pick<Context, 'env'>): Promise<PullRequest | undefined> {
  if (env['GITHUB_ACTIONS'] === 'true') return ofGithub(env)
  return env['GITLAB_CI'] === 'true' ? ofGitlab(env) : undefined
}

type Env = Context['env']

async function ofGithub(env: Env): Promise<PullRequest | undefined> {
  const { GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: repository, GITHUB_API_URL: api, GITHUB_TOKEN: token } = env
  if (path === undefined || repository === undefined || api === undefined) return undefined
  const event = await eventIn(path)
  const number = jsonAt(event, ['pull_request', 'number'])
  const head = jsonAt(event, ['pull_request', 'head', 'sha'])
  const base = jsonAt(event, ['pull_request', 'base', 'sha'])
  if (typeof number !== 'number' || typeof head !== 'string' || typeof base !== 'string') return undefined
  const more = given({ token, target: env['GITHUB_BASE_REF'] })
  return { host: 'github', api: api.replace(/\/+$/, ''), repository, number, head, base, ...more }
}

async function eventIn(path: string): Promise<JsonValue | undefined> {
  try {
    const event: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isJsonObject(event) ? event : undefined
  } catch {
    return undefined
  }
}

function ofGitlab(env: Env): PullRequest | undefined {
  const { CI_API_V4_URL: api, CI_PROJECT_ID: repository, CI_MERGE_REQUEST_IID: iid } = env
  const { CI_MERGE_REQUEST_DIFF_BASE_SHA: base, OBOL_GITLAB_TOKEN: token } = env
  const head = headOfGitlab(env)
  const number = Number(iid)
  if (api === undefined || repository === undefined || !Number.isSafeInteger(number) || number < 1) return undefined
  if (head === undefined || base === undefined) return undefined
  const more = given({ token, target: env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'] })
  return { host: 'gitlab', api: api.replace(/\/+$/, ''), repository, number, head, base, ...more }
}

/** A pipeline of merged results runs for a commit that the host made; the branch's own has a variable then. */
function headOfGitlab(env: Env): string | undefined {
  const source = env['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA']
  return source === undefined || source === '' ? env['CI_COMMIT_SHA'] : source
}

/** Variables that are not there come as empty ones, too. */
function given({ token, target }: Partial<Record<'token' | 'target', string | undefined>>) {
  return {
    ...(token === undefined || token === '' ? {} : { token }),
    ...(target === undefined || target === '' ? {} : { target }),
  }
}
