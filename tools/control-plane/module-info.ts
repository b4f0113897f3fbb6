import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The control planes that the tests cover: the newest release, and one from before the change of `{}` in 1.36. */
export const CONTROL_PLANE_VERSIONS = ['newest', '1.34'] as const
export type ControlPlaneVersion = (typeof CONTROL_PLANE_VERSIONS)[number]

export type ModuleInfo = {
  /** The folder with the go.mod that pins kube-apiserver and etcd. */
  readonly folder: string
  /** `v1.37.2`, as go.mod pins it. */
  readonly gitVersion: string
  readonly major: string
  readonly minor: string
  /** Name of the cache folder: `<version>-<16 hex digits of SHA-256 over go.mod and go.sum>`. */
  readonly cacheKey: string
}

/** Reads what go.mod pins for a version; throws when the checked-in go.mod does not name k8s.io/kubernetes. */
export function moduleInfo(version: ControlPlaneVersion): ModuleInfo {
  const folder = join(import.meta.dirname, version)
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file))).update('\0')
  const pinned = /^\s*k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/m.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))
  const [, gitVersion, major, minor] = pinned ?? []
  if (gitVersion === undefined || major === undefined || minor === undefined) {
    throw new Error(`${folder}/go.mod does not pin k8s.io/kubernetes`)
  }
  return { folder, gitVersion, major, minor, cacheKey: `${version}-${hash.digest('hex').slice(0, 16)}` }
}

/** True for one of CONTROL_PLANE_VERSIONS. */
export function isControlPlaneVersion(text: string): text is ControlPlaneVersion {
  return CONTROL_PLANE_VERSIONS.some((version) => version === text)
}
