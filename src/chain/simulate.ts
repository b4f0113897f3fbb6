import { decodeFunctionResult, encodeFunctionData, parseAbi, serializeTransaction } from 'viem/utils'
import type { Hex } from '../util/hex.ts'
import { bytesOf, decodedOf, quantityOf } from './read-answer.ts'
import { viewCall } from './read-identities.ts'
import { revertReason } from './revert-reason.ts'
import type { RpcClient } from './rpc-client.ts'
import type { Call, Simulation } from './types.ts'

/** Predeployed on every OP-stack chain. */
const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const ORACLE_ABI = parseAbi(['function getL1Fee(bytes) view returns (uint256)'])

/** Stand-ins for what is not known yet: only the length of the transaction counts, and how well it compresses. */
const SOME_NONCE = 0xabcd
const SOME_FEE = 0x3b9aca07n

/**
 * What a call would do at `latest`: eth_call and eth_estimateGas from `from`, and on an OP-stack chain the L1 fee of the
 * transaction (GasPriceOracle.getL1Fee over its unsigned serialisation), in wei. Rejects with ObolError (CHAIN_ERRORS).
 *
 * SIDE EFFECTS: sends read requests.
 */
export async function simulate(
  client: RpcClient,
  chain: { readonly chainId: number; readonly opStack: boolean },
  call: Call,
  signal?: AbortSignal,
): Promise<Simulation> {
  const methods = ['eth_call', 'eth_estimateGas'] as const
  const answers = await client.read(
    methods.map((method) => ({ method, params: method === 'eth_call' ? [call, 'latest'] : [call] })),
    signal,
  )
  for (const answer of answers) {
    const reason = 'error' in answer ? revertReason(answer.error) : undefined
    if (reason !== undefined) return { result: 'reverted', reason: client.at.mask(reason) }
  }
  const returned = bytesOf({ answer: answers[0], method: methods[0], at: client.at })
  const gas = quantityOf({ answer: answers[1], method: methods[1], at: client.at })
  const l1Fee = chain.opStack ? await readL1Fee(client, chain.chainId, call, gas, signal) : 0n
  return { result: 'success', returned, gas, l1Fee }
}

async function readL1Fee(
  client: RpcClient,
  chainId: number,
  { to, data }: Call,
  gas: bigint,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const unsigned: Hex = serializeTransaction({
    type: 'eip1559',
    chainId,
    nonce: SOME_NONCE,
    to,
    data,
    gas,
    maxFeePerGas: SOME_FEE,
    maxPriorityFeePerGas: SOME_FEE,
  })
  const query = encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getL1Fee', args: [unsigned] })
  const [answer] = await client.read([viewCall(GAS_PRICE_ORACLE, query, 'latest')], signal)
  // A local chain that stands in for an OP-stack one has no oracle, and takes nothing for L1.
  if (answer !== undefined && 'result' in answer && answer.result === '0x') return 0n
  return decodedOf({ answer, method: 'eth_call', at: client.at }, (bytes) =>
    decodeFunctionResult({ abi: ORACLE_ABI, functionName: 'getL1Fee', data: bytes }),
  )
}
