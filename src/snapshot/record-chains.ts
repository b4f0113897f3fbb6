import type { ChainReader } from '../chain/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { DesiredIdentity } from '../plan/chain.ts'
import type { Address } from '../util/hex.ts'
import { answerTo, problemOf, valueIn } from './answers.ts'
import type { Answer, ChainCalls, ChainsRecord, NetworkRecord } from './types.ts'

type Connectable = Pick<DesiredIdentity, 'network' | 'chainId' | 'registry'>

/** Listens to a planning on chains. */
export type ChainRecorder = {
  /** The chain that `connect` gives, listened to. */
  connect(identity: Connectable, connect: () => ChainReader | undefined): ChainReader | undefined
  /** Whose identities are planned, and which wallets can sign (lower case). */
  signers(owner: Answer<Address> | undefined, wallets: ReadonlySet<string>): void
  /** All that was heard, sorted. */
  record(): ChainsRecord
}

type Heard = { [K in keyof ChainCalls]: ChainCalls[K][number][] }

/** A recorder that has heard nothing yet. */
export function chainRecorder(): ChainRecorder {
  const networks = new Map<string, NetworkRecord>()
  let owner: Answer<Address> | undefined
  let wallets: readonly string[] = []
  return {
    connect: (identity, connect) => {
      const { network, chainId, registry } = identity
      const heard: Heard = { readings: [], blocks: [], simulations: [] }
      const about = { network, chainId, registry }
      networks.set(network, about)
      try {
        const chain = connect()
        if (chain === undefined) return undefined
        networks.set(network, { ...about, calls: heard })
        return listenedTo(chain, heard)
      } catch (error) {
        if (error instanceof ObolError) networks.set(network, { ...about, problem: problemOf(error) })
        throw error
      }
    },
    signers: (address, signing) => {
      owner = address
      wallets = [...signing].sort()
    },
    record: () => ({
      ...(owner === undefined ? {} : { owner }),
      wallets,
      networks: [...networks.values()].toSorted((a, b) => (a.network < b.network ? -1 : 1)).map(inOrder),
    }),
  }
}

function listenedTo(chain: ChainReader, heard: Heard): ChainReader {
  return {
    ...chain,
    observe: async (query, signal) => {
      const answer = await answerTo(chain.observe(query, signal))
      heard.readings.push({ owner: query.owner, answer })
      return valueIn(answer)
    },
    block: async (number, signal) => {
      const answer = await answerTo(chain.block(number, signal))
      heard.blocks.push({ number, answer })
      return valueIn(answer)
    },
    simulate: async (call, signal) => {
      const answer = await answerTo(chain.simulate(call, signal))
      heard.simulations.push({ ...call, answer })
      return valueIn(answer)
    },
  }
}

/** Calls are made side by side: in which order they were answered says nothing. */
function inOrder(network: NetworkRecord): NetworkRecord {
  const { calls } = network
  if (calls === undefined) return network
  const blocks = new Map(calls.blocks.map((block) => [block.number, block]))
  const simulations = new Map(calls.simulations.map((call) => [`${call.from} ${call.to} ${call.data}`, call]))
  const sorted = [...simulations].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call)
  return {
    ...network,
    calls: {
      readings: calls.readings,
      blocks: [...blocks.values()].toSorted((a, b) => (a.number < b.number ? -1 : 1)),
      simulations: sorted,
    },
  }
}
