import { decodeFunctionResult, encodeFunctionData } from 'viem/utils'
import type { Address, Hex } from '../util/hex.ts'
import { REGISTRY_ABI } from './abi.ts'
import type { BlockRef } from './block-ref.ts'
import { readAtBlock } from './block-ref.ts'
import type { RpcAnswer, RpcCall } from './exchange.ts'
import { IDEM_KEY } from './idempotency-key.ts'
import { decodedOf } from './read-answer.ts'
import { revertData, revertReason } from './revert-reason.ts'
import type { RpcClient } from './rpc-client.ts'

/** An identity as the registry has it. */
export type ReadIdentity = {
  readonly agentId: string
  readonly owner: Address
  readonly uri: string
  readonly wallet: Address
  readonly idem?: Hex
  readonly metadata: Readonly<Record<string, Hex>>
}

export type IdentitiesQuery = {
  readonly registry: Address
  readonly ids: readonly bigint[]
  /** Metadata keys that are wanted besides `IDEM_KEY`. */
  readonly keys: readonly string[]
  readonly block: BlockRef
}

/** Selector of `ERC721NonexistentToken(uint256)`. */
const NONEXISTENT = '0x7e273289'

/**
 * The identities of these ids at one block, in the same order; those that the registry does not have are left out. Rejects
 * with ObolError (CHAIN_ERRORS).
 *
 * SIDE EFFECTS: sends eth_call requests.
 */
export async function readIdentities(
  client: RpcClient,
  query: IdentitiesQuery,
  signal?: AbortSignal,
): Promise<readonly ReadIdentity[]> {
  const calls = query.ids.flatMap((id) => callsFor(id, query))
  const answers = await readAtBlock(client, calls, signal)
  const perId = 4 + query.keys.length
  return query.ids.flatMap(
    (id, i) => identityOf(id, query.keys, answers.slice(i * perId, (i + 1) * perId), client) ?? [],
  )
}

function callsFor(id: bigint, { registry, keys, block }: IdentitiesQuery): readonly RpcCall[] {
  const abi = REGISTRY_ABI
  const datas = [
    encodeFunctionData({ abi, functionName: 'ownerOf', args: [id] }),
    encodeFunctionData({ abi, functionName: 'tokenURI', args: [id] }),
    encodeFunctionData({ abi, functionName: 'getAgentWallet', args: [id] }),
    ...[IDEM_KEY, ...keys].map((key) => encodeFunctionData({ abi, functionName: 'getMetadata', args: [id, key] })),
  ]
  return datas.map((data) => viewCall(registry, data, block))
}

/** An eth_call without a sender. */
export function viewCall(to: Address, data: Hex, block: BlockRef | 'latest'): RpcCall {
  return { method: 'eth_call', params: [{ to, data }, block] }
}

function identityOf(
  id: bigint,
  keys: readonly string[],
  answers: readonly RpcAnswer[],
  { at }: RpcClient,
): ReadIdentity | undefined {
  const [owner, uri, wallet, idem, ...values] = answers.map((answer) => ({ answer, method: 'eth_call', at }))
  if (owner === undefined || uri === undefined || wallet === undefined || idem === undefined) return undefined
  if (isNonexistent(owner.answer)) return undefined
  const abi = REGISTRY_ABI
  const metadataOf = (answered: typeof idem) =>
    decodedOf(answered, (data) => decodeFunctionResult({ abi, functionName: 'getMetadata', data }))
  const mark = metadataOf(idem)
  const metadata = keys.flatMap((key, i): (readonly [string, Hex])[] => {
    const answered = values[i]
    const value = answered === undefined ? '0x' : metadataOf(answered)
    return value === '0x' ? [] : [[key, value]]
  })
  return {
    agentId: id.toString(),
    owner: decodedOf(owner, (data) => decodeFunctionResult({ abi, functionName: 'ownerOf', data })),
    uri: decodedOf(uri, (data) => decodeFunctionResult({ abi, functionName: 'tokenURI', data })),
    wallet: decodedOf(wallet, (data) => decodeFunctionResult({ abi, functionName: 'getAgentWallet', data })),
    ...(mark === '0x' ? {} : { idem: mark }),
    metadata: Object.fromEntries(metadata),
  }
}

/** True when the registry says that it has no such token. */
export function isNonexistent(answer: RpcAnswer): boolean {
  if (!('error' in answer)) return false
  const data = revertData(answer.error)
  return (
    data?.startsWith(NONEXISTENT) === true || revertReason(answer.error)?.startsWith('ERC721NonexistentToken') === true
  )
}
