import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type BaseInputs, baseInputs, registersAlike } from '../../src/cli/base-inputs.ts'
import type { Context, Output } from '../../src/cli/context.ts'
import { findWorkspace, loadInputs } from '../../src/cli/load-inputs.ts'
import { changeLocator } from '../../src/cli/locate-field.ts'
import { openCluster } from '../../src/cli/open-cluster.ts'
import { createStyle } from '../../src/cli/style.ts'
import { buildPlan } from '../../src/plan/build-plan.ts'
import { describeWithBase } from '../../src/plan/describe-with-base.ts'
import type { Desired } from '../../src/plan/desired.ts'
import type { PlanView } from '../../src/plan/plan-view.ts'
import { renderText } from '../../src/plan/render-text.ts'
import type { Plan } from '../../src/plan/types.ts'
import { GIT_ENV, openTestRepository, type TestRepository } from '../git/repository.ts'
import { assertGolden } from '../support/golden.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { foreignPatch, OBOL_YAML, offer, openShop, type Shop } from './shop.ts'

const NO_OUTPUT: Output = {
  write: () => undefined,
  isTTY: false,
  columns: 80,
  style: createStyle(false),
  closed: new AbortController().signal,
}

/** What a command would know of a process that runs in a folder. */
function contextIn(folder: string): Context {
  return {
    process: { stdout: NO_OUTPUT, stderr: NO_OUTPUT },
    stdout: NO_OUTPUT,
    stderr: NO_OUTPUT,
    env: { ...GIT_ENV, XDG_CACHE_HOME: join(folder, 'cache') },
    cwd: folder,
    home: join(folder, 'home'),
    interactive: false,
    stdin: (async function* () {})(),
    now: () => new Date('2026-01-02T03:04:05Z'),
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  }
}

type Reviewed = { readonly view: PlanView; readonly base: BaseInputs; readonly text: string }
type Options = { readonly folder?: string; readonly isPruning?: boolean; readonly paths?: readonly string[] }

const hostAddress = async (): Promise<string> => '192.0.2.10'

/** The path of `obol plan --base REF`, from files, commits and the cluster to the text. */
async function review(shop: Shop, ref: string, options: Options = {}): Promise<Reviewed> {
  const { folder = shop.folder, isPruning = false, paths = [] } = options
  const context = contextIn(folder)
  const workspace = await findWorkspace(folder, context)
  const [head, base] = await Promise.all([
    loadInputs(context, { folder, workspace, paths }, hostAddress),
    baseInputs(context, { folder, ref, paths, hostAddress }),
  ])
  const kubeconfig = join(shop.folder, 'config/kubeconfig.yaml')
  const door = await openCluster(context, { kubeconfig }, { folder, workspace, places: [] })
  try {
    const wanted = [...head.desired.objects, ...(base.loaded?.desired.objects ?? [])]
    const refs = wanted.map((object) => object.ref)
    const seen = await door.observation.finish({ refs, alsoList: [], workspaceId: workspace.id })
    if (seen.result !== 'observed') throw new Error(seen.result)
    const planOf = (desired: Desired): { readonly plan: Plan; readonly desired: Desired } => {
      const plan = buildPlan(desired, seen.observed, {
        decisions: [],
        ...(isPruning ? { prune: workspace.prune } : {}),
      })
      return { plan: paths.length === 0 ? plan : { ...plan, orphans: [] }, desired }
    }
    const { plan, desired } = planOf(head.desired)
    const view = describeWithBase(
      { plan: { ...plan, diagnostics: [...plan.diagnostics, ...base.diagnostics], requests: 0 }, desired },
      { ref, commit: base.commit, ...(base.loaded === undefined ? {} : { planned: planOf(base.loaded.desired) }) },
      { workspace: 'shop', locate: changeLocator(head.files) },
    )
    const shown = {
      ...view,
      header: {
        ...view.header,
        context: 'sandbox',
        server: 'https://sandbox',
        version: 'v1',
        readAt: '2026-01-02T03:04:05Z',
      },
      ...(view.base === undefined ? {} : { base: { ...view.base, commit: 'abc1234' } }),
    }
    return { view, base, text: renderText(shown, { columns: 80, colour: false }) }
  } finally {
    await door.cluster.close()
  }
}

