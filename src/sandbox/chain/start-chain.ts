import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import registryDouble from '../../../contracts/IdentityRegistry.json' with { type: 'json' }
import { ObolError } from '../../errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../../errors/sandbox.ts'
import type { Address, Hex } from '../../util/hex.ts'
import { findAnvil } from './find-anvil.ts'
import { rpc } from './rpc.ts'

export type ChainOptions = {
  /** 31337 by default. */
  readonly chainId?: number
  /** On loopback; a free one by default. */
  readonly port?: number
  /** Seconds between blocks. By default a block is mined for each transaction. */
  readonly blockTime?: number
  /** Blocks only when asked for (`ChainControl.mine`). */
  readonly noMining?: boolean
  /** Base fee of the first blocks in wei; 1 gwei by default. */
  readonly baseFee?: bigint
  /** The chain is loaded from this file if it exists, and written to it by `stop`. */
  readonly stateFile?: string
  /** Where the registry's double is put; by default where the testnets have theirs. */
  readonly registry?: Address
  /** The anvil binary; by default npm's, else the one in PATH. */
  readonly anvil?: string
}

/** A funded account of the local chain. Its key is public knowledge: the same on every anvil. */
export type DevAccount = { readonly address: Address; readonly privateKey: Hex }

/** A running local chain. */
export type Chain = {
  /** `http://127.0.0.1:PORT` */
  readonly rpcUrl: string
  readonly chainId: number
  /** Ten, with 10,000 ETH each. */
  readonly accounts: readonly DevAccount[]
  readonly registry: Address
  /** Of anvil, for tests that kill it. */
  readonly pid: number
  /** Resolves when anvil has ended, by `stop` or by itself. */
  readonly ended: Promise<void>
  /** SIDE EFFECTS: ends anvil, which writes the state file. May be called again. */
  stop(): Promise<void>
}

/** Where the registry is on testnets, and by its deployment script on 31337 (ERC-8004 contracts, scripts/addresses). */
export const REGISTRY_ADDRESS: Address = '0x8004A818BFB912233c491871b3d84c89A494BD9e'

/** Blocks of which balances, nonces and calls can be read; blocks, logs and receipts are kept for ever. */
const KEPT_STATES = 2_000
const START_SECONDS = 30
const STOP_SECONDS = 5
/** The latest rules that all chains with a registry have. */
const HARDFORK = 'prague'

/**
 * Waits for the end of its standard input, which comes when this process ends, however it ends; then ends anvil. The
 * shell is told the pid as `$0`.
 */
const WATCHDOG = 'read -r line; kill "$0"; sleep 2; kill -9 "$0"'

/**
 * Starts anvil on a free loopback port and puts the double of the ERC-8004 registry on it. A watchdog ends it when this
 * process dies without `stop`.
 * @throws ObolError OBOL-S006 (no anvil) or OBOL-S007 (it did not start). SIDE EFFECTS: starts two processes.
 */
export async function startChain(options: ChainOptions = {}): Promise<Chain> {
  const anvil = spawn(options.anvil ?? findAnvil(), anvilArguments(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for this process, which then stops the chain in order.
    detached: true,
  })
  const ended = new Promise<void>((resolve) => {
    anvil.once('close', () => resolve())
  })
  const pid = await spawned(anvil)
  const watchdog = watch(pid)
  const stop = async (): Promise<void> => {
    await end(anvil, ended)
    watchdog.kill('SIGKILL')
  }
  try {
    const { rpcUrl, accounts } = await readAnnouncement(anvil)
    const registry = options.registry ?? REGISTRY_ADDRESS
    await rpc(rpcUrl, 'anvil_setCode', [registry, registryDouble.deployedBytecode])
    return { rpcUrl, chainId: options.chainId ?? 31_337, accounts, registry, pid, ended, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function anvilArguments(options: ChainOptions): readonly string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--hardfork', HARDFORK],
    ...['--chain-id', String(options.chainId ?? 31_337), '--accounts', '10', '--balance', '10000'],
    ...['--color', 'never'],
    // Older states would go to files in the home folder, which anvil never removes.
    ...['--prune-history', String(KEPT_STATES)],
    ...(options.blockTime === undefined ? [] : ['--block-time', String(options.blockTime)]),
    ...(options.noMining === true ? ['--no-mining'] : []),
    ...(options.baseFee === undefined ? [] : ['--block-base-fee-per-gas', String(options.baseFee)]),
    ...(options.stateFile === undefined ? [] : ['--state', options.stateFile]),
  ]
}

async function spawned(anvil: ChildProcess): Promise<number> {
  try {
    await once(anvil, 'spawn')
  } catch (cause) {
    throw new ObolError(SANDBOX_ERRORS.ANVIL_MISSING, { details: [String(cause)], cause })
  }
  return anvil.pid ?? 0
}

function watch(pid: number): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Without a shell (Windows) there is no watchdog; the chain works without one.
  watchdog.once('error', () => undefined)
  watchdog.unref()
  return watchdog
}

/** Reads what anvil prints until it listens: its accounts, their keys and the port. */
async function readAnnouncement(anvil: ChildProcess): Promise<Pick<Chain, 'rpcUrl' | 'accounts'>> {
  const { stdout, stderr } = anvil
  if (stdout === null || stderr === null) throw new ObolError(SANDBOX_ERRORS.CHAIN_NOT_STARTED)
  let complaints = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2_000)
  })
  const lines = await linesUntilListening(stdout)
  // It goes on printing each call; a pipe that nobody reads would stop it.
  stdout.resume()
  const host = /^Listening on (\S+)/.exec(lines.at(-1) ?? '')?.[1]
  if (host === undefined) {
    const details = complaints.split('\n').filter((line) => line !== '')
    throw new ObolError(SANDBOX_ERRORS.CHAIN_NOT_STARTED, { details })
  }
  const numbered = lines.map((line) => /^\(\d+\) (0x[0-9a-fA-F]+)/.exec(line)?.[1])
  const keys = numbered.filter((value) => isHex(value, 64))
  const accounts = numbered
    .filter((value) => isHex(value, 40))
    .map((address, i): DevAccount => ({ address, privateKey: keys[i] ?? '0x' }))
  return { rpcUrl: `http://${host}`, accounts }
}

async function linesUntilListening(stdout: Readable): Promise<readonly string[]> {
  const lines: string[] = []
  const reader = createInterface({ input: stdout, signal: AbortSignal.timeout(START_SECONDS * 1_000) })
  for await (const line of reader) {
    lines.push(line)
    if (line.startsWith('Listening on ')) break
  }
  // Left open, it would be closed by its signal later, and pause the pipe then.
  reader.close()
  return lines
}

function isHex(value: string | undefined, digits: number): value is Hex {
  return value?.startsWith('0x') === true && value.length === digits + 2
}

async function end(anvil: ChildProcess, ended: Promise<void>): Promise<void> {
  if (anvil.exitCode === null && anvil.signalCode === null) anvil.kill('SIGTERM')
  const timer = setTimeout(() => anvil.kill('SIGKILL'), STOP_SECONDS * 1_000)
  await ended
  clearTimeout(timer)
}
