import { CHAIN_ERRORS } from '../errors/chain.ts'
import { blockTag } from './read-answer.ts'
import type { RpcClient } from './rpc-client.ts'
import { isFailure } from './rpc-client.ts'
import type { RpcFailure } from './rpc-failure.ts'
import { chainError, failureError, isRateLimit, isTooMuch, refusedError } from './rpc-failure.ts'
import type { TransferFilter } from './transfer-logs.ts'
import { transferIds } from './transfer-logs.ts'

export type ScanLimits = {
  /** Requests at a time. */
  readonly parallel: number
  readonly maxRequests: number
  readonly maxMs: number
}

export type Scan = {
  readonly filter: TransferFilter
  /** First and last block, both included. */
  readonly from: bigint
  readonly to: bigint
  /** Blocks per request to begin with; absent: all of them. */
  readonly size?: bigint
  /** True: one log is enough. */
  readonly untilFound?: boolean
  readonly limits: ScanLimits
}

type Range = { readonly from: bigint; readonly to: bigint }

/**
 * The ids of all tokens in the Transfer logs of the filter, oldest blocks first, and the width of range that the endpoint
 * takes. The whole range is tried first; what the endpoint finds too wide is halved. Rejects with TOO_MANY_LOGS over the
 * limits, with other ObolErrors as `read` does.
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

  while (open.length > 0 && !(scan.untilFound === true && ids.size > 0)) {
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
  { filter }: Scan,
  range: Range,
  signal: AbortSignal | undefined,
): Promise<readonly bigint[] | undefined> {
  const params = [{ ...filter, fromBlock: blockTag(range.from), toBlock: blockTag(range.to) }]
  const got = await client.tryRead([{ method: 'eth_getLogs', params }], signal)
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
  const ids = transferIds(answer?.result, filter)
  if (ids !== undefined) return ids
  throw chainError(CHAIN_ERRORS.BAD_ANSWER, client.at, 'eth_getLogs: the result is not what was asked for')
}

function isTooSlow(failure: RpcFailure): boolean {
  return failure.kind === 'timed-out' || failure.kind === 'too-large'
}
