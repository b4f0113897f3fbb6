import { rpcVariable } from '../chain/rpc-url-of.ts'
import type { RegistrationInputs } from '../cluster/read-registration-inputs.ts'
import { resolveNetwork } from '../networks/resolve-network.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import type { DesiredIdentity } from '../plan/chain.ts'
import { chainRecorder } from '../snapshot/record-chains.ts'
import type { ChainsRecord } from '../snapshot/types.ts'
import type { Context } from './context.ts'
import { planRegistrations, type Registrations } from './plan-registrations.ts'

/** Where a first registration most likely will be. */
const LIKELY = ['base-sepolia', 'base', 'ethereum']

/** A call's data depends on it; only where none is known. */
const NO_BASE_URL = 'https://unknown.invalid'

/**
 * What chains and signers say when the workspace is planned: of the chains of its identities, of those that its file names,
 * and of those that an offer most likely registers on next, where their RPC endpoint was said. SIDE EFFECTS: reads chains, key
 * files and the remote signer's list of keys.
 */
export async function recordChains(context: Context, parts: Registrations): Promise<ChainsRecord> {
  const { desired, workspace, inputs } = parts
  const recorder = chainRecorder()
  const wanted = new Set(desired.identities.map(({ network }) => network))
  const likely = LIKELY.filter((network) => isSaid(network, workspace, context))
  const further = [...new Set([...workspace.chains.keys(), ...likely])].filter((network) => !wanted.has(network))
  const identities = [...desired.identities, ...further.flatMap((network) => plainIdentity(network, workspace))]
  await planRegistrations(context, {
    ...parts,
    desired: { ...desired, identities },
    // Without a base URL nothing would be asked, and the next version of the workspace may have one.
    inputs: withBaseUrl(inputs),
    recorder,
  })
  return recorder.record()
}

function isSaid(network: string, workspace: WorkspaceConfig, { env }: Context): boolean {
  const said = [workspace.chains.get(network)?.rpc, env[rpcVariable(network)], env['OBOL_INGRESS_URL']]
  return said.some((url) => url !== undefined && url !== '')
}

function withBaseUrl(inputs: RegistrationInputs): RegistrationInputs {
  return inputs.tunnelUrl === undefined ? { ...inputs, tunnelUrl: NO_BASE_URL } : inputs
}

/** An identity as an offer without metadata wants it. */
function plainIdentity(name: string, workspace: WorkspaceConfig): readonly DesiredIdentity[] {
  const network = resolveNetwork(name)
  if (network?.identityRegistry === undefined) return []
  return [
    {
      network: network.name,
      chainId: network.chainId,
      registry: network.identityRegistry,
      confirmations: workspace.chains.get(name)?.confirmations ?? network.confirmations,
      coin: network.coin,
      offers: [],
      origin: { file: 'obol.yaml', line: 1, column: 1 },
      metadata: {},
      payees: [],
    },
  ]
}
