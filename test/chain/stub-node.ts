import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type StubCall = { readonly id: unknown; readonly method: string; readonly params: readonly unknown[] }
/** A result, `{ error }`, or a whole HTTP answer. */
export type StubAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } }
  | { readonly status: number; readonly body: string }

export type StubNode = {
  readonly port: number
  readonly url: string
  /** Methods in the order of arrival; one inner list per HTTP request. */
  readonly requests: (readonly string[])[]
  readonly headers: IncomingMessage['headers'][]
  stop(): Promise<void>
}

/** A JSON-RPC server that answers as `answer` says; undefined: never. `batches: false` refuses batches like old nodes. */
export async function startStubNode(
  answer: (call: StubCall) => StubAnswer | undefined,
  options: { readonly batches?: boolean } = {},
): Promise<StubNode> {
  const requests: (readonly string[])[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const body: StubCall | StubCall[] = JSON.parse(text)
    const calls = Array.isArray(body) ? body : [body]
    requests.push(calls.map(({ method }) => method))
    headers.push(request.headers)
    if (Array.isArray(body) && options.batches === false) {
      response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32600, message: 'batches not served' } }))
      return
    }
    const said = calls.map(answer)
    const broken = said.find((one) => one !== undefined && 'status' in one)
    if (broken !== undefined && 'status' in broken) {
      response.writeHead(broken.status).end(broken.body)
      return
    }
    if (said.includes(undefined)) return
    const answers = said.map((one, i) => ({ jsonrpc: '2.0', id: calls[i]?.id, ...one }))
    response.setHeader('content-type', 'application/json')
    // A batch may be answered in any order.
    response.end(JSON.stringify(Array.isArray(body) ? answers.reverse() : answers[0]))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    headers,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
