import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { forwardPort } from '../../src/cluster/port-forward.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { SIGNER_ERRORS } from '../../src/errors/signer.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { listen, obolError, sendJson, sendStatus, targetOf } from './fake-api.ts'

const SERVICE = { namespace: 'agents', service: 'remote-signer', port: 9000 }
const OBJECT = {
  metadata: { name: 'remote-signer' },
  spec: { ports: [{ name: 'http', port: 9000, targetPort: 'api' }] },
}
const SLICE = {
  ports: [{ name: 'http', port: 19000 }],
  endpoints: [
    { conditions: { ready: false }, targetRef: { kind: 'Pod', name: 'starting' } },
    { conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'signer-0' } },
  ],
}
const POD_PATH = '/api/v1/namespaces/agents/pods/signer-0/portforward?ports=19000'

type Options = {
  readonly service?: JsonObject
  readonly slices?: readonly JsonObject[]
  /** HTTP status in place of the stream. */
  readonly refuse?: number
  /** What the node says in place of the Pod's answer. */
  readonly failure?: string
}

/** An API server with one Service, whose Pod answers any request with `hello`; counts the streams. */
async function startApi(t: TestContext, options: Options = {}) {
  const streams: string[] = []
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/apis/discovery.k8s.io/v1/namespaces/agents/endpointslices?')) {
      return sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: options.slices ?? [SLICE] })
    }
    if (url.startsWith('/api/v1/namespaces/agents/services/')) {
      return options.service === undefined
        ? sendStatus(response, 404, 'NotFound', 'services not found')
        : sendJson(response, 200, options.service)
    }
    sendStatus(response, 500, 'InternalError', `not expected: ${url}`)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    streams.push(`${request.url} ${request.headers.authorization}`)
    if (options.refuse !== undefined) return void socket.end(`HTTP/1.1 ${options.refuse} No\r\n\r\n`)
    serveStream(request, socket, options.failure)
  })
  const { port } = await listen(t, server)
  return { target: targetOf(`http://127.0.0.1:${port}`), streams }
}

/** Each channel of `v4.channel.k8s.io` begins with the port; 0 is data, 1 is what went wrong. */
function serveStream(request: IncomingMessage, socket: Socket, failure: string | undefined): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n`,
  )
  const port = Buffer.alloc(2)
  port.writeUInt16LE(19000)
  for (const channel of [0, 1]) socket.write(frame(Buffer.concat([Buffer.from([channel]), port])))
  socket.on('data', (bytes) => {
    const { opcode, payload } = unframe(bytes)
    if (opcode !== 2 || payload[0] !== 0) return
    const [channel, text] = failure === undefined ? [0, ANSWER] : [1, failure]
    socket.write(frame(Buffer.concat([Buffer.from([channel]), Buffer.from(text)])))
  })
}

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello'

/** A binary frame of RFC 6455 without mask, of at most 125 bytes. */
function frame(payload: Buffer): Buffer {
  assert.ok(payload.length < 126)
  return Buffer.concat([Buffer.from([0x82, payload.length]), payload])
}

/** The first frame of a client, which is masked; lengths of up to 64 KB. */
function unframe(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer } {
  const short = (bytes[1] ?? 0) & 0x7f
  const [start, length] = short === 126 ? [4, bytes.readUInt16BE(2)] : [2, short]
  const mask = bytes.subarray(start, start + 4)
  const payload = bytes.subarray(start + 4, start + 4 + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0))
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: Buffer.from(payload) }
}

test('default: connections go to the port of a ready Pod, with the credentials of the target', async (t) => {
  const { target, streams } = await startApi(t, { service: OBJECT })
  const forward = await forwardPort(target, SERVICE)
  t.after(() => forward.close())
  assert.match(forward.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  for (const path of ['/one', '/two']) assert.equal(await (await fetch(`${forward.url}${path}`)).text(), 'hello')
  assert.equal(forward.failure(), undefined)
  // One to try, one for each connection.
  assert.deepEqual(streams, Array(3).fill(`${POD_PATH} Bearer secret-token`))
  await forward.close()
  await assert.rejects(fetch(forward.url))
})

test('error: what the node says behind the port is kept', async (t) => {
  const { target } = await startApi(t, { service: OBJECT, failure: 'connection refused in the Pod' })
  const forward = await forwardPort(target, SERVICE)
  t.after(() => forward.close())
  await assert.rejects(fetch(forward.url))
  assert.equal(forward.failure(), 'connection refused in the Pod')
})

test('error: no Service, no such port, no ready Pod', async (t) => {
  const notReady = { ...SLICE, endpoints: SLICE.endpoints.slice(0, 1) }
  const cases: readonly (readonly [Options, number])[] = [
    [{}, 9000],
    [{ service: OBJECT }, 9001],
    [{ service: OBJECT, slices: [] }, 9000],
    [{ service: OBJECT, slices: [notReady] }, 9000],
  ]
  for (const [options, port] of cases) {
    const { target, streams } = await startApi(t, options)
    await assert.rejects(forwardPort(target, { ...SERVICE, port }), obolError(SIGNER_ERRORS.SERVICE.code))
    assert.deepEqual(streams, [])
  }
})

test('error: a refused stream says why, and nothing stays open', async (t) => {
  const { FORBIDDEN, UNAUTHORIZED } = CLUSTER_ERRORS
  const cases = [
    [403, FORBIDDEN.code],
    [401, UNAUTHORIZED.code],
    [500, SIGNER_ERRORS.PORT_FORWARD.code],
  ] as const
  for (const [refuse, code] of cases) {
    const { target } = await startApi(t, { service: OBJECT, refuse })
    await assert.rejects(forwardPort(target, SERVICE), obolError(code))
  }
})
