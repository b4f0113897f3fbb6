import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { suite, type TestContext, test } from 'node:test'
import { type LatencyProxyOptions, startLatencyProxy } from '../../tools/latency-proxy/latency-proxy.ts'

async function serve(t: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `127.0.0.1:${isAddress(address) ? address.port : 0}`
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

async function proxied(t: TestContext, options: LatencyProxyOptions) {
  const proxy = await startLatencyProxy(options)
  t.after(() => proxy.stop())
  const open = () => {
    const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true, noDelay: true })
    t.after(() => socket.destroy())
    return socket
  }
  return { proxy, open }
}

const echo = (socket: Socket) => void socket.pipe(socket)

suite('startLatencyProxy', () => {
  test('default: 10 ms each way, and one round trip for a new connection', async (t) => {
    const { proxy, open } = await proxied(t, { target: await serve(t, echo) })
    const socket = open()
    const roundTrip = async () => {
      const before = performance.now()
      socket.write('x')
      await once(socket, 'data')
      return performance.now() - before
    }
    assert.ok((await roundTrip()) >= 39)
    assert.ok((await roundTrip()) >= 20)
    assert.equal(proxy.connections(), 1)
  })

  test('behavior: bytes keep their order and count, and the end comes last', async (t) => {
    const { open } = await proxied(t, { target: await serve(t, echo), delayMs: 3 })
    const socket = open()
    const sent = randomBytes(2_000_000)
    for (let at = 0; at < sent.length; at += 9_973) socket.write(sent.subarray(at, at + 9_973))
    socket.end()
    const received: Buffer[] = []
    for await (const part of socket) received.push(part)
    assert.ok(Buffer.concat(received).equals(sent))
  })

  test('behavior: delays overlap, so many small messages cost one delay', async (t) => {
    const delayMs = 50
    const { open } = await proxied(t, { target: await serve(t, echo), delayMs })
    const socket = open()
    const before = performance.now()
    const sending = (async () => {
      for (let i = 0; i < 100; i++) {
        socket.write('x')
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    for (let got = 0; got < 100; ) {
      const [part]: Buffer[] = await once(socket, 'data')
      got += part?.length ?? 0
    }
    await sending
    assert.ok(performance.now() - before < 100 * delayMs)
  })

  test('behavior: stop cuts what is open and frees the port', async (t) => {
    const { proxy, open } = await proxied(t, { target: await serve(t, echo), delayMs: 1 })
    const sockets = [open(), open()]
    for (const socket of sockets) {
      socket.write('x')
      await once(socket, 'data')
    }
    assert.equal(proxy.connections(), 2)
    const cut = sockets.map((socket) =>
      once(
        socket.on('error', () => undefined).on('end', () => socket.end()),
        'close',
      ),
    )
    await proxy.stop()
    await Promise.all(cut)
    const late = open()
    await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' })
  })

  test('error: a target that refuses ends the connection', async (t) => {
    const { proxy, open } = await proxied(t, { target: '127.0.0.1:1', delayMs: 1 })
    const socket = open()
    socket.on('error', () => undefined).on('end', () => socket.end())
    socket.resume()
    await once(socket, 'close')
    assert.equal(proxy.connections(), 1)
  })
})