/** Id → review, of the steps that have one. */
function reviewsOf({ view }: Reviewed): Readonly<Record<string, string>> {
  const rows = view.groups.flatMap((group) => group.rows)
  return Object.fromEntries(
    rows.flatMap(({ label, review: verdict }) => (verdict === undefined ? [] : [[label, verdict]])),
  )
}

function counts({ view }: Reviewed): readonly (number | undefined)[] {
  const found = view.base?.counts
  return [found?.new, found?.changed, found?.same, found?.withdrawn]
}

const IGNORED = 'cache/\nconfig/\nhome/\nstate/\n'

/** A shop under version control, committed on `main` and applied. */
async function openReviewedShop(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly shop: Shop; readonly repository: TestRepository }> {
  const shop = await openShop(t, { files: { '.gitignore': IGNORED, ...files } })
  const repository = openTestRepository(t, shop.folder)
  repository.commit()
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  repository.git('checkout', '--quiet', '-b', 'change')
  return { shop, repository }
}

test('default: drift is told from the change, and each change says where it stands', async (t) => {
  const { shop, repository } = await openReviewedShop(t, { 'offers/drifted.yaml': offer('drifted') })
  await shop.send('DELETE', '/apis/obol.org/v1alpha1/namespaces/default/serviceoffers/drifted')
  repository.commit({ 'offers/hello.yaml': offer('hello', 'perRequest: "0.02"') })

  const reviewed = await review(shop, 'main')

  assert.deepEqual(reviewsOf(reviewed), { 'default/hello': 'new', 'default/drifted': 'same' })
  assert.equal(reviewed.base.commit, repository.git('rev-parse', 'main'))
  const [change] = reviewed.view.groups.flatMap((group) => group.rows).flatMap((row) => row.changes)
  assert.deepEqual(change?.origin, { file: 'offers/hello.yaml', line: 11, column: 7 })
  assertGolden('e2e/golden/base-drift-and-change.txt', reviewed.text)
})

test('behavior: the command, with and without drift, leaves the repository as it is', async (t) => {
  const { shop, repository } = await openReviewedShop(t)
  repository.commit({ 'offers/hello.yaml': offer('hello', 'perRequest: "0.02"') })
  const before = repository.git('status', '--porcelain=v2', '--branch')

  const run = await shop.obol(['plan', '--base', 'main', '--exit-code'], { env: GIT_ENV })

  assert.equal(run.exitCode, 2)
  assert.match(run.stdout, /base main \([0-9a-f]{7}\)\n\nThis change\n/)
  assert.match(run.stdout, /\nThis change: 1 to update · 0 conflicts\n$/)
  assert.equal((await shop.obol(['plan', '--base', 'nope'], { env: GIT_ENV })).exitCode, 1)
  assert.equal((await shop.obol(['plan', '--base=-x'], { env: GIT_ENV })).exitCode, 64)
  assert.equal(repository.git('status', '--porcelain=v2', '--branch'), before)
})

test('behavior: what main got meanwhile is not part of the change with three dots', async (t) => {
  const { shop, repository } = await openReviewedShop(t)
  repository.commit({ 'offers/mine.yaml': offer('mine') })
  repository.git('checkout', '--quiet', 'main')
  repository.commit({ 'offers/theirs.yaml': offer('theirs') })
  repository.git('checkout', '--quiet', 'change')

  assert.deepEqual(counts(await review(shop, 'main')), [1, 0, 0, 1])
  assert.deepEqual(counts(await review(shop, 'main...')), [1, 0, 0, 0])
})

test('behavior: a renamed and a removed offer', async (t) => {
  const { shop, repository } = await openReviewedShop(t, { 'offers/old.yaml': offer('old') })
  repository.commit({ 'offers/hello.yaml': undefined, 'offers/hi.yaml': offer('hi'), 'offers/old.yaml': undefined })

  const left = await review(shop, 'main')
  assert.deepEqual(reviewsOf(left), { 'default/hi': 'new' })
  assert.deepEqual(left.view.base?.orphans?.map(({ label }) => label).sort(), ['default/hello', 'default/old'])
  const pruned = await review(shop, 'main', { isPruning: true })
  assert.deepEqual(reviewsOf(pruned), { 'default/hi': 'new', 'default/hello': 'new', 'default/old': 'new' })
  assertGolden('e2e/golden/base-rename.txt', pruned.text)
})

