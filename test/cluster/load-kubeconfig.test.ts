import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { publicUrl } from '../../src/cluster/cluster-target.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { obolError } from './fake-api.ts'

async function folderOf(t: TestContext, files: Readonly<Record<string, string | JsonObject>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'obol-kubeconfig-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

/** A kubeconfig with one context, cluster and user, all with this name. */
function configOf(name: string, parts: { readonly cluster?: JsonObject; readonly user?: JsonObject } = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...parts.cluster } }],
    users: [{ name, user: { token: `secret-of-${name}`, ...parts.user } }],
  }
}

test('default: ~/.kube/config and its current context', async (t) => {
  const home = await folderOf(t, { '.kube/config': configOf('home') })
  const target = await loadKubeconfig({ env: {}, home })
  assert.equal(target.context, 'home')
  assert.equal(target.cluster.server, 'https://home.example:6443')
  assert.equal(target.user.token, 'secret-of-home')
  assert.equal(target.source, join(home, '.kube/config'))
})

test('behavior: flag before $KUBECONFIG before the workspace before the home folder before the service account', async (t) => {
  const folder = await folderOf(t, {
    'flag.yaml': configOf('flag'),
    'env.yaml': configOf('env'),
    'workspace/config/kubeconfig.yaml': configOf('workspace'),
    'home/.kube/config': configOf('home'),
    'account/token': 'secret',
    'account/namespace': 'llm\n',
  })
  const env = { KUBECONFIG: join(folder, 'env.yaml') }
  const workspace = join(folder, 'workspace')
  const home = join(folder, 'home')
  const pod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const serviceAccountFolder = join(folder, 'account')
  const contextWith = async (options: Partial<Parameters<typeof loadKubeconfig>[0]>) =>
    (await loadKubeconfig({ env: {}, serviceAccountFolder, ...options })).context
  assert.equal(await contextWith({ kubeconfig: join(folder, 'flag.yaml'), env, workspace, home }), 'flag')
  assert.equal(await contextWith({ env, workspace, home }), 'env')
  assert.equal(await contextWith({ env: { KUBECONFIG: '' }, workspace, home }), 'workspace')
  assert.equal(await contextWith({ workspace: join(folder, 'other'), home, env: pod }), 'home')
  const inCluster = await loadKubeconfig({ env: pod, home: join(folder, 'nobody'), serviceAccountFolder })
  assert.equal(inCluster.context, 'in-cluster')
  assert.equal(inCluster.namespace, 'llm')
  assert.equal(inCluster.cluster.server, 'https://[fd00::1]:443')
  assert.equal(inCluster.cluster.caFile, join(serviceAccountFolder, 'ca.crt'))
  assert.equal(inCluster.user.tokenFile, join(serviceAccountFolder, 'token'))
})

test('behavior: $KUBECONFIG is a list; of two definitions the first wins, and missing files are skipped', async (t) => {
  const second = configOf('two', { user: { token: 'secret-second' } })
  const folder = await folderOf(t, {
    'a.yaml': {
      contexts: [{ name: 'mixed', context: { cluster: 'two', user: 'one', namespace: 'llm' } }],
      ...users('one', 'secret-first'),
    },
    'b.yaml': { ...second, users: [{ name: 'one', user: { token: 'secret-late' } }] },
  })
  const KUBECONFIG = ['gone.yaml', 'a.yaml', 'b.yaml'].map((name) => join(folder, name)).join(delimiter)
  const mixed = await loadKubeconfig({ env: { KUBECONFIG }, context: 'mixed' })
  assert.equal(mixed.user.token, 'secret-first')
  assert.equal(mixed.cluster.server, 'https://two.example:6443')
  assert.equal(mixed.namespace, 'llm')
  await assert.rejects(
    loadKubeconfig({ env: { KUBECONFIG } }),
    obolError(CLUSTER_ERRORS.CONTEXT_DANGLING.code, /user two/),
  )
})

function users(name: string, token: string): JsonObject {
  return { users: [{ name, user: { token } }] }
}

test('behavior: everything a user and a cluster may have is read, with paths from the folder of the file', async (t) => {
  const folder = await folderOf(t, {
    'sub/config': configOf('full', {
      cluster: {
        server: 'https://user:secret@full.example:6443/prefix/',
        'certificate-authority': 'ca.crt',
        'tls-server-name': 'inner.example',
        'proxy-url': 'socks5://127.0.0.1:1080',
      },
      user: {
        tokenFile: 'token',
        'client-certificate': '../cert.pem',
        'client-key': '/abs/key.pem',
        username: 'u',
        password: 'secret',
        exec: { command: './plugin', args: ['a'] },
        as: 'other',
        'as-groups': ['g1', 'g2'],
        'as-user-extra': { scope: ['x'] },
      },
    }),
  })
  const { cluster, user } = await loadKubeconfig({ env: {}, kubeconfig: join(folder, 'sub/config') })
  assert.equal(cluster.server, 'https://user:secret@full.example:6443/prefix')
  assert.equal(publicUrl(cluster.server), 'https://full.example:6443/prefix')
  assert.equal(cluster.caFile, join(folder, 'sub/ca.crt'))
  assert.equal(cluster.tlsServerName, 'inner.example')
  assert.equal(cluster.proxyUrl, 'socks5://127.0.0.1:1080')
  assert.equal(user.tokenFile, join(folder, 'sub/token'))
  assert.equal(user.certFile, join(folder, 'cert.pem'))
  assert.equal(user.keyFile, '/abs/key.pem')
  assert.equal(user.exec?.['command'], join(folder, 'sub/plugin'))
  assert.deepEqual(user.impersonate, { user: 'other', groups: ['g1', 'g2'], extra: new Map([['scope', ['x']]]) })
})

