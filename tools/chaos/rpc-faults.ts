import type { Random } from '../fuzz/random.ts'
import type { RpcExchange, RpcFault } from './rpc-proxy.ts'

/** What nodes say of a transaction whether or not they took it (geth, anvil, reth). */
const ANSWERS = ['already known', 'nonce too low', 'replacement transaction underpriced'] as const

/** How an endpoint that misbehaves treats an exchange; a broadcast more often than a read. Undefined: as it should. */
export function faultFor({ raw }: RpcExchange, random: Random): RpcFault | undefined {
  if (raw === undefined && !random.chance(0.12)) return undefined
  const kinds = ['late', 'lose-answer', 'cut', 'twice'] as const
  const kind = raw === undefined ? random.pick(kinds) : random.pick([...kinds, 'error', 'error', 'error', 'none'])
  switch (kind) {
    case 'none':
      return undefined
    case 'late':
      return { kind, ms: 5 + random.int(40) }
    case 'error':
      return { kind, code: -32_000, message: random.pick(ANSWERS), delivers: random.chance(0.5) }
    default:
      return { kind }
  }
}