test('behavior: an offer that was taken back before it was applied is withdrawn', async (t) => {
  const { shop, repository } = await openReviewedShop(t)
  repository.git('checkout', '--quiet', 'main')
  repository.commit({ 'offers/late.yaml': offer('late') })
  repository.git('checkout', '--quiet', '-B', 'change')
  repository.commit({ 'offers/late.yaml': undefined })

  const reviewed = await review(shop, 'main')
  assert.deepEqual(counts(reviewed), [0, 0, 0, 1])
  assert.deepEqual(
    reviewed.view.base?.withdrawn.map(({ label }) => label),
    ['default/late'],
  )
})

test('behavior: a workspace that the base does not have, in a subfolder', async (t) => {
  const shop = await openShop(t)
  const folder = tempFolder(t, { README: 'x' })
  const repository = openTestRepository(t, folder)
  repository.commit()
  const before = repository.git('rev-parse', 'HEAD')
  repository.commit({ 'shops/eu/obol.yaml': OBOL_YAML, 'shops/eu/offers/hello.yaml': offer('hello') })

  const reviewed = await review(shop, before, { folder: join(folder, 'shops/eu') })

  assert.equal(reviewed.base.prefix, 'shops/eu')
  assert.equal(reviewed.base.loaded, undefined)
  assert.deepEqual(
    reviewed.base.diagnostics.map(({ code }) => code),
    ['OBOL-B021'],
  )
  assert.deepEqual(reviewsOf(reviewed), { 'default/hello': 'new' })
})

test('behavior: a base with mistakes is a warning, and everything is shown as new', async (t) => {
  const { shop, repository } = await openReviewedShop(t)
  repository.git('checkout', '--quiet', 'main')
  repository.commit({ 'offers/hello.yaml': 'kind: [' })
  repository.git('checkout', '--quiet', '-B', 'change')
  repository.commit({ 'offers/hello.yaml': offer('hello', 'perRequest: "0.02"') })

  const reviewed = await review(shop, 'main')

  assert.deepEqual(
    reviewed.base.diagnostics.map(({ code, severity }) => [code, severity]),
    [['OBOL-B020', 'warning']],
  )
  assert.deepEqual(counts(reviewed), [1, 0, 0, 0])
  assertGolden('e2e/golden/base-broken.txt', reviewed.text)
  repository.git('checkout', '--quiet', 'main')
  repository.commit({ 'obol.yaml': 'kind: Nonsense\n', 'offers/hello.yaml': offer('hello') })
  writeFileSync(join(shop.folder, 'obol.yaml'), OBOL_YAML)
  assert.deepEqual(
    (await review(shop, 'main')).base.diagnostics.map(({ code }) => code),
    ['OBOL-B020'],
  )
})

test('behavior: the limits of a prune are those of the version under review', async (t) => {
  const strict = OBOL_YAML.replace('id: shop-1', 'id: shop-1, prune: { maxCount: 0, maxPercent: 0 }')
  const { shop, repository } = await openReviewedShop(t, { 'obol.yaml': strict, 'offers/old.yaml': offer('old') })
  repository.commit({ 'obol.yaml': OBOL_YAML, 'offers/old.yaml': undefined })

  const reviewed = await review(shop, 'main', { isPruning: true })

  assert.deepEqual(reviewsOf(reviewed), { 'default/old': 'new' })
  assert.deepEqual(reviewed.view.diagnostics, [])
})

