import assert from 'node:assert/strict'
import { request as httpsRequest } from 'node:https'
import { type TestContext, test } from 'node:test'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonObject, jsonAt } from '../../src/util/json.ts'
import { CONFIG_MAPS, configMap, type TestSandbox, withSandbox } from './with-sandbox.ts'

type Watch = {
  /** The next event, as `TYPE name`; `end` when the server ended the stream. */
  next(): Promise<string>
  readonly events: JsonObject[]
}

const ACCEPT_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

/** Opens a watch that ends with the test. */
async function watch(
  t: TestContext,
  { target }: TestSandbox,
  query: string,
  accept = 'application/json',
): Promise<Watch> {
  const events: JsonObject[] = []
  const waiting: ((line: string) => void)[] = []
  const lines: string[] = []
  const push = (line: string): void => {
    const next = waiting.shift()
    if (next === undefined) lines.push(line)
    else next(line)
  }
  const headers = { authorization: `Bearer ${target.adminToken}`, accept }
  const sent = httpsRequest(`${target.url}${CONFIG_MAPS}?watch=1${query}`, {
    headers,
    rejectUnauthorized: false,
    agent: false,
  })
  t.after(() => sent.destroy())
  // The connection is cut when the test is over.
  sent.on('error', () => undefined)
  const response = await new Promise<NodeJS.ReadableStream>((resolve) => sent.on('response', resolve).end())
  let rest = ''
  response.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString('utf8')}`.split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const event: unknown = JSON.parse(part)
      assert.ok(isJsonObject(event))
      events.push(event)
      push(`${String(event['type'])} ${String(jsonAt(event, ['object', 'metadata', 'name']) ?? '')}`.trim())
    }
  })
  response.on('end', () => push('end'))
  return {
    events,
    next: () => {
      const line = lines.shift()
      return line === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(line)
    },
  }
}

async function create({ request }: TestSandbox, name: string, labels: JsonObject = {}): Promise<JsonObject> {
  return (await request({ method: 'POST', path: CONFIG_MAPS, body: configMap(name, {}, { labels }) })).body
}

async function merge({ request }: TestSandbox, name: string, body: JsonObject): Promise<void> {
  const contentType = 'application/merge-patch+json'
  const answer = await request({ method: 'PATCH', path: `${CONFIG_MAPS}/${name}`, contentType, body })
  assert.equal(answer.code, 200)
}

async function remove({ request }: TestSandbox, name: string): Promise<void> {
  assert.equal((await request({ method: 'DELETE', path: `${CONFIG_MAPS}/${name}` })).code, 200)
}

const versionOf = (object: JsonValue | undefined): string => String(jsonAt(object, ['metadata', 'resourceVersion']))

test('default: from a version on', async (t) => {
  const server = await withSandbox(t)
  const first = await create(server, 'one')
  await create(server, 'two')
  const stream = await watch(t, server, `&resourceVersion=${versionOf(first)}`)
  assert.equal(await stream.next(), 'ADDED two')
  await merge(server, 'one', { data: { a: '1' } })
  assert.equal(await stream.next(), 'MODIFIED one')
  await remove(server, 'one')
  assert.equal(await stream.next(), 'DELETED one')
  // A deletion has a version of its own, from which a watch may go on.
  assert.ok(Number(versionOf(stream.events[2]?.['object'])) > Number(versionOf(stream.events[1]?.['object'])))
})

test('behavior: without a version everything that is there comes first', async (t) => {
  const server = await withSandbox(t)
  await create(server, 'one')
  await create(server, 'two')
  const stream = await watch(t, server, '')
  assert.deepEqual([await stream.next(), await stream.next()], ['ADDED one', 'ADDED two'])
  await create(server, 'three')
  assert.equal(await stream.next(), 'ADDED three')
})

test('behavior: a no-op write is no event', async (t) => {
  const server = await withSandbox(t)
  const first = await create(server, 'one')
  const stream = await watch(t, server, `&resourceVersion=${versionOf(first)}`)
  await merge(server, 'one', {})
  await create(server, 'two')
  assert.equal(await stream.next(), 'ADDED two')
})

test('behavior: what stops being selected is deleted for the watcher', async (t) => {
  const server = await withSandbox(t)
  const stream = await watch(t, server, '&labelSelector=app%3Da')
  await create(server, 'other')
  await create(server, 'one', { app: 'a' })
  assert.equal(await stream.next(), 'ADDED one')
  await merge(server, 'one', { metadata: { labels: { app: 'b' } } })
  assert.equal(await stream.next(), 'DELETED one')
  await merge(server, 'one', { metadata: { labels: { app: 'a' } } })
  assert.equal(await stream.next(), 'ADDED one')
  await remove(server, 'other')
  await remove(server, 'one')
  assert.equal(await stream.next(), 'DELETED one')
})

test('behavior: one object by field selector', async (t) => {
  const server = await withSandbox(t)
  const stream = await watch(t, server, '&fieldSelector=metadata.name%3Dtwo')
  await create(server, 'one')
  await create(server, 'two')
  assert.equal(await stream.next(), 'ADDED two')
})

test('behavior: bookmarks while idle, for who allows them', async (t) => {
  const server = await withSandbox(t, { bookmarkInterval: 5 })
  const first = await create(server, 'one')
  const stream = await watch(t, server, `&allowWatchBookmarks=true&resourceVersion=${versionOf(first)}`)
  assert.equal(await stream.next(), 'BOOKMARK')
  assert.deepEqual(stream.events[0], {
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: versionOf(first) } },
  })
})

test('behavior: initial events end with a bookmark that says so', async (t) => {
  const server = await withSandbox(t)
  await create(server, 'one')
  const query = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  const stream = await watch(t, server, query)
  assert.deepEqual([await stream.next(), await stream.next()], ['ADDED one', 'BOOKMARK'])
  const annotations = jsonAt(stream.events[1], ['object', 'metadata', 'annotations'])
  assert.deepEqual(annotations, { 'k8s.io/initial-events-end': 'true' })
})

test('behavior: it ends when its time is up', async (t) => {
  const server = await withSandbox(t)
  const stream = await watch(t, server, '&timeoutSeconds=0&allowWatchBookmarks=true')
  assert.deepEqual([await stream.next(), await stream.next()], ['BOOKMARK', 'end'])
})

test('behavior: it ends when the server stops', async (t) => {
  const server = await withSandbox(t)
  const stream = await watch(t, server, '')
  await server.sandbox.stop()
  assert.equal(await stream.next(), 'end')
})

test('error: a version that is too old is one ERROR event, 410', async (t) => {
  const server = await withSandbox(t)
  const first = await create(server, 'one')
  await create(server, 'two')
  server.sandbox.forgetHistory()
  const stream = await watch(t, server, `&resourceVersion=${versionOf(first)}`)
  assert.deepEqual([await stream.next(), await stream.next()], ['ERROR', 'end'])
  assert.equal(jsonAt(stream.events[0], ['object', 'code']), 410)
  assert.equal(jsonAt(stream.events[0], ['object', 'reason']), 'Expired')
})

test('behavior: as tables, of which the first has the columns', async (t) => {
  const server = await withSandbox(t)
  await create(server, 'one')
  await create(server, 'two')
  const stream = await watch(t, server, '', ACCEPT_TABLE)
  await stream.next()
  await stream.next()
  const columns = stream.events.map((event) => jsonAt(event, ['object', 'columnDefinitions']))
  assert.deepEqual(
    columns.map((list) => (Array.isArray(list) ? list.length : -1)),
    [3, 0],
  )
  assert.equal(jsonAt(stream.events[1], ['object', 'rows', 0, 'cells', 0]), 'two')
})
