import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { codesIn, foreignPatch, hasStack, offer, openShop, type Shop } from './shop.ts'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

/** The command as a process of its own, in the workspace's folder. */
function start(t: TestContext, shop: Shop, args: readonly string[], input?: string) {
  const env = { PATH: process.env['PATH'], HOME: join(shop.folder, 'home'), XDG_CACHE_HOME: join(shop.folder, 'cache') }
  const child = spawn(process.execPath, [BIN, ...args], { cwd: shop.folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  child.stdin.end(input)
  const ended: Promise<Ended> = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [exitCode]]) => ({ exitCode, stdout, stderr }),
  )
  return { child, ended }
}

async function run(t: TestContext, shop: Shop, args: readonly string[], input?: string): Promise<Ended> {
  return start(t, shop, args, input).ended
}

test('default: every exit code, from the process itself', async (t) => {
  const shop = await openShop(t)
  const code = async (...args: string[]): Promise<number | null> => {
    const { exitCode, stdout, stderr } = await run(t, shop, args)
    assert.ok(!hasStack(stdout + stderr), stderr)
    return exitCode
  }
  assert.equal(await code('plan'), 0)
  assert.equal(await code('plan', '--exit-code'), 2)
  assert.equal(await code('apply'), 6)
  assert.equal(await code('apply', '--yes'), 0)
  assert.equal(await code('plan', '--exit-code'), 0)
  assert.equal(await code('plan', '--nonsense'), 64)
  await foreignPatch(shop, 'hello', { spec: { upstream: { port: 81 } } })
  assert.equal(await code('plan'), 4)
  assert.equal(await code('apply', '--yes'), 4)
  shop.write('offers/second.yaml', offer('second'))
  shop.write('offers/third.yaml', offer('third').replace('{ name: third }', '{ name: third, namespace: "9x" }'))
  shop.write(
    'offers/bad.yaml',
    'apiVersion: nobody.example/v1\nkind: Thing\nmetadata: { name: x, namespace: default }\n',
  )
  assert.equal(await code('apply', '--yes'), 3)
  shop.write('offers/bad.yaml', 'a: [')
  assert.equal(await code('apply', '--yes'), 1)
})

test('behavior: offers from standard input', async (t) => {
  const shop = await openShop(t)
  const { exitCode, stdout } = await run(t, shop, ['plan', '-'], offer('piped'))
  assert.equal(exitCode, 0)
  assert.match(stdout, /\+ ServiceOffer +default\/piped/)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`behavior: ${signal} ends a plan with 130`, async (t) => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
    const shop = await openShop(t, {
      onRequest: () => {
        reach()
        return 'hang'
      },
    })
    const { child, ended } = start(t, shop, ['plan'])
    await reached
    child.kill(signal)
    const { exitCode, stdout, stderr } = await ended
    assert.deepEqual([exitCode, stdout, codesIn(stderr)], [130, '', ['OBOL-U130']], stderr)
  })
}

test('behavior: a signal lets the write under way end, skips the rest, and the next apply goes on', async (t) => {
  const stop = new AbortController()
  const shop = await openShop(t, {
    files: { 'offers/second.yaml': offer('second') },
    onRequest: ({ method }) => void (method === 'PATCH' && stop.abort()),
  })
  const { exitCode, stdout } = await shop.obol(['apply', '--yes', '--concurrency', '1'], { signal: stop.signal })
  assert.equal(exitCode, 130)
  assert.match(stdout, /✓ created .*default\/hello/)
  assert.match(stdout, /skipped +.*default\/second/)
  assert.ok(shop.live('hello') !== undefined && shop.live('second') === undefined)
  assert.deepEqual(readdirSync(join(shop.folder, 'state', 'locks')), [])
  assert.match(shop.journal(), /run-finished/)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.equal(shop.sandbox.revisions('ServiceOffer.obol.org/default/hello').length, 1)
})

test('error: a process killed at the first write of a saved plan has used it up, and written nothing', async (t) => {
  let killFirst: (() => void) | undefined
  const shop = await openShop(t, {
    onRequest: ({ method }) => {
      if (method !== 'PATCH' || killFirst === undefined) return undefined
      killFirst()
      return 'drop'
    },
  })
  assert.equal((await run(t, shop, ['plan', '--out', 'plan.json'])).exitCode, 0)
  const before = shop.stored()
  const { child, ended } = start(t, shop, ['apply', '--yes', '--plan', 'plan.json'])
  killFirst = () => child.kill('SIGKILL')
  assert.equal((await ended).exitCode, null)
  killFirst = undefined
  assert.equal(shop.stored(), before)
  const again = await run(t, shop, ['apply', '--yes', '--plan', 'plan.json'])
  assert.deepEqual([again.exitCode, codesIn(again.stderr)], [5, ['OBOL-V003']], again.stderr)
  assert.equal(shop.stored(), before)
  assert.equal((await run(t, shop, ['apply', '--yes'])).exitCode, 0)
  assert.equal((await run(t, shop, ['plan', '--exit-code'])).exitCode, 0)
})
