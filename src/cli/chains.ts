import { setTimeout as delay } from 'node:timers/promises'
import type { ChainOutcome } from '../apply/ports.ts'
import { connectChain } from '../chain/connect-chain.ts'
import { rpcUrlOf } from '../chain/rpc-url-of.ts'
import type { Forward, ServiceAddress } from '../chain/signers/ports.ts'
import type { ChainWriter } from '../chain/types.ts'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import { SNAPSHOT_ERRORS } from '../errors/snapshot.ts'
import type { Journal } from '../journal/file-journal.ts'
import type { Lock } from '../journal/lock.ts'
import { type ChainLedger, reduceChain } from '../journal/reduce-chain.ts'
import { resolveNetwork } from '../networks/resolve-network.ts'
import type { WorkspaceConfig } from '../offers/workspace-config.ts'
import type { ChainStep, DesiredIdentity } from '../plan/chain.ts'
import { chainDiagnostic } from '../register/chain-diagnostic.ts'
import { ownerKey } from '../register/effort-key.ts'
import { type ChainPlanPorts, planChain } from '../register/plan-chain.ts'
import { DEFAULT_TIMING, type LedgerPort, type RegisterPorts, type RegisterTiming } from '../register/ports.ts'
import { runChainStep } from '../register/run-chain-step.ts'
import { answerTo } from '../snapshot/answers.ts'
import type { ChainRecorder } from '../snapshot/record-chains.ts'
import type { RecordedChains } from '../snapshot/replay-chains.ts'
import type { Answer } from '../snapshot/types.ts'
import type { Address, Hex } from '../util/hex.ts'
import type { Context } from './context.ts'
import { lockSigner } from './lock-signer.ts'
import { openSigners, type Signers } from './signers.ts'

/** What chains are asked with: the workspace, and what the cluster knows. */
export type ChainInput = {
  readonly workspace: WorkspaceConfig
  readonly folder: string
  readonly identities: readonly DesiredIdentity[]
  readonly ledger: ChainLedger
  /** Of the stack's tunnel, where the workspace file has none; or why there is none. */
  readonly tunnel: { readonly url: string } | { readonly reason: string }
  /** By network: what AgentIdentity `x402/default` says. */
  readonly inCluster: (network: string) => string | undefined
  /** Opens the way to a Service of the cluster. */
  readonly forward: (service: ServiceAddress) => Promise<Forward>
  /** What a snapshot has of chains and signers: then neither is asked. */
  readonly recorded?: RecordedChains
  /** Hears what chains and signers answer. */
  readonly recorder?: ChainRecorder
}

/** The chain steps of a plan, and the means to carry them out. */
export type Chains = {
  readonly steps: readonly ChainStep[]
  /** Hash of a block as a chain has it now; undefined where it has none, or is not asked. SIDE EFFECTS: reads the chain. */
  blockHash(network: string, number: bigint): Promise<Hex | undefined>
  /** SIDE EFFECTS of what it returns: transactions, journal records, a lock per signer until `close`. */
  runner(journal: Journal, waitMs?: number): ChainRunner
}

export type ChainRunner = {
  run(step: ChainStep, run: string): Promise<ChainOutcome>
  close(): Promise<void>
}

/**
 * Plans what is to be done on chains. What is missing or cannot be read is a step that says so, never an error.
 * SIDE EFFECTS: reads chains, key files and the remote signer's list of keys; sends nothing.
 */
export async function planChains(context: Context, input: ChainInput): Promise<Chains> {
  const { recorded } = input
  if (recorded !== undefined) return replayedChains(context, input, recorded)
  const { workspace, recorder } = input
  const connections = new Map<string, ChainWriter>()
  const signers = openSigners(context, input)
  const connect = (identity: Connectable): ChainWriter | undefined => {
    const known = connections.get(identity.network)
    if (known !== undefined) return known
    const opened = open(context, workspace, identity)
    if (opened !== undefined) connections.set(identity.network, opened)
    return opened
  }
  try {
    const wallets = await signers.walletAddresses()
    const ports = planPorts(context, input, {
      owner: () => signers.ownerAddress(),
      wallets,
      connect: (identity) =>
        recorder === undefined ? connect(identity) : recorder.connect(identity, () => connect(identity)),
      now: () => context.now().getTime(),
    })
    if (recorder !== undefined) recorder.signers(await ownerAnswer(signers), wallets)
    const steps = await planChain(input.identities, ports)
    return {
      steps,
      blockHash: async (network, number) => (await connections.get(network)?.block(number, context.signal))?.hash,
      runner: (journal, waitMs) => runner(context, input, { connect, journal, waitMs }),
    }
  } finally {
    await signers.close()
  }
}