test('error: no kubeconfig anywhere', async () => {
  await assert.rejects(loadKubeconfig({ env: {} }), obolError(CLUSTER_ERRORS.KUBECONFIG_MISSING.code))
})

test('error: a named file that does not exist, by flag or by $KUBECONFIG', async (t) => {
  const gone = join(await folderOf(t, {}), 'gone')
  const code = CLUSTER_ERRORS.KUBECONFIG_UNREADABLE.code
  await assert.rejects(loadKubeconfig({ env: {}, kubeconfig: gone }), obolError(code, /ENOENT/))
  await assert.rejects(loadKubeconfig({ env: { KUBECONFIG: gone } }), obolError(code, /gone/))
})

test('error: broken YAML has a position and shows nothing of the text', async (t) => {
  const folder = await folderOf(t, { config: 'users:\n- name: a\n  user: {token: secret-token\n  bad: "x\n' })
  const kubeconfig = join(folder, 'config')
  await assert.rejects(loadKubeconfig({ env: {}, kubeconfig }), (error: unknown) => {
    obolError(CLUSTER_ERRORS.KUBECONFIG_BROKEN.code)(error)
    assert.ok(error instanceof Error && 'where' in error)
    assert.partialDeepStrictEqual(error.where, { file: kubeconfig, line: 4 })
    return true
  })
})

test('error: every mistake of layout at once', async (t) => {
  const folder = await folderOf(t, {
    config: { clusters: 'secret', users: [{ user: {} }], contexts: [{ name: 'c', context: 'secret' }] },
    list: '- a\n',
  })
  const code = CLUSTER_ERRORS.KUBECONFIG_INVALID.code
  await assert.rejects(
    loadKubeconfig({ env: {}, kubeconfig: join(folder, 'config') }),
    obolError(code, /clusters must be a list/, /users\[0\]\.name/, /contexts\[0\]\.context/),
  )
  await assert.rejects(loadKubeconfig({ env: {}, kubeconfig: join(folder, 'list') }), obolError(code))
})

test('error: no current context, an unknown one, and one that dangles', async (t) => {
  const { 'current-context': _, ...unset } = configOf('a')
  const dangling = { ...configOf('a'), clusters: [], users: [] }
  const folder = await folderOf(t, { unset, dangling, empty: '' })
  const load = (file: string, context?: string) =>
    loadKubeconfig({ env: {}, kubeconfig: join(folder, file), ...(context === undefined ? {} : { context }) })
  await assert.rejects(load('unset'), obolError(CLUSTER_ERRORS.CONTEXT_UNSET.code, /contexts: a/))
  await assert.rejects(load('empty'), obolError(CLUSTER_ERRORS.CONTEXT_UNSET.code, /\(none\)/))
  await assert.rejects(load('unset', 'b'), obolError(CLUSTER_ERRORS.CONTEXT_UNKNOWN.code, /did you mean a\?/))
  await assert.rejects(load('dangling'), obolError(CLUSTER_ERRORS.CONTEXT_DANGLING.code, /cluster a, user a/))
})

test('error: plain http needs insecure-skip-tls-verify; a server must be a URL', async (t) => {
  const server = 'http://user:secret@127.0.0.1:8080'
  const folder = await folderOf(t, {
    http: configOf('a', { cluster: { server } }),
    allowed: configOf('a', { cluster: { server, 'insecure-skip-tls-verify': true } }),
    nothing: configOf('a', { cluster: { server: '' } }),
    nonsense: configOf('a', { cluster: { server: 'u:secret@host' } }),
    proxy: configOf('a', { cluster: { 'proxy-url': 'ftp://user:secret@x' } }),
  })
  const load = (file: string) => loadKubeconfig({ env: {}, kubeconfig: join(folder, file) })
  await assert.rejects(
    load('http'),
    obolError(CLUSTER_ERRORS.PLAIN_HTTP.code, /http:\/\/127\.0\.0\.1:8080/, /set-cluster a/),
  )
  assert.equal((await load('allowed')).cluster.skipTlsVerify, true)
  await assert.rejects(load('nothing'), obolError(CLUSTER_ERRORS.KUBECONFIG_INVALID.code))
  await assert.rejects(load('nonsense'), obolError(CLUSTER_ERRORS.SERVER_URL_INVALID.code))
  await assert.rejects(load('proxy'), obolError(CLUSTER_ERRORS.SERVER_URL_INVALID.code))
})
