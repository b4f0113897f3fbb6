import { type RegistrationInputs, readRegistrationInputs } from '../cluster/read-registration-inputs.ts'
import type { ClusterReader } from '../cluster/types.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { ChainLedger } from '../journal/reduce-chain.ts'
import { signerNote } from '../offers/signer-note.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import type { ChainStep } from '../plan/chain.ts'
import type { Desired } from '../plan/desired.ts'
import type { Diagnostic } from '../plan/types.ts'
import { registrationOf } from '../plan/with-registration.ts'
import type { ChainRecorder } from '../snapshot/record-chains.ts'
import type { RecordedChains } from '../snapshot/replay-chains.ts'
import { isJsonArray, jsonAt } from '../util/json.ts'
import type { Chains } from './chains.ts'
import type { Context } from './context.ts'
import type { Door } from './open-cluster.ts'

/** One version of the files: what they say, and how. */
export type Version = { readonly workspace: WorkspaceConfig; readonly desired: Desired }

/** What the cluster knows of registrations; undefined when none is wanted, so that nothing is asked. */
export async function registrationInputs(
  context: Context,
  versions: readonly Version[],
  cluster: ClusterReader,
): Promise<RegistrationInputs | undefined> {
  const registering = versions.filter(({ desired }) => desired.identities.length > 0)
  if (registering.length === 0) return undefined
  const wantsBaseUrl = registering.some(({ workspace }) => workspace.baseUrl === undefined)
  return readRegistrationInputs(cluster, { wantsBaseUrl, signal: context.signal })
}

export type Registrations = {
  readonly desired: Desired
  readonly workspace: WorkspaceConfig
  readonly folder: string
  readonly inputs: RegistrationInputs
  readonly ledger: ChainLedger
  readonly forward: Door['forward']
  readonly recorded?: RecordedChains
  readonly recorder?: ChainRecorder
}

/** viem costs a third of a second to load: only who registers pays for it. */
export async function planRegistrations(context: Context, parts: Registrations): Promise<Chains> {
  const { desired, workspace, folder, inputs, ledger, forward, recorded, recorder } = parts
  const { planChains } = await import('./chains.ts')
  const { tunnelUrl, tunnelReason = 'nothing says it' } = inputs
  return planChains(context, {
    workspace,
    folder,
    identities: desired.identities,
    ledger,
    tunnel: tunnelUrl === undefined ? { reason: tunnelReason } : { url: tunnelUrl },
    inCluster: (network) => agentIdIn(inputs, network),
    forward,
    ...(recorded === undefined ? {} : { recorded }),
    ...(recorder === undefined ? {} : { recorder }),
  })
}

function agentIdIn({ agentIdentity }: RegistrationInputs, network: string): string | undefined {
  const list = typeof agentIdentity === 'object' ? jsonAt(agentIdentity, ['status', 'registrations']) : undefined
  return isJsonArray(list) ? registrationOf(list, network) : undefined
}

/** Informational: who owns the identity need not be who is paid. Said once per address, until the identity is settled. */
export function signerNotes(desired: Desired, steps: readonly ChainStep[]): readonly Diagnostic[] {
  const { code } = REGISTER_ERRORS.SIGNER_NOT_PAYEE
  const messages = desired.identities.flatMap(({ network, payees }) => {
    const step = steps.find((candidate) => candidate.network === network)
    if (step === undefined || step.state === 'settled') return []
    return signerNote(step.owner, payees).map(({ message }) => message)
  })
  return [...new Set(messages)].map((message) => ({ severity: 'info', code, message }))
}