test('behavior: paths on the command line, offers outside of the workspace and of the repository', async (t) => {
  const outside = tempFolder(t, { 'outside.yaml': offer('outside') })
  const shop = await openShop(t)
  const folder = tempFolder(t, { 'shop/offers/.keep': '' })
  const repository = openTestRepository(t, folder)
  const yaml = OBOL_YAML.replace('id: shop-1', `id: shop-1, offers: [offers, ../common, ${outside}]`)
  repository.commit({ 'shop/obol.yaml': yaml, 'common/c.yaml': offer('common') })
  repository.git('tag', 'before')
  repository.commit({ 'common/c.yaml': offer('common', 'perRequest: "0.03"'), 'shop/offers/a.yaml': offer('a') })
  const inShop = { folder: join(folder, 'shop') }

  const whole = await review(shop, 'before', inShop)
  assert.deepEqual(whole.base.diagnostics, [])
  assert.deepEqual(reviewsOf(whole), { 'default/a': 'new', 'default/common': 'changed', 'default/outside': 'same' })
  const part = await review(shop, 'before', { ...inShop, paths: ['offers/a.yaml'] })
  assert.deepEqual([reviewsOf(part), part.base.diagnostics], [{ 'default/a': 'new' }, []])
  const common = await review(shop, 'before', { ...inShop, paths: ['../common'] })
  assert.deepEqual(reviewsOf(common), { 'default/common': 'changed' })
})

test('behavior: a link that leaves the repository is named, the rest of the base is read', async (t) => {
  const shop = await openShop(t)
  const folder = tempFolder(t)
  const repository = openTestRepository(t, folder)
  repository.link('offers/elsewhere.yaml', '/nonexistent.yaml')
  repository.commit({ 'obol.yaml': OBOL_YAML, 'offers/hello.yaml': offer('hello') })
  repository.commit({ 'offers/elsewhere.yaml': undefined })

  const reviewed = await review(shop, 'HEAD~1', { folder })

  assert.deepEqual(
    reviewed.base.diagnostics.map(({ code }) => code),
    ['OBOL-B022'],
  )
  assert.deepEqual(reviewsOf(reviewed), { 'default/hello': 'same' })
})

test('behavior: a conflict that was there before is not the change', async (t) => {
  const { shop, repository } = await openReviewedShop(t)
  await foreignPatch(shop, 'hello', { spec: { payment: { price: { perRequest: '7' } } } })
  repository.commit({ 'offers/new.yaml': offer('new') })

  assert.deepEqual(reviewsOf(await review(shop, 'main')), { 'default/hello': 'same', 'default/new': 'new' })
})

test('behavior: identities that both versions want alike are planned once', async (t) => {
  const registration = '  registration: { description: x }\n'
  const { shop, repository } = await openReviewedShop(t)
  repository.commit({ 'offers/hello.yaml': offer('hello', 'perRequest: "0.01"', undefined, registration) })
  repository.git('tag', 'registered')
  repository.commit({ 'offers/hello.yaml': offer('hello', 'perRequest: "0.05"', undefined, registration) })
  const context = contextIn(shop.folder)
  const at = async (ref: string) => {
    const { loaded } = await baseInputs(context, { folder: shop.folder, ref, hostAddress })
    if (loaded === undefined) throw new Error(ref)
    return loaded
  }
  const [before, registered, dearer] = [await at('main'), await at('registered'), await at('HEAD')]
  assert.equal(registered.desired.identities.length, 1)
  assert.deepEqual([registersAlike(registered, dearer), registersAlike(before, registered)], [true, false])
})

test('error: a shallow clone, and a folder without a repository', async (t) => {
  const { shop, repository } = await openReviewedShop(t)
  repository.commit({ 'offers/new.yaml': offer('new') })
  const folder = tempFolder(t)
  const clone = openTestRepository(t, folder)
  clone.git('fetch', '--quiet', '--depth=1', `file://${shop.folder}`, 'change:change', 'main:refs/remotes/origin/main')
  clone.git('checkout', '--quiet', 'change')

  assert.deepEqual(reviewsOf(await review(shop, 'origin/main', { folder })), { 'default/new': 'new' })
  await assert.rejects(review(shop, 'origin/main...', { folder }), { code: 'OBOL-B005' })
  const bare = tempFolder(t, { 'obol.yaml': OBOL_YAML, 'offers/hello.yaml': offer('hello') })
  await assert.rejects(review(shop, 'main', { folder: bare }), { code: 'OBOL-B002' })
})
