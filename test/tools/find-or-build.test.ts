import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { buildControlPlane, goBuildArgs } from '../../tools/control-plane/build.ts'
import { cacheFolder, findControlPlane } from '../../tools/control-plane/find.ts'
import { findOrBuild } from '../../tools/control-plane/find-or-build.ts'
import { moduleInfo } from '../../tools/control-plane/module-info.ts'
import { realServers } from '../support/control-plane.ts'
import { testFolder, writeScript } from './fake-tools.ts'

const NEWEST = moduleInfo('newest')

function fakeAssets(folder: string, gitVersion: string): string {
  writeScript(folder, 'etcd')
  writeScript(folder, 'kube-apiserver', `echo Kubernetes ${gitVersion}`)
  return folder
}

/** A `go` that "builds" two scripts and notes each build in the file `builds`. */
function fakeGo(t: TestContext, ...buildLines: readonly string[]) {
  const folder = testFolder(t)
  writeScript(
    join(folder, 'bin'),
    'go',
    '[ "$1" = env ] && { echo go1.26.0; exit 0; }',
    `pwd >> "${folder}/builds"`,
    ...buildLines,
    'while [ "$1" != -o ]; do shift; done',
    'for name in kube-apiserver server; do echo "#!/bin/sh" > "$2/$name"; chmod +x "$2/$name"; done',
  )
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'cache') }
  const builds = () => readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n')
  const cached = () => readdirSync(join(folder, 'cache', 'obol', 'control-plane'))
  return { env, builds, cached }
}

suite('findControlPlane', () => {
  test('default: the cache of the user', (t) => {
    const env = { XDG_CACHE_HOME: testFolder(t) }
    const folder = fakeAssets(cacheFolder(NEWEST, env), 'any')
    assert.deepEqual(findControlPlane('newest', env), {
      found: true,
      source: 'cache',
      kubeApiserver: join(folder, 'kube-apiserver'),
      etcd: join(folder, 'etcd'),
    })
    assert.equal(findControlPlane('1.34', env).found, false)
  })

  test('behavior: KUBEBUILDER_ASSETS comes before the cache', (t) => {
    const cache = testFolder(t)
    const assets = fakeAssets(testFolder(t), NEWEST.gitVersion)
    const env = { XDG_CACHE_HOME: cache, KUBEBUILDER_ASSETS: assets }
    fakeAssets(cacheFolder(NEWEST, env), 'any')
    const found = findControlPlane('newest', env)
    assert.ok(found.found)
    assert.equal(found.source, 'KUBEBUILDER_ASSETS')
    assert.equal(found.etcd, join(assets, 'etcd'))
  })

  test('behavior: assets of another minor version are passed over, save a newer one for the newest', (t) => {
    const env = (gitVersion: string) => ({
      XDG_CACHE_HOME: testFolder(t),
      KUBEBUILDER_ASSETS: fakeAssets(testFolder(t), gitVersion),
    })
    const newer = `v${NEWEST.major}.${Number(NEWEST.minor) + 1}.0`
    assert.equal(findControlPlane('newest', env(newer)).found, true)
    assert.equal(findControlPlane('newest', env('v1.34.9')).found, false)
    assert.equal(findControlPlane('1.34', env('v1.34.9')).found, true)
    assert.equal(findControlPlane('1.34', env(newer)).found, false)
  })

  test('error: the reason ends with the command to run', (t) => {
    const outcome = findControlPlane('1.34', { XDG_CACHE_HOME: testFolder(t) })
    assert.ok(!outcome.found)
    assert.match(outcome.reason, /node tools\/control-plane\/main\.ts build 1\.34$/)
  })
})

suite('buildControlPlane', () => {
  test('default: builds in the folder of the version, into the cache', async (t) => {
    const { env, builds, cached } = fakeGo(t)
    const outcome = await findOrBuild({ version: '1.34', env })
    assert.ok(outcome.found)
    assert.equal(outcome.source, 'build')
    assert.deepEqual(builds(), [moduleInfo('1.34').folder])
    assert.deepEqual(cached(), [moduleInfo('1.34').cacheKey])
    const again = await findOrBuild({ version: '1.34', env })
    assert.ok(again.found)
    assert.equal(again.source, 'cache')
  })

  test('behavior: the server is stamped with the version that go.mod pins', () => {
    const info = moduleInfo('1.34')
    const args = goBuildArgs(info, '/out')
    const ldflags = args[args.indexOf('-ldflags') + 1] ?? ''
    assert.match(info.gitVersion, /^v1\.34\.\d+$/)
    for (const set of [`gitVersion=${info.gitVersion}`, 'gitMajor=1', 'gitMinor=34']) {
      assert.ok(ldflags.split(' ').includes(`k8s.io/component-base/version.${set}`), set)
    }
    assert.deepEqual([args[0], args.at(-1)], ['build', 'tool'])
  })

  test('behavior: two builders build once', async (t) => {
    const { env, builds, cached } = fakeGo(t, 'sleep 0.3')
    const build = () => buildControlPlane({ version: 'newest', env })
    const sources = (await Promise.all([build(), build()])).map((outcome) => outcome.found && outcome.source)
    assert.deepEqual(sources.sort(), ['build', 'cache'])
    assert.equal(builds().length, 1)
    assert.deepEqual(cached(), [NEWEST.cacheKey])
  })

  test('behavior: what a dead builder left and a damaged cache are taken over', async (t) => {
    const { env, cached } = fakeGo(t)
    const folder = cacheFolder(NEWEST, env)
    mkdirSync(folder, { recursive: true })
    writeScript(folder, 'etcd')
    const dead = spawnSync('/bin/sh', ['-c', 'exit 0']).pid
    writeFileSync(`${folder}.lock`, String(dead))
    mkdirSync(join(folder, '..', `.build-${NEWEST.cacheKey}-${dead}-00`))
    const outcome = await buildControlPlane({ version: 'newest', env })
    assert.ok(outcome.found)
    assert.equal(outcome.source, 'build')
    assert.deepEqual(cached(), [NEWEST.cacheKey])
  })

  test('error: a build that fails says why and leaves nothing', async (t) => {
    const { env, cached } = fakeGo(t, 'echo "go: downloading x v1.0.0" >&2', 'echo "x.go:1:1: broken" >&2', 'exit 1')
    const outcome = await buildControlPlane({ version: 'newest', env })
    assert.ok(!outcome.found)
    assert.match(outcome.reason, /x\.go:1:1: broken$/)
    assert.deepEqual(cached(), [])
  })

  test('error: without Go nothing is built', async (t) => {
    const folder = testFolder(t)
    const env = { PATH: folder, XDG_CACHE_HOME: join(folder, 'cache') }
    const outcome = await buildControlPlane({ version: 'newest', env })
    assert.ok(!outcome.found)
    assert.match(outcome.reason, /Go 1\.26/)
    assert.equal(existsSync(join(folder, 'cache')), false)
  })
})

suite('realServers', () => {
  test('behavior: without binaries a server is skipped with the reason, and in CI it fails', async (t) => {
    const env = { XDG_CACHE_HOME: testFolder(t) }
    for (const server of realServers(env)) assert.match(server.skip ?? '', /main\.ts build/)
    const inCi = realServers({ ...env, CI: 'true' })
    assert.deepEqual(
      inCi.map(({ version, skip }) => ({ version, skip })),
      [
        { version: 'newest', skip: undefined },
        { version: '1.34', skip: undefined },
      ],
    )
    for (const server of inCi) await assert.rejects(server.start(), { code: 'CONTROL_PLANE_NOT_FOUND' })
  })
})
