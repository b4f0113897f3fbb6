import assert from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ConnectOptions } from '../../src/cluster/connect.ts'
import { PermissionError } from '../../src/cluster/permission-error.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { createAuthority } from '../../tools/control-plane/create-authority.ts'
import {
  CONFIG_MAPS,
  connect,
  type FakeApi,
  type Handler,
  listen,
  obolError,
  type Slept,
  sendJson,
  sendStatus,
  startFakeApi,
  targetOf,
} from './fake-api.ts'

type Setup = { readonly api: FakeApi; readonly cluster: ClusterWriter & Slept }

async function setup(t: TestContext, handler: Handler, options: ConnectOptions = {}): Promise<Setup> {
  const api = await startFakeApi(t, handler)
  return { api, cluster: await connect(t, targetOf(api.url), options) }
}

const MANIFEST = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } }
const apply = (cluster: ClusterWriter) => cluster.apply(CONFIG_MAPS, MANIFEST, { fieldManager: 'obol', force: false })
const base64 = (text: string) => Buffer.from(text).toString('base64')

test('default: answers are unpacked, and requests one after another share a connection', async (t) => {
  const { api, cluster } = await setup(t, (request, response) => {
    assert.equal(request.headers['accept-encoding'], 'gzip')
    const body = gzipSync(JSON.stringify({ gitVersion: 'v1.37.2' }))
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body)
  })
  assert.equal(await cluster.version(), 'v1.37.2')
  assert.equal(await cluster.version(), 'v1.37.2')
  assert.equal(api.connections(), 1)
  assert.equal(cluster.requestCount(), 2)
})

test('behavior: no more connections than the concurrency allows', async (t) => {
  const { api, cluster } = await setup(t, (_, response) => sendJson(response, 200, { gitVersion: 'v' }), {
    concurrency: 2,
  })
  await Promise.all(Array.from({ length: 10 }, () => cluster.version()))
  assert.equal(api.connections(), 2)
})

test('behavior: 429 is obeyed, also for a write that may not be repeated; Retry-After is honoured up to a limit', async (t) => {
  const { api, cluster } = await setup(t, (_, response, count) => {
    const after = { 1: '7', 2: '3600' }[count]
    if (after === undefined) return sendJson(response, 200, MANIFEST)
    response.writeHead(429, { 'retry-after': after, 'content-type': 'text/plain' }).end('Too many requests')
  })
  const result = await cluster.patchJson(CONFIG_MAPS, 'a', [{ op: 'add', path: '/data', value: {} }], 'obol')
  assert.equal(result.result, 'ok')
  assert.deepEqual(cluster.pauses, [7_000, 30_000])
  assert.equal(api.requests.length, 3)
})

test('behavior: reads and applies survive 500, 503 and a lost connection', async (t) => {
  const { api, cluster } = await setup(t, (request, response, count) => {
    if (count % 4 === 1) sendStatus(response, 500, 'InternalError', 'etcd is busy')
    else if (count % 4 === 2) response.writeHead(503, { 'content-type': 'text/html' }).end('<html>')
    else if (count % 4 === 3) request.socket.destroy()
    else sendJson(response, 200, MANIFEST)
  })
  assert.deepEqual(await cluster.get(CONFIG_MAPS, 'a'), MANIFEST)
  assert.equal((await apply(cluster)).result, 'ok')
  assert.equal(api.requests.length, 8)
})

test('behavior: a patch without a resourceVersion is not repeated, one with it is', async (t) => {
  const { api, cluster } = await setup(t, (_, response) => sendStatus(response, 503, 'ServiceUnavailable', 'busy'))
  const code = CLUSTER_ERRORS.SERVER_FAILED.code
  const add = { op: 'add', path: '/data/a', value: 'b' }
  await assert.rejects(cluster.patchJson(CONFIG_MAPS, 'a', [add], 'obol'), obolError(code))
  assert.equal(api.requests.length, 1)
  const guard = { op: 'replace', path: '/metadata/resourceVersion', value: '7' }
  await assert.rejects(cluster.patchJson(CONFIG_MAPS, 'a', [guard, add], 'obol'), obolError(code))
  assert.equal(api.requests.length, 6)
})

