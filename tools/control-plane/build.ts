import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Binaries, binariesIn, cacheFolder, type Environment, hasBinaries, type NotFound } from './find.ts'
import { type ControlPlaneVersion, type ModuleInfo, moduleInfo } from './module-info.ts'

/** Go's command, found in PATH. */
const GO = 'go'

export type BuildOptions = {
  readonly version: ControlPlaneVersion
  readonly env?: Environment
  /** Receives one line per event. Default: none. */
  readonly progress?: (line: string) => void
  readonly signal?: AbortSignal
}

/**
 * Builds kube-apiserver and etcd with Go into the user's cache (3 to 4 minutes on two cores, seconds with a warm Go cache).
 * SIDE EFFECTS: runs `go`, which downloads modules; writes the cache. A second builder waits for the first. Without a
 * usable Go, or when the build fails, the reason is returned.
 */
export async function buildControlPlane(options: BuildOptions): Promise<Binaries | NotFound> {
  const { version, env = process.env, progress = () => undefined, signal } = options
  const info = moduleInfo(version)
  const folder = cacheFolder(info, env)
  const goEnv = buildEnvironment(env)
  const missing = goProblem(info, goEnv)
  if (missing !== undefined)
    return { found: false, reason: `cannot build kube-apiserver ${info.gitVersion}: ${missing}` }
  mkdirSync(dirname(folder), { recursive: true })
  const unlock = await lock(`${folder}.lock`, () => hasBinaries(folder), progress, signal)
  const prefix = `.build-${basename(folder)}-`
  const work = join(dirname(folder), `${prefix}${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    removeAbandoned(dirname(folder), prefix)
    if (hasBinaries(folder)) return binariesIn(folder, 'cache')
    mkdirSync(work)
    progress(`building kube-apiserver ${info.gitVersion} and etcd: about four minutes on two cores, once`)
    const failure = await goBuild({ info, work, env: goEnv, progress, signal })
    if (failure !== undefined) return { found: false, reason: `go build of ${info.gitVersion} failed: ${failure}` }
    renameSync(join(work, 'server'), join(work, 'etcd'))
    publish(work, folder)
    progress(`built ${folder}`)
    return binariesIn(folder, 'build')
  } finally {
    rmSync(work, { recursive: true, force: true })
    unlock()
  }
}

/** The arguments of `go` for one version; `tool` means every tool that go.mod names. */
export function goBuildArgs(info: ModuleInfo, outFolder: string): readonly string[] {
  const stamp = 'k8s.io/component-base/version'
  const version = [`gitVersion=${info.gitVersion}`, `gitMajor=${info.major}`, `gitMinor=${info.minor}`]
  const ldflags = ['-s', '-w', ...version.map((set) => `-X ${stamp}.${set}`)].join(' ')
  return ['build', '-trimpath', '-buildvcs=false', '-o', `${outFolder}/`, '-ldflags', ldflags, 'tool']
}

type GoBuild = {
  readonly info: ModuleInfo
  readonly work: string
  readonly env: Record<string, string | undefined>
  readonly progress: (line: string) => void
  readonly signal: AbortSignal | undefined
}

async function goBuild({ info, work, env, progress, signal }: GoBuild): Promise<string | undefined> {
  const started = performance.now()
  const child = spawn(GO, goBuildArgs(info, work), {
    cwd: info.folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  })
  let downloads = 0
  let talk = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    downloads += text.split('go: downloading').length - 1
    talk = (talk + text).slice(-8_000)
  })
  const beat = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000)
    progress(`still building ${info.gitVersion}: ${seconds} s, ${downloads} modules downloaded`)
  }, 20_000)
  return new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => resolve(code === 0 ? undefined : lastErrors(talk)))
  }).finally(() => clearInterval(beat))
}

function lastErrors(talk: string): string {
  const lines = talk.split('\n').filter((line) => line !== '' && !line.startsWith('go: downloading'))
  return lines.slice(-10).join('\n')
}

/** The caller's environment without what would build for another machine or from another module. */
function buildEnvironment(env: Environment): Record<string, string | undefined> {
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, ...rest } = env
  return { ...rest, CGO_ENABLED: '0', GOWORK: 'off' }
}

function goProblem(info: ModuleInfo, env: Record<string, string | undefined>): string | undefined {
  const asked = spawnSync(GO, ['env', 'GOVERSION'], { cwd: info.folder, env, encoding: 'utf8', timeout: 120_000 })
  if (asked.error !== undefined) return 'Go 1.26 or newer is not installed'
  return asked.status === 0 ? undefined : asked.stderr.trim()
}

/**
 * A waiter gives up waiting once `done()`. Two builders that take over the same dead lock at the same time both build:
 * harmless, since each has its own folder and publishes it by rename.
 */
async function lock(
  file: string,
  done: () => boolean,
  progress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<() => void> {
  let told = false
  while (!done()) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    const holder = holderOf(file)
    if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true })
    if (!told) progress(`waiting for the build of process ${holder ?? 'unknown'}`)
    told = true
    await delay(200, undefined, signal === undefined ? {} : { signal })
  }
  return () => undefined
}

function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

/** What builders that were killed have left, named like `work` above. */
function removeAbandoned(cache: string, prefix: string): void {
  for (const name of readdirSync(cache)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN
    if (pid > 0 && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true })
  }
}

function publish(work: string, folder: string): void {
  // A folder that is there but lacks a binary is a damaged cache: hasBinaries() was false a moment ago.
  if (!hasBinaries(folder)) rmSync(folder, { recursive: true, force: true })
  try {
    renameSync(work, folder)
  } catch (error) {
    if (!hasBinaries(folder)) throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
