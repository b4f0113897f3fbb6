import type { DesiredIdentity } from '../../src/plan/chain.ts'
import type { WorkerInput } from './worker-input.ts'

/** The identity that every run registers. */
export function desiredIdentity(
  input: Pick<WorkerInput, 'network' | 'chainId' | 'registry' | 'confirmations'>,
): DesiredIdentity {
  const { network, chainId, registry, confirmations } = input
  return {
    ...{ network, chainId, registry, confirmations },
    coin: 'ETH',
    offers: ['llm/aeon'],
    origin: { file: 'offers/aeon.yaml', line: 1, column: 1 },
    metadata: {},
    payees: [],
  }
}
