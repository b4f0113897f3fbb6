import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Fault, RequestInfo } from '../../src/sandbox/serve.ts'
import { createAuthority } from '../../tools/control-plane/create-authority.ts'
import { codesIn, hasStack, offer, openShop, type Shop, seen } from './shop.ts'

/** A shop whose server misbehaves as long as `fault` says so. */
async function faultyShop(
  t: TestContext,
): Promise<{ readonly shop: Shop; fault: (info: RequestInfo) => Fault | undefined }> {
  const server = { fault: (_: RequestInfo): Fault | undefined => undefined }
  const shop = await openShop(t, { onRequest: (info) => server.fault(info) })
  return Object.assign(server, { shop })
}

/** Plan and apply end with this one code, write nothing, and show no stack. */
async function refuses(shop: Shop, code: string, args: readonly string[] = []): Promise<string> {
  const before = shop.stored()
  let text = ''
  for (const command of [['plan'], ['apply', '--yes'], ['status']]) {
    const run = await shop.obol([...command, ...args])
    assert.equal(run.exitCode, 1, seen(run))
    assert.equal(run.stdout, '')
    assert.deepEqual(codesIn(run.stderr), [code], run.stderr)
    assert.match(run.stderr, /\n {2}next {2}\S/)
    assert.ok(!hasStack(run.stderr), run.stderr)
    text += run.stderr
  }
  const json = await shop.obol(['plan', '--json', ...args])
  assert.equal(JSON.parse(json.stdout).error.code, code)
  assert.deepEqual([shop.stored(), shop.journal()], [before, ''])
  return text
}

const HTML = '<!doctype html><title>Log in</title>'
const status = (code: number, message: string): Fault => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code },
})

test('error: nothing listens, with the address and the kubeconfig in the hint', async (t) => {
  const shop = await openShop(t)
  await shop.sandbox.stop()
  const text = await refuses(shop, 'OBOL-K020')
  assert.ok(text.includes(shop.sandbox.url))
  assert.match(text, /kubectl cluster-info --kubeconfig config\/kubeconfig\.yaml/)
})

test('error: the certificate is of another authority', async (t) => {
  const shop = await openShop(t)
  const other = Buffer.from(createAuthority('other').cert).toString('base64')
  const config = shop.sandbox.kubeconfigOf('admin') ?? ''
  const ours = Buffer.from(shop.sandbox.caPem).toString('base64')
  const folded = config.replace(/(certificate-authority-data:)[\s\S]*?(\nusers:)/, `$1 ${other}$2`)
  assert.ok(!folded.includes(ours.slice(0, 60)))
  shop.write('config/kubeconfig.yaml', folded)
  await refuses(shop, 'OBOL-K025')
  assert.deepEqual(shop.requests, [])
})

test('error: the token has expired', async (t) => {
  const shop = await openShop(t)
  shop.write('config/kubeconfig.yaml', shop.sandbox.kubeconfigYaml.replaceAll(shop.sandbox.token, 'expired'))
  const text = await refuses(shop, 'OBOL-K030')
  assert.ok(!text.includes('expired\n'))
})

test('error: a login page instead of an API', async (t) => {
  const server = await faultyShop(t)
  server.fault = () => ({ status: 200, body: HTML, headers: { 'content-type': 'text/html' } })
  const text = await refuses(server.shop, 'OBOL-K034')
  assert.ok(!text.includes('Log in'))
  assert.match(text, /text\/html/)
})

test('error: no answer in time', async (t) => {
  const server = await faultyShop(t)
  server.fault = () => 'hang'
  const text = await refuses(server.shop, 'OBOL-K023', ['--request-timeout', '1'])
  assert.match(text, /no answer within 1 s/)
})