test('behavior: a lost answer to a guarded patch ends as `changed`, for the caller to read again', async (t) => {
  const { cluster } = await setup(t, (request, response, count) => {
    if (count === 1) request.socket.destroy()
    else sendStatus(response, 409, 'Conflict', 'the object has been modified')
  })
  const guard = { op: 'replace', path: '/metadata/resourceVersion', value: '7' }
  assert.equal((await cluster.patchJson(CONFIG_MAPS, 'a', [guard], 'obol')).result, 'changed')
})

test('behavior: pages are followed where a server insists, and restarted once after 410', async (t) => {
  const items = (name: string) => [{ metadata: { name } }]
  const metadata = (next: string) => ({ resourceVersion: '9', ...(next === '' ? {} : { continue: next }) })
  const { api, cluster } = await setup(t, ({ url }, response, count) => {
    const page = new URL(url ?? '', 'http://x').searchParams.get('continue')
    if (page === null) sendJson(response, 200, { kind: 'ConfigMapList', metadata: metadata('t&1'), items: items('a') })
    else if (count === 2) sendStatus(response, 410, 'Expired', 'too old')
    else sendJson(response, 200, { kind: 'ConfigMapList', metadata: metadata(''), items: items(page) })
  })
  const list = await cluster.list(CONFIG_MAPS, { labelSelector: 'a=b' })
  assert.deepEqual(list.items, [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 't&1' } },
  ])
  assert.equal(list.resourceVersion, '9')
  assert.equal(api.requests.length, 4)
  assert.ok(api.requests.every((line) => line.includes('labelSelector=a%3Db') && !line.includes('limit=')))
})

test('behavior: a server below a path keeps its prefix, and the index cannot send our token elsewhere', async (t) => {
  const api = await startFakeApi(t, ({ url }, response) => {
    if (url === '/k8s/c1/version') return sendJson(response, 200, { gitVersion: 'v' })
    sendJson(response, 200, { paths: { 'api/v1': { serverRelativeURL: 'https://evil.example/' } } })
  })
  const cluster = await connect(t, targetOf(`${api.url}/k8s/c1`))
  assert.equal(await cluster.version(), 'v')
  const index = await cluster.openApiIndex()
  await assert.rejects(cluster.openApi(index.get('api/v1') ?? ''), obolError(CLUSTER_ERRORS.NOT_KUBERNETES.code))
  assert.deepEqual(api.requests, ['GET /k8s/c1/version', 'GET /k8s/c1/openapi/v3'])
})

test('error: 410 twice', async (t) => {
  const { cluster } = await setup(t, ({ url }, response) => {
    if (url?.includes('continue=')) sendStatus(response, 410, 'Expired', 'too old')
    else
      sendJson(response, 200, { kind: 'ConfigMapList', metadata: { resourceVersion: '1', continue: 'x' }, items: [] })
  })
  await assert.rejects(cluster.list(CONFIG_MAPS), obolError(CLUSTER_ERRORS.LIST_EXPIRED.code))
})

