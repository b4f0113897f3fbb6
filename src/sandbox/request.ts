import type { JsonValue } from '../util/json.ts'
import type { User } from './users.ts'

/** A request as the handlers see it. */
export type SandboxRequest = {
  readonly method: string
  /** Decoded path without the query: `/api/v1/namespaces/llm/services`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** The body as it came: protobuf is not text. */
  readonly bytes: Buffer
  readonly user: User
}

/** What a handler answers. Times come from the server, so replies carry data only. */
export type Reply =
  | {
      readonly type: 'json'
      readonly code: number
      readonly body: JsonValue
      readonly warnings?: readonly string[]
      readonly contentType?: string
    }
  | { readonly type: 'text'; readonly code: number; readonly text: string; readonly location?: string }
  | { readonly type: 'document'; readonly json: string; readonly etag: string }
  /** A stream of lines; `start` sends events until it is stopped, and says by `end` that it is done. */
  | { readonly type: 'stream'; readonly start: (send: (event: JsonValue) => void, end: () => void) => () => void }

export function jsonReply(body: JsonValue, code = 200, warnings: readonly string[] = []): Reply {
  return { type: 'json', code, body, ...(warnings.length === 0 ? {} : { warnings }) }
}
