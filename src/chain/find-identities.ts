import { encodeFunctionData } from 'viem/utils'
import { isSameAddress } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import { readAtBlock, refTo } from './block-ref.ts'
import { resultOf } from './read-answer.ts'
import type { ReadIdentity } from './read-identities.ts'
import { isNonexistent, readIdentities, viewCall } from './read-identities.ts'
import type { ReadState } from './read-state.ts'
import type { RpcClient } from './rpc-client.ts'
import type { TransferIndex } from './transfer-index.ts'
import type { Block, IdentityQuery } from './types.ts'

/** `problem`: why these may not be all. */
export type Found = { readonly identities: readonly ReadIdentity[]; readonly problem?: string }

const LARGEST_ID = 2n ** 256n - 1n

/**
 * All identities that the owner ever had, as they are at `head`. Those that are known beforehand are read first; when they
 * account for all that the owner holds, no logs are read. Otherwise the logs lead to them, and have to account for
 * `balanceOf`; unless they show ours they also have to reach back to the registry's first token, as ids are counted from 0
 * and never burnt: ours may have been given away. Rejects as `readIdentities` and `TransferIndex` do.
 *
 * SIDE EFFECTS: sends read requests.
 */
export async function findIdentities(
  { client, transfers }: { readonly client: RpcClient; readonly transfers: TransferIndex },
  query: IdentityQuery,
  head: Block,
  state: ReadState,
  signal?: AbortSignal,
): Promise<Found> {
  // Who never sent anything has minted nothing and given nothing away; a contract acts without a nonce of its own.
  if (state.held === 0n && state.nonce.latest === 0 && !state.ownerIsContract) return { identities: [] }
  const { owner, identity } = query
  const { registry } = identity
  const keys = Object.keys(identity.metadata)
  const read = (ids: readonly bigint[]) => readIdentities(client, { registry, ids, keys, block: refTo(head) }, signal)
  const heldOf = (identities: readonly ReadIdentity[]) =>
    BigInt(identities.filter((one) => isSameAddress(one.owner, owner)).length)

  const knownIds = idsOf(query.known ?? [])
  const known = await read([...knownIds])
  if (state.held > 0n && heldOf(known) === state.held) return { identities: known }
  const received = await transfers.received(registry, owner, head, signal)
  const identities = [...known, ...(await read(received.filter((id) => !knownIds.has(id))))].sort(byId)
  const held = heldOf(identities)
  if (held !== state.held) {
    return { identities, problem: `${registry} says that ${owner} holds ${state.held}, the logs lead to ${held}` }
  }
  const isFound = identities.some(({ idem }) => idem === query.idem.toLowerCase())
  if (isFound || (await reachesBack())) return { identities }
  return { identities, problem: `identity 0 of ${registry} exists, and the endpoint has no log of its mint` }

  async function reachesBack(): Promise<boolean> {
    const data = encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'ownerOf', args: [0n] })
    const call = viewCall(registry, data, refTo(head))
    const [answer] = await readAtBlock(client, [call], signal)
    if (answer !== undefined && isNonexistent(answer)) return true
    resultOf({ answer, method: call.method, at: client.at })
    return transfers.showsMint(registry, 0n, head, signal)
  }
}

/** What is no id of a token cannot be one's identity. */
function idsOf(known: readonly string[]): ReadonlySet<bigint> {
  const ids = known.filter((id) => /^\d{1,78}$/.test(id)).map(BigInt)
  return new Set(ids.filter((id) => id <= LARGEST_ID).sort((a, b) => (a < b ? -1 : 1)))
}

function byId(a: ReadIdentity, b: ReadIdentity): number {
  return BigInt(a.agentId) < BigInt(b.agentId) ? -1 : 1
}
