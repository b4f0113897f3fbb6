import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { apiRequest } from '../../tools/control-plane/api-request.ts'
import { findControlPlane } from '../../tools/control-plane/find.ts'
import { moduleInfo } from '../../tools/control-plane/module-info.ts'
import { startControlPlane } from '../../tools/control-plane/start.ts'
import { startLatencyProxy } from '../../tools/latency-proxy/latency-proxy.ts'
import { startFaultProxy } from '../../tools/recording-proxy/recording-proxy.ts'
import { forEachRealServer, realServers } from '../support/control-plane.ts'
import { testFolder, writeScript } from './fake-tools.ts'

const MAIN = join(import.meta.dirname, '../../tools/control-plane/main.ts')
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

/** The command lines that name a folder: every process of a control plane does. */
function processesOf(folder: string): readonly string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line.includes(folder))
}

async function gone(folder: string): Promise<boolean> {
  for (let left = 100; left > 0 && (existsSync(folder) || processesOf(folder).length > 0); left--) await delay(100)
  return !existsSync(folder) && processesOf(folder).length === 0
}

async function namespaces(kubeconfig: string): Promise<readonly (string | undefined)[]> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const list = await config.makeApiClient(CoreV1Api).listNamespace()
  return list.items.map((item) => item.metadata?.name)
}

forEachRealServer((server, plane) => {
  test('default: the pinned version answers, stores and owns fields', async () => {
    const info = moduleInfo(server.version)
    assert.match(plane().version, new RegExp(`^v${info.major}\\.${info.minor}\\.`))
    const applied = await plane().request(
      'admin',
      'PATCH',
      `${CONFIG_MAPS}/one?fieldManager=obol`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } },
      'application/apply-patch+yaml',
    )
    assert.equal(applied.status, 201)
    assert.match(applied.text, /"manager":"obol","operation":"Apply"/)
  })

  test('behavior: the reader gets and lists everything and may write nothing', async () => {
    const statusOf = async (method: string, path: string, contentType?: string) =>
      (await plane().request('reader', method, path, method === 'GET' ? undefined : {}, contentType)).status
    assert.equal(await statusOf('GET', '/api/v1/secrets'), 200)
    assert.equal(await statusOf('GET', '/openapi/v3'), 200)
    assert.equal(await statusOf('PATCH', `${CONFIG_MAPS}/one`, 'application/merge-patch+json'), 403)
    assert.equal(
      await statusOf('PATCH', `${CONFIG_MAPS}/one?fieldManager=obol&dryRun=All`, 'application/apply-patch+yaml'),
      403,
    )
    assert.equal(await statusOf('POST', CONFIG_MAPS), 403)
    assert.equal(await statusOf('DELETE', `${CONFIG_MAPS}/one`), 403)
    assert.equal(await statusOf('GET', `${CONFIG_MAPS}?watch=true`), 403)
  })

  test('behavior: the planner lists what an offer needs, in one namespace', async () => {
    const statusOf = async (path: string) => (await plane().request('planner', 'GET', path)).status
    assert.equal(await statusOf('/api/v1/namespaces/default/services'), 200)
    assert.equal(await statusOf('/openapi/v3'), 200)
    assert.equal(await statusOf('/api/v1/services'), 403)
    assert.equal(await statusOf('/api/v1/namespaces/default/secrets'), 403)
  })

  test('behavior: nobody lists nothing, and a stranger is not let in', async () => {
    assert.equal((await plane().request('nobody', 'GET', CONFIG_MAPS)).status, 403)
    const { url, caFile } = plane()
    const stranger = { url, ca: readFileSync(caFile, 'utf8'), token: 'x', method: 'GET', path: CONFIG_MAPS }
    assert.equal((await apiRequest(stranger)).status, 401)
  })

  test('behavior: kubeconfigs work with a token and with a client certificate', async () => {
    for (const user of ['reader', 'admin-certificate'] as const) {
      assert.ok((await namespaces(plane().kubeconfig(user))).includes('default'), user)
    }
  })

  test('behavior: kubeconfigs work through either proxy', async () => {
    const latency = await startLatencyProxy({ target: plane().url, delayMs: 5 })
    const recording = await startFaultProxy({ target: plane().url, ca: readFileSync(plane().caFile, 'utf8') })
    try {
      const slow = plane().kubeconfig('reader', { server: `https://127.0.0.1:${latency.port}` })
      assert.ok((await namespaces(slow)).includes('default'))
      assert.equal(latency.connections(), 1)
      const recorded = plane().kubeconfig('reader', { server: recording.url, ca: recording.ca })
      assert.ok((await namespaces(recorded)).includes('default'))
      assert.deepEqual(
        recording.requests.map(({ method, path }) => `${method} ${path}`),
        ['GET /api/v1/namespaces'],
      )
    } finally {
      await latency.stop()
      await recording.stop()
    }
  })

  test('behavior: stop leaves no process and no folder, also with a watch open', async () => {
    const { folder, url, caFile, adminToken } = plane()
    const watch = get(`${url}${CONFIG_MAPS}?watch=true`, {
      ca: readFileSync(caFile),
      headers: { Authorization: `Bearer ${adminToken}` },
    })
    const cut = once(watch, 'close')
    const [response]: IncomingMessage[] = await once(watch, 'response')
    response?.on('error', () => undefined).resume()
    assert.equal(processesOf(folder).length, 3)
    const before = performance.now()
    await plane().stop()
    assert.ok(performance.now() - before < 10_000)
    assert.deepEqual(processesOf(folder), [])
    assert.equal(existsSync(folder), false)
    await cut
  })
})

