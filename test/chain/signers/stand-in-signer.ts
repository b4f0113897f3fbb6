import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { privateKeyToAccount } from 'viem/accounts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/util/json.ts'
import { TEST_KEY } from '../../support/test-signer.ts'

type Options = {
  /** Which wire form it can read; the other one gets a 422. */
  readonly form?: 'strings' | 'numbers'
  readonly token?: string
  readonly keys?: JsonValue
  /** Version of the old images: v is 0 or 1. */
  readonly oldRecovery?: boolean
  /** Answers in place of the signer; false: go on. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Changes what is signed. */
  readonly twist?: (body: JsonObject) => JsonObject
}

/** A request as it came: `path` and the parsed body. */
export type Received = { readonly path: string; readonly body: JsonObject | undefined }

export type StandIn = { readonly url: string; readonly received: readonly Received[] }

const ACCOUNT = privateKeyToAccount(TEST_KEY)

/** The stack's remote signer over anvil's first key, on a free loopback port until the test ends. */
export async function standInSigner(t: TestContext, options: Options = {}): Promise<StandIn> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    answer(request, response, options, received).catch((error: unknown) =>
      send(response, 500, { error: String(error) }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, received }
}

export function send(response: ServerResponse, status: number, body: JsonValue): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: Options,
  received: Received[],
): Promise<void> {
  const body = await bodyOf(request)
  const path = request.url ?? ''
  received.push({ path, body })
  if (options.intercept?.(request, response) === true) return
  if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
    return send(response, 401, { error: `not the token: ${request.headers.authorization ?? 'none'}` })
  }
  if (path === '/api/v1/keys') return send(response, 200, { keys: options.keys ?? [ACCOUNT.address] })
  return sign(path, options.twist?.(body ?? {}) ?? body ?? {}, response, options)
}

async function sign(path: string, sent: JsonObject, response: ServerResponse, options: Options): Promise<void> {
  if (path === `/api/v1/sign/${ACCOUNT.address}/transaction`) {
    const number = options.form === 'numbers' ? 'number' : 'string'
    const isReadable = NUMBERS.every((name) => typeof sent[name] === number)
    return isReadable
      ? send(response, 200, { signed_transaction: await signTransaction(sent) })
      : send(response, 422, { error: `invalid type: expected ${number}` })
  }
  if (path === `/api/v1/sign/${ACCOUNT.address}/typed-data`) {
    const signature = await signTypedData(sent)
    const v = signature.endsWith('1b') ? '00' : '01'
    return send(response, 200, {
      signature: options.oldRecovery === true ? `${signature.slice(0, -2)}${v}` : signature,
    })
  }
  send(response, 404, { error: 'no such path' })
}

const NUMBERS = ['chain_id', 'nonce', 'gas_limit', 'max_fee_per_gas', 'max_priority_fee_per_gas', 'value']

function signTransaction(body: JsonObject): Promise<string> {
  return ACCOUNT.signTransaction({
    type: 'eip1559',
    chainId: Number(body['chain_id']),
    nonce: Number(body['nonce']),
    to: hex(body['to']),
    data: hex(body['data']),
    value: big(body['value']),
    gas: big(body['gas_limit']),
    maxFeePerGas: big(body['max_fee_per_gas']),
    maxPriorityFeePerGas: big(body['max_priority_fee_per_gas']),
  })
}

/** Takes the types as they were sent, so that a wrong type would be a wrong signature. */
function signTypedData({ types, domain, primaryType, message }: JsonObject): Promise<string> {
  const fields = isJsonObject(types) ? types[String(primaryType)] : undefined
  const list = Array.isArray(fields) ? fields.filter(isJsonObject) : []
  return ACCOUNT.signTypedData({
    types: { [String(primaryType)]: list.map(({ name, type }) => ({ name: String(name), type: String(type) })) },
    primaryType: String(primaryType),
    domain: isJsonObject(domain) ? domain : {},
    message: isJsonObject(message) ? message : {},
  })
}

function big(value: JsonValue | undefined): bigint {
  return BigInt(String(value))
}

function hex(value: JsonValue | undefined): `0x${string}` {
  return `0x${String(value).slice(2)}`
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const value: JsonValue = text === '' ? null : JSON.parse(text)
  return isJsonObject(value) ? value : undefined
}
