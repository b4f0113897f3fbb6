import { CHAIN_ERRORS } from '../errors/chain.ts'
import type { Address } from '../util/hex.ts'
import { readAtBlock } from './block-ref.ts'
import { resultOf } from './read-answer.ts'
import type { RpcClient } from './rpc-client.ts'
import { chainError } from './rpc-failure.ts'
import type { ScanLimits } from './scan-transfers.ts'
import { scanTransfers } from './scan-transfers.ts'
import type { TransferFilter } from './transfer-logs.ts'
import { mintOf, receivedBy, transferIds } from './transfer-logs.ts'
import type { Block } from './types.ts'

/** Remembers the tokens an owner received, so that asking again costs only the blocks since. */
export type TransferIndex = {
  /**
   * Ids of all tokens that the owner ever received, in ascending order; some may be gone. Who never received a token cannot
   * have given it away either, so nothing else needs to be searched. The logs of the head are asked for by its hash, so that
   * an endpoint for logs that is behind has to say so. Rejects as `scanTransfers` and `readAtBlock` do.
   * SIDE EFFECTS: sends eth_getLogs requests.
   */
  received(registry: Address, owner: Address, head: Block, signal?: AbortSignal): Promise<readonly bigint[]>
  /**
   * Whether the endpoint still has the log of a token's mint; the oldest token's shows that it has them all. Rejects as
   * `received` does. SIDE EFFECTS: sends eth_getLogs requests, until it was true once.
   */
  showsMint(registry: Address, id: bigint, head: Block, signal?: AbortSignal): Promise<boolean>
  /** SIDE EFFECTS: the next call reads everything again. */
  forget(): void
}

/** Blocks that are read again each time: a reorganisation may have put other logs into them. */
const MARGIN = 300n

type Known = { readonly to: bigint; readonly ids: ReadonlySet<bigint> }

/** An empty index over one connection; `firstBlock` is the registry's, or 0. */
export function transferIndex(client: RpcClient, firstBlock: bigint, limits: ScanLimits): TransferIndex {
  const known = new Map<string, Known>()
  const shown = new Set<string>()
  let size: bigint | undefined

  /** Blocks before the head, at the width that worked before. */
  async function scan(
    filter: TransferFilter,
    range: { from: bigint; to: bigint; untilFound?: true },
    signal?: AbortSignal,
  ) {
    if (range.from > range.to) return new Set<bigint>()
    const scanned = await scanTransfers(client, { filter, limits, ...range, ...(size && { size }) }, signal)
    size = scanned.size
    return scanned.ids
  }

  async function inHead(filter: TransferFilter, { hash }: Block, signal?: AbortSignal): Promise<readonly bigint[]> {
    const method = 'eth_getLogs'
    const [answer] = await readAtBlock(client, [{ method, params: [{ ...filter, blockHash: hash }] }], signal)
    const ids = transferIds(resultOf({ answer, method, at: client.at }), filter)
    if (ids !== undefined) return ids
    throw chainError(CHAIN_ERRORS.BAD_ANSWER, client.at, `${method}: the result is not what was asked for`)
  }

  return {
    async received(registry, owner, head, signal) {
      const key = `${registry}/${owner}`.toLowerCase()
      const filter = receivedBy(registry, owner)
      const before = known.get(key)
      const from = before === undefined || before.to - MARGIN < firstBlock ? firstBlock : before.to - MARGIN
      const to = head.number - 1n
      const ids = new Set([...(before?.ids ?? []), ...(await scan(filter, { from, to }, signal))])
      const newest = await inHead(filter, head, signal)
      known.set(key, { to, ids })
      return [...new Set([...ids, ...newest])].sort((a, b) => (a < b ? -1 : 1))
    },
    async showsMint(registry, id, head, signal) {
      const key = `${registry}/${id}`.toLowerCase()
      if (shown.has(key)) return true
      const filter = mintOf(registry, id)
      const found = await scan(filter, { from: firstBlock, to: head.number - 1n, untilFound: true }, signal)
      if (found.size === 0) return (await inHead(filter, head, signal)).length > 0
      shown.add(key)
      return true
    },
    forget() {
      known.clear()
      shown.clear()
      size = undefined
    },
  }
}
