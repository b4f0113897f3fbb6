/**
 * One apply of one registration in a process of its own, as `obol apply` does it: `node worker.ts JSON`. Kills itself in
 * the middle of a journal record where it is told to. Prints one line of JSON, `WorkerOutput`.
 * SIDE EFFECTS: those of an apply.
 */
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { runIdentityStep } from '../../src/apply/run-identity-step.ts'
import { connectChain } from '../../src/chain/connect-chain.ts'
import { openSigner } from '../../src/chain/signers/open-signer.ts'
import { connectCluster } from '../../src/cluster/connect.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { type Journal, openJournal } from '../../src/journal/file-journal.ts'
import type { ChainEvent } from '../../src/journal/journal-events.ts'
import { readState } from '../../src/journal/read-state.ts'
import { type ChainLedger, reduceChain } from '../../src/journal/reduce-chain.ts'
import { registrationOf } from '../../src/plan/with-registration.ts'
import { planChain } from '../../src/register/plan-chain.ts'
import type { ChainResult, RegisterPorts } from '../../src/register/ports.ts'
import { runChainStep } from '../../src/register/run-chain-step.ts'
import { isJsonArray, type JsonObject, jsonAt } from '../../src/util/json.ts'
import { dyingFile } from './dying-file.ts'
import { desiredIdentity } from './identity.ts'
import type { WorkerInput, WorkerOutput } from './worker-input.ts'

const IDENTITIES = { apiVersion: 'obol.org/v1alpha1', plural: 'agentidentities', namespace: 'x402' }

async function main(input: WorkerInput): Promise<WorkerOutput> {
  const { folder, kill } = input
  const run = `run-${process.pid}`
  const cluster = await connectCluster(
    await loadKubeconfig({ kubeconfig: join(folder, '..', 'kubeconfig.yaml'), env: {} }),
    { requestTimeoutMs: 10_000 },
  )
  const state = join(folder, 'state')
  const { chain: ledger } = await readState(state)
  const counted = dyingFile(kill)
  const journal = await openJournal(state, () => new Date().toISOString(), counted.through)
  try {
    const live = await cluster.get(IDENTITIES, 'default')
    const { agentId, steps } = await register(input, ledger, live, { journal, run })
    const identity = agentId === undefined ? undefined : await publish(input, agentId, live, { cluster, journal, run })
    return { steps, writes: counted.writes(), ...(agentId && { agentId }), ...(identity && { identity }) }
  } finally {
    await journal.close()
    await cluster.close()
  }
}

type Recorder = { readonly journal: Journal; readonly run: string }

async function register(
  input: WorkerInput,
  before: ChainLedger,
  live: JsonObject | undefined,
  { journal, run }: Recorder,
): Promise<Pick<WorkerOutput, 'agentId' | 'steps'>> {
  const { rpcUrl, registry, network, chainId, keyFile, folder } = input
  const chain = connectChain({ rpcUrl, network: { name: network, chainId }, registry, retryMs: 5, timeoutMs: 2000 })
  const signer = await openSigner({ keyFile }, { folder, env: {} })
  const signal = new AbortController().signal
  const clusterSays = registrationOf(registrationsOf(live), network)
  const hints = clusterSays === undefined ? {} : { cluster: clusterSays }
  let ledger = before
  const ports: RegisterPorts = {
    ...{ chain, hints, signal, timing: input.timing },
    signer: async () => signer,
    ledger: {
      current: () => ledger,
      record: async (event: ChainEvent) => {
        await journal.append(event)
        ledger = reduceChain(ledger, event)
      },
    },
    now: () => Date.now(),
    pause: async (ms) => {
      await delay(ms)
    },
  }
  const planned = await planChain([desiredIdentity(input)], {
    ...{ workspaceId: input.workspaceId, ledger: before, signal, stamp: true },
    base: { url: 'https://shop.example' },
    owner: async () => signer.address,
    connect: () => chain,
    hints: () => hints,
    canSign: () => true,
    now: () => Date.now(),
  })
  let agentId: string | undefined
  const steps = []
  for (const step of planned) {
    const result = await runOne(step, run, ports)
    if ('agentId' in result) agentId = result.agentId
    const why = 'diagnostic' in result ? { why: result.diagnostic } : {}
    const sends = step.call?.dataHash === undefined ? {} : { dataHash: step.call.dataHash }
    steps.push({ id: step.id, state: step.state, result: result.result, ...sends, ...why })
  }
  return { steps, ...(agentId && { agentId }) }
}

async function runOne(
  step: Parameters<typeof runChainStep>[0],
  run: string,
  ports: RegisterPorts,
): Promise<ChainResult | { readonly result: 'held'; readonly diagnostic: unknown }> {
  if (step.op === 'settled' && step.agentId !== undefined) return { result: 'unchanged', agentId: step.agentId }
  if (step.state === 'ready' || step.state === 'pending') return runChainStep(step, run, ports)
  return { result: 'held', diagnostic: step.diagnostics }
}

/** Writes the agentId to the cluster. */
async function publish(
  { network }: WorkerInput,
  agentId: string,
  live: JsonObject | undefined,
  { cluster, journal, run }: Recorder & { readonly cluster: ClusterWriter },
): Promise<string> {
  const before = registrationOf(registrationsOf(live), network)
  const step = {
    ...{ kind: 'identity' as const, id: `identity/${network}`, op: 'update' as const, network, agentId },
    ...{ offers: ['llm/aeon'], dependsOn: [], text: '', waits: false, diagnostics: [] },
    ...(before === undefined ? {} : { before }),
  }
  const { result } = await runIdentityStep(step, agentId, { ports: { cluster, journal }, run })
  return result
}

function registrationsOf(live: JsonObject | undefined): Parameters<typeof registrationOf>[0] {
  const list = jsonAt(live, ['status', 'registrations'])
  return isJsonArray(list) ? list : []
}

try {
  process.stdout.write(`${JSON.stringify(await main(JSON.parse(process.argv[2] ?? '{}')))}\n`)
} catch (error) {
  if (!(error instanceof ObolError)) throw error
  process.stdout.write(`${JSON.stringify({ steps: [], writes: 0, code: error.code, message: error.message })}\n`)
}
