import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { codesIn, hasStack, offer, openShop, openWorkspace, type Shop, seen } from './shop.ts'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')
/** A device on which every write fails with ENOSPC (Linux). */
const FULL = '/dev/full'
const skip = existsSync(FULL) ? false : `${FULL} is not there`

/** Apply ends with OBOL-A003 before anything is sent; a plan still works. */
async function refusesToApply(shop: Shop, reason: RegExp): Promise<void> {
  const before = shop.stored()
  const run = await shop.obol(['apply', '--yes'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-A003']], seen(run))
  assert.match(run.stderr, reason)
  assert.match(run.stderr, /next {2}df -h \S+state && ls -ld \S+state/)
  assert.ok(!hasStack(seen(run)))
  assert.equal(shop.stored(), before)
  assert.deepEqual(
    shop.requests.filter((line) => !line.startsWith('GET ')),
    [],
  )
}

test('error: a journal that cannot grow stops the run before the write it cannot record; the next one goes on', async (t) => {
  const shop = await openShop(t, { files: { 'offers/second.yaml': offer('second') } })
  // Files may have one block of 512 bytes: the second or third record does not fit, as on a disk that fills up.
  const script = `trap '' XFSZ; ulimit -f 1; exec "$0" "$1" apply --yes --concurrency 1`
  const child = spawn('/bin/sh', ['-c', script, process.execPath, BIN], {
    env: { PATH: process.env['PATH'], HOME: shop.folder, OBOL_WORKSPACE: shop.folder, NODE_DISABLE_COMPILE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  assert.deepEqual([exitCode, codesIn(stderr)], [1, ['OBOL-A003']], stdout + stderr)
  assert.match(stderr, /EFBIG[\s\S]*next {2}df -h \S+state && ls -ld \S+state/)
  assert.ok(!hasStack(stdout + stderr))
  const intended = shop.journal().match(/"type":"apply-intended".*\n/g)?.length ?? 0
  const sent = shop.requests.filter((line) => line.startsWith('PATCH ')).length
  assert.ok(sent <= intended && sent < 2, `${sent} sent, ${intended} recorded`)
  assert.doesNotMatch(shop.journal(), /\n$/, 'the last record is torn')
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 0)
  for (const name of ['hello', 'second']) {
    assert.equal(shop.sandbox.revisions(`ServiceOffer.obol.org/default/${name}`).length, 1)
  }
})

test('error: a file where the state folder should be stops the apply, not the plan', async (t) => {
  const shop = await openShop(t, { files: { state: 'a file' } })
  await refusesToApply(shop, /E(EXIST|NOTDIR)/)
  shop.remove('state')
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
})

test('error: a folder where the journal should be', async (t) => {
  const shop = await openShop(t)
  mkdirSync(join(shop.folder, 'state', 'journal.jsonl'), { recursive: true })
  const run = await shop.obol(['apply', '--yes'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-A003']])
  assert.deepEqual(shop.requests, [])
})

test('error: a damaged journal stops the apply; the hint puts it aside', async (t) => {
  const shop = await openShop(t, { files: { 'state/journal.jsonl': '{"v":1,"type":"object-applied","run":"r"}\n' } })
  const run = await shop.obol(['apply', '--yes'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-A012']])
  const hint = /next {2}mv (\S+) (\S+)\n/.exec(run.stderr)
  assert.equal(hint?.[1], join(shop.folder, 'state', 'journal.jsonl'))
  assert.equal(shop.live('hello'), undefined)
})

test('behavior: a cache that cannot be written costs time, nothing else', { skip }, async (t) => {
  const shop = await openShop(t, { files: { 'no-folder': '' } })
  for (const folder of [join(shop.folder, 'no-folder'), FULL]) {
    const run = await shop.obol(['plan'], { env: { XDG_CACHE_HOME: folder } })
    assert.equal(run.exitCode, 0, seen(run))
    assert.equal(run.stderr, '')
  }
})

test('error: init where it cannot write', async (t) => {
  const workspace = openWorkspace(t, { place: 'a file' })
  const run = await workspace.obol(['init', 'place/shop'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-U011']], seen(run))
  assert.ok(!hasStack(run.stderr))
  assert.equal(readFileSync(join(workspace.folder, 'place'), 'utf8'), 'a file')
})

test('error: an output that cannot be written', { skip }, async () => {
  const full = openSync(FULL, 'w')
  const child = spawn(process.execPath, [BIN, '--help'], { stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  assert.ok(child.stderr !== null)
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')])
  assert.deepEqual([exitCode, codesIn(stderr)], [1, ['OBOL-U011']], stderr)
  assert.match(stderr, /ENOSPC/)
  assert.ok(!hasStack(stderr))
})
