import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connectCluster } from '../../src/cluster/connect.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import { readRegistrationInputs } from '../../src/cluster/read-registration-inputs.ts'
import { objectPath } from '../../src/cluster/resource-path.ts'
import type { ClusterReader, ClusterWriter } from '../../src/cluster/types.ts'
import { CLUSTER_ERRORS } from '../../src/errors/cluster.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import type { PolicyRule } from '../../src/sandbox/users.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { crdOf } from '../apply/workspace.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { obolError } from './fake-api.ts'

const WANTED = { wantsBaseUrl: true } as const

function configOf(tunnelURL: JsonValue | undefined): JsonObject {
  const metadata = { name: 'obol-stack-config', namespace: 'obol-frontend' }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: tunnelURL === undefined ? {} : { tunnelURL } }
}

const IDENTITY: JsonObject = {
  ...{ apiVersion: 'obol.org/v1alpha1', kind: 'AgentIdentity' },
  ...{ metadata: { name: 'default', namespace: 'x402' }, spec: {} },
}

const namespace = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** A reader that answers, or fails, by plural. */
function readerOf(answers: Readonly<Record<string, JsonObject | Error | undefined>>): Pick<ClusterReader, 'get'> {
  return {
    get: async ({ plural }) => {
      const answer = answers[plural]
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

async function clusterAs(t: TestContext, user: string, objects: readonly JsonObject[], rules: readonly PolicyRule[]) {
  const sandbox: Sandbox = await startSandbox({ objects, users: [{ name: 'narrow', rules }] })
  t.after(() => sandbox.stop())
  const folder = tempFolder(t, { 'kubeconfig.yaml': sandbox.kubeconfigOf(user) ?? '' })
  const target = await loadKubeconfig({ kubeconfig: join(folder, 'kubeconfig.yaml'), env: {} })
  const cluster: ClusterWriter = await connectCluster(target)
  t.after(() => cluster.close())
  return { cluster, sandbox }
}

const STACK: readonly JsonObject[] = [
  crdOf('agentidentities'),
  namespace('x402'),
  namespace('obol-frontend'),
  configOf('https://a-b.example/'),
  IDENTITY,
]

test('default: two GETs give the base URL and the identity, also to a Role of no more than that', async (t) => {
  const rules: readonly PolicyRule[] = [
    { verbs: ['get'], apiGroups: [''], resources: ['configmaps'], namespace: 'obol-frontend' },
    { verbs: ['get'], apiGroups: ['obol.org'], resources: ['agentidentities'], namespace: 'x402' },
  ]
  const { cluster, sandbox } = await clusterAs(t, 'narrow', STACK, rules)
  const before = sandbox.requestCount()
  assert.deepEqual(await readRegistrationInputs(cluster, WANTED), {
    tunnelUrl: 'https://a-b.example',
    agentIdentity: sandbox.object('AgentIdentity.obol.org/x402/default'),
  })
  assert.equal(sandbox.requestCount() - before, 2)
})

test('behavior: what a user may not read is a value that names the permission', async (t) => {
  const { cluster } = await clusterAs(t, 'narrow', STACK, [])
  assert.deepEqual(await readRegistrationInputs(cluster, WANTED), {
    tunnelReason: 'the user may not get configmaps in namespace obol-frontend',
    agentIdentity: 'forbidden',
    agentIdentityReason: 'the user may not get agentidentities.obol.org in namespace x402',
  })
})

test('behavior: an empty cluster has neither, which is no error', async (t) => {
  const { cluster } = await clusterAs(t, 'reader', [], [])
  assert.deepEqual(await readRegistrationInputs(cluster, WANTED), {
    tunnelReason: 'the ConfigMap obol-frontend/obol-stack-config does not exist',
    agentIdentity: undefined,
  })
})

test('behavior: a base URL that is not wanted is not asked for', async () => {
  const asked: string[] = []
  const get: ClusterReader['get'] = async (resource, name) => {
    asked.push(objectPath(resource, name))
    return undefined
  }
  assert.deepEqual(await readRegistrationInputs({ get }, { wantsBaseUrl: false }), { agentIdentity: undefined })
  assert.deepEqual(asked, ['/apis/obol.org/v1alpha1/namespaces/x402/agentidentities/default'])
})

test('behavior: both are asked for at once', async () => {
  const both = Promise.withResolvers<void>()
  let asked = 0
  const get = async (): Promise<undefined> => {
    asked += 1
    if (asked === 2) both.resolve()
    await both.promise
    return undefined
  }
  const { agentIdentity } = await readRegistrationInputs({ get }, WANTED)
  assert.deepEqual([agentIdentity, asked], [undefined, 2])
})

const URLS: readonly (readonly [JsonValue | undefined, string | undefined])[] = [
  ['https://a.example', 'https://a.example'],
  [' https://A.example:8443//\n', 'https://a.example:8443'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['https://a.example/shop', undefined],
  ['https://a.example/?x=1', undefined],
  ['https://a.example#x', undefined],
  ['https://user:secret@a.example', undefined],
  ['ftp://a.example', undefined],
  ['a.example', undefined],
  ['https://', undefined],
  ['', undefined],
  [7, undefined],
  [undefined, undefined],
]

test('behavior: a tunnelURL counts when it is an origin; a reason does not repeat it', async () => {
  for (const [value, expected] of URLS) {
    const { tunnelUrl, tunnelReason } = await readRegistrationInputs(readerOf({ configmaps: configOf(value) }), WANTED)
    assert.equal(tunnelUrl, expected, String(value))
    assert.equal(tunnelReason === undefined, expected !== undefined, String(value))
    assert.doesNotMatch(tunnelReason ?? '', /secret/)
  }
})

test('behavior: a reader that can tell says that the kind is not served', async () => {
  const reader = readerOf({ agentidentities: new ObolError(CLUSTER_ERRORS.NOT_SERVED) })
  const { agentIdentity, agentIdentityReason } = await readRegistrationInputs(reader, { wantsBaseUrl: false })
  assert.equal(agentIdentity, 'not-served')
  assert.equal(agentIdentityReason, CLUSTER_ERRORS.NOT_SERVED.title)
})

test('error: a cluster that cannot be reached is no missing permission', async () => {
  for (const plural of ['configmaps', 'agentidentities']) {
    const reader = readerOf({ [plural]: new ObolError(CLUSTER_ERRORS.CONNECTION_REFUSED) })
    await assert.rejects(readRegistrationInputs(reader, WANTED), obolError(CLUSTER_ERRORS.CONNECTION_REFUSED.code))
  }
})
