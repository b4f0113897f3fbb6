import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { keccak256, stringToHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { parse } from 'yaml'
import { type ChainControl, chainControl } from '../../src/sandbox/chain/chain-control.ts'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import { type Chain, startChain } from '../../src/sandbox/chain/start-chain.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { isJsonObject, type JsonObject } from '../../src/util/json.ts'
import { type RpcProxy, startRpcProxy } from './rpc-proxy.ts'
import type { WorkerInput } from './worker-input.ts'

export const NETWORK = 'anvil'
export const CONFIRMATIONS = 4
const CRD = join(import.meta.dirname, '../../schemas/crds/agentidentities.obol.org.yaml')
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } }
/** Fast enough that nothing waits for a clock, slow enough that a poll is not a busy loop. */
const TIMING = { pollMs: 4, waitMs: 3000, rebroadcastAfterMs: 40, bumpAfterMs: 120 }

/** A local chain with a proxy before it; one run after the other uses it, each with an owner of its own. */
export type Lane = {
  readonly chain: Chain
  readonly control: ChainControl
  readonly proxy: RpcProxy
  /** The bundled worker. */
  readonly script: string
  readonly crd: JsonObject
  stop(): Promise<void>
}

/** SIDE EFFECTS: starts anvil and listens on a port. */
export async function openLane(script: string): Promise<Lane> {
  const crd: unknown = parse(await readFile(CRD, 'utf8'))
  if (!isJsonObject(crd)) throw new Error(`${CRD} is no object`)
  const chain = await startChain({ noMining: true })
  const proxy = await startRpcProxy(chain.rpcUrl)
  const stop = async (): Promise<void> => {
    await proxy.stop()
    await chain.stop()
  }
  return { chain, control: chainControl(chain.rpcUrl), proxy, script, crd, stop }
}

/** What one run has to itself. */
export type Stage = {
  readonly lane: Lane
  readonly owner: PrivateKeyAccount
  readonly folder: string
  readonly sandbox: Sandbox
  readonly fromBlock: number
  /** What the process of that name is told. */
  input(client: string): WorkerInput
  /** Of the process of that name. */
  stateFolder(client: string): string
  stop(): Promise<void>
}

/** An owner with money, an empty API server and no journal. SIDE EFFECTS: a folder, a port, some blocks. */
export async function openStage(lane: Lane, name: string): Promise<Stage> {
  const { chain, control, proxy, crd } = lane
  const key = keccak256(stringToHex(`obol chaos ${name} ${process.pid}`))
  const owner = privateKeyToAccount(key)
  const folder = mkdtempSync(join(tmpdir(), 'obol-chaos-'))
  const sandbox = await startSandbox({ objects: [crd, NAMESPACE] })
  writeFileSync(join(folder, 'kubeconfig.yaml'), sandbox.kubeconfigYaml, { mode: 0o600 })
  writeFileSync(join(folder, 'owner.key'), `${key}\n`, { mode: 0o600 })
  await control.dropAll()
  await control.setBalance(owner.address, 10n ** 18n)
  // Deep enough that no reorganisation takes the money back.
  await control.mine(CONFIRMATIONS + 1)
  const fromBlock = Number(await rpc(chain.rpcUrl, 'eth_blockNumber'))
  const clientFolder = (client: string): string => {
    const path = join(folder, client)
    mkdirSync(path, { recursive: true })
    return path
  }
  return {
    ...{ lane, owner, folder, sandbox, fromBlock },
    input: (client) => ({
      ...{ network: NETWORK, chainId: chain.chainId, registry: chain.registry, confirmations: CONFIRMATIONS },
      ...{ timing: TIMING, workspaceId: '7f1d1b52-6f65-4c37-9d56-000000000001' },
      folder: clientFolder(client),
      keyFile: join(folder, 'owner.key'),
      rpcUrl: proxy.url(client),
    }),
    stateFolder: (client) => join(folder, client, 'state'),
    stop: async () => {
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