test('error: HTML, plain text, torn JSON and a redirect name path and content type, never the body', async (t) => {
  const answers: readonly (readonly [number, string, string])[] = [
    [200, 'text/html; charset=utf-8', '<html>secret'],
    [200, 'text/plain', 'secret'],
    [200, 'application/json', '{"kind":"secret'],
    [200, 'application/json', '["secret"]'],
    [302, 'text/html', 'secret'],
    [403, 'text/html', 'secret'],
    [404, 'text/html', 'secret'],
  ]
  const { cluster } = await setup(t, (_, response, count) => {
    const [status = 500, type = '', body = ''] = answers[count - 1] ?? []
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  for (const [status, type] of answers) {
    const [media = ''] = type.split(';')
    const shown = [/GET \/api\/v1\/namespaces\/default\/configmaps/, new RegExp(`HTTP ${status}, .*${media}`)]
    await assert.rejects(
      cluster.list(CONFIG_MAPS, { labelSelector: 'secret' }),
      obolError(CLUSTER_ERRORS.NOT_KUBERNETES.code, ...shown),
    )
  }
})

test('error: 403 names verb, resource, namespace and user, with a command to check it', async (t) => {
  const { api, cluster } = await setup(t, (_, response) =>
    sendStatus(
      response,
      403,
      'Forbidden',
      'serviceoffers.obol.org is forbidden: User "ann" cannot list resource "serviceoffers" in API group "obol.org" in the namespace "llm"',
    ),
  )
  await assert.rejects(
    cluster.list({ apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace: 'llm' }),
    (error) => {
      const hint = /kubectl auth can-i list serviceoffers\.obol\.org --namespace=llm --context=test/
      obolError(
        CLUSTER_ERRORS.FORBIDDEN.code,
        /may not list serviceoffers\.obol\.org in namespace llm/,
        /user: ann/,
        hint,
      )(error)
      assert.ok(error instanceof PermissionError)
      assert.deepEqual(error.missing, {
        ...{ verb: 'list', resource: 'serviceoffers', group: 'obol.org', user: 'ann', namespace: 'llm' },
      })
      return true
    },
  )
  assert.equal(api.requests.length, 1)
})

test('error: a 403 that is not a missing permission is a rule of the cluster', async (t) => {
  const { cluster } = await setup(t, (_, response) =>
    sendStatus(response, 403, 'Forbidden', 'exceeded quota: compute, requested: 1'),
  )
  await assert.rejects(apply(cluster), obolError(CLUSTER_ERRORS.REFUSED_BY_ADMISSION.code, /exceeded quota/))
})

test('error: a kind that is not served, an odd status, 5xx and 429 to the end', async (t) => {
  const notServed = await setup(
    t,
    (_, response) =>
      void response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n'),
  )
  await assert.rejects(notServed.cluster.list(CONFIG_MAPS), obolError(CLUSTER_ERRORS.NOT_SERVED.code))
  assert.equal(await notServed.cluster.get(CONFIG_MAPS, 'a'), undefined)
  const odd = await setup(t, (_, response) => sendStatus(response, 406, 'NotAcceptable', 'only Table'))
  await assert.rejects(
    odd.cluster.version(),
    obolError(CLUSTER_ERRORS.UNEXPECTED_STATUS.code, /HTTP 406/, /only Table/),
  )
  const broken = await setup(
    t,
    (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<secret>'),
  )
  await assert.rejects(broken.cluster.version(), obolError(CLUSTER_ERRORS.SERVER_FAILED.code, /HTTP 502/))
  assert.equal(broken.api.requests.length, 5)
  const busy = await setup(t, (_, response) => void response.writeHead(429, { 'retry-after': '1' }).end())
  await assert.rejects(busy.cluster.version(), obolError(CLUSTER_ERRORS.TOO_MANY_REQUESTS.code))
  assert.deepEqual(busy.cluster.pauses, [1_000, 1_000, 1_000, 1_000])
})

test('error: silence before the answer and within it', async (t) => {
  const silent = await setup(t, () => undefined, { requestTimeoutMs: 50 })
  await assert.rejects(
    silent.cluster.version(),
    obolError(CLUSTER_ERRORS.RESPONSE_TIMEOUT.code, /no answer within 0\.05 s/),
  )
  assert.equal(silent.api.requests.length, 1)
  const stuck = await setup(
    t,
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    { requestTimeoutMs: 50 },
  )
  await assert.rejects(stuck.cluster.version(), obolError(CLUSTER_ERRORS.RESPONSE_TIMEOUT.code))
})

test('error: a connection that is cut in the middle of every answer', async (t) => {
  const { api, cluster } = await setup(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{', () => request.socket.destroy())
  })
  await assert.rejects(cluster.version(), obolError(CLUSTER_ERRORS.CONNECTION_LOST.code))
  assert.equal(api.requests.length, 5)
})

test('error: abort ends a request that waits for an answer, and one that waits for a retry', async (t) => {
  const asked = Promise.withResolvers<void>()
  const silent = await setup(t, () => asked.resolve())
  const stop = new AbortController()
  const waiting = silent.cluster.version(stop.signal)
  await asked.promise
  stop.abort()
  await assert.rejects(waiting, obolError(CLUSTER_ERRORS.INTERRUPTED.code))
  await assert.rejects(silent.cluster.version(stop.signal), obolError(CLUSTER_ERRORS.INTERRUPTED.code))

  const pausing = new AbortController()
  const sleep = async (_: number, signal: AbortSignal | undefined) => {
    pausing.abort()
    signal?.throwIfAborted()
  }
  const busy = await setup(t, (_, response) => void response.writeHead(503).end(), { retry: { sleep } })
  await assert.rejects(busy.cluster.version(pausing.signal), obolError(CLUSTER_ERRORS.INTERRUPTED.code))
  assert.equal(busy.api.requests.length, 1)
})

test('error: nothing listens, no such host, no connection in time, not http, not TLS', async (t) => {
  const closed = await connect(t, targetOf('http://user:secret@127.0.0.1:1'))
  await assert.rejects(
    closed.version(),
    obolError(CLUSTER_ERRORS.CONNECTION_REFUSED.code, /http:\/\/127\.0\.0\.1:1\b/, /context test/),
  )

  const nowhere = await connect(t, targetOf('http://obol-test.invalid'))
  await assert.rejects(nowhere.version(), obolError(CLUSTER_ERRORS.HOST_UNKNOWN.code))

  // It accepts the connection and never says a word of TLS.
  const mute = await listen(t, createServer())
  const slow = await connect(t, targetOf(`https://127.0.0.1:${mute.port}`, { cluster: { skipTlsVerify: true } }), {
    connectTimeoutMs: 50,
  })
  await assert.rejects(slow.version(), obolError(CLUSTER_ERRORS.UNREACHABLE.code, /no connection within 0\.05 s/))

  const gibberish = await listen(
    t,
    createServer((socket: Socket) => void socket.end('SSH-2.0-x\r\n')),
  )
  const notHttp = await connect(t, targetOf(`http://127.0.0.1:${gibberish.port}`))
  await assert.rejects(notHttp.version(), obolError(CLUSTER_ERRORS.NOT_KUBERNETES.code))
  const notTls = await connect(t, targetOf(`https://127.0.0.1:${gibberish.port}`, { cluster: { skipTlsVerify: true } }))
  await assert.rejects(notTls.version(), obolError(CLUSTER_ERRORS.TLS_FAILED.code))
})

test('error: a certificate of another authority, and one for another host; insecure-skip-tls-verify accepts both', async (t) => {
  const authority = createAuthority('right')
  const ca = base64(authority.cert)
  const api = await startFakeApi(
    t,
    (_, response) => sendJson(response, 200, { gitVersion: 'v' }),
    authority.issueServer(),
  )
  const versionWith = async (cluster: object) => (await connect(t, targetOf(api.url, { cluster }))).version()
  assert.equal(await versionWith({ caData: ca }), 'v')
  assert.equal(await versionWith({ caData: ca, tlsServerName: 'localhost' }), 'v')
  assert.equal(await versionWith({ skipTlsVerify: true }), 'v')
  const wrongAuthority = obolError(CLUSTER_ERRORS.CERTIFICATE_UNTRUSTED.code)
  await assert.rejects(versionWith({ caData: base64(createAuthority('wrong').cert) }), wrongAuthority)
  await assert.rejects(versionWith({}), wrongAuthority)
  const wrongHost = obolError(CLUSTER_ERRORS.CERTIFICATE_HOST.code)
  await assert.rejects(versionWith({ caData: ca, tlsServerName: 'other.example' }), wrongHost)
  assert.equal(api.requests.length, 3)
})

test('behavior: the fingerprint is of authority and URL, not of credentials', async (t) => {
  const fingerprintOf = async (url: string, caData?: string) =>
    (await connect(t, targetOf(url, { cluster: caData === undefined ? {} : { caData } }))).fingerprint
  const [a, b] = [base64(createAuthority('a').cert), base64(createAuthority('b').cert)]
  const plain = await fingerprintOf('https://x.example', a)
  assert.match(plain, /^[0-9a-f]{64}$/)
  assert.equal(await fingerprintOf('https://u:secret@x.example', a), plain)
  assert.notEqual(await fingerprintOf('https://x.example', b), plain)
  assert.notEqual(await fingerprintOf('https://y.example', a), plain)
})
