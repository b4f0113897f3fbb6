import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { buildControlPlane } from './build.ts'
import { findControlPlane } from './find.ts'
import { CONTROL_PLANE_VERSIONS, type ControlPlaneVersion, isControlPlaneVersion } from './module-info.ts'
import { ControlPlaneError, startControlPlane } from './start.ts'

const USAGE = `A real kube-apiserver with etcd, for tests. VERSION is ${CONTROL_PLANE_VERSIONS.join(' or ')}; default newest.

  node tools/control-plane/main.ts build [VERSION|all] [--optional]   build what is not there yet
  node tools/control-plane/main.ts start [VERSION]                    print a kubeconfig path, run until Ctrl-C
  node tools/control-plane/main.ts run [VERSION] -- COMMAND...        run a command with KUBECONFIG set

Binaries come from KUBEBUILDER_ASSETS, else from \${XDG_CACHE_HOME:-~/.cache}/obol/control-plane, else from a build with
Go 1.26 or newer. With --optional, a machine that cannot build is no failure.
Exit code: 0 done, 1 failed, 64 usage, 69 no binaries; of run: that of the command.
`

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv
  try {
    if (verb === 'build') return await build(rest)
    if (verb === 'start') return await start(rest)
    if (verb === 'run') return await run(rest)
  } catch (error) {
    if (!(error instanceof ControlPlaneError)) throw error
    progress(error.message)
    return error.code === 'CONTROL_PLANE_NOT_FOUND' ? 69 : 1
  }
  if (verb === '--help' || verb === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  return usage()
}

async function build(args: readonly string[]): Promise<number> {
  const optional = args.includes('--optional')
  const [which = 'newest', ...extra] = args.filter((arg) => arg !== '--optional')
  const versions = which === 'all' ? CONTROL_PLANE_VERSIONS : isControlPlaneVersion(which) ? [which] : undefined
  if (versions === undefined || extra.length > 0) return usage()
  let missing = false
  for (const version of versions) {
    const present = findControlPlane(version)
    const outcome = present.found ? present : await buildControlPlane({ version, progress })
    if (outcome.found)
      process.stdout.write(`${version}\t${outcome.source}\t${outcome.kubeApiserver}\t${outcome.etcd}\n`)
    else progress(outcome.reason)
    missing ||= !outcome.found
  }
  return missing && !optional ? 69 : 0
}

async function start(args: readonly string[]): Promise<number> {
  const version = versionArgument(args)
  if (version === undefined) return usage()
  const plane = await startControlPlane({ version, progress })
  process.stdout.write(`${plane.kubeconfig('admin')}\n`)
  progress(`kube-apiserver ${plane.version} at ${plane.url}; Ctrl-C ends it`)
  await interrupted()
  await plane.stop()
  return 0
}

async function run(args: readonly string[]): Promise<number> {
  const dashes = args.indexOf('--')
  const [command, ...commandArgs] = dashes < 0 ? [] : args.slice(dashes + 1)
  const version = versionArgument(args.slice(0, Math.max(dashes, 0)))
  if (version === undefined || command === undefined) return usage()
  const plane = await startControlPlane({ version, progress })
  try {
    const env = { ...process.env, KUBECONFIG: plane.kubeconfig('admin') }
    const child = spawn(command, commandArgs, { stdio: 'inherit', env })
    // The command decides what a signal means; this process has to outlive it to stop the servers.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
    return await new Promise<number>((resolve) => {
      child.once('error', (error) => {
        progress(error.message)
        resolve(127)
      })
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
  } finally {
    await plane.stop()
  }
}

function versionArgument(args: readonly string[]): ControlPlaneVersion | undefined {
  const [version = 'newest', ...extra] = args
  return extra.length === 0 && isControlPlaneVersion(version) ? version : undefined
}

async function interrupted(): Promise<void> {
  const idle = setInterval(() => undefined, 60_000)
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
  clearInterval(idle)
}

function usage(): number {
  process.stderr.write(USAGE)
  return 64
}

function progress(line: string): void {
  process.stderr.write(`control-plane: ${line}\n`)
}
