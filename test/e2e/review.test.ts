import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { git } from '../../tools/demo-pr/git.ts'
import { type HostingStandIn, startHostingStandIn } from '../../tools/demo-pr/hosting-stand-in.ts'
import { assertGolden } from '../support/golden.ts'
import type { CliOptions, CliRun } from '../support/run-cli.ts'
import { codesIn, offer, openShop, type Shop, seen } from './shop.ts'

const TOKEN = 'CanaryToken5x1'

type Repository = Shop & {
  readonly standIn: HostingStandIn
  commit(): string
  /** Commits, and runs as in GitHub Actions for the pull request at HEAD. */
  review(args?: readonly string[], token?: string): Promise<CliRun>
  /** The same for the files as they are, of a pull request with that head. */
  reviewAt(head: string, options?: Pick<CliOptions, 'cwd'>): Promise<CliRun>
  file(name: string): string
}

/** A workspace under version control, applied as its base commit says, and the stand-in of a hosting service. */
async function openRepository(t: TestContext): Promise<Repository> {
  const shop = await openShop(t, {
    files: { '.gitignore': '*\n!offers\n!offers/**\n!policies\n!policies/**\n!obol.yaml\n' },
  })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  git(shop.folder, 'init', '--quiet', '--initial-branch=main')
  const commit = (): string => {
    git(shop.folder, 'add', '-A')
    git(shop.folder, 'commit', '--quiet', '--allow-empty', '-m', 'change')
    return git(shop.folder, 'rev-parse', 'HEAD')
  }
  const base = commit()
  const standIn = await startHostingStandIn({ host: 'github', token: TOKEN })
  t.after(() => standIn.stop())
  const env = (head: string, token: string) => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_PATH: shop.write(
      'event.json',
      JSON.stringify({ pull_request: { number: 7, head: { sha: head }, base: { sha: base } } }),
    ),
    GITHUB_REPOSITORY: 'shop/offers',
    GITHUB_API_URL: standIn.url,
    GITHUB_BASE_REF: 'main',
    GITHUB_TOKEN: token,
    GITHUB_STEP_SUMMARY: join(shop.folder, 'summary.md'),
    GITHUB_OUTPUT: join(shop.folder, 'output.txt'),
    PATH: process.env['PATH'],
  })
  return {
    ...shop,
    standIn,
    commit,
    review: (args = [], token = TOKEN) => {
      const head = commit()
      standIn.head = head
      return shop.obol(['review', ...args], { env: env(head, token) })
    },
    reviewAt: (head, options = {}) => {
      standIn.head = head
      return shop.obol(['review'], { ...options, env: env(head, TOKEN) })
    },
    file: (name) => readFileSync(join(shop.folder, name), 'utf8'),
  }
}

