import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { CASES } from '../../tools/demo-pr/cases.ts'
import {
  checkOut,
  type DemoRepository,
  openDemoRepository,
  type Proposal,
} from '../../tools/demo-pr/demo-repository.ts'
import { git } from '../../tools/demo-pr/git.ts'
import { type HostingStandIn, startHostingStandIn } from '../../tools/demo-pr/hosting-stand-in.ts'
import { compositeAction } from '../../tools/demo-pr/run-action.ts'
import { githubVariables } from '../../tools/demo-pr/run-case.ts'
import { runProcess } from '../../tools/demo-pr/run-process.ts'
import type { ActionStandIn, Job } from '../../tools/demo-pr/run-steps.ts'
import { copyTool } from '../../tools/demo-pr/tool-copy.ts'
import { runGitlabJob } from '../support/ci/run-gitlab-job.ts'
import { runWorkflow, type Workflow } from '../support/ci/run-workflow.ts'
import { folderOfFile } from '../support/temp-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const TOKEN = 'a-token-of-the-job'
const SNAPSHOT = 'cluster.snapshot.json.gz'

const folder = folderOfFile()
let repository: DemoRepository
/** This repository, as somebody else would find it. */
let tool: string
let commit: string

before(async () => {
  tool = join(folder(), 'tool')
  mkdirSync(tool)
  copyTool(tool)
  git(tool, 'init', '--quiet')
  git(tool, 'add', '--all')
  git(tool, 'commit', '--quiet', '-m', 'obol')
  commit = git(tool, 'rev-parse', 'HEAD')
  repository = await openDemoRepository(folder(), async (workspace, env) => {
    const args = ['apply', '--yes', '--workspace', workspace]
    const { exitCode, output } = await runProcess(join(tool, 'ci/bin/obol'), args, env)
    assert.equal(exitCode, 0, output)
  })
})
after(() => repository?.stop())

/** The examples in a language of one of our files, whose first line names a file or begins with a command. */
function examples(path: string, language: string, start: string): readonly string[] {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, body]) => body ?? '',
  )
  return blocks.filter((block) => block.startsWith(start))
}

/** The example as somebody has it who follows the instructions. */
function example(path: string, language: string, start: string, index = 0): string {
  const found = examples(path, language, start)[index]
  assert.ok(found, `${path} has an example that begins with ${start}`)
  return found.replace(/\bCOMMIT\b/g, commit)
}

function propose(kind: string, name: string): Proposal {
  const pull = CASES.find((one) => one.name === kind)
  assert.ok(pull)
  return repository.propose({ ...pull, name })
}

type World = { readonly standIn: HostingStandIn; readonly temp: string; readonly cwd: string }

async function openWorld(
  t: { after(stop: () => Promise<void>): void },
  host: 'github' | 'gitlab',
  name: string,
): Promise<World> {
  const standIn = await startHostingStandIn({ host, token: TOKEN })
  t.after(() => standIn.stop())
  const [temp, cwd] = [join(folder(), name, 'temp'), join(folder(), name, 'checkout')]
  for (const path of [temp, cwd]) mkdirSync(path, { recursive: true })
  return { standIn, temp, cwd }
}

/** A job of GitHub Actions with these secrets; `ref` is what `actions/checkout` gets without being told. */
function githubJob(
  { standIn, temp, cwd }: World,
  ref: string,
  secrets: Readonly<Record<string, string>>,
  about?: Proposal,
): Job {
  const event = join(temp, 'event.json')
  const pull = about && { pull_request: { number: 7, head: { sha: about.head }, base: { sha: about.base } } }
  writeFileSync(event, JSON.stringify(pull ?? {}))
  const standIns: Readonly<Record<string, ActionStandIn>> = {
    'actions/checkout': async ({ ref: wanted = ref, path = '.', 'fetch-depth': depth = '1' }) => {
      checkOut(repository.origin, wanted, join(cwd, path), Number(depth))
      return {}
    },
    'actions/upload-artifact': async ({ path = '' }) => {
      assert.ok(existsSync(join(cwd, path, 'plan.html')))
      return {}
    },
    'OWNER/obol': compositeAction(tool),
  }
  return {
    ...{ cwd, temp, log: [] },
    env: { ...githubVariables({ temp, event, api: standIn.url }), ...repository.env },
    contexts: { github: { token: TOKEN }, secrets },
    actionOf: (uses) => {
      const [name = '', pin = ''] = uses.split('@')
      assert.match(pin, /^[0-9a-f]{40}$/, uses)
      const found = standIns[name]
      assert.ok(found, uses)
      return found
    },
  }
}