/** The steps as they were to be planned when a snapshot was taken; they cannot be run. */
async function replayedChains(context: Context, input: ChainInput, recorded: RecordedChains): Promise<Chains> {
  const { signer } = input.workspace
  const { wallets, takenAt, connect } = recorded
  const ports = planPorts(context, input, {
    // What the file says itself may have changed since; what is behind it cannot be asked here.
    owner: async () => (signer === undefined ? undefined : (signer.address ?? (await recorded.owner()))),
    wallets,
    connect: (identity) => connect(identity),
    now: () => takenAt.getTime(),
  })
  return {
    steps: await planChain(input.identities, ports),
    blockHash: async () => undefined,
    runner: () => {
      throw new ObolError(SNAPSHOT_ERRORS.READ_ONLY)
    },
  }
}

type PlanParts = Pick<ChainPlanPorts, 'owner' | 'connect' | 'now'> & { readonly wallets: ReadonlySet<string> }

function planPorts(context: Context, input: ChainInput, { wallets, ...parts }: PlanParts): ChainPlanPorts {
  const { workspace, ledger, inCluster, tunnel } = input
  const url = workspace.baseUrl
  return {
    ...parts,
    workspaceId: workspace.id,
    base: url === undefined ? tunnel : { url },
    ledger,
    hints: (network) => hintsFor(network, workspace, inCluster),
    stamp: workspace.idempotencyKey,
    canSign: (address) => wallets.has(address.toLowerCase()),
    signal: context.signal,
  }
}

async function ownerAnswer(signers: Signers): Promise<Answer<Address> | undefined> {
  const answer = await answerTo(signers.ownerAddress())
  if (answer.result === 'problem') return answer
  return answer.value === undefined ? undefined : { result: 'value', value: answer.value }
}

type Connectable = Pick<DesiredIdentity, 'network' | 'chainId' | 'registry'>

function open(context: Context, workspace: WorkspaceConfig, identity: Connectable): ChainWriter | undefined {
  const network = resolveNetwork(identity.network)
  if (network === undefined) return undefined
  const rpcUrl = rpcUrlOf(network, { workspace: workspace.chains.get(network.name)?.rpc, env: context.env })
  return rpcUrl === undefined ? undefined : connectChain({ rpcUrl, network, registry: identity.registry })
}

function hintsFor(
  network: string,
  workspace: WorkspaceConfig,
  inCluster: ChainInput['inCluster'],
): RegisterPorts['hints'] {
  const configured = workspace.chains.get(network)?.agentId
  const cluster = inCluster(network)
  return { ...(configured === undefined ? {} : { configured }), ...(cluster === undefined ? {} : { cluster }) }
}

/** Who holds it, and where: a process on a host that died is told only by a person. */
function busy(error: ObolError): string {
  const folder = error.where !== undefined && 'file' in error.where ? `, in ${error.where.file}` : ''
  return `${error.message}${folder}`
}

type RunnerParts = {
  readonly connect: (identity: Connectable) => ChainWriter | undefined
  readonly journal: Journal
  readonly waitMs: number | undefined
}

function runner(context: Context, input: ChainInput, { connect, journal, waitMs }: RunnerParts): ChainRunner {
  const signers = openSigners(context, input)
  const locks = new Map<string, Promise<Lock>>()
  const ledger = ledgerPort(journal, input.ledger)
  const clock = steadyClock(context)
  return {
    run: async (step, run) => {
      const { identity } = step
      const chain = identity === undefined ? undefined : connect(step)
      if (identity === undefined || chain === undefined) {
        return { result: 'failed', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.NO_RPC) }
      }
      const timing = timingFor(step, waitMs)
      const key = ownerKey(identity)
      const lock = locks.get(key) ?? lockSigner(context, identity, timing.waitMs)
      locks.set(key, lock)
      try {
        await lock
      } catch (error) {
        locks.delete(key)
        if (!(error instanceof ObolError) || error.code !== APPLY_ERRORS.LOCKED.code) throw error
        return { result: 'pending', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.SIGNER_BUSY, busy(error)) }
      }
      return runChainStep(step, run, {
        chain,
        signer: (address) => signers.signer(address),
        ledger,
        hints: hintsFor(step.network, input.workspace, input.inCluster),
        now: clock,
        pause: (ms) => delay(ms, undefined, { signal: context.signal }).catch(() => undefined),
        signal: context.signal,
        timing,
      })
    },
    close: async () => {
      await signers.close()
      for (const lock of locks.values()) await lock.then((held) => held.release()).catch(() => undefined)
    },
  }
}

/** The clock of the context, going on without its jumps: a limit on a wait must come. */
function steadyClock(context: Context): () => number {
  const start = context.now().getTime() - performance.now()
  return () => start + performance.now()
}

/** The journal with its reduction, so that each record is seen by the next look. */
function ledgerPort(journal: Journal, start: ChainLedger): LedgerPort {
  let ledger = start
  return {
    current: () => ledger,
    record: async (event) => {
      await journal.append(event)
      ledger = reduceChain(ledger, event)
    },
  }
}

/** A chain that is final at once is a developer's own, with blocks as fast as one likes. */
function timingFor({ confirmations }: ChainStep, waitMs: number | undefined): RegisterTiming {
  const pollMs = confirmations <= 1 ? 100 : DEFAULT_TIMING.pollMs
  return { ...DEFAULT_TIMING, pollMs, ...(waitMs === undefined ? {} : { waitMs }) }
}
