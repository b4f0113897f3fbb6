import { Agent, request } from 'node:https'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { isJsonObject } from '../../src/util/json.ts'

export type RawRequest = {
  readonly method: string
  readonly path: string
  readonly body?: JsonValue
  /** Default `application/json`. */
  readonly contentType?: string
}

export type RawAnswer = { readonly status: number; readonly body: JsonObject }

/** Requests as other clients send them, over connections that are kept. */
export type RawHttp = {
  /** SIDE EFFECTS: one request. Rejects when no answer came within 20 s. */
  send(request: RawRequest): Promise<RawAnswer>
  close(): void
}

export function openRawHttp(server: { readonly url: string; readonly caPem: string; readonly token: string }): RawHttp {
  const agent = new Agent({ keepAlive: true, ca: server.caPem, maxSockets: 16 })
  const { hostname, port } = new URL(server.url)
  const send = ({ method, path, body, contentType = 'application/json' }: RawRequest): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body)
      const headers: Record<string, string> = { authorization: `Bearer ${server.token}`, accept: 'application/json' }
      if (payload !== undefined) headers['content-type'] = contentType
      const sent = request({ hostname, port, path, method, headers, agent, timeout: 20_000 }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.once('error', reject)
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: parse(text) }))
      })
      sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 20 s`)))
      sent.once('error', reject)
      sent.end(payload)
    })
  return { send, close: () => agent.destroy() }
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : { message: text }
  } catch {
    return { message: text }
  }
}
