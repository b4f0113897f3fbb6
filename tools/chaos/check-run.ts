import { existsSync } from 'node:fs'
import { encodeFunctionData, pad } from 'viem'
import { REGISTRY_ABI } from '../../src/chain/abi.ts'
import { IDEM_KEY, idempotencyKey } from '../../src/chain/idempotency-key.ts'
import { readState } from '../../src/journal/read-state.ts'
import type { Effort } from '../../src/journal/reduce-chain.ts'
import { effortKey } from '../../src/register/effort-key.ts'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import { isJsonArray, isJsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import type { Stage } from './lane.ts'

/** topic0 of `Registered(uint256,string,address)`. */
const REGISTERED = '0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a'

export type Expected = {
  /** Processes that came to their end, and the agentId each named. */
  readonly named: ReadonlyMap<string, string>
  /** Hashes of what the owner sent by other means. */
  readonly foreign: readonly string[]
}

/** What is wrong after a run; empty when exactly one identity was bought and everybody knows it. Reads only. */
export async function checkRun(stage: Stage, { named, foreign }: Expected): Promise<readonly string[]> {
  const problems: string[] = []
  const must = (isSo: boolean, problem: string): void => {
    if (!isSo) problems.push(problem)
  }
  const ids = await registeredIds(stage)
  must(ids.length === 1, `${ids.length} Registered events of the owner: ${ids.join(', ')}`)
  const [agentId = ''] = ids
  if (ids.length > 0) must(await carriesOurKey(stage, agentId), `identity ${agentId} does not carry our key`)
  for (const [client, id] of named) {
    must(id === agentId, `process ${client} names ${id}, the chain ${agentId}`)
    const effort = await journalled(stage, client)
    // Who found everything settled had nothing to record.
    const says = effort === undefined ? agentId : effort.final?.agentId
    must(says === agentId, `the journal of ${client} says ${says ?? 'nothing final'}, the chain ${agentId}`)
  }
  const entries = clusterIds(stage)
  must(entries.length === 1 && entries[0] === agentId, `AgentIdentity says ${JSON.stringify(entries)}, not ${agentId}`)
  const sent = Number(await ask(stage, 'eth_getTransactionCount', [stage.owner.address, 'latest']))
  const theirs = await Promise.all(foreign.map((hash) => ask(stage, 'eth_getTransactionReceipt', [hash])))
  const mined = theirs.filter((receipt) => receipt !== null).length
  must(sent === 1 + mined, `the owner sent ${sent} transactions, ${mined} of them by other means`)
  return problems
}

/** Decimal ids that the registry minted for the owner on the canonical chain. */
async function registeredIds({ lane, owner, fromBlock }: Stage): Promise<readonly string[]> {
  const { chain } = lane
  const topics = [REGISTERED, null, pad(owner.address).toLowerCase()]
  const filter = { address: chain.registry, fromBlock: `0x${fromBlock.toString(16)}`, toBlock: 'latest', topics }
  const logs = await rpc(chain.rpcUrl, 'eth_getLogs', [filter])
  if (!isJsonArray(logs)) throw new Error('eth_getLogs gave no list')
  return logs.map((log) => String(BigInt(String(jsonAt(log, ['topics', 1])))))
}

async function carriesOurKey(stage: Stage, agentId: string): Promise<boolean> {
  const { chainId, registry, workspaceId } = stage.input('a')
  const idem = idempotencyKey({ chainId, registry, owner: stage.owner.address, workspaceId })
  const args = [BigInt(agentId), IDEM_KEY] as const
  const data = encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'getMetadata', args })
  const answer = await ask(stage, 'eth_call', [{ to: registry, data }, 'latest'])
  return String(answer).includes(idem.slice(2))
}

async function journalled(stage: Stage, client: string): Promise<Effort | undefined> {
  const folder = stage.stateFolder(client)
  if (!existsSync(folder)) return undefined
  const { chainId, registry } = stage.input(client)
  const { chain } = await readState(folder)
  return chain.get(effortKey({ chainId, registry, owner: stage.owner.address }, 'register'))
}

function clusterIds({ sandbox }: Stage): readonly string[] {
  const list = jsonAt(sandbox.object('AgentIdentity.obol.org/x402/default'), ['status', 'registrations'])
  if (!isJsonArray(list)) return []
  return list.filter(isJsonObject).map((entry) => String(entry['agentId']))
}

function ask({ lane }: Stage, method: string, params: readonly JsonValue[]): Promise<JsonValue> {
  return rpc(lane.chain.rpcUrl, method, params)
}
