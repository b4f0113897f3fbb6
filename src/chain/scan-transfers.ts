import { CHAIN_ERRORS } from '../errors/chain.ts'
import type { Address } from '../util/hex.ts'
import { isSameAddress } from '../util/hex.ts'
import { blockTag, member } from './read-answer.ts'
import { readLog } from './read-receipt.ts'
import type { RpcClient } from './rpc-client.ts'
import { isFailure } from './rpc-client.ts'
import type { RpcFailure } from './rpc-failure.ts'
import { chainError, failureError, isRateLimit, isTooMuch, refusedError } from './rpc-failure.ts'

/** topic0 of `Transfer(address,address,uint256)`. */
const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

export type ScanLimits = {
  /** Requests at a time. */
  readonly parallel: number
  readonly maxRequests: number
  readonly maxMs: number
}

export type Scan = {
  readonly registry: Address
  readonly owner: Address
  /** First and last block, both included. */
  readonly from: bigint
  readonly to: bigint
  /** Blocks per request to begin with; absent: all of them. */
  readonly size?: bigint
  readonly limits: ScanLimits
}

type Range = { readonly from: bigint; readonly to: bigint }

/**
 * The ids of all tokens that the owner ever received, and the width of range that the endpoint takes. Who never received
 * a token cannot have given it away either, so nothing else needs to be searched. The whole range is tried first; what
 * the endpoint finds too wide is halved. Rejects with TOO_MANY_LOGS over the limits, with other ObolErrors as `read` does.
 *
 * SIDE EFFECTS: sends eth_getLogs requests.
 */
export async function scanTransfers(
  client: RpcClient,
  scan: Scan,
  signal?: AbortSignal,
): Promise<{ readonly ids: ReadonlySet<bigint>; readonly size: bigint }> {
  const deadline = performance.now() + scan.limits.maxMs
  const ids = new Set<bigint>()
  const open: Range[] = scan.from > scan.to ? [] : [{ from: scan.from, to: scan.to }]
  let size = scan.size ?? scan.to - scan.from + 1n
  let requests = 0
  let proven = false

  /** Cuts the next piece of at most `size` blocks off what is open. */
  function take(range: Range): Range {
    if (range.to - range.from < size) return range
    open.push({ from: range.from + size, to: range.to })
    return { from: range.from, to: range.from + size - 1n }
  }

  async function readPiece(range: Range): Promise<void> {
    requests += 1
    if (requests > scan.limits.maxRequests || performance.now() > deadline) {
      const detail = `eth_getLogs: not done after ${requests - 1} requests of ${size} blocks`
      throw chainError(CHAIN_ERRORS.TOO_MANY_LOGS, client.at, detail)
    }
    const found = await transfersIn(client, scan, range, signal)
    if (found !== undefined) {
      proven = true
      for (const id of found) ids.add(id)
      return
    }
    const half = (range.to - range.from + 2n) / 2n
    if (half < size) size = half
    open.push(range)
  }

  while (open.length > 0) {
    // One at a time until a width has proved to work: eight refusals at once teach no more than one.
    const width = proven ? scan.limits.parallel : 1
    const pieces: Promise<void>[] = []
    while (pieces.length < width) {
      const range = open.pop()
      if (range === undefined) break
      pieces.push(readPiece(take(range)))
    }
    await Promise.all(pieces)
  }
  return { ids, size }
}

/** Undefined when a narrower range may do. */
async function transfersIn(
  client: RpcClient,
  scan: Scan,
  range: Range,
  signal: AbortSignal | undefined,
): Promise<readonly bigint[] | undefined> {
  const topics = [TRANSFER, null, `0x${scan.owner.slice(2).toLowerCase().padStart(64, '0')}`]
  const filter = { address: scan.registry, topics, fromBlock: blockTag(range.from), toBlock: blockTag(range.to) }
  const got = await client.tryRead([{ method: 'eth_getLogs', params: [filter] }], signal)
  const single = range.from === range.to
  if (isFailure(got)) {
    if (!single && isTooSlow(got)) return undefined
    throw failureError(got, client.at, 'eth_getLogs')
  }
  const [answer] = got
  if (answer !== undefined && 'error' in answer) {
    if (!single && isTooMuch(answer.error) && !isRateLimit(answer.error)) return undefined
    throw refusedError(answer.error, client.at, 'eth_getLogs')
  }
  const ids = receivedIds(answer?.result, scan)
  if (ids !== undefined) return ids
  throw chainError(CHAIN_ERRORS.BAD_ANSWER, client.at, 'eth_getLogs: the result is not what was asked for')
}

function isTooSlow(failure: RpcFailure): boolean {
  return failure.kind === 'timed-out' || failure.kind === 'too-large'
}

/** Undefined for anything but the logs that were asked for: an endpoint that ignores the filter cannot be trusted. */
function receivedIds(result: unknown, scan: Scan): readonly bigint[] | undefined {
  if (!Array.isArray(result)) return undefined
  const ids: bigint[] = []
  for (const item of result) {
    if (member(item, 'removed') === true) continue
    const log = readLog(item)
    const [topic0, , to, id] = log?.topics ?? []
    if (log === undefined || topic0 !== TRANSFER || to === undefined || id === undefined) return undefined
    if (!isSameAddress(log.address, scan.registry) || !isSameAddress(`0x${to.slice(26)}`, scan.owner)) return undefined
    ids.push(BigInt(id))
  }
  return ids
}