test('error: 500s that do not end, tried again before giving up', async (t) => {
  const server = await faultyShop(t)
  server.fault = ({ path }) => (path === '/version' ? status(500, 'etcdserver: leader changed') : undefined)
  const run = await server.shop.obol(['plan'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-K037']])
  assert.match(run.stderr, /etcdserver: leader changed/)
  assert.equal(server.shop.requests.filter((line) => line === 'GET /version').length, 5)
})

test('behavior: a 500, a lost connection and a 429 in between are overcome', async (t) => {
  const server = await faultyShop(t)
  const faults: Fault[] = [status(500, 'once'), 'drop', 'drop-after', { ...status429('0') }]
  server.fault = () => faults.shift()
  assert.equal((await server.shop.obol(['plan'])).exitCode, 0)
  assert.equal(faults.length, 0)
  faults.push(status(503, 'once'), 'drop-after', { ...status429('0') })
  server.fault = ({ method }) => (method === 'PATCH' ? faults.shift() : undefined)
  const run = await server.shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 0, seen(run))
  assert.equal(faults.length, 0)
  assert.equal(server.shop.sandbox.revisions('ServiceOffer.obol.org/default/hello').length, 1, 'made once')
})

function status429(retryAfter: string): Exclude<Fault, string> {
  return { status: 429, body: 'Too many requests', headers: { 'retry-after': retryAfter } }
}

test('behavior: Retry-After is waited for', async (t) => {
  const server = await faultyShop(t)
  const times: number[] = []
  server.fault = ({ path }) => {
    if (path !== '/version') return undefined
    times.push(performance.now())
    return times.length === 1 ? status429('1') : undefined
  }
  assert.equal((await server.shop.obol(['plan'])).exitCode, 0)
  assert.equal(times.length, 2)
  const waited = (times[1] ?? 0) - (times[0] ?? 0)
  assert.ok(waited >= 1_000, `${waited} ms`)
})

test('error: a server that fails one write says so, and the rest is applied', async (t) => {
  const server = await faultyShop(t)
  server.shop.write('offers/second.yaml', offer('second'))
  server.fault = ({ method, path }) =>
    method === 'PATCH' && path.endsWith('/second') ? status(507, 'no room') : undefined
  const run = await server.shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 3, seen(run))
  assert.match(run.stdout, /✓ created .*default\/hello/)
  assert.match(run.stdout, /✗ failed .*default\/second/)
  assert.match(run.stdout, /HTTP 507.*no room/)
  assert.match(server.shop.journal(), /"type":"step-failed"/)
  server.fault = () => undefined
  assert.equal((await server.shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.equal((await server.shop.obol(['plan', '--exit-code'])).exitCode, 0)
})

test('error: a missing permission is named, verb and all, and all of them at once', async (t) => {
  const shop = await openShop(t, {
    files: { 'offers/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, namespace: team }\n' },
    sandbox: { users: [{ name: 'guest', rules: [] }] },
  })
  const run = await shop.obol(['plan', '--context', 'obol-sandbox-guest'])
  assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-K031']])
  assert.match(run.stderr, /may not list serviceoffers\.obol\.org in namespace default/)
  assert.match(run.stderr, /may not get configmaps in namespace team/)
  const write = await shop.obol(['apply', '--yes', '--context', 'obol-sandbox-reader'])
  assert.equal(write.exitCode, 1)
  assert.match(write.stdout, /may not patch serviceoffers\.obol\.org in namespace default/)
  assert.match(write.stdout, /next kubectl auth can-i patch serviceoffers\.obol\.org --namespace=default/)
  assert.equal(shop.live('hello'), undefined)
})

test('error: with OBOL_DEBUG=1 the stack shows, otherwise never', async (t) => {
  const shop = await openShop(t)
  await shop.sandbox.stop()
  const plain = await shop.obol(['plan'])
  assert.ok(!hasStack(seen(plain)))
  const debug = await shop.obol(['plan'], { env: { OBOL_DEBUG: '1' } })
  assert.ok(hasStack(debug.stderr), debug.stderr)
  const json = JSON.parse((await shop.obol(['plan', '--json'], { env: { OBOL_DEBUG: '1' } })).stdout)
  assert.ok(json.error.stack.length > 1)
})
