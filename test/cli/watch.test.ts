import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { retryPause } from '../../src/cli/retry-pause.ts'
import type { Fault } from '../../src/sandbox/serve.ts'
import { foreignPatch, OBOL_YAML, offer, openShop, openWorkspace, type Shop } from '../e2e/shop.ts'
import type { CliRun } from '../support/run-cli.ts'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')

type Watch = {
  /** Resolves once the output since the last call holds the pattern; returns that output. Fails after ten seconds. */
  until(pattern: RegExp): Promise<string>
  /** Output since the last `until`. */
  rest(): string
  stop(): Promise<CliRun>
}

/** Starts `obol watch`; stopped with the test at the latest. */
function startWatch(t: TestContext, shop: Pick<Shop, 'obol'>, args: readonly string[]): Watch {
  const stop = new AbortController()
  const output = createOutput()
  const running = shop.obol(['watch', ...args], { signal: stop.signal, onWrite: (_, text) => output.write(text) })
  const end = async (): Promise<CliRun> => {
    stop.abort()
    return running
  }
  t.after(end)
  return { until: output.until, rest: output.rest, stop: end }
}

function createOutput(): { write(text: string): void } & Pick<Watch, 'until' | 'rest'> {
  let text = ''
  let wake: () => void = () => undefined
  return {
    write: (more) => {
      text += more
      wake()
    },
    until: async (pattern) => {
      const limit = AbortSignal.timeout(10_000)
      while (!pattern.test(text)) {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        const fail = (): void => reject(new Error(`${pattern} did not come; there is:\n${text}`))
        limit.addEventListener('abort', fail)
        wake = resolve
        await promise.finally(() => limit.removeEventListener('abort', fail))
      }
      const found = text
      text = ''
      return found
    },
    rest: () => text,
  }
}

test('default: a plan at the start, another after an edit, none while nothing changes; Ctrl-C is a normal end', async (t) => {
  const rounds = new EventEmitter()
  const shop = await openShop(t, {
    // Once in a round.
    onRequest: ({ path }) => void (path === '/version' && rounds.emit('round')),
  })
  const watch = startWatch(t, shop, ['--interval', '1'])
  assert.match(await watch.until(/Plan: .*\n/), /\+ ServiceOffer {2}default\/hello/)
  await once(rounds, 'round')
  await once(rounds, 'round')
  assert.equal(watch.rest(), '', 'the second round has come to its end')
  shop.write('offers/second.yaml', offer('second'))
  const second = await watch.until(/Plan: .*\n/)
  assert.match(second, /default\/second/)
  assert.match(second, /Plan: 2 to create/)
  const run = await watch.stop()
  assert.equal(run.exitCode, 0)
  assert.equal(run.stderr, '')
  assert.equal(shop.journal(), '')
  assert.deepEqual(new Set(shop.requests.map((line) => line.split(' ')[0])), new Set(['GET']))
})

test('behavior: a broken file is told once and recovered from', async (t) => {
  const shop = await openShop(t)
  const watch = startWatch(t, shop, [])
  await watch.until(/Plan: 1 to create/)
  shop.write('offers/hello.yaml', 'a: [')
  const told = await watch.until(/OBOL-O001[\s\S]*obol validate\n/)
  assert.match(told, /offers\/hello\.yaml:1:/)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "5"'))
  assert.match(await watch.until(/Plan: .*\n/), /5 USDC per million tokens/)
  const run = await watch.stop()
  assert.equal(run.exitCode, 0)
  assert.match(run.stderr, /OBOL-O001/)
  assert.ok(!run.stdout.includes('OBOL-O001'), 'errors are talk')
})

test('behavior: --apply converges after an edit, and after a foreign change at the next interval', async (t) => {
  const shop = await openShop(t)
  const watch = startWatch(t, shop, ['--apply', '--interval', '1'])
  await watch.until(/Applied: 1 created/)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "5"'))
  await watch.until(/Applied: 1 configured/)
  assert.deepEqual(priceOf(shop), { perMTok: '5' })
  await foreignPatch(shop, 'hello', { spec: { payment: { price: { perRequest: '0.9' } } } })
  const repaired = await watch.until(/Applied: 1 configured.*\n/)
  assert.match(repaired, /null-out: kubectl-patch\/Update/)
  assert.deepEqual(priceOf(shop), { perMTok: '5' })
  assert.equal((await watch.stop()).exitCode, 0)
  assert.deepEqual(readdirSync(join(shop.folder, 'state', 'locks')), [])
})

