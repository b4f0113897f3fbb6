import { after, before, describe, test } from 'node:test'
import { type Environment, findControlPlane } from '../../tools/control-plane/find.ts'
import { CONTROL_PLANE_VERSIONS, type ControlPlaneVersion } from '../../tools/control-plane/module-info.ts'
import {
  type ControlPlane,
  ControlPlaneError,
  type StartOptions,
  startControlPlane,
} from '../../tools/control-plane/start.ts'

/** A real API server that a test may start. */
export type RealServer = {
  /** `kube-apiserver newest`, `kube-apiserver 1.34` */
  readonly name: string
  readonly version: ControlPlaneVersion
  /** Why its tests are to be skipped; never set in CI, where `start` rejects instead. */
  readonly skip: string | undefined
  /** SIDE EFFECTS: those of `startControlPlane`. Rejects with CONTROL_PLANE_NOT_FOUND without binaries. */
  start(options?: Pick<StartOptions, 'apiServerArgs'>): Promise<ControlPlane>
}

/**
 * Every version that contract tests run against, found or not. Nothing is built here, since a build takes longer than a
 * test may: `make control-plane` does that.
 */
export function realServers(env: Environment = process.env): readonly RealServer[] {
  return CONTROL_PLANE_VERSIONS.map((version) => {
    const binaries = findControlPlane(version, env)
    return {
      name: `kube-apiserver ${version}`,
      version,
      skip: binaries.found || isCi(env) ? undefined : binaries.reason,
      start: async (options = {}) => {
        if (!binaries.found) throw new ControlPlaneError('CONTROL_PLANE_NOT_FOUND', binaries.reason)
        return startControlPlane({ ...options, version, binaries })
      },
    }
  })
}

/**
 * Declares a suite per real API server, which is started before the suite's tests and stopped after them; call `plane`
 * inside a test. Without binaries the suite is one skipped test that says why, and in CI its tests fail.
 */
export function forEachRealServer(
  declare: (server: RealServer, plane: () => ControlPlane) => void,
  servers: readonly RealServer[] = realServers(),
): void {
  for (const server of servers) {
    if (server.skip !== undefined) {
      test(server.name, { skip: server.skip }, () => undefined)
      continue
    }
    describe(server.name, () => {
      let started: ControlPlane | undefined
      before(async () => {
        started = await server.start()
      })
      after(() => started?.stop())
      declare(server, () => {
        if (started === undefined) throw new Error(`${server.name} was not started: call plane() inside a test`)
        return started
      })
    })
  }
}

function isCi(env: Environment): boolean {
  const ci = env['CI']
  return ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0'
}