/** What differs from run to run. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:*')
    .replace(/\b[0-9a-f]{40}\b/g, '*')
    .replace(/`[0-9a-f]{7}`/g, '`*******`')
    .replace(/since \d+ \w+( \d{4})?/g, 'since *')
}

test('default: a change is told in one comment, in annotations, in files and in the summary', async (t) => {
  const repository = await openRepository(t)
  repository.write('offers/hello.yaml', offer('hello', 'perMTok: "20"'))
  repository.write('offers/new.yaml', offer('new'))
  const run = await repository.review()
  assert.equal(run.exitCode, 0, seen(run))
  const [comment] = repository.standIn.comments
  assert.equal(repository.standIn.comments.length, 1)
  assertGolden('e2e/golden/review-comment.md', steady(comment?.body ?? ''))
  assertGolden('e2e/golden/review-annotations.txt', steady(run.stdout))
  assert.equal(repository.file('summary.md'), comment?.body)
  assert.equal(repository.file('output.txt'), 'verdict=changes\ncomment-url=https://example.com/c/100\n')
  for (const name of ['plan.md', 'plan.sarif', 'plan.html', 'plan.json', 'plan.junit.xml']) {
    assert.ok(existsSync(join(repository.folder, 'obol-review', name)), name)
  }
  assert.deepEqual(repository.standIn.complaints, [])

  const again = await repository.review(['--fail-on', 'change'])
  assert.equal(again.exitCode, 2)
  assert.equal(repository.standIn.comments.length, 1, 'edited in place')
  assert.notEqual(repository.standIn.comments[0]?.body, undefined)

  repository.write('offers/hello.yaml', offer('hello'))
  repository.remove('offers/new.yaml')
  assert.equal((await repository.review(['--fail-on', 'change'])).exitCode, 0)
  assertGolden('e2e/golden/review-nothing.md', steady(repository.standIn.comments[0]?.body ?? ''))
  for (const run of [again]) assert.ok(!seen(run).includes(TOKEN))
})

test('behavior: where nothing changes nothing is said', async (t) => {
  const repository = await openRepository(t)
  repository.write(
    'policies/p.yaml',
    'apiVersion: offers.obol.org/v1alpha1\nkind: Policy\nmetadata: { name: p }\nspec: { rules: [{ name: r, check: "true" }] }\n',
  )
  assert.equal((await repository.review()).exitCode, 0)
  assert.deepEqual(repository.standIn.comments, [])
})

test('error: broken YAML and a policy are told the same way, and end with their own codes', async (t) => {
  const repository = await openRepository(t)
  repository.write('offers/hello.yaml', offer('hello').replace('perRequest', 'perReqest'))
  const broken = await repository.review()
  assert.equal(broken.exitCode, 1)
  assertGolden('e2e/golden/review-broken.md', steady(repository.standIn.comments[0]?.body ?? ''))
  assert.match(broken.stdout, /^::error file=offers\/hello\.yaml,line=\d+,col=\d+,title=OBOL-O/m)
  repository.write('offers/hello.yaml', offer('hello', 'perRequest: "0.5"'))
  repository.write(
    'policies/p.yaml',
    'apiVersion: offers.obol.org/v1alpha1\nkind: Policy\nmetadata: { name: p }\nspec: { rules: [{ name: r, check: \'offer.price < decimal("0.1")\' }] }\n',
  )
  const refused = await repository.review(['--fail-on', 'error'])
  assert.equal(refused.exitCode, 6, seen(refused))
  assert.match(repository.standIn.comments[0]?.body ?? '', /refused by a safety rule/)
  assert.equal((await repository.review(['--fail-on', 'never'])).exitCode, 0)
})

test('behavior: without a right to write the plan is in the summary, and that is no failure', async (t) => {
  const repository = await openRepository(t)
  repository.write('offers/new.yaml', offer('new'))
  const run = await repository.review([], '')
  assert.equal(run.exitCode, 0, seen(run))
  assert.match(run.stderr, /not allowed by the token/)
  assert.match(repository.file('summary.md'), /default\/new/)
  assert.deepEqual(repository.standIn.requests, [])
})

test('behavior: a fork is planned from a snapshot, without any cluster', async (t) => {
  const repository = await openRepository(t)
  assert.equal((await repository.obol(['snapshot', '--out', 'cluster.snapshot.json.gz'])).exitCode, 0)
  repository.remove('config')
  repository.write('offers/new.yaml', offer('new'))
  const run = await repository.review(['--snapshot', 'cluster.snapshot.json.gz'], '')
  assert.equal(run.exitCode, 0, seen(run))
  assert.match(repository.file('summary.md'), /default\/new/)
})

test('behavior: what the target has had since is no part of the change, merged or not', async (t) => {
  const repository = await openRepository(t)
  const { folder } = repository
  git(folder, 'switch', '--quiet', '-c', 'change')
  repository.write('offers/new.yaml', offer('new'))
  const head = repository.commit()
  git(folder, 'switch', '--quiet', 'main')
  repository.write('offers/other.yaml', offer('other'))
  repository.commit()

  git(folder, 'switch', '--quiet', 'change')
  const apart = await repository.review()
  assert.equal(apart.exitCode, 0, seen(apart))
  const expected = /This change: 1 to create · 0 conflicts/
  assert.match(repository.file('summary.md'), expected)
  repository.remove('summary.md')

  git(folder, 'switch', '--quiet', '--detach', 'main')
  git(folder, 'merge', '--quiet', '--no-ff', '-m', 'Merge', head)
  const merged = await repository.reviewAt(head)
  assert.equal(merged.exitCode, 0, seen(merged))
  assert.match(repository.file('summary.md'), expected)
  assert.match(repository.file('summary.md'), /Already pending on <code>main<\/code>: 1 step/)
})

test('error: a shallow clone says how deep it has to be', async (t) => {
  const repository = await openRepository(t)
  repository.write('offers/new.yaml', offer('new'))
  const head = repository.commit()
  const clone = join(repository.folder, 'clone')
  git(repository.folder, 'clone', '--quiet', '--depth=1', `file://${repository.folder}`, clone)
  const run = await repository.reviewAt(head, { cwd: clone })
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-B005']], seen(run))
  assert.match(run.stderr, /fetch-depth: 0/)
})

test('error: a job that is about no pull request', async (t) => {
  const shop = await openShop(t)
  const run = await shop.obol(['review'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [64, ['OBOL-F004']])
})
