import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PullRequestCase } from './cases.ts'
import { checkOut, type DemoRepository } from './demo-repository.ts'
import { startHostingStandIn } from './hosting-stand-in.ts'
import { compositeAction } from './run-action.ts'
import { ActionFailed, type Job } from './run-steps.ts'

/** What a pull request got. */
export type CaseResult = {
  readonly name: string
  readonly title: string
  readonly exitCode: number
  readonly verdict: string
  /** Body of the comment; undefined when there is none. */
  readonly comment: string | undefined
  readonly annotations: readonly string[]
  readonly sarif: string
  /** The whole of what the steps printed. */
  readonly log: string
  /** What was wrong with the requests to the hosting service. */
  readonly complaints: readonly string[]
  /** Files of the artifact, by name. */
  readonly artifact: readonly string[]
  readonly seconds: number
}

export type CaseOptions = {
  readonly repository: DemoRepository
  /** Folder of a copy of this repository, with its packages. */
  readonly tool: string
  /** An empty folder. */
  readonly folder: string
}

const TOKEN = 'a-token-of-the-job'

/** Runs the action on a pull request, as a job of GitHub Actions would. SIDE EFFECTS: writes `folder`; processes. */
export async function runCase(pull: PullRequestCase, options: CaseOptions): Promise<CaseResult> {
  const { repository, tool, folder } = options
  const [cwd, temp] = [join(folder, 'checkout'), join(folder, 'temp')]
  mkdirSync(temp, { recursive: true })
  const { head, base, ref } = repository.propose(pull)
  checkOut(repository.origin, ref, cwd, 2)
  const standIn = await startHostingStandIn({ host: 'github', token: TOKEN })
  standIn.head = head
  const event = join(temp, 'event.json')
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha: head }, base: { sha: base } } }))
  const kept = join(folder, 'artifact')
  const job: Job = {
    ...{ cwd, temp, log: [] },
    env: { ...githubVariables({ temp, event, api: standIn.url }), ...repository.env },
    contexts: { github: { token: TOKEN } },
    actionOf: (uses) => {
      if (!uses.startsWith('actions/upload-artifact@')) throw new Error(`no stand-in for ${uses}`)
      return async ({ path = '' }) => {
        if (existsSync(join(cwd, path))) cpSync(join(cwd, path), kept, { recursive: true })
        return {}
      }
    },
  }
  const began = performance.now()
  try {
    const ended = await endOf(compositeAction(tool)({ kubeconfig: repository.kubeconfig, ...pull.inputs }, job))
    const log = job.log.join('')
    return {
      ...{ name: pull.name, title: pull.title, log, ...ended },
      comment: standIn.comments[0]?.body,
      annotations: log.split('\n').filter((line) => line.startsWith('::')),
      sarif: readFileSync(join(kept, 'plan.sarif'), 'utf8'),
      complaints: standIn.complaints,
      artifact: ['plan.html', 'plan.json', 'plan.junit.xml', 'plan.md', 'plan.sarif'].filter((name) =>
        existsSync(join(kept, name)),
      ),
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    await standIn.stop()
  }
}

/** The variables that GitHub Actions gives every step and `obol review` reads. */
export function githubVariables(about: { readonly temp: string; readonly event: string; readonly api: string }) {
  return {
    HOME: about.temp,
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: about.api,
    GITHUB_BASE_REF: 'main',
    GITHUB_EVENT_PATH: about.event,
    GITHUB_REPOSITORY: 'shop/offers',
    GITHUB_STEP_SUMMARY: join(about.temp, 'summary.md'),
    RUNNER_TEMP: about.temp,
  }
}

type Ended = { readonly exitCode: number; readonly verdict: string }

async function endOf(run: Promise<Readonly<Record<string, string>>>): Promise<Ended> {
  try {
    return { exitCode: 0, verdict: (await run)['verdict'] ?? '' }
  } catch (error) {
    if (!(error instanceof ActionFailed)) throw error
    return { exitCode: error.exitCode, verdict: error.outputs['verdict'] ?? '' }
  }
}
