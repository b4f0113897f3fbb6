import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'yaml'
import { connectCluster } from '../../src/cluster/connect.ts'
import type { KindSchema } from '../../src/cluster/kind-schema.ts'
import type { SchemaCache } from '../../src/cluster/openapi-cache.ts'
import { servedKinds } from '../../src/cluster/served-kinds.ts'
import type { ClusterWriter } from '../../src/cluster/types.ts'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonObject } from '../../src/util/json.ts'
import type { ControlPlaneVersion } from '../control-plane/module-info.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/start.ts'
import { openRawHttp, type RawHttp } from './raw-http.ts'
import { RevisionLog } from './revision-log.ts'

/** A server that stories are told on: our door to it, everybody else's, and its history. */
export type FuzzCluster = {
  /** `kube-apiserver v1.37.2`, `sandbox v1.37.2` */
  readonly name: string
  readonly writer: ClusterWriter
  readonly raw: RawHttp
  readonly log: RevisionLog
  readonly schemas: SchemaCache
  /** SIDE EFFECTS: ends the connections, and the server when it was started here. */
  stop(): Promise<void>
}

export type Server = { readonly name: string; readonly url: string; readonly caPem: string; readonly token: string }

const CRD_FILE = join(import.meta.dirname, '..', '..', 'schemas', 'crds', 'serviceoffers.obol.org.yaml')
const SERVED_WITHIN_MS = 20_000

/** SIDE EFFECTS: starts a control plane or an in-process sandbox; `stop` ends it. */
export async function startFuzzCluster(
  kind: 'control-plane' | 'sandbox',
  version: ControlPlaneVersion,
): Promise<FuzzCluster> {
  if (kind === 'sandbox') {
    const sandbox = await startSandbox({ ...(version === 'newest' ? {} : { version: 'v1.34.4' }) })
    return connectOrStop({ ...sandbox, name: 'sandbox' }, () => sandbox.stop())
  }
  // A Service takes an address; the default range would be used up after 250 of them.
  const plane = await startControlPlane({ version, apiServerArgs: ['--service-cluster-ip-range=10.0.0.0/16'] })
  return connectOrStop(serverOf(plane), () => plane.stop())
}

/** How a control plane is connected to. */
export function serverOf(plane: ControlPlane): Server {
  const { url, caFile, adminToken } = plane
  return { name: 'kube-apiserver', url, caPem: readFileSync(caFile, 'utf8'), token: adminToken }
}

async function connectOrStop(server: Server, stop: () => Promise<void>): Promise<FuzzCluster> {
  try {
    const cluster = await connectFuzzCluster(server)
    const stopBoth = async () => {
      await cluster.stop()
      await stop()
    }
    return { ...cluster, stop: stopBoth }
  } catch (error) {
    await stop()
    throw error
  }
}

/** SIDE EFFECTS: connects, installs the ServiceOffer CRD, waits until it is served, begins to watch. */
export async function connectFuzzCluster(server: Server): Promise<FuzzCluster> {
  const caData = Buffer.from(server.caPem).toString('base64')
  const direct = await connectCluster({
    context: 'fuzz',
    cluster: { name: 'fuzz', server: server.url, caData, skipTlsVerify: false },
    user: { name: 'admin', token: server.token },
    source: 'fuzz',
  })
  const raw = openRawHttp(server)
  const schemas = memoryCache()
  await installCrd(raw, direct, schemas)
  const [version, index] = await Promise.all([direct.version(), direct.openApiIndex()])
  // Neither changes any more, and each story would ask for them several times.
  const writer: ClusterWriter = { ...direct, version: async () => version, openApiIndex: async () => index }
  const log = new RevisionLog(writer)
  await log.open()
  const stop = async () => {
    await log.close()
    raw.close()
    await direct.close()
  }
  return { name: `${server.name} ${version}`, writer, raw, log, schemas, stop }
}

async function installCrd(raw: RawHttp, writer: ClusterWriter, cache: SchemaCache): Promise<void> {
  const crd: unknown = parse(readFileSync(CRD_FILE, 'utf8'))
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const body: JsonObject = isJsonObject(crd) ? crd : {}
  const { status } = await raw.send({ method: 'POST', path, body })
  if (status !== 201 && status !== 409) throw new Error(`POST ${path}: ${status}`)
  const kind = { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer' }
  const deadline = Date.now() + SERVED_WITHIN_MS
  for (;;) {
    const kinds = await servedKinds(writer, [kind], { index: await writer.openApiIndex(), cache })
    const listed = await raw.send({ method: 'GET', path: '/apis/obol.org/v1alpha1/serviceoffers?limit=1' })
    if (kinds.size === 1 && listed.status === 200) return
    if (Date.now() > deadline) throw new Error('the ServiceOffer kind was not served in time')
    await delay(50)
  }
}

function memoryCache(): SchemaCache {
  const entries = new Map<string, KindSchema>()
  const key = (of: { readonly apiVersion: string; readonly kind: string }) => `${of.apiVersion} ${of.kind}`
  return {
    get: async (of) => entries.get(`${key(of)} ${of.hash}`),
    lastSeen: async () => undefined,
    put: async (schema, hash) => {
      entries.set(`${key(schema)} ${hash}`, schema)
    },
  }
}
