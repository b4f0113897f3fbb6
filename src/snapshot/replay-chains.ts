import type { ChainReader } from '../chain/types.ts'
import { ObolError } from '../errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import type { DesiredIdentity } from '../plan/chain.ts'
import { type Address, isSameAddress } from '../util/hex.ts'
import { errorOf, valueIn } from './answers.ts'
import type { ChainCalls, ChainsRecord, NetworkRecord, Snapshot } from './types.ts'

/** Chains and signers as they were when the snapshot was taken. */
export type RecordedChains = {
  /** Rejects with the problem that the signer had. */
  owner(): Promise<Address | undefined>
  /** Lower case. */
  readonly wallets: ReadonlySet<string>
  readonly takenAt: Date
  /** Undefined when no RPC endpoint was known; throws ObolError NO_ANSWER for a chain that was not looked at. */
  connect(identity: Pick<DesiredIdentity, 'network' | 'chainId' | 'registry'>): ChainReader | undefined
}

/** Answers what the chains answered then: a reading by its owner whatever metadata is asked for, a call by its data. Pure. */
export function replayChains({ chains, takenAt }: Pick<Snapshot, 'chains' | 'takenAt'>): RecordedChains {
  return {
    owner: async () => (chains.owner === undefined ? undefined : valueIn(chains.owner)),
    wallets: new Set(chains.wallets),
    takenAt: new Date(takenAt),
    connect: (identity) => {
      const record = networkOf(chains, identity)
      if (record === undefined) throw noAnswer(`chain ${identity.network} was not read`)
      if (record.problem !== undefined) throw errorOf(record.problem)
      return record.calls === undefined ? undefined : replay(record, record.calls)
    },
  }
}

function networkOf(
  { networks }: ChainsRecord,
  { network, chainId, registry }: Pick<DesiredIdentity, 'network' | 'chainId' | 'registry'>,
): NetworkRecord | undefined {
  return networks.find(
    (record) => record.network === network && record.chainId === chainId && isSameAddress(record.registry, registry),
  )
}

function replay({ network, chainId }: NetworkRecord, { readings, blocks, simulations }: ChainCalls): ChainReader {
  const refuse = async (): Promise<never> => {
    throw noAnswer(`nobody asked chain ${network} for this`)
  }
  return {
    chainId,
    head: refuse,
    receipt: refuse,
    fees: refuse,
    block: async (number) => {
      const found = blocks.find((block) => block.number === number)
      return found === undefined ? refuse() : valueIn(found.answer)
    },
    observe: async ({ owner }) => {
      const found = readings.find((reading) => isSameAddress(reading.owner, owner))
      if (found === undefined) throw noAnswer(`nobody asked chain ${network} for the identities of ${owner}`)
      return valueIn(found.answer)
    },
    simulate: async ({ from, to, data }) => {
      const found = simulations.find(
        (call) => call.data === data && isSameAddress(call.from, from) && isSameAddress(call.to, to),
      )
      if (found !== undefined) return valueIn(found.answer)
      return { result: 'not-simulated', reason: 'the snapshot has no answer for this call' }
    },
  }
}

function noAnswer(detail: string): ObolError {
  return new ObolError(SNAPSHOT_ERRORS.NO_ANSWER, { details: [detail] })
}
