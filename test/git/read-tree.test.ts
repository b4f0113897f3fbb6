import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { headCommit } from '../../src/git/head-commit.ts'
import { type BaseTree, type ReadTreeOptions, readTree } from '../../src/git/read-tree.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { filesIn, GIT_ENV, openTestRepository } from './repository.ts'

async function read(
  t: TestContext,
  folder: string,
  ref: string,
  more: Partial<ReadTreeOptions> = {},
): Promise<BaseTree> {
  const tree = await readTree({ folder, ref, env: GIT_ENV, signal: new AbortController().signal, ...more })
  t.after(() => tree.dispose())
  return tree
}

/** Everything in a folder, names and contents, as one hash. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name)
      hash.update(`${child} ${statSync(child).mtimeMs}\n`)
      if (entry.isDirectory()) visit(child)
      else hash.update(readFileSync(child))
    }
  }
  visit(folder)
  return hash.digest('hex')
}

test('default: the folder as it was at a commit, whatever the work tree holds', async (t) => {
  const repository = openTestRepository(t)
  const first = repository.commit({ 'obol.yaml': 'one', 'offers/a.yaml': 'a', 'offers/deep/b.yaml': 'b\r\n' })
  repository.commit({ 'obol.yaml': 'two', 'offers/a.yaml': undefined })
  writeFileSync(join(repository.folder, 'obol.yaml'), 'three')

  const tree = await read(t, repository.folder, 'HEAD~1')

  assert.equal(tree.commit, first)
  assert.equal(tree.prefix, '')
  assert.deepEqual(filesIn(tree.folder), { 'obol.yaml': 'one', 'offers/a.yaml': 'a', 'offers/deep/b.yaml': 'b\r\n' })
  assert.deepEqual(tree.skipped, [])
  await tree.dispose()
  assert.equal(existsSync(tree.folder), false)
})

test('behavior: a subfolder, from anywhere in it, with only the paths that are asked for', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({
    'shops/eu/obol.yaml': 'w',
    'shops/eu/offers/a.yaml': 'a',
    'shops/eu/offers/notes.txt': 'n',
    'shops/common/c.yaml': 'c',
    'shops/europe/offers/x.yaml': 'x',
  })
  const folder = join(repository.folder, 'shops/eu')

  const whole = await read(t, folder, 'main')
  const part = await read(t, folder, 'main', {
    paths: ['offers', '../common'],
    wanted: (path) => path.endsWith('.yaml'),
  })

  assert.equal(whole.prefix, 'shops/eu')
  assert.deepEqual(filesIn(whole.folder), { 'obol.yaml': 'w', 'offers/a.yaml': 'a', 'offers/notes.txt': 'n' })
  assert.deepEqual(filesIn(join(part.folder, '..')), { 'common/c.yaml': 'c', 'eu/offers/a.yaml': 'a' })
})

test('behavior: a folder that the commit does not have is empty', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ README: 'x' })
  repository.git('tag', 'before')
  repository.commit({ 'shop/obol.yaml': 'new' })

  const tree = await read(t, join(repository.folder, 'shop'), 'before')

  assert.equal(tree.prefix, 'shop')
  assert.deepEqual(filesIn(tree.folder), {})
  assert.equal(existsSync(tree.folder), true)
})

test('behavior: with three dots the base is where HEAD branched off', async (t) => {
  const repository = openTestRepository(t)
  const parted = repository.commit({ f: 'parted' })
  repository.git('checkout', '--quiet', '-b', 'change')
  repository.commit({ f: 'change' })
  repository.git('checkout', '--quiet', 'main')
  const tip = repository.commit({ f: 'moved on' })
  repository.git('checkout', '--quiet', 'change')

  assert.equal((await read(t, repository.folder, 'main...')).commit, parted)
  assert.equal((await read(t, repository.folder, 'main...HEAD')).commit, parted)
  assert.equal((await read(t, repository.folder, 'main')).commit, tip)
})

test('behavior: links within the repository are followed as before, others are left out and named', async (t) => {
  const repository = openTestRepository(t)
  mkdirSync(join(repository.folder, 'shop/offers'), { recursive: true })
  const links = {
    'shop/offers/file.yaml': '../../templates/one.yaml',
    'shop/offers/folder': '../../templates/more',
    'shop/offers/chain': 'folder',
    'shop/offers/above': '..',
    'shop/offers/absolute.yaml': '/etc/hosts',
    'shop/offers/outside.yaml': '../../../outside.yaml',
    'shop/offers/sly.yaml': 'folder/../../../secret.yaml',
    'shop/offers/loop': 'loop',
    'shop/offers/nothing.yaml': '../gone.yaml',
  }
  for (const [path, target] of Object.entries(links)) repository.link(path, target)
  repository.commit({ 'templates/one.yaml': '1', 'templates/more/two.yaml': '2', 'unrelated.yaml': 'u' })

  const tree = await read(t, join(repository.folder, 'shop'), 'HEAD', { paths: ['offers'] })

  const skipped = Object.fromEntries(tree.skipped.map(({ path, reason }) => [path, reason]))
  assert.deepEqual(Object.keys(skipped), [
    'shop/offers/absolute.yaml',
    'shop/offers/loop',
    'shop/offers/nothing.yaml',
    'shop/offers/outside.yaml',
    'shop/offers/sly.yaml',
  ])
  assert.equal(readFileSync(join(tree.folder, 'offers/file.yaml'), 'utf8'), '1')
  assert.equal(readFileSync(join(tree.folder, 'offers/folder/two.yaml'), 'utf8'), '2')
  assert.equal(readFileSync(join(tree.folder, 'offers/chain/two.yaml'), 'utf8'), '2')
  assert.equal(existsSync(join(tree.folder, '../unrelated.yaml')), false)
})

test('behavior: a submodule is left out and named', async (t) => {
  const repository = openTestRepository(t)
  const commit = repository.commit({ 'offers/a.yaml': 'a' })
  repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},offers/module`)
  repository.git('commit', '--quiet', '--message', 'a submodule')

  const tree = await read(t, repository.folder, 'HEAD')

  assert.deepEqual(tree.skipped, [{ path: 'offers/module', reason: 'a submodule is not read' }])
  assert.deepEqual(filesIn(tree.folder), { 'offers/a.yaml': 'a' })
})

test('behavior: the repository is not written to, and neither hooks nor filters run', async (t) => {
  const repository = openTestRepository(t)
  const trap = join(repository.folder, '.git/trap')
  const touch = `#!/bin/sh\ntouch '${trap}'\ncat\n`
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'filter']) {
    mkdirSync(join(repository.folder, '.git/hooks'), { recursive: true })
    writeFileSync(join(repository.folder, '.git/hooks', hook), touch)
  }
  repository.commit({ '.gitattributes': '*.yaml filter=trap text eol=crlf\n', 'a.yaml': 'a\n' })
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'filter']) {
    chmodSync(join(repository.folder, '.git/hooks', hook), 0o755)
  }
  const filter = join(repository.folder, '.git/hooks/filter')
  for (const name of ['filter.trap.smudge', 'filter.trap.clean', 'core.fsmonitor'])
    repository.git('config', name, filter)
  const before = fingerprint(repository.folder)

  const tree = await read(t, repository.folder, 'HEAD')

  assert.equal(readFileSync(join(tree.folder, 'a.yaml'), 'utf8'), 'a\n')
  assert.equal(fingerprint(repository.folder), before)
  assert.equal(existsSync(trap), false)
})

test('behavior: GIT_ variables of the environment lead nowhere else', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ f: 'right' })
  const other = openTestRepository(t)
  other.commit({ f: 'wrong' })
  const env = { ...GIT_ENV, GIT_DIR: join(other.folder, '.git'), GIT_WORK_TREE: other.folder }

  assert.deepEqual(filesIn((await read(t, repository.folder, 'HEAD', { env })).folder), { f: 'right' })
})

test('behavior: a linked work tree, and a repository before its first commit', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ f: '1' })
  const beside = join(tempFolder(t), 'beside')
  repository.git('worktree', 'add', '--quiet', '--detach', beside)
  assert.deepEqual(filesIn((await read(t, beside, 'main')).folder), { f: '1' })

  const young = tempFolder(t)
  const second = openTestRepository(t, young)
  assert.equal(await headCommit(place(young)), undefined)
  second.commit({ f: '2' })
  assert.equal(await headCommit(place(young)), second.git('rev-parse', 'HEAD'))
})

test('behavior: names with blanks, quotes and line breaks', async (t) => {
  const repository = openTestRepository(t)
  const files = { 'a b.yaml': '1', 'ä\n"c\'.yaml': '2', '-n.yaml': '3', ':(glob)*.yaml': '4' }
  repository.commit(files)

  assert.deepEqual(filesIn((await read(t, repository.folder, 'HEAD')).folder), files)
  const one = await read(t, repository.folder, 'HEAD', { paths: [':(glob)*.yaml'] })
  assert.deepEqual(filesIn(one.folder), { ':(glob)*.yaml': '4' })
})

test('behavior: a crafted commit writes nothing outside of the temporary folder', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ f: 'f' })
  const blob = repository.git('rev-parse', 'HEAD:f')
  const folder = tempFolder(t, { target: 'untouched' })
  writeFileSync(join(folder, 'link'), folder)
  const link = repository.git('hash-object', '-w', join(folder, 'link'))
  const inner = mktree(repository.folder, [`100644 blob ${blob}\ttarget`])
  // A link and a folder of one name: written in this order, `x/target` would be a file of the link's target.
  const outer = mktree(repository.folder, [
    `120000 blob ${link}\tx`,
    `040000 tree ${inner}\tx`,
    `100644 blob ${blob}\t..`,
  ])
  const commit = repository.git('commit-tree', '-m', 'crafted', outer)

  const tree = await read(t, repository.folder, commit)

  assert.equal(readFileSync(join(folder, 'target'), 'utf8'), 'untouched')
  assert.equal(existsSync(join(tree.folder, '..', 'f')), false)
})

test('behavior: a file that is too large to be an offer is left out and named', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ 'a.yaml': 'a', 'big.yaml': 'x'.repeat(10 * 1024 * 1024 + 1) })

  const tree = await read(t, repository.folder, 'HEAD')

  assert.deepEqual(
    tree.skipped.map(({ path }) => path),
    ['big.yaml'],
  )
  assert.deepEqual(filesIn(tree.folder), { 'a.yaml': 'a' })
})

test('error: what is no commit of a repository', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ f: '1' })
  repository.git('checkout', '--quiet', '--orphan', 'other')
  repository.commit({ f: '2' })
  repository.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD')
  const noRepository = tempFolder(t)
  // What an error leaves behind would be found here.
  const temporary = tempFolder(t)
  const usual = process.env['TMPDIR']
  process.env['TMPDIR'] = temporary
  t.after(() => {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
  })

  for (const ref of ['', '-x', '--upload-pack=touch x', '...', 'a\u0000b', 'a\nb']) {
    await assert.rejects(read(t, repository.folder, ref), { code: 'OBOL-B007', exitCode: 64 }, ref)
  }
  for (const ref of ['nope', 'HEAD:f', 'main..HEAD', '0'.repeat(40)]) {
    await assert.rejects(read(t, repository.folder, ref), { code: 'OBOL-B004' }, ref)
  }
  await assert.rejects(read(t, repository.folder, 'trunk'), { hint: 'obol plan --base origin/trunk' })
  await assert.rejects(read(t, repository.folder, 'main...'), { code: 'OBOL-B006' })
  await assert.rejects(read(t, noRepository, 'HEAD'), { code: 'OBOL-B002' })
  await assert.rejects(read(t, join(repository.folder, '.git'), 'HEAD'), { code: 'OBOL-B002' })
  assert.deepEqual(readdirSync(temporary), [])
})

test('error: a shallow clone that does not reach the base says how to fetch more', async (t) => {
  const repository = openTestRepository(t)
  const first = repository.commit({ f: '1' })
  repository.git('checkout', '--quiet', '-b', 'change')
  repository.commit({ f: '2' })
  repository.git('checkout', '--quiet', 'main')
  repository.commit({ f: '3' })
  const clone = tempFolder(t)
  const shallow = openTestRepository(t, clone)
  const url = `file://${repository.folder}`
  shallow.git('fetch', '--quiet', '--depth=1', url, 'change:change', 'main:refs/remotes/origin/main')
  shallow.git('checkout', '--quiet', 'change')

  assert.equal((await read(t, clone, 'origin/main')).commit, repository.git('rev-parse', 'main'))
  await assert.rejects(read(t, clone, 'origin/main...'), { code: 'OBOL-B005', hint: 'git fetch --deepen=100' })
  await assert.rejects(read(t, clone, first), { code: 'OBOL-B005' })
  await assert.rejects(read(t, clone, 'origin/next'), (error: { code: string; hint: string }) => {
    assert.equal(error.code, 'OBOL-B005')
    assert.match(error.hint, /^git fetch origin \+refs\/heads\/next:/)
    return true
  })
})

test('error: a partial clone without the files is not filled by planning', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ 'a.yaml': 'old' })
  repository.commit({ 'a.yaml': 'new' })
  repository.git('config', 'uploadpack.allowFilter', 'true')
  const parent = tempFolder(t)
  const clone = join(parent, 'clone')
  openTestRepository(t, parent).git('clone', '--quiet', '--filter=blob:none', `file://${repository.folder}`, clone)
  const before = fingerprint(join(clone, '.git'))

  assert.deepEqual(filesIn((await read(t, clone, 'HEAD')).folder), { 'a.yaml': 'new' })
  await assert.rejects(read(t, clone, 'HEAD~1'), { code: 'OBOL-B008' })
  assert.equal(fingerprint(join(clone, '.git')), before)
})

test('error: no git, and an end from outside', async (t) => {
  const repository = openTestRepository(t)
  repository.commit({ f: '1' })
  const ended = AbortSignal.abort(new Error('enough'))

  await assert.rejects(read(t, repository.folder, 'HEAD', { env: { PATH: '/nonexistent' } }), { code: 'OBOL-B001' })
  await assert.rejects(read(t, repository.folder, 'HEAD', { signal: ended }), { message: 'enough' })
})

function place(folder: string): { folder: string; env: typeof GIT_ENV; signal: AbortSignal } {
  return { folder, env: GIT_ENV, signal: new AbortController().signal }
}

function mktree(folder: string, entries: readonly string[]): string {
  const input = entries.map((entry) => `${entry}\n`).join('')
  return execFileSync('git', ['mktree'], { cwd: folder, env: GIT_ENV, encoding: 'utf8', input }).trim()
}
