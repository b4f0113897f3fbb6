import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type RequestOptions, request } from 'node:https'
import type { Server } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { createAuthority } from '../../tools/control-plane/create-authority.ts'
import {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
} from '../../tools/recording-proxy/recording-proxy.ts'

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function proxied(
  t: TestContext,
  listener: RequestListener,
  onRequest?: FaultProxyOptions['onRequest'],
): Promise<FaultProxy> {
  const target = `http://127.0.0.1:${await listen(t, createServer(listener))}`
  const proxy = await startFaultProxy({ target, ...(onRequest === undefined ? {} : { onRequest }) })
  t.after(() => proxy.stop())
  return proxy
}

async function send(
  proxy: FaultProxy,
  path: string,
  options: RequestOptions = {},
  body = '',
): Promise<IncomingMessage> {
  const sent = request(new URL(path, proxy.url), { ca: proxy.ca, agent: false, ...options })
  sent.end(body)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  assert.ok(response)
  return response
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  return Buffer.concat(parts).toString()
}

const echo: RequestListener = async (incoming, response) => {
  response.writeHead(201, { 'X-Saw': `${incoming.method} ${incoming.url} ${incoming.headers.authorization}` })
  response.end(await textOf(incoming))
}

suite('startFaultProxy', () => {
  test('default: passes on what comes and records it without credentials', async (t) => {
    const proxy = await proxied(t, echo)
    const headers = { Authorization: 'Bearer hush', 'Content-Type': 'application/json' }
    const response = await send(proxy, '/a?b=c', { method: 'PATCH', headers }, '{"x":1}')
    assert.equal(response.statusCode, 201)
    assert.equal(response.headers['x-saw'], 'PATCH /a?b=c Bearer hush')
    assert.equal(await textOf(response), '{"x":1}')
    assert.deepEqual(proxy.requests, [
      { method: 'PATCH', path: '/a?b=c', contentType: 'application/json', body: '{"x":1}' },
    ])
  })

  test('behavior: the target may speak TLS', async (t) => {
    const authority = createAuthority('target')
    const port = await listen(t, createTlsServer(authority.issueServer(), echo))
    const proxy = await startFaultProxy({ target: `https://127.0.0.1:${port}`, ca: authority.cert })
    t.after(() => proxy.stop())
    assert.equal((await send(proxy, '/')).statusCode, 201)
  })

  test('behavior: canned answers, which the target never sees', async (t) => {
    let seen = 0
    const listener: RequestListener = (_, response) => {
      seen++
      response.end('passed')
    }
    const proxy = await proxied(t, listener, ({ path }) => {
      if (path === '/busy') return { kind: 'respond', status: 429, headers: { 'Retry-After': '7' } }
      const headers = { 'Content-Type': 'text/html' }
      return path === '/page' ? { kind: 'respond', status: 502, headers, body: '<html>' } : undefined
    })
    const busy = await send(proxy, '/busy')
    assert.deepEqual([busy.statusCode, busy.headers['retry-after'], await textOf(busy)], [429, '7', ''])
    const page = await send(proxy, '/page')
    assert.deepEqual([page.statusCode, page.headers['content-type'], await textOf(page)], [502, 'text/html', '<html>'])
    assert.equal(seen, 0)
    assert.equal(await textOf(await send(proxy, '/other')), 'passed')
    assert.equal(seen, 1)
    assert.equal(proxy.requests.length, 3)
  })

  test('behavior: a reset comes before the target, a lost answer after it', async (t) => {
    const seen: unknown[] = []
    const listener: RequestListener = (incoming, response) => {
      seen.push(incoming.url)
      response.end('done')
    }
    const proxy = await proxied(t, listener, ({ path }) => ({ kind: path === '/reset' ? 'reset' : 'lose-answer' }))
    await assert.rejects(send(proxy, '/reset'), { code: 'ECONNRESET' })
    assert.deepEqual(seen, [])
    await assert.rejects(send(proxy, '/lost', { method: 'POST' }), { code: 'ECONNRESET' })
    assert.deepEqual(seen, ['/lost'])
  })

  test('behavior: a hanging request ends with the client or with the proxy', async (t) => {
    const arrived: string[] = []
    const proxy = await proxied(t, echo, ({ path }) => {
      arrived.push(path)
      return { kind: 'hang' }
    })
    await assert.rejects(send(proxy, '/', { signal: AbortSignal.timeout(100) }), { name: 'AbortError' })
    const hanging = assert.rejects(send(proxy, '/'), { code: 'ECONNRESET' })
    while (arrived.length < 2) await new Promise((resolve) => setImmediate(resolve))
    await proxy.stop()
    await hanging
  })

  test('behavior: a request is held until onRequest has decided', async (t) => {
    const gate = Promise.withResolvers<undefined>()
    const order: string[] = []
    const listener: RequestListener = (_, response) => {
      order.push('target')
      response.end()
    }
    const proxy = await proxied(t, listener, () => {
      order.push('held')
      return gate.promise
    })
    const sending = send(proxy, '/')
    while (order.length < 1) await new Promise((resolve) => setImmediate(resolve))
    order.push('released')
    gate.resolve(undefined)
    await sending
    assert.deepEqual(order, ['held', 'released', 'target'])
  })

  test('behavior: a watch streams, and ends at the target when the client leaves', async (t) => {
    const targetSide = Promise.withResolvers<{
      readonly write: (text: string) => void
      readonly ended: Promise<unknown>
    }>()
    const proxy = await proxied(t, (_, response) => {
      const ended = once(response, 'close')
      response.writeHead(200)
      response.flushHeaders()
      targetSide.resolve({ write: (text) => void response.write(text), ended })
    })
    const response = await send(proxy, '/watch')
    const { write, ended } = await targetSide.promise
    for (const event of ['one\n', 'two\n']) {
      write(event)
      const [part]: unknown[] = await once(response, 'data')
      assert.equal(String(part), event)
    }
    response.destroy()
    await ended
  })

  test('error: a target that cannot be reached gives 502, a callback that throws a reset', async (t) => {
    const proxy = await startFaultProxy({
      target: 'http://127.0.0.1:1',
      onRequest: ({ path }) => {
        if (path === '/throw') throw new Error('in the test')
        return undefined
      },
    })
    t.after(() => proxy.stop())
    assert.equal((await send(proxy, '/')).statusCode, 502)
    await assert.rejects(send(proxy, '/throw'), { code: 'ECONNRESET' })
  })
})
