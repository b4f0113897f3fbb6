import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ObolError } from '../../errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../../errors/sandbox.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts'
import type { Context } from '../context.ts'
import { displayPath } from '../display-path.ts'
import { renderErrors } from '../render-error.ts'
import { STACK_NAMESPACE, sandboxCrds } from '../sandbox-crds.ts'
import { chainJson, chainLines, type SandboxChain, withSandboxChain } from './sandbox-chain.ts'
import type { SandboxFlags } from './sandbox-command.ts'

/**
 * `obol sandbox`: a local Kubernetes API, and a chain where asked for, until the signal. The path of its kubeconfig goes
 * to stdout, the rest to stderr.
 * SIDE EFFECTS: listens on loopback ports; writes a kubeconfig and a key file (mode 0600) and removes them; keeps the
 * state file; runs anvil.
 */
export async function sandbox(this: Context, flags: SandboxFlags): Promise<void> {
  await withSandboxChain(flags, this, async (chain) => {
    const server = await startSandbox({
      ...(flags.port === undefined ? {} : { port: flags.port }),
      ...(flags.state === undefined ? {} : { stateFile: resolve(this.cwd, flags.state) }),
      objects: flags.withCrds === false ? [] : [...(await sandboxCrds()), STACK_NAMESPACE],
      onError: (error) => this.stderr.write(renderErrors([error], this.stderr.style, false)),
    })
    try {
      const file = await writeKubeconfig(server, flags.kubeconfig, this)
      try {
        announce({ server, file, chain }, flags, this)
        await untilStopped(this.signal, chain)
      } finally {
        await removeKubeconfig(file, flags.kubeconfig)
      }
    } finally {
      await server.stop()
    }
  })
  this.stderr.write('The sandbox has stopped.\n')
}

/** @throws ObolError OBOL-S009 when the chain ends before the signal. */
async function untilStopped(signal: AbortSignal, running: SandboxChain | undefined): Promise<void> {
  if (signal.aborted) return
  const stopped = once(signal, 'abort')
  if (running === undefined) await stopped
  else await Promise.race([stopped, running.chain.ended])
  if (!signal.aborted) throw new ObolError(SANDBOX_ERRORS.CHAIN_ENDED)
}

/** Never over a file that exists: it may be the kubeconfig of a real cluster. */
async function writeKubeconfig(server: Sandbox, wanted: string | undefined, context: Context): Promise<string> {
  const isOurs = wanted === undefined
  const folder = isOurs ? await mkdtemp(join(tmpdir(), 'obol-sandbox-')) : context.cwd
  const file = resolve(folder, wanted ?? 'kubeconfig')
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, server.kubeconfigYaml, { mode: 0o600, flag: 'wx' })
    return file
  } catch (error) {
    if (isOurs) await rm(folder, { recursive: true, force: true })
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new ObolError(USAGE_ERRORS.NOT_WRITABLE, {
      message: exists ? 'the kubeconfig exists already, and is not overwritten' : 'the kubeconfig could not be written',
      where: { file: displayPath(file, context) },
      hint: exists ? 'choose another file, or leave out --kubeconfig' : 'leave out --kubeconfig',
      cause: error,
    })
  }
}

async function removeKubeconfig(file: string, wanted: string | undefined): Promise<void> {
  if (wanted === undefined) await rm(dirname(file), { recursive: true, force: true })
  else await rm(file, { force: true })
}

type Running = { readonly server: Sandbox; readonly file: string; readonly chain: SandboxChain | undefined }

function announce({ server, file, chain }: Running, flags: SandboxFlags, { stdout, stderr }: Context): void {
  if (flags.json === true) {
    const more = chain === undefined ? {} : { chain: chainJson(chain) }
    stdout.write(`${JSON.stringify({ formatVersion: 1, kubeconfig: file, url: server.url, ...more }, undefined, 2)}\n`)
    return
  }
  stdout.write(`${file}\n`)
  const { cyan, dim } = stderr.style
  const lines = [
    `The sandbox listens on ${server.url} ${dim('(Ctrl-C stops it)')}`,
    ...(chain === undefined ? [] : chainLines(chain, stderr.style)),
    '',
    'Next, in another terminal:',
    `  ${cyan(`obol plan --kubeconfig ${file}`)}`,
    `  ${cyan(`kubectl --kubeconfig ${file} get serviceoffers -A`)}`,
  ]
  stderr.write(`${lines.join('\n')}\n`)
}