test('behavior: --apply does not prune beyond the ceiling, nor change the rest then', async (t) => {
  const names = ['a', 'b', 'c', 'd']
  const files = Object.fromEntries(names.map((name) => [`offers/${name}.yaml`, offer(name)]))
  const shop = await openShop(t, { files })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const before = shop.stored()
  for (const name of names) shop.remove(`offers/${name}.yaml`)
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "5"'))
  const watch = startWatch(t, shop, ['--apply', '--prune'])
  await watch.until(/OBOL-P008[\s\S]*--max-prune 4/)
  assert.equal(shop.stored(), before)
  assert.equal((await watch.stop()).exitCode, 0)
})

test('behavior: a failure is told once and tried again by itself', async (t) => {
  let fault: Fault | undefined = { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } }
  const shop = await openShop(t, { onRequest: () => fault })
  const watch = startWatch(t, shop, ['--apply'])
  assert.match(await watch.until(/OBOL-K034[\s\S]*next.*\n/), /config\/kubeconfig\.yaml/)
  fault = undefined
  await watch.until(/Applied: 1 created/)
  assert.equal((await watch.stop()).exitCode, 0)
})

test('behavior: the pauses after failures double up to five minutes', () => {
  assert.deepEqual([1, 2, 3, 4].map(retryPause), [1_000, 2_000, 4_000, 8_000])
  assert.deepEqual([9, 10, 100].map(retryPause), [256_000, 300_000, 300_000])
})

test('behavior: --json is one document a line, failures too', async (t) => {
  const shop = await openShop(t)
  const watch = startWatch(t, shop, ['--json'])
  await watch.until(/\n/)
  shop.write('offers/hello.yaml', 'a: [')
  await watch.until(/\n/)
  const run = await watch.stop()
  const documents = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(documents[0].summary.create, 1)
  assert.equal(documents[1].error.code, 'OBOL-O001')
  assert.equal(run.stderr, '')
})

test('behavior: what obol.yaml names later is watched as well', async (t) => {
  const shop = await openShop(t)
  const watch = startWatch(t, shop, [])
  await watch.until(/Plan: 1 to create/)
  shop.write('more/other.yaml', offer('other'))
  shop.write('obol.yaml', OBOL_YAML.replace('id: shop-1', 'id: shop-1, offers: [offers, more]'))
  await watch.until(/Plan: 2 to create/)
  shop.write('more/other.yaml', offer('other', 'perMTok: "7"'))
  await watch.until(/7 USDC per million tokens/)
  assert.equal((await watch.stop()).exitCode, 0)
})

test('error: another apply holds the workspace; watch waits its turn', async (t) => {
  const { promise: release, resolve: open } = Promise.withResolvers<void>()
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const shop = await openShop(t, {
    onRequest: async ({ method }) => {
      if (method !== 'PATCH') return undefined
      reach()
      await release
      return undefined
    },
  })
  const other = shop.obol(['apply', '--yes'])
  await reached
  const watch = startWatch(t, shop, ['--apply'])
  await watch.until(/OBOL-A001/)
  open()
  assert.equal((await other).exitCode, 0)
  await watch.until(/1 unchanged/)
})

test('error: no workspace, and nothing is made of it', async (t) => {
  const workspace = openWorkspace(t)
  workspace.remove('obol.yaml')
  const run = await workspace.obol(['watch', '--apply', '--workspace', workspace.folder])
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-W001/)
  assert.ok(!readdirSync(workspace.folder).includes('state'))
})

for (const [name, hangs] of [
  ['while it waits', false],
  ['in the middle of a request', true],
] as const) {
  test(`behavior: a real process ends on SIGINT with 0 ${name}, and leaves nothing behind`, async (t) => {
    const { promise: hanging, resolve: hang } = Promise.withResolvers<void>()
    const shop = await openShop(t, {
      onRequest: () => {
        if (hangs) hang()
        return hangs ? 'hang' : undefined
      },
    })
    const env = { PATH: process.env['PATH'], HOME: shop.folder, OBOL_WORKSPACE: shop.folder }
    const child = spawn(process.execPath, [BIN, 'watch', '--apply'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = createOutput()
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.write(String(chunk)))
    const ended = once(child, 'close')
    t.after(() => child.kill('SIGKILL'))
    await (hangs ? hanging : output.until(/Applied: 1 created/))
    child.kill('SIGINT')
    const [exitCode, signal] = await ended
    assert.deepEqual({ exitCode, signal }, { exitCode: 0, signal: null })
    assert.deepEqual(readdirSync(join(shop.folder, 'state', 'locks')), [])
    assert.doesNotMatch(output.rest(), /error/)
    if (!hangs) assert.match(readFileSync(join(shop.folder, 'state', 'journal.jsonl'), 'utf8'), /run-finished/)
  })
}

function priceOf(shop: Shop): unknown {
  const spec: unknown = shop.live('hello')?.['spec']
  return JSON.parse(JSON.stringify(spec)).payment.price
}
