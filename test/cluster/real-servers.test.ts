import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connectCluster } from '../../src/cluster/connect.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import { observe } from '../../src/cluster/observe.ts'
import { NO_SCHEMA_CACHE } from '../../src/cluster/openapi-cache.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { metadataString } from '../../src/kube/ref.ts'
import type { JsonObject } from '../../src/util/json.ts'
import type { User } from '../../tools/control-plane/users.ts'
import { startFaultProxy } from '../../tools/recording-proxy/recording-proxy.ts'
import { forEachRealServer, realServers } from '../support/control-plane.ts'
import { clusterContract } from './contract.ts'
import { CONFIG_MAPS, obolError } from './fake-api.ts'

for (const server of realServers()) {
  if (server.skip !== undefined) {
    test(`contract: ${server.name}`, { skip: server.skip }, () => undefined)
    continue
  }
  clusterContract(`contract: ${server.name}`, async () => {
    const plane = await server.start()
    const [kubeconfig, readerKubeconfig] = [plane.kubeconfig('admin-certificate'), plane.kubeconfig('reader')]
    return { kubeconfig, readerKubeconfig, stop: () => plane.stop() }
  })
}

const MAP: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data: {} }
const refs = ['Service', 'ConfigMap', 'Secret'].map((kind) => ({
  apiVersion: 'v1',
  kind,
  namespace: 'default',
  name: 'a',
}))

forEachRealServer((_, plane) => {
  const clusterFor = async (
    user: User,
    via?: { readonly server: string; readonly ca: string },
  ): Promise<ClusterWriter> =>
    connectCluster(await loadKubeconfig({ env: {}, kubeconfig: plane().kubeconfig(user, via) }), {
      retry: { baseMs: 1, maxMs: 1 },
    })
  const observeAs = async (user: User) => {
    const cluster = await clusterFor(user)
    const wanted = { refs, alsoList: [], workspaceId: 'w' }
    const result = await observe(cluster, wanted, { cache: NO_SCHEMA_CACHE, now: () => new Date() })
    await cluster.close()
    return result
  }

  test('behavior: a user with too little rights is told of all that is missing', async () => {
    const result = await observeAs('planner')
    if (result.result !== 'denied') assert.fail(result.result)
    assert.deepEqual(result.missing, [
      ...['configmaps', 'secrets'].map((resource) => ({
        ...{ verb: 'get', resource, group: '', user: 'planner', namespace: 'default' },
      })),
    ])
    assert.equal((await observeAs('reader')).result, 'observed')
  })

  test('behavior: lost answers: an apply is repeated, a guarded patch becomes changed, a delete missing', async (t) => {
    let losing = true
    const proxy = await startFaultProxy({
      ...{ target: plane().url, ca: await readFile(plane().caFile, 'utf8') },
      onRequest: ({ method }) => {
        const lose = losing && method !== 'GET'
        if (lose) losing = false
        return lose ? { kind: 'lose-answer' } : undefined
      },
    })
    t.after(() => proxy.stop())
    const cluster = await clusterFor('admin', { server: proxy.url, ca: proxy.ca })
    t.after(() => cluster.close())
    const applied = await cluster.apply(CONFIG_MAPS, MAP, { fieldManager: 'obol', force: false })
    assert.equal(applied.result === 'ok' && applied.created, false)
    const live = applied.result === 'ok' ? applied.object : {}
    losing = true
    const patch = [
      { op: 'replace', path: '/metadata/resourceVersion', value: metadataString(live, 'resourceVersion') ?? '' },
      { op: 'add', path: '/data', value: { a: '1' } },
    ]
    assert.equal((await cluster.patchJson(CONFIG_MAPS, 'a', patch, 'obol')).result, 'changed')
    assert.deepEqual((await cluster.get(CONFIG_MAPS, 'a'))?.['data'], { a: '1' })
    losing = true
    const uid = metadataString(live, 'uid') ?? ''
    assert.equal((await cluster.delete(CONFIG_MAPS, 'a', { uid })).result, 'missing')
  })

  test('error: a token that the server does not know', async (t) => {
    const target = await loadKubeconfig({ env: {}, kubeconfig: plane().kubeconfig('reader') })
    const cluster = await connectCluster({ ...target, user: { ...target.user, token: 'secret' } })
    t.after(() => cluster.close())
    await assert.rejects(cluster.version(), obolError(CLUSTER_ERRORS.UNAUTHORIZED.code))
  })
})
