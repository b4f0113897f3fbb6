import { ObolError } from '../../errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../../errors/sandbox.ts'
import { isJsonObject, type JsonValue } from '../../util/json.ts'

/**
 * One JSON-RPC call to a local chain; resolves to its result.
 * @throws ObolError OBOL-S008 when the node answers with an error, or not at all. SIDE EFFECTS: one HTTP request.
 */
export async function rpc(url: string, method: string, params: readonly JsonValue[] = []): Promise<JsonValue> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) }).then(
    (response): Promise<unknown> => response.json(),
    (cause: unknown) => {
      throw new ObolError(SANDBOX_ERRORS.CHAIN_CALL_FAILED, { details: [`${method}: no answer from ${url}`], cause })
    },
  )
  const { result, error } = isJsonObject(answer) ? answer : {}
  if (result !== undefined) return result
  const message = isJsonObject(error) ? String(error['message']) : 'the answer is no JSON-RPC'
  throw new ObolError(SANDBOX_ERRORS.CHAIN_CALL_FAILED, { details: [`${method}: ${message}`] })
}