const PULL_WORKFLOW = '# .github/workflows/offers.yml'

for (const [path, index, kind] of [
  ['README.md', 0, 'price-switch'],
  ['docs/pull-requests.md', 0, 'add'],
] as const) {
  test(`default: the workflow for GitHub in ${path} comments on a pull request`, async (t) => {
    const world = await openWorld(t, 'github', `github-${kind}`)
    const pull = propose(kind, `github-${kind}`)
    world.standIn.head = pull.head
    const job = githubJob(world, pull.ref, { OBOL_KUBECONFIG: repository.kubeconfig }, pull)
    const result = await runWorkflow(example(path, 'yaml', PULL_WORKFLOW, index), job)
    assert.equal(result.exitCode, 0, job.log.join(''))
    assert.match(world.standIn.comments[0]?.body ?? '', /ready to apply/)
    assert.deepEqual(world.standIn.complaints, [])
  })
}

test('default: a pull request from a fork is planned from the snapshot that a schedule keeps', async (t) => {
  const secrets = { OBOL_KUBECONFIG: repository.kubeconfig, OBOL_PLAN_KEY: 'a-key-of-the-house-that-is-long-enough' }
  const clock = await openWorld(t, 'github', 'snapshot')
  const scheduled = githubJob(clock, 'main', secrets)
  const taken = await runWorkflow(
    example('docs/pull-requests.md', 'yaml', '# .github/workflows/snapshot.yml'),
    scheduled,
  )
  assert.equal(taken.exitCode, 0, scheduled.log.join(''))
  assert.equal(git(repository.origin, 'ls-tree', '--name-only', 'obol-snapshot'), SNAPSHOT)

  const world = await openWorld(t, 'github', 'fork')
  const pull = propose('add', 'fork')
  world.standIn.head = pull.head
  const job = githubJob(world, pull.ref, {}, pull)
  const noToken = { ...job, contexts: { github: { token: '' }, secrets: {} } }
  const result = await runWorkflow(example('docs/pull-requests.md', 'yaml', PULL_WORKFLOW, 1), noToken)
  assert.equal(result.exitCode, 0, job.log.join(''))
  assert.match(readFileSync(join(world.temp, 'summary.md'), 'utf8'), /default\/forecast[\s\S]*a snapshot of `20/)
  assert.match(job.log.join(''), /not allowed by the token/)
  assert.deepEqual(world.standIn.requests, [])
})

test('error: a conflict ends the job with its own exit code, and the artifact is kept all the same', async (t) => {
  const world = await openWorld(t, 'github', 'held')
  const pull = propose('conflict', 'held')
  world.standIn.head = pull.head
  const job = githubJob(world, pull.ref, { OBOL_KUBECONFIG: repository.kubeconfig }, pull)
  let kept = 0
  const counting: Job = {
    ...job,
    actionOf: (uses) => async (inputs, at) => {
      if (uses.startsWith('actions/upload-artifact@')) kept += 1
      return job.actionOf(uses)(inputs, at)
    },
  }
  const result = await runWorkflow(example('README.md', 'yaml', PULL_WORKFLOW), counting)
  assert.equal(result.exitCode, 4, job.log.join(''))
  assert.equal(kept, 1)
})

/** Variables by which git finds this repository behind the addresses of the examples, and `make` its packages. */
function sourceVariables(): Readonly<Record<string, string>> {
  const template = join(folder(), 'template')
  const hook = join(template, 'hooks', 'post-checkout')
  mkdirSync(join(template, 'hooks'), { recursive: true })
  const link = `cp -al '${tool}/node_modules' . 2> /dev/null || cp -a '${tool}/node_modules' .`
  const script = `#!/bin/sh\nif [ -f action.yml ] && [ ! -d node_modules ]; then ${link}; touch node_modules/.stamp; fi\n`
  writeFileSync(hook, script)
  chmodSync(hook, 0o755)
  const addresses = ['https://gitlab.example.com/OWNER/obol.git', 'https://git.example.com/OWNER/obol.git']
  const settings = addresses.flatMap((address, i) => [
    [`GIT_CONFIG_KEY_${i}`, `url.${pathToFileURL(tool)}.insteadOf`],
    [`GIT_CONFIG_VALUE_${i}`, address],
  ])
  return {
    ...Object.fromEntries(settings),
    ...{ GIT_CONFIG_COUNT: String(addresses.length), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    ...{ GIT_TEMPLATE_DIR: template },
  }
}

for (const [path, kind] of [
  ['README.md', 'price-switch'],
  ['docs/pull-requests.md', 'registration'],
] as const) {
  test(`default: the pipeline for GitLab in ${path} comments on a merge request`, async (t) => {
    const world = await openWorld(t, 'gitlab', `gitlab-${kind}`)
    const { head, base, ref } = propose(kind, `gitlab-${kind}`)
    world.standIn.head = head
    checkOut(repository.origin, ref, world.cwd, 0)
    const kubeconfig = join(world.temp, 'KUBECONFIG')
    writeFileSync(kubeconfig, repository.kubeconfig, { mode: 0o600 })
    const project = {
      ...{ HOME: world.temp, GITLAB_CI: 'true', CI_API_V4_URL: world.standIn.url, CI_PROJECT_ID: 'shop/offers' },
      ...{ CI_BUILDS_DIR: join(folder(), 'builds'), CI_COMMIT_SHA: git(world.cwd, 'rev-parse', 'HEAD') },
      ...{ CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
      ...{ CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: head, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' },
      ...{ KUBECONFIG: kubeconfig, OBOL_GITLAB_TOKEN: TOKEN, ...repository.env, ...sourceVariables() },
    }
    const included = { included: tool, cwd: world.cwd, project }
    const run = await runGitlabJob(example(path, 'yaml', '# .gitlab-ci.yml'), 'obol', included)
    assert.equal(run.exitCode, 0, run.output)
    assert.match(world.standIn.comments[0]?.body ?? '', /compared with `main`/)
    assert.deepEqual(world.standIn.complaints, [])
    for (const kept of run.artifacts) assert.ok(existsSync(join(world.cwd, kept, 'plan.junit.xml')))
  })
}

test('default: the recipe for a shell plans a checkout, and ends as it is told to', async () => {
  const cwd = join(folder(), 'shell', 'checkout')
  const { ref } = propose('rename', 'shell')
  checkOut(repository.origin, ref, cwd, 0)
  git(cwd, 'fetch', '--quiet', 'origin', '+refs/heads/main:refs/remotes/origin/main')
  const env = { ...repository.env, ...sourceVariables(), HOME: cwd, OBOL_KUBECONFIG: repository.kubeconfig }
  const script = example('docs/pull-requests.md', 'sh', 'git clone')
  const run = await runProcess('bash', ['-eo', 'pipefail', '-c', script], env, { cwd })
  assert.equal(run.exitCode, 2, run.output)
  assert.match(run.output, /default\/find/)
})

test('behavior: no example gives a pull request more rights than it needs', () => {
  const texts = [
    ...examples('README.md', 'yaml', PULL_WORKFLOW),
    ...examples('docs/pull-requests.md', 'yaml', PULL_WORKFLOW),
  ]
  assert.equal(texts.length, 3)
  for (const text of texts) {
    const { on, permissions }: Workflow = parse(text)
    assert.equal(on, 'pull_request')
    assert.deepEqual(permissions, { contents: 'read', 'pull-requests': 'write' })
  }
})
