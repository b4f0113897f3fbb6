import { request as httpsRequest } from 'node:https'
import type { JsonValue } from '../../src/util/json.ts'

export type ApiRequest = {
  /** `https://127.0.0.1:6443` */
  readonly url: string
  /** PEM of the authority that the server's certificate is checked against. */
  readonly ca: string
  readonly token: string
  readonly method: string
  readonly path: string
  readonly body?: JsonValue
  /** Default `application/json`. */
  readonly contentType?: string
  /** Default 10 s. */
  readonly timeoutMs?: number
}

export type ApiResponse = { readonly status: number; readonly text: string; json(): unknown }

/** SIDE EFFECTS: one HTTPS request on its own connection. Rejects when the server cannot be reached, not for a status. */
export function apiRequest(options: ApiRequest): Promise<ApiResponse> {
  const { url, ca, token, method, path, body, contentType = 'application/json', timeoutMs = 10_000 } = options
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
  if (payload !== undefined) headers['Content-Type'] = contentType
  const signal = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(new URL(path, url), { method, headers, ca, agent: false, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text, json: () => JSON.parse(text) }))
    })
    sent.once('error', reject)
    sent.end(payload)
  })
}
