import { setTimeout as delay } from 'node:timers/promises'
import { keccak256 } from 'viem/utils'
import { CHAIN_ERRORS } from '../errors/chain.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { Address, Hex } from '../util/hex.ts'
import { classifySend } from './classify-send.ts'
import { exchangeWith } from './exchange.ts'
import { observe } from './observe.ts'
import { parseRpcUrl } from './parse-rpc-url.ts'
import { blockOf, blockTag, bytesOf, nonsense, quantityOf } from './read-answer.ts'
import { feeCalls, feesOf } from './read-fees.ts'
import { readReceipt } from './read-receipt.ts'
import type { RequestHook, RpcClient } from './rpc-client.ts'
import { rpcClient } from './rpc-client.ts'
import { chainError, failureError, isLagging, isMissingState } from './rpc-failure.ts'
import { rpcVariable } from './rpc-url-of.ts'
import type { ScanLimits } from './scan-transfers.ts'
import { simulate } from './simulate.ts'
import { transferIndex } from './transfer-index.ts'
import type { Block, ChainWriter } from './types.ts'

export type ConnectOptions = {
  /** May hold credentials; see `rpcUrlOf`. */
  readonly rpcUrl: string
  readonly network: { readonly name: string; readonly chainId: number; readonly opStack?: boolean }
  readonly registry: Address
  /** Block of the registry's deployment, before which there are no logs of it; 0 unless given. */
  readonly firstBlock?: bigint
  /** Time limit of one request; 10 s unless given. */
  readonly timeoutMs?: number
  /** Milliseconds before the first retry of a read; 200 unless given, doubled for each further one. */
  readonly retryMs?: number
  readonly scan?: Partial<ScanLimits>
  readonly fetch?: typeof fetch
  readonly requestHook?: RequestHook
}

const TIMEOUT_MS = 10_000
const RETRY_MS = 200
const ATTEMPTS = 3
const SCAN: ScanLimits = { parallel: 8, maxRequests: 5_000, maxMs: 60_000 }

/**
 * The door to one chain through one RPC endpoint. Nothing is sent before the first call, and that one checks the chain
 * id first. Throws BAD_URL (without repeating the URL); all else is as `ChainWriter` says.
 */
export function connectChain(options: ConnectOptions): ChainWriter {
  const { network, registry } = options
  const client = clientFor(options)
  const { at } = client
  const retryMs = options.retryMs ?? RETRY_MS
  const transfers = transferIndex(client, options.firstBlock ?? 0n, { ...SCAN, ...options.scan })
  const checkChain = chainCheck(client, network.chainId)

  async function ask(method: string, params: readonly unknown[], signal: AbortSignal | undefined) {
    await checkChain(signal)
    const [answer] = await client.read([{ method, params }], signal)
    return { answer, method, at }
  }

  async function block(number: bigint | 'latest', signal?: AbortSignal): Promise<Block | undefined> {
    const answered = await ask('eth_getBlockByNumber', [blockTag(number), false], signal)
    const { answer } = answered
    // Asked for a block above their head, or for one they have thrown away, some nodes say null and some refuse.
    const refused = answer !== undefined && 'error' in answer ? answer.error : undefined
    if (number !== 'latest' && refused !== undefined && (isLagging(refused) || isMissingState(refused)))
      return undefined
    return blockOf(answered)
  }

  async function head(signal?: AbortSignal): Promise<Block> {
    const found = await block('latest', signal)
    return found ?? nonsense({ answer: undefined, method: 'eth_getBlockByNumber', at })
  }

  return {
    chainId: network.chainId,
    head,
    block,
    async receipt(hash, signal) {
      const receipt = readReceipt(await ask('eth_getTransactionReceipt', [hash], signal), registry)
      if (receipt === undefined) return undefined
      // A node may remember the receipt of a block that a reorganisation has discarded.
      const canonical = await block(receipt.blockNumber, signal)
      return canonical?.hash === receipt.blockHash ? receipt : undefined
    },
    async simulate(call, signal) {
      await checkChain(signal)
      return simulate(client, { chainId: network.chainId, opStack: network.opStack === true }, call, signal)
    },
    async fees(signal) {
      const latest = await head(signal)
      return feesOf(await client.read(feeCalls(blockTag(latest.number)), signal), latest, at)
    },
    async observe(query, signal) {
      const pause = (tried: number) => wait(client, retryMs * tried, signal)
      return observe({ client, transfers, block, pause }, query, signal)
    },
    async send(raw: Hex, signal) {
      await checkChain(signal)
      const method = 'eth_sendRawTransaction'
      const answer = await client.once({ method, params: [raw] }, signal)
      if ('error' in answer) return classifySend(answer.error, at.mask)
      const answered = { answer, method, at }
      return bytesOf(answered) === keccak256(raw) ? { result: 'accepted' } : nonsense(answered)
    },
  }
}

function clientFor(options: ConnectOptions): RpcClient {
  const { name } = options.network
  const url = parseRpcUrl(options.rpcUrl, [name])
  if (url === undefined) {
    throw new ObolError(CHAIN_ERRORS.BAD_URL, { details: [name], hint: `${rpcVariable(name)}=<url> obol plan` })
  }
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const exchange = exchangeWith(url, { timeoutMs, ...(options.fetch && { fetch: options.fetch }) })
  const at = { network: name, endpoint: url.endpoint, mask: url.mask }
  return rpcClient(exchange, at, {
    attempts: ATTEMPTS,
    retryMs: options.retryMs ?? RETRY_MS,
    ...(options.requestHook && { requestHook: options.requestHook }),
  })
}

/** Asks for the chain id until it was right once; callers at the same time share one request, which none can abort. */
function chainCheck(client: RpcClient, chainId: number): (signal: AbortSignal | undefined) => Promise<void> {
  let checked: Promise<void> | undefined
  const method = 'eth_chainId'

  async function check(): Promise<void> {
    try {
      const [answer] = await client.read([{ method, params: [] }])
      const served = quantityOf({ answer, method, at: client.at })
      if (served === BigInt(chainId)) return
      throw chainError(CHAIN_ERRORS.OTHER_CHAIN, client.at, `wanted chain id ${chainId}, it serves ${served}`)
    } catch (error) {
      checked = undefined
      throw error
    }
  }

  return async (signal) => {
    checked ??= check()
    if (signal === undefined) return checked
    const { promise, reject } = Promise.withResolvers<never>()
    const onAbort = () => reject(interrupted(client))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([promise, checked])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}

async function wait(client: RpcClient, ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch {
    throw interrupted(client)
  }
}

function interrupted(client: RpcClient): ObolError {
  return failureError({ kind: 'interrupted', detail: 'interrupted' }, client.at, 'waiting')
}
