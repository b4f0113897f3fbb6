import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ControlPlaneVersion, type ModuleInfo, moduleInfo } from './module-info.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type Binaries = {
  readonly found: true
  readonly source: 'KUBEBUILDER_ASSETS' | 'cache' | 'build'
  readonly kubeApiserver: string
  readonly etcd: string
}

/** Why there are no binaries, as one sentence that ends with the command to run. */
export type NotFound = { readonly found: false; readonly reason: string }

/**
 * Looks for kube-apiserver and etcd of a version in KUBEBUILDER_ASSETS, then in the user's cache; builds nothing.
 * Assets of another minor version are passed over, save that a newer one serves for `newest`.
 */
export function findControlPlane(version: ControlPlaneVersion, env: Environment = process.env): Binaries | NotFound {
  const info = moduleInfo(version)
  const assets = env['KUBEBUILDER_ASSETS']
  const wrongAssets = assets ? rejectAssets(assets, version, info) : undefined
  if (assets && wrongAssets === undefined) return binariesIn(assets, 'KUBEBUILDER_ASSETS')
  const folder = cacheFolder(info, env)
  if (hasBinaries(folder)) return binariesIn(folder, 'cache')
  const passedOver = wrongAssets === undefined ? '' : ` (${wrongAssets})`
  const command = `node tools/control-plane/main.ts build ${version}`
  return { found: false, reason: `no kube-apiserver ${info.gitVersion} in ${folder}${passedOver}; run ${command}` }
}

/** Where the cached binaries of a version are: `${XDG_CACHE_HOME:-~/.cache}/obol/control-plane/<cacheKey>`. */
export function cacheFolder(info: ModuleInfo, env: Environment): string {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache')
  return join(base, 'obol', 'control-plane', info.cacheKey)
}

/** The two binaries of a folder that is known to hold them. */
export function binariesIn(folder: string, source: Binaries['source']): Binaries {
  return { found: true, source, kubeApiserver: join(folder, 'kube-apiserver'), etcd: join(folder, 'etcd') }
}

/** True when a folder holds both binaries and they may be run. */
export function hasBinaries(folder: string): boolean {
  try {
    for (const name of ['kube-apiserver', 'etcd']) accessSync(join(folder, name), constants.X_OK)
    return true
  } catch {
    return false
  }
}

function rejectAssets(folder: string, version: ControlPlaneVersion, info: ModuleInfo): string | undefined {
  if (!hasBinaries(folder)) return `KUBEBUILDER_ASSETS ${folder} lacks kube-apiserver or etcd`
  const asked = spawnSync(join(folder, 'kube-apiserver'), ['--version'], { encoding: 'utf8', timeout: 10_000 })
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(asked.stdout ?? '') ?? []
  if (major === undefined || minor === undefined) return `KUBEBUILDER_ASSETS ${folder} tells no version`
  const newer = version === 'newest' && Number(minor) > Number(info.minor)
  if (major === info.major && (minor === info.minor || newer)) return undefined
  return `KUBEBUILDER_ASSETS holds ${major}.${minor}, not ${info.major}.${info.minor}`
}
