import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchEvent } from '../../src/cluster/types.ts'
import { splitLines } from '../../src/cluster/watch.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { CONFIG_MAPS, connect, obolError, sendJson, sendStatus, startFakeApi, targetOf } from './fake-api.ts'

const line = (type: string, object: JsonObject) => `${JSON.stringify({ type, object })}\n`
const named = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

async function collect(events: AsyncIterable<WatchEvent>): Promise<readonly WatchEvent[]> {
  const all: WatchEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('default: events and bookmarks until the server ends the watch', async (t) => {
  const api = await startFakeApi(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(line('ADDED', named('a')))
    response.write(line('MODIFIED', named('a')) + line('BOOKMARK', { metadata: { resourceVersion: '12' } }))
    response.end(line('DELETED', named('a')))
  })
  const cluster = await connect(t, targetOf(api.url))
  assert.deepEqual(await collect(cluster.watch(CONFIG_MAPS, '7')), [
    { type: 'added', object: named('a') },
    { type: 'modified', object: named('a') },
    { type: 'bookmark', resourceVersion: '12' },
    { type: 'deleted', object: named('a') },
  ])
  const query = new URL(api.requests[0]?.split(' ')[1] ?? '', api.url).searchParams
  assert.equal(query.get('resourceVersion'), '7')
  assert.equal(query.get('allowWatchBookmarks'), 'true')
})

test('behavior: lines come out whole however the bytes are cut', async () => {
  const lines = ['{"ü":"€"}', '', 'x'.repeat(50), '🦀']
  for (let size = 1; size < 12; size++) {
    const found: string[] = []
    for await (const text of splitLines(chunksOf(`${lines.join('\n')}\ntorn`, size))) found.push(text)
    assert.deepEqual(found, lines)
  }
})

test('behavior: watches do not use up the connections of other requests', async (t) => {
  const api = await startFakeApi(t, ({ url }, response) => {
    if (!url?.includes('watch=')) return sendJson(response, 200, { gitVersion: 'v' })
    response.writeHead(200, { 'content-type': 'application/json' }).write(line('ADDED', named('a')))
  })
  const cluster = await connect(t, targetOf(api.url), { concurrency: 1 })
  const stop = new AbortController()
  const watches = [1, 2].map(() => cluster.watch(CONFIG_MAPS, '1', stop.signal)[Symbol.asyncIterator]())
  for (const watch of watches) assert.equal((await watch.next()).done, false)
  assert.equal(await cluster.version(), 'v')
  stop.abort()
  for (const watch of watches) assert.equal((await watch.next()).done, true)
})

test('behavior: an abort before the start, and a consumer that stops early, end the request', async (t) => {
  const closed = Promise.withResolvers<void>()
  const api = await startFakeApi(t, (request, response) => {
    request.socket.once('close', () => closed.resolve())
    response.writeHead(200, { 'content-type': 'application/json' }).write(line('ADDED', named('a')))
  })
  const cluster = await connect(t, targetOf(api.url))
  assert.deepEqual(await collect(cluster.watch(CONFIG_MAPS, '1', AbortSignal.abort())), [])
  assert.equal(api.requests.length, 0)
  for await (const event of cluster.watch(CONFIG_MAPS, '1')) {
    assert.equal(event.type, 'added')
    break
  }
  await closed.promise
})

test('error: 410 as a status and as an event is retryable', async (t) => {
  const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }
  const api = await startFakeApi(t, (_, response, count) => {
    if (count === 1) sendStatus(response, 410, 'Expired', 'too old')
    else response.writeHead(200, { 'content-type': 'application/json' }).end(line('ERROR', gone))
  })
  const cluster = await connect(t, targetOf(api.url))
  assert.equal(CLUSTER_ERRORS.WATCH_EXPIRED.retryable, true)
  for (let i = 0; i < 2; i++) {
    await assert.rejects(collect(cluster.watch(CONFIG_MAPS, '1')), obolError(CLUSTER_ERRORS.WATCH_EXPIRED.code))
  }
})

test('error: another error event, a line that is no event, HTML, and a cut connection', async (t) => {
  const api = await startFakeApi(t, (request, response, count) => {
    response.writeHead(200, { 'content-type': count === 3 ? 'text/html' : 'application/json' })
    if (count === 1) response.end(line('ERROR', { kind: 'Status', code: 500, message: 'etcd' }))
    else if (count < 4) response.end('secret\n')
    else response.write(line('ADDED', named('a')), () => request.socket.destroy())
  })
  const cluster = await connect(t, targetOf(api.url))
  for (const { code } of [
    CLUSTER_ERRORS.SERVER_FAILED,
    CLUSTER_ERRORS.NOT_KUBERNETES,
    CLUSTER_ERRORS.NOT_KUBERNETES,
    CLUSTER_ERRORS.CONNECTION_LOST,
  ]) {
    await assert.rejects(collect(cluster.watch(CONFIG_MAPS, '1')), obolError(code))
  }
})
