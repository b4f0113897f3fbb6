import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { test } from 'node:test'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { readSources } from '../../src/offers/read-sources.ts'
import { tempFolder } from './temp-folder.ts'

const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path)
const codes = (problems: readonly { readonly code: string }[]) => problems.map(({ code }) => code)

test('default: a folder with its subfolders, sorted; dotfiles and other files skipped', async (t) => {
  const base = tempFolder(t, {
    'offers/b.yaml': 'b',
    'offers/a.yml': 'a',
    'offers/sub/c.JSON': 'c',
    'offers/.hidden.yaml': 'x',
    'offers/.git/d.yaml': 'x',
    'offers/notes.txt': 'x',
    'offers/yaml': 'x',
  })
  const { files, problems } = await readSources(['offers'], { base })
  assert.deepEqual(files, [
    { path: 'offers/a.yml', text: 'a' },
    { path: 'offers/b.yaml', text: 'b' },
    { path: 'offers/sub/c.JSON', text: 'c' },
  ])
  assert.deepEqual(problems, [])
})

test('behavior: a file is read once, under whatever name it is found', async (t) => {
  const base = tempFolder(t, { 'offers/a.yaml': 'a', 'offers/notes.txt': 'n' })
  const { files, problems } = await readSources(['offers/a.yaml', './offers', 'offers', 'offers/notes.txt'], { base })
  assert.deepEqual(paths(files), ['offers/a.yaml', 'offers/notes.txt'])
  assert.deepEqual(problems, [])
})

test('behavior: a path outside of the base folder is shown with ..', async (t) => {
  const base = tempFolder(t, { 'a.yaml': 'a', 'ws/b.yaml': 'b' })
  const { files } = await readSources([join(base, 'a.yaml'), '.'], { base: join(base, 'ws') })
  assert.deepEqual(paths(files), ['../a.yaml', 'b.yaml'])
})

test('behavior: - is standard input', async () => {
  async function* stdin() {
    yield Buffer.from('ki')
    yield Buffer.from('nd: Offer')
  }
  assert.deepEqual(await readSources(['-'], { base: '/', stdin: stdin() }), {
    files: [{ path: '-', text: 'kind: Offer' }],
    problems: [],
  })
  assert.deepEqual(codes((await readSources(['-'], { base: '/' })).problems), [OFFER_ERRORS.SOURCE_UNREADABLE.code])
})

test('behavior: links are followed, loops once', async (t) => {
  const base = tempFolder(t, { 'offers/a.yaml': 'a', 'elsewhere/b.yaml': 'b' })
  symlinkSync(join(base, 'elsewhere'), join(base, 'offers/linked'))
  symlinkSync(join(base, 'elsewhere/b.yaml'), join(base, 'offers/c.yaml'))
  symlinkSync(join(base, 'offers'), join(base, 'offers/loop'))
  const { files, problems } = await readSources(['offers'], { base })
  assert.deepEqual(paths(files), ['offers/a.yaml', 'offers/c.yaml', 'offers/linked/b.yaml'])
  assert.deepEqual(problems, [])
})

test('behavior: a byte order mark is taken off', async (t) => {
  const base = tempFolder(t, { 'a.yaml': '\ufeffkind: Offer' })
  assert.equal((await readSources(['a.yaml'], { base })).files[0]?.text, 'kind: Offer')
})

test('behavior: an empty folder is a warning', async (t) => {
  const base = tempFolder(t, { 'offers/notes.txt': '' })
  const { problems } = await readSources(['offers'], { base })
  assert.deepEqual(
    problems.map(({ severity, code, file }) => ({ severity, code, file })),
    [{ severity: 'warning', code: OFFER_ERRORS.SOURCE_EMPTY.code, file: 'offers' }],
  )
})

test('error: a file over 10 MiB is refused without being read, one of 10 MiB is not', async (t) => {
  const max = 10 * 1024 * 1024
  const base = tempFolder(t, {
    'big.yaml': new Uint8Array(max + 1).fill(35),
    'full.yaml': new Uint8Array(max).fill(35),
  })
  const { files, problems } = await readSources(['.'], { base })
  assert.deepEqual(paths(files), ['full.yaml'])
  assert.deepEqual(codes(problems), [OFFER_ERRORS.SOURCE_TOO_LARGE.code])
})

test('error: standard input over the limit is refused without an end', async () => {
  async function* endless() {
    for (;;) yield new Uint8Array(1000)
  }
  const { problems } = await readSources(['-'], { base: '/', stdin: endless(), maxBytes: 5000 })
  assert.deepEqual(codes(problems), [OFFER_ERRORS.SOURCE_TOO_LARGE.code])
})

test('error: every path that cannot be read is reported', async (t) => {
  const base = tempFolder(t, { 'latin1.yaml': new Uint8Array([0x61, 0xe9, 0x0a]), 'ok.yaml': 'a' })
  symlinkSync('nowhere', join(base, 'broken.yaml'))
  const { files, problems } = await readSources(['.', 'missing.yaml', 'missing-too'], { base })
  assert.deepEqual(paths(files), ['ok.yaml'])
  assert.deepEqual(problems.map(({ file, code }) => `${file} ${code}`).sort(), [
    `broken.yaml ${OFFER_ERRORS.SOURCE_UNREADABLE.code}`,
    `latin1.yaml ${OFFER_ERRORS.SOURCE_NOT_TEXT.code}`,
    `missing-too ${OFFER_ERRORS.SOURCE_UNREADABLE.code}`,
    `missing.yaml ${OFFER_ERRORS.SOURCE_UNREADABLE.code}`,
  ])
})

test('error: a named pipe is not waited for', async (t) => {
  const base = tempFolder(t)
  execFileSync('mkfifo', [join(base, 'pipe.yaml')])
  const { problems } = await readSources(['pipe.yaml'], { base })
  assert.deepEqual(codes(problems), [OFFER_ERRORS.SOURCE_UNREADABLE.code])
})

// The superuser may read anything.
if (getuid?.() !== 0) {
  test('error: what may not be read is reported', async (t) => {
    const base = tempFolder(t, { 'offers/a.yaml': 'a' })
    mkdirSync(join(base, 'offers/locked'))
    chmodSync(join(base, 'offers/a.yaml'), 0o000)
    chmodSync(join(base, 'offers/locked'), 0o000)
    const { files, problems } = await readSources(['offers'], { base })
    chmodSync(join(base, 'offers/locked'), 0o700)
    assert.deepEqual(files, [])
    assert.equal(codes(problems).filter((code) => code === OFFER_ERRORS.SOURCE_UNREADABLE.code).length, 2)
  })
}