suite('main.ts', () => {
  const newest = findControlPlane('newest')
  const skip = realServers()[0]?.skip ?? false
  // The command itself would build, which takes longer than a test may.
  const needBinaries = () => assert.ok(newest.found, newest.found ? '' : newest.reason)

  test('behavior: run sets KUBECONFIG and passes the exit code on', { skip }, () => {
    needBinaries()
    const script = 'test -r "$KUBECONFIG" && dirname "$KUBECONFIG" && exit 7'
    const ran = spawnSync(process.execPath, [MAIN, 'run', 'newest', '--', 'sh', '-c', script], { encoding: 'utf8' })
    assert.equal(ran.status, 7)
    assert.equal(existsSync(ran.stdout.trim()), false)
  })

  test('behavior: servers do not outlive a parent that is killed', { skip }, async () => {
    needBinaries()
    const child = spawn(process.execPath, [MAIN, 'start'], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const [line]: unknown[] = await once(createInterface(child.stdout), 'line')
      const folder = dirname(String(line))
      assert.equal(processesOf(folder).length, 3)
      child.kill('SIGKILL')
      assert.ok(await gone(folder), processesOf(folder).join('\n'))
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('error: usage', () => {
    for (const args of [[], ['build', '1.2'], ['start', 'newest', 'extra'], ['run', 'newest'], ['fly']]) {
      assert.equal(spawnSync(process.execPath, [MAIN, ...args]).status, 64, args.join(' '))
    }
  })
})

suite('startControlPlane', () => {
  function fakes(t: TestContext, apiserver: readonly string[]) {
    const folder = testFolder(t)
    const kubeApiserver = writeScript(folder, 'kube-apiserver', ...apiserver)
    const etcd = writeScript(folder, 'etcd', 'exec sleep 60')
    return { folder, binaries: { found: true, source: 'build', kubeApiserver, etcd } as const }
  }

  /** Runs with another temporary folder, so that what is left there can be seen. */
  async function leftovers(t: TestContext, run: () => Promise<void>): Promise<readonly string[]> {
    const folder = testFolder(t)
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      await run()
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
    assert.deepEqual(processesOf(folder), [])
    return readdirSync(folder)
  }

  test('error: a server that ends at once is reported with its log', async (t) => {
    const { binaries } = fakes(t, ['echo unknown flag >&2', 'exit 3'])
    const left = await leftovers(t, () =>
      assert.rejects(startControlPlane({ binaries }), { code: 'CONTROL_PLANE_NOT_READY', message: /unknown flag/ }),
    )
    assert.deepEqual(left, [])
  })

  test('error: a server that cannot be run is reported', async (t) => {
    const { folder, binaries } = fakes(t, [])
    const missing = { ...binaries, kubeApiserver: join(folder, 'none') }
    const left = await leftovers(t, () =>
      assert.rejects(startControlPlane({ binaries: missing }), { code: 'CONTROL_PLANE_NOT_READY' }),
    )
    assert.deepEqual(left, [])
  })

  test('error: a server that is never ready is stopped at the limit', async (t) => {
    const { binaries } = fakes(t, ['exec sleep 60'])
    const left = await leftovers(t, () =>
      assert.rejects(startControlPlane({ binaries, readyTimeoutMs: 200 }), { code: 'CONTROL_PLANE_NOT_READY' }),
    )
    assert.deepEqual(left, [])
  })

  test('behavior: a port that was taken meanwhile is tried again, five times at most', async (t) => {
    const log = join(testFolder(t), 'attempts')
    const { binaries } = fakes(t, [`echo "$@" >> "${log}"`, 'echo "bind: address already in use" >&2', 'exit 1'])
    await assert.rejects(startControlPlane({ binaries }), { code: 'CONTROL_PLANE_NOT_READY' })
    assert.equal(readFileSync(log, 'utf8').trim().split('\n').length, 5)
  })
})
