import type { Address } from '../util/hex.ts'
import type { RpcClient } from './rpc-client.ts'
import type { ScanLimits } from './scan-transfers.ts'
import { scanTransfers } from './scan-transfers.ts'

/** Remembers the tokens an owner received, so that asking again costs only the blocks since. */
export type TransferIndex = {
  /** Ids in ascending order; some may be gone. Rejects as `scanTransfers` does. SIDE EFFECTS: sends eth_getLogs requests. */
  received(registry: Address, owner: Address, to: bigint, signal?: AbortSignal): Promise<readonly bigint[]>
  /** SIDE EFFECTS: the next call reads everything again. */
  forget(): void
}

/** Blocks that are read again each time: a reorganisation may have put other logs into them. */
const MARGIN = 300n

type Known = { readonly to: bigint; readonly size: bigint; readonly ids: ReadonlySet<bigint> }

/** An empty index over one connection; `firstBlock` is the registry's, or 0. */
export function transferIndex(client: RpcClient, firstBlock: bigint, limits: ScanLimits): TransferIndex {
  const known = new Map<string, Known>()
  return {
    async received(registry, owner, to, signal) {
      const key = `${registry}/${owner}`.toLowerCase()
      const before = known.get(key)
      const from = before === undefined || before.to - MARGIN < firstBlock ? firstBlock : before.to - MARGIN
      const width = before === undefined ? {} : { size: before.size }
      const scanned = await scanTransfers(client, { registry, owner, from, to, limits, ...width }, signal)
      const ids = new Set([...(before?.ids ?? []), ...scanned.ids])
      known.set(key, { to, size: scanned.size, ids })
      return [...ids].sort((a, b) => (a < b ? -1 : 1))
    },
    forget() {
      known.clear()
    },
  }
}
