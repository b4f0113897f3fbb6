import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ObolError } from '../../errors/obol-error.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import { nearestName, resolveNetwork } from '../../networks/resolve-network.ts'
import type { Network } from '../../networks/table.ts'
import type { Chain, DevAccount } from '../../sandbox/chain/start-chain.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Context } from '../context.ts'
import { displayPath } from '../display-path.ts'
import type { Style } from '../style.ts'
import type { SandboxFlags } from './sandbox-command.ts'

/** A local chain beside the sandbox, and the account that may be used on it. */
export type SandboxChain = {
  /** Name of the chain in whose place it is. */
  readonly network: string
  readonly chain: Chain
  readonly account: DevAccount
  /** Absolute; present when its key was written. */
  readonly keyFile?: string
}

/**
 * Runs `during` with a local chain when `--chain` asks for one, without otherwise.
 * @throws ObolError for a chain that does not start and a key file that cannot be written. SIDE EFFECTS: runs anvil, and
 * keeps the key file (mode 0600, never over one that exists), until `during` has ended.
 */
export async function withSandboxChain(
  flags: SandboxFlags,
  context: Context,
  during: (running: SandboxChain | undefined) => Promise<void>,
): Promise<void> {
  if (flags.chain === undefined) {
    if (flags.keyFile !== undefined || flags.chainPort !== undefined) {
      const flag = flags.keyFile === undefined ? '--chain-port' : '--key-file'
      throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
        message: `${flag} is for a local chain`,
        hint: `obol sandbox --chain anvil`,
      })
    }
    return during(undefined)
  }
  const { name: network, chainId, identityRegistry: registry } = knownNetwork(flags.chain)
  const { startChain } = await import('../../sandbox/chain/start-chain.ts')
  const { chainPort: port } = flags
  const options = { chainId, ...(registry === undefined ? {} : { registry }), ...(port === undefined ? {} : { port }) }
  const chain = await startChain(options)
  try {
    const account = chain.accounts[0]
    if (account === undefined) throw new Error('anvil has no accounts')
    await withKeyFile(account, flags.keyFile, context, (keyFile) =>
      during({ network, chain, account, ...(keyFile === undefined ? {} : { keyFile }) }),
    )
  } finally {
    await chain.stop()
  }
}

function knownNetwork(name: string): Network {
  const network = resolveNetwork(name)
  if (network !== undefined) return network
  const near = nearestName(name)
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, {
    message: `--chain: there is no network ${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
    hint: `obol sandbox --chain ${near ?? 'anvil'}`,
  })
}

/** What `--json` says of the chain; never a key. */
export function chainJson({ network, chain, account, keyFile }: SandboxChain): JsonObject {
  return {
    network,
    chainId: chain.chainId,
    rpcUrl: chain.rpcUrl,
    registry: chain.registry,
    account: account.address,
    pid: chain.pid,
    ...(keyFile === undefined ? {} : { keyFile }),
  }
}

/** What a person is told of the chain, as lines; with what to write into obol.yaml. */
export function chainLines(
  { network, chain, account, keyFile }: SandboxChain,
  { cyan, dim }: Style,
): readonly string[] {
  return [
    `The local chain listens on ${chain.rpcUrl} ${dim(`(in the place of ${network}, chain id ${chain.chainId})`)}`,
    `  registry  ${chain.registry}`,
    `  account   ${account.address} ${dim('(10,000 ETH; its key is public: never use it elsewhere)')}`,
    '',
    'To register offers on it, in obol.yaml:',
    ...[
      'spec:',
      '  baseUrl: https://sell.example.com',
      `  signer: { keyFile: ${JSON.stringify(keyFile ?? 'FILE')} }`,
      `  chains: { ${network}: { rpc: ${JSON.stringify(chain.rpcUrl)}, confirmations: 1 } }`,
    ].map((line) => `  ${cyan(line)}`),
    ...(keyFile === undefined ? [dim(`  (obol sandbox --chain ${network} --key-file FILE writes the key)`)] : []),
  ]
}

/** Never over a file that exists: it may hold a key that is worth something. */
async function withKeyFile(
  { privateKey }: DevAccount,
  wanted: string | undefined,
  context: Context,
  during: (keyFile: string | undefined) => Promise<void>,
): Promise<void> {
  if (wanted === undefined) return during(undefined)
  const file = resolve(context.cwd, wanted)
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `${privateKey}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
      message: exists ? 'the key file exists already, and is not overwritten' : 'the key file could not be written',
      where: { file: displayPath(file, context) },
      hint: exists ? 'choose another file, or leave out --key-file' : 'leave out --key-file',
      cause: error,
    })
  }
  try {
    await during(file)
  } finally {
    await rm(file, { force: true })
  }
}
